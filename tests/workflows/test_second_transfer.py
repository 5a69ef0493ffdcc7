"""There and back again: a second case moves on what the first one brought."""

from paid_on import pay_on

from desk.client.auditing import is_clean
from models.messages.stages import Stage
from models.store.ledger import individual_account
from models.store.records import relationship_of
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, Province, account, application
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange


async def pay_at_changchun(province: Province, month: Month, base: Fen) -> None:
    """A month paid in the enterprise scheme since the first case closed."""
    store = province.stores[CHANGCHUN]
    async with store.reading() as session:
        joined = await relationship_of(session, TEACHER, Scheme.ENTERPRISE)
    assert joined is not None
    assert joined.id is not None
    await pay_on(store, joined.id, CHANGCHUN, ContributionRange(month, month, base))


async def test_a_teacher_who_returns_takes_everything_back_and_the_new_month_too(province: Province) -> None:
    await province.start()
    # A bureau's fund has the money of everybody who is insured there.
    await province.seed(account(), account(WORKER, "孙立国", "E", CHANGCHUN))
    first = await (await province.apply(application())).result()
    assert (first.stage, first.months) == (Stage.CLOSED, 72)
    await pay_at_changchun(province, Month(2026, 1), Fen(7000_00))
    back = application(
        scheme_from="E",
        scheme_to="G",
        bureau_out=CHANGCHUN,
        bureau_in=YANBIAN,
        employer_bureau=YANBIAN,
        new_employer="延吉市第三中学",
    )
    second = await (await province.apply(back)).result()
    assert (second.stage, second.months) == (Stage.CLOSED, 73)
    assert second.pooled == first.pooled + 7000_00 * 12 // 100
    assert second.individual >= first.individual + 7000_00 * 8 // 100
    assert is_clean(await province.audit())
    for bureau, scheme, held in (
        (CHANGCHUN, Scheme.ENTERPRISE, 0),
        (YANBIAN, Scheme.GOVERNMENT, second.individual),
    ):
        async with province.stores[bureau].transaction() as session:
            found = await relationship_of(session, TEACHER, scheme)
            assert found is not None
            assert found.id is not None
            assert await individual_account(session, found.id) == held
            assert (found.ended_by is None) == (bureau == YANBIAN)
