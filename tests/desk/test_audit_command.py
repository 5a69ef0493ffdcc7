"""`starter.py audit`: who is asked, what is said of whom nobody asked, and an end even without a platform."""

import asyncio
import json
from datetime import date, timedelta

import pytest
from clerk import Clerk
from sqlalchemy import text
from sqlmodel import select
from stores import lift_protection

import desk.client.auditing
import desk.commands.audit
from desk.client.auditing import audit_books
from desk.today import china_today
from models.store.chain import head_of
from models.store.store import Store
from models.store.tables import PaperRow, PostingRow
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application
from rules.application.bureaus import bureaus
from rules.values.due_dates import china_day
from rules.values.papers import PaperKind

NOT_ALL_CHECKED = 3


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


async def closed_case(province: Province) -> str:
    """The number of a case that has moved money from Yanbian to Changchun."""
    await province.start()
    await province.seed(account())
    return (await (await province.apply(application())).result()).case_no


async def test_a_bureau_that_does_not_answer_is_not_checked_and_never_clean(
    province: Province, clerk: Clerk
) -> None:
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    screen = await clerk("audit", "--bureau", CHANGCHUN, "--bureau", SIPING, "--wait", "1")
    assert screen.code == NOT_ALL_CHECKED
    assert "Siping 220300: not checked" in screen.printed
    assert screen.printed.splitlines()[-1].endswith(": nothing found in what was checked, and not all was")


async def test_money_whose_other_side_was_not_asked_is_not_checked_and_no_finding(
    province: Province, clerk: Clerk
) -> None:
    case_no = await closed_case(province)
    report = json.loads((await clerk("audit", "--json", "--bureau", YANBIAN)).printed)
    assert (report["verdict"], report["findings"]) == ("not_all_checked", [])
    assert (report["cases_not_checked"], report["not_checked_sample"]) == (1, [case_no])
    assert (report["sent"], report["months_moved"]) == (0, 0)
    screen = await clerk("audit", "--bureau", YANBIAN)
    assert screen.code == NOT_ALL_CHECKED
    assert screen.printed.splitlines()[-2:] == [
        "1 cases not checked: their other bureau was not asked or did not answer",
        "1 bureaus, 0 cases of which 0 open, 0 remittances, 4 postings: "
        "nothing found in what was checked, and not all was",
    ]
    both = await clerk("audit", "--bureau", YANBIAN, "--bureau", CHANGCHUN)
    assert both.code == 0
    assert both.printed.splitlines()[-1] == (
        "2 bureaus, 1 cases of which 0 open, 1 remittances, 6 postings: clean"
    )


# What is done to which bureau's books after a case has ended, and the sentence that must name it.
PLANTED = {
    "a posting edited": (
        CHANGCHUN,
        ["UPDATE entry SET amount = amount + 1 WHERE account = 'pooled_fund'"],
        "Changchun 220100: taking-in/{case}/1: debits and credits of the posting differ by, fen: 0 ≠ 1",
    ),
    "a month deleted": (
        YANBIAN,
        ["UPDATE contribution SET last = '2025-11'"],
        "Yanbian Prefecture 222400: {case} 2025-12: "
        "the month is not in the record as often as on the form: 1 ≠ 0",
    ),
    "a dossier dropped": (
        YANBIAN,
        ["DELETE FROM paper WHERE kind LIKE 'dossier%'"],
        "Yanbian Prefecture 222400: {case}: the case is closed and the dossier is not here: {digest} ≠ —",
    ),
    "a paper altered": (
        CHANGCHUN,
        ["UPDATE paper SET body = replace(body, 'G', 'E') WHERE kind = 'certificate'"],
        "Changchun 220100: {case}/certificate/received/1: the chain of postings and papers breaks here, "
        "link {certificate}: the paper is not the one that was filed",
    ),
    "money posted twice, under a new key": (
        CHANGCHUN,
        [
            "INSERT INTO entry (posting_id, account, remittance, amount) VALUES (99, 'bank', '{again}', 5),"
            " (99, 'suspense', '{again}', -5)",
            "INSERT INTO posting (id, key, case_no, step, paper, officer, reference, at, link, chain)"
            " SELECT 99, '{again}/arrive', case_no, step, '{again}', officer, '', at, 99, chain"
            " FROM posting WHERE id = 1",
        ],
        "Changchun 220100: {again}: money was posted on no paper, fen: 0 ≠ 5",
    ),
    "a link cut out of the chain": (
        YANBIAN,
        ["DELETE FROM paper WHERE kind = 'letter_registration'"],
        "the chain of postings and papers breaks here, link {after_letter}: the link before it is missing",
    ),
}


@pytest.mark.parametrize("damage", PLANTED)
async def test_the_command_names_what_was_done_to_the_books(
    province: Province, clerk: Clerk, damage: str
) -> None:
    case_no = await closed_case(province)
    bureau, statements, sentence = PLANTED[damage]
    store = province.stores[bureau]
    told = {"case": case_no, "again": f"remittance/{case_no}/9", **await _papers(store)}
    await tamper(store, *(statement.format(**told) for statement in statements))
    screen = await clerk("audit", "--bureau", YANBIAN, "--bureau", CHANGCHUN)
    assert screen.code == 1
    assert sentence.format(**told) in screen.printed
    assert screen.printed.splitlines()[-1].endswith(": not clean")


async def _papers(store: Store) -> dict[str, str]:
    """What the sentences say of the papers on file: digest of the dossier, places in the chain."""
    async with store.reading() as session:
        on_file = {row.kind: row for row in (await session.exec(select(PaperRow))).all()}
    told = {
        "digest": on_file[PaperKind.DOSSIER].digest[:12],
        "certificate": str(on_file[PaperKind.CERTIFICATE].link),
    }
    registered = on_file.get(PaperKind.LETTER_REGISTRATION)
    return told | ({"after_letter": str(registered.link + 1)} if registered else {})


async def tamper(store: Store, *statements: str) -> None:
    await lift_protection(store)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_damage_before_the_day_is_not_found_and_the_screen_says_what_was_not_looked_at(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed_case(province)
    first, day = await _first_day_and_next(province)
    await tamper(province.stores[YANBIAN], "UPDATE posting SET officer = 'nobody' WHERE case_no <> ''")
    monkeypatch.setattr(desk.commands.audit, "china_today", lambda: day)
    both = ("audit", "--bureau", YANBIAN, "--bureau", CHANGCHUN, "--since")
    after = await clerk(*both, str(day))
    links = sum([await _links(province.stores[bureau]) for bureau in (YANBIAN, CHANGCHUN)])
    assert after.code == 0
    assert after.printed.splitlines()[-2:] == [
        f"not looked at: {links} links of the chains entered before {day}, and cases with nothing since "
        "(2, counted by each bureau). Sums, months and records were proved in whole.",
        f"2 bureaus, 0 cases with an entry since {day} of which 0 open, 0 remittances, 6 postings: "
        f"clean since {day}",
    ]
    before = await clerk(*both, str(first))
    assert before.code == 1
    assert "the chain of postings and papers breaks here" in before.printed
    assert "not looked at: 0 links" in before.printed


async def _first_day_and_next(province: Province) -> tuple[date, date]:
    """The day of the first entry in any books, and the day after the last one."""
    days = []
    for bureau in (YANBIAN, CHANGCHUN):
        async with province.stores[bureau].reading() as session:
            for row in (PaperRow, PostingRow):
                days += [china_day(at) for at in (await session.exec(select(row.at))).all()]
    return min(days), max(days) + timedelta(days=1)


async def _links(store: Store) -> int:
    async with store.reading() as session:
        return (await head_of(session)).link


async def test_a_fen_altered_before_the_day_shows_in_the_sums_all_the_same(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed_case(province)
    edit = "UPDATE entry SET amount = amount + 1 WHERE account = 'pooled_fund'"
    await tamper(province.stores[CHANGCHUN], edit)
    _, day = await _first_day_and_next(province)
    monkeypatch.setattr(desk.commands.audit, "china_today", lambda: day)
    screen = await clerk("audit", "--json", "--bureau", CHANGCHUN, "--since", str(day))
    found = {one["code"] for one in json.loads(screen.printed)["findings"]}
    assert (screen.code, found) == (1, {"posting_unbalanced", "ledger_unbalanced"})


async def test_it_is_told_whose_answer_is_waited_for(province: Province) -> None:
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    told: list[list[str]] = []
    asking = audit_books(
        province.client, [CHANGCHUN, SIPING], 60, waiting_for=lambda left: told.append([*left])
    )
    audit = asyncio.create_task(asking)

    async def siping_alone_is_waited_for() -> bool:
        return [SIPING] in told

    await province.until(siping_alone_is_waited_for)
    await province.start_bureaus(SIPING)
    assert (await audit).not_checked == ()


async def test_a_bureau_named_twice_is_asked_once(province: Province, clerk: Clerk) -> None:
    await province.start()
    keys = [part for key in (YANBIAN, CHANGCHUN, YANBIAN) for part in ("--bureau", key)]
    assert (await clerk("audit", "--json", *keys)).document()["bureaus"] == [CHANGCHUN, YANBIAN]


async def test_all_keys_that_no_bureau_has_are_named_at_once(clerk: Clerk) -> None:
    keys = [part for key in ("nowhere", YANBIAN, "229999", "nowhere") for part in ("--bureau", key)]
    assert (await clerk("audit", *keys)).refusal() == [
        "There is no bureau nowhere; `starter.py bureaus` lists them.",
        "There is no bureau 229999; `starter.py bureaus` lists them.",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-30", "not a day; write it as 2026-01-31."),
        ("2026-W05", "not a day; write it as 2026-01-31."),
        ("yesterday", "not a day; write it as 2026-01-31."),
        ("", "not a day; write it as 2026-01-31."),
        ("2999-01-01", "2999-01-01 is yet to come."),
    ],
)
async def test_a_day_that_is_none_is_refused_in_one_sentence(clerk: Clerk, day: str, said: str) -> None:
    assert (await clerk("audit", "--since", day)).refusal() == [f"--since: {said}"]


async def test_a_wrong_key_and_a_wrong_day_are_named_together(clerk: Clerk) -> None:
    refusal = (await clerk("audit", "--bureau", "nowhere", "--since", "x")).refusal()
    assert ["nowhere" in refusal[0], "since" in refusal[1], len(refusal)] == [True, True, 2]


async def test_every_bureau_of_today_is_asked_whether_it_has_cases_or_not(
    province: Province, clerk: Clerk
) -> None:
    """Books can be wrong at a bureau of which the engine knows no case."""
    await province.start()
    screen = await clerk("audit", "--json", "--wait", "10")
    report = json.loads(screen.printed)
    assert screen.code == NOT_ALL_CHECKED
    assert report["bureaus"] == sorted(BUREAUS)
    asked = {*report["bureaus"], *report["not_checked"]}
    assert {listed.key for listed in bureaus(china_today())} <= asked


async def test_where_the_platforms_worker_is_off_the_audit_ends_and_says_so(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.client.auditing, "TO_START", timedelta(0))
    await province.start_bureaus(CHANGCHUN)
    (line,) = (await clerk("audit", "--bureau", CHANGCHUN, "--wait", "1")).refusal()
    assert line.startswith("The platform's worker did not take the audit up")
    assert "worker.py --platform" in line
