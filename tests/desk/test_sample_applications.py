"""The sample applications that a newcomer hands in: each comes to where the README says."""

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path

from staff import choice, submit

from desk.client.auditing import audit_books, is_clean
from desk.commands.applying import applications_of
from desk.files.account_files import read_accounts
from desk.today import china_today
from models.messages.arrangements import Officers
from models.messages.stages import ENDS, Event, Stage
from province import CHANGCHUN, YANBIAN, Province, arranged
from rules.amounts.amounts import transfer_amount
from rules.values.money import Fen
from rules.values.moves import Scheme
from workflows.transfer_case import TransferCase

EXAMPLES = Path(__file__).parents[2] / "examples"
AT_REST = ENDS | {Stage.AWAITING_MATERIALS}


async def test_one_of_each_direction_links_with_the_resident_scheme(province: Province) -> None:
    accounts = read_accounts([EXAMPLES / "residents" / "accounts.json"])
    applications = applications_of(EXAMPLES / "residents" / "applications.csv")
    bureaus = sorted({account.bureau for account in accounts})
    for bureau in bureaus:
        if bureau not in province.stores:
            await province.open_store(bureau)
    await province.start_platform(arranged=arranged(refund=Officers.ONE_OFFICER))
    await province.start_bureaus(*bureaus)
    await province.seed(*accounts)
    cases = [await province.apply(application) for application in applications]
    for case in (cases[0], cases[2]):
        await province.journalled(case, Event.CHOICE_OFFERED)
        await submit(case, choice())
    ended = [await case.result() for case in cases]
    assert [one.stage for one in ended] == [Stage.CLOSED] * 4
    assert [one.pooled for one in ended] == [0] * 4
    assert [one.months for one in ended] == [0, 0, 75, 96]
    assert [one.refunded for one in ended] == [480_00, 0, 225_00, 0]
    assert is_clean(await audit_books(province.client, bureaus, 60))


async def test_nine_close_one_is_refused_and_one_waits_for_a_paper(province: Province) -> None:
    accounts = read_accounts([EXAMPLES / "accounts.json"])
    applications = applications_of(EXAMPLES / "applications.csv")
    named = {key for one in applications for key in (one.bureau_in, one.bureau_out)}
    bureaus = sorted(named | {account.bureau for account in accounts})
    for bureau in bureaus:
        if bureau not in province.stores:
            await province.open_store(bureau)
    await province.start_platform()
    await province.start_bureaus(*bureaus)
    await province.seed(*accounts)
    cases = [await province.apply(application) for application in applications]

    async def at_rest() -> bool:
        found = await asyncio.gather(*(case.query(TransferCase.progress) for case in cases))
        return all(progress.stage in AT_REST for progress in found)

    await province.until(at_rest)
    found = [await case.query(TransferCase.progress) for case in cases]
    assert Counter(progress.stage for progress in found) == {
        Stage.CLOSED: 9,
        Stage.REFUSED: 1,
        Stage.AWAITING_MATERIALS: 1,
    }
    (refused,) = [progress for progress in found if progress.stage is Stage.REFUSED]
    assert len(refused.refusals) > 1, "every ground at once"
    teacher = found[0]
    assert (teacher.bureau_out, teacher.bureau_in) == (YANBIAN, CHANGCHUN)
    record = next(one for one in accounts if one.bureau == YANBIAN and one.scheme is Scheme.GOVERNMENT)
    in_the_readme, today = (
        transfer_amount(record.history(), Scheme.ENTERPRISE, on).lines
        for on in (date(2026, 11, 29), china_today())
    )
    assert (in_the_readme.individual, in_the_readme.pooled) == (Fen(79_538_37), Fen(92_736_00))
    assert (teacher.individual, teacher.pooled) == (today.individual, today.pooled)
    assert is_clean(await audit_books(province.client, bureaus, 60))
