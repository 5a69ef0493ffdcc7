"""`starter.py report` and `export`: a month in figures, and a case for another program."""

import csv
import io
import json
from pathlib import Path

from clerk import Clerk
from staff import submit, withdrawal

from models.messages.stages import Event, Stage
from province import CHANGCHUN, SIPING, WORKER, YANBIAN, Province, account, application
from rules.values.due_dates import CHINA_TIME

ALL = [part for key in (CHANGCHUN, YANBIAN, SIPING) for part in ("--bureau", key)]


async def played(province: Province) -> tuple[str, str]:
    """A case that closes and one that is refused; the month in China in which the server had them."""
    await province.start()
    await province.seed(account())
    closed = await province.apply(application())
    assert (await closed.result()).stage is Stage.CLOSED
    refused = await province.apply(application(status="pensioner"))
    assert (await refused.result()).stage is Stage.REFUSED
    at = (await refused.describe()).start_time.astimezone(CHINA_TIME)
    return province.opened[0], f"{at.year}-{at.month:02d}"


async def test_bureaus_stand_side_by_side_with_what_they_opened_and_ended(province: Province) -> None:
    _, month = await played(province)
    clerk = Clerk.at(province.client)
    document = (await clerk("report", "--month", month, *ALL, "--json")).document()
    rows = {(row["bureau"], row["side"]): row for row in document["bureaus"]}
    into, out = rows[CHANGCHUN, "transfer_in"], rows[YANBIAN, "transfer_out"]
    assert (into["opened"], into["closed"], into["refused"], into["open"]) == (2, 1, 1, 0)
    assert (out["opened"], out["closed"], out["open"]) == (1, 1, 0)
    assert out["money_sent"] == into["money_received"] != "0.00"
    assert document["days_by_party"]["transfer_in"]["cases"] == 2
    assert document["days_by_period"]["review"]["cases"] >= 1
    assert [one["code"] for one in document["grounds"]]
    assert document["silent"] == []
    screen = await clerk("report", "--month", month, *ALL, lang="zh")
    for said in ("长春市", "延边", "审核", "中位数", "不予受理理由"):
        assert said in screen.printed


async def test_every_case_received_is_open_or_has_ended_also_one_withdrawn_before_its_form(
    province: Province,
) -> None:
    _, month = await played(province)
    await province.seed(account(WORKER, "孙立国"))
    asked = application(id_number=WORKER, name="孙立国", materials=("identity_document", "application_form"))
    withdrawn = await province.apply(asked)
    await province.journalled(withdrawn, Event.MATERIALS_ASKED_FOR)
    await submit(withdrawn, withdrawal())
    assert (await withdrawn.result()).stage is Stage.WITHDRAWN
    document = (await Clerk.at(province.client)("report", "--month", month, *ALL, "--json")).document()
    sums = {
        (row["bureau"], row["opened"]): sum(
            row[end] for end in ("closed", "refused", "withdrawn", "ruled", "open")
        )
        for row in document["bureaus"]
    }
    assert sums == {(CHANGCHUN, 3): 3, (YANBIAN, 1): 1}


async def test_a_spreadsheet_reads_the_same_figures(province: Province) -> None:
    _, month = await played(province)
    screen = await Clerk.at(province.client)("report", "--month", month, *ALL, "--csv")
    assert screen.printed.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(screen.printed.removeprefix("\ufeff"))))
    assert {(row["bureau"], row["side"], row["closed"]) for row in rows} == {
        (CHANGCHUN, "transfer_in", "1"),
        (YANBIAN, "transfer_out", "1"),
    }
    chinese = await Clerk.at(province.client)("report", "--month", month, *ALL, "--csv", lang="zh")
    (heading, first, *_) = csv.reader(io.StringIO(chinese.printed.removeprefix("\ufeff")))
    assert not any(letter.isascii() and letter.isalpha() for letter in "".join(heading))
    assert (heading[:2], first[1]) == (["经办机构", "方向"], "转入地")


async def test_a_month_that_is_none_is_refused(province: Province) -> None:
    clerk = Clerk.at(province.client)
    assert "2026-11" in (await clerk("report", "--month", "November")).refusal()[0]
    for month in ("2999-01", "2999年1月", "２９９９年０１月"):
        assert (await clerk("report", "--month", month)).refusal() == ["--month: 2999-01 has not begun."]


async def test_a_case_leaves_as_a_file_for_its_owner_alone(province: Province, tmp_path: Path) -> None:
    case, _ = await played(province)
    clerk, out = Clerk.at(province.client), tmp_path / "case.json"
    document = (await clerk("export", "exchange", case)).document()
    assert document["official"] is False
    assert (await clerk("export", "exchange", case, "--out", str(out))).code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == document
    assert out.stat().st_mode & 0o077 == 0
    assert "form" in (await clerk("export", "exchange", province.opened[1])).refusal()[0]
