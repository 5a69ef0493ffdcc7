"""`starter.py audit`: who is asked, what is said of whom nobody asked, and an end even without a platform."""

import json
from datetime import timedelta

import pytest
from clerk import Clerk

import desk.audit
from activities.clock import china_today
from province import BUREAUS, CHANGCHUN, SIPING, YANBIAN, Province, account, application
from rules.bureaus import bureaus


@pytest.fixture
def clerk(province: Province) -> Clerk:
    return Clerk.at(province.client)


async def closed_case(province: Province) -> str:
    """The number of a case that has moved money from Yanbian to Changchun."""
    await province.start()
    await province.seed(account())
    return (await (await province.apply(application())).result()).case_no


async def test_an_audit_that_could_not_ask_everybody_is_not_clean(province: Province, clerk: Clerk) -> None:
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    screen = await clerk("audit", "--bureau", CHANGCHUN, "--bureau", SIPING, "--wait", "1")
    assert screen.code == 1
    assert "Siping 220300: not checked" in screen.printed
    assert screen.printed.splitlines()[-1].endswith("not clean")


async def test_money_whose_other_side_was_not_asked_is_not_checked_and_no_finding(
    province: Province, clerk: Clerk
) -> None:
    case_no = await closed_case(province)
    report = (await clerk("audit", "--json", "--bureau", YANBIAN)).document()
    assert report["findings"] == []
    assert (report["cases_not_checked"], report["not_checked_sample"]) == (1, [case_no])
    assert (report["sent"], report["months_moved"]) == (0, 0)
    screen = await clerk("audit", "--bureau", YANBIAN)
    assert screen.code == 0
    assert screen.printed.splitlines()[-2:] == [
        "1 cases not checked: their other bureau did not speak",
        "1 bureaus, 0 cases of which 0 open, 0 remittances, 4 postings: no difference in what was checked",
    ]
    both = await clerk("audit", "--bureau", YANBIAN, "--bureau", CHANGCHUN)
    assert both.printed.splitlines()[-1] == (
        "2 bureaus, 1 cases of which 0 open, 1 remittances, 6 postings: clean"
    )


async def test_a_bureau_named_twice_is_asked_once(province: Province, clerk: Clerk) -> None:
    await province.start()
    keys = [part for key in (YANBIAN, CHANGCHUN, YANBIAN) for part in ("--bureau", key)]
    assert (await clerk("audit", "--json", *keys)).document()["bureaus"] == [CHANGCHUN, YANBIAN]


async def test_all_keys_that_no_bureau_has_are_named_in_one_sentence(clerk: Clerk) -> None:
    keys = [part for key in ("nowhere", YANBIAN, "229999", "nowhere") for part in ("--bureau", key)]
    assert (await clerk("audit", *keys)).refusal() == [
        "No bureau has the key 229999, nowhere; `starter.py bureaus` lists them."
    ]


async def test_every_bureau_of_today_is_asked_whether_it_has_cases_or_not(
    province: Province, clerk: Clerk
) -> None:
    """Books can be wrong at a bureau of which the engine knows no case."""
    await province.start()
    screen = await clerk("audit", "--json", "--wait", "3")
    report = json.loads(screen.printed)
    assert screen.code == 1
    assert report["bureaus"] == sorted(BUREAUS)
    asked = {*report["bureaus"], *report["not_checked"]}
    assert {listed.key for listed in bureaus(china_today())} <= asked


async def test_where_the_platforms_worker_is_off_the_audit_ends_and_says_so(
    province: Province, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.audit, "TO_START", timedelta(0))
    await province.start_bureaus(CHANGCHUN)
    (line,) = (await clerk("audit", "--bureau", CHANGCHUN, "--wait", "1")).refusal()
    assert line.startswith("The platform's worker did not take the audit up")
    assert "worker.py --platform" in line
