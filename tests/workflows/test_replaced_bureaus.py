"""A bureau is replaced while cases are open: they go on under the old key, with whoever has taken over."""

from datetime import date

from desk.client.auditing import audit_books, bureaus_to_ask, is_clean
from models.messages.stages import Stage
from province import BUREAUS, PATIENCE_SECONDS, Province, account, application

GONGZHULING, SINCE_2020 = "220381", "220184"


async def test_a_case_of_before_the_change_is_closed_under_the_old_key_and_later_ones_name_the_successor(
    province: Province,
) -> None:
    """公主岭 has had another key since 2020-06-19. The application of the day before is reviewed today."""
    await province.open_store(GONGZHULING)
    await province.start()
    await province.start_bureaus(GONGZHULING)
    await province.seed(account(bureau=GONGZHULING))
    before, after = [
        await province.apply(application(bureau_out=GONGZHULING, submitted_on=date(2020, 6, day)))
        for day in (18, 19)
    ]
    assert (await before.result()).stage is Stage.CLOSED
    refused = await after.result()
    assert refused.stage is Stage.REFUSED
    (ground,) = (one for one in refused.refusals if one.code == "bureau_out_replaced")
    assert SINCE_2020 in ground.cure_zh

    async def is_to_be_asked() -> bool:
        return GONGZHULING in await bureaus_to_ask(province.client)

    await province.until(is_to_be_asked)
    assert is_clean(await audit_books(province.client, (*BUREAUS, GONGZHULING), PATIENCE_SECONDS))
