"""The exchange file: every field under its code, to the fen, and null for what is not known."""

from pathlib import Path
from typing import Any

import pytest
from printed_case import ASKED, view_of, walked
from pydantic import TypeAdapter
from walkthrough import CASE

from desk.exchange.document import exchange_document
from desk.print.form_rows import form_rows
from desk.schemas.cases import ExchangeDocument
from models.messages.papers import InformationForm
from province import TEACHER, application
from rules.amounts.amounts import transfer_amount
from rules.values.money import fen_from_yuan, yuan
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History, Opening


@pytest.fixture
async def exchanged(tmp_path: Path) -> tuple[dict[str, Any], InformationForm]:
    async with walked(tmp_path) as (_, done):
        document = exchange_document(view_of(done, application(**ASKED)))
        assert document is not None
        return document, done.form


async def test_every_field_of_the_head_stands_under_its_code(
    exchanged: tuple[dict[str, Any], InformationForm],
) -> None:
    document, form = exchanged
    rows = document.pop("IC91")
    note = document.pop("note")
    assert "not" in note or "no official" in note
    assert document == {
        "official": False,
        "case_no": CASE,
        "version": 1,
        "AAE270": "转函〔2026〕220100-000001",
        "AAB301": "220100",
        "AAB299": "222400",
        "AAC002": TEACHER,
        "AAC003": "崔明玉",
        "AAC004": "2",
        "AAC006": "19860412",
        "AAC010": "延吉市样例街 8 号 3 单元 502",
        "AAC007": "200907",
        "AAB305": None,
        "AAC049": "201501",
        "AAC032": None,
        "AAE030": "201501",
        "AAE031": "202512",
        "AAE201": 132,
        "AIC083": yuan(form.lines.individual),
        "AIC084": yuan(form.lines.pooled),
        "AIC102": yuan(form.lines.total),
        "AAE035": "20260302",
        "recognised_service": [],
    }
    assert len(rows) == len(form.bases) == 22


async def test_rows_add_up_to_the_form(exchanged: tuple[dict[str, Any], InformationForm]) -> None:
    document, form = exchanged
    rows = document["IC91"]
    assert rows[0] == {
        "AAB299": "222400",
        "AAB300": "延边朝鲜族自治州",
        "AAE001": 2015,
        "AAE041": "201501",
        "AAE042": "201506",
        "AAE180": "4000.15",
        "AAE202": 6,
        "AAA041": None,
        "AAA042": "8",
        "AAA043": "8",
        "AAE381": yuan(form.bases[0].credited or 0),  # type: ignore[arg-type]
        "AAE264": yuan(form.bases[0].own or 0),  # type: ignore[arg-type]
        "AAE269": None,
        "AAE265": None,
        "AAE382": None,
        "AAE273": None,
        "AAE013": None,
    }
    credited = sum(fen_from_yuan(row["AAE381"]) for row in rows)
    interest = sum(fen_from_yuan(row["AAE269"] or "0") for row in rows)
    assert credited + interest == form.lines.individual
    assert sum(row["AAE202"] for row in rows) == form.months
    assert rows[-1]["AAE382"] == rows[-1]["AAE273"] == yuan(form.lines.individual)


async def test_before_there_is_a_form_there_is_no_file(tmp_path: Path) -> None:
    async with walked(tmp_path) as (_, done):
        view = view_of(done, application(**ASKED))
    empty = view.papers.model_copy(update={"information_forms": ()})
    assert exchange_document(type(view)(**{**_fields(view), "papers": empty})) is None


def _fields(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in view.__dataclass_fields__}


async def test_the_persons_part_of_a_balance_is_unknown_once_something_was_taken_over(tmp_path: Path) -> None:
    async with walked(tmp_path) as (_, done):
        opening = Opening(2015, fen_from_yuan("1000"))
        record = (ContributionRange(Month(2017, 1), Month(2017, 12), fen_from_yuan("4000")),)
        amount = transfer_amount(
            History(Scheme.ENTERPRISE, record, opening), Scheme.GOVERNMENT, done.form.drawn_up_on
        )
    bases = {"bases": amount.bases, "years": amount.years, "openings": amount.openings}
    rows = form_rows(done.form.model_copy(update=bases))
    assert [row.place for row in rows][:3] == [None, 1, 2]
    assert rows[0].balance == opening.balance
    assert rows[1].first is None, "2016 has only interest"
    assert {row.own_balance for row in rows} == {row.own_interest for row in rows} == {None}
    assert rows[2].own == rows[2].credited


async def test_a_year_that_bore_interest_alone_has_a_row_without_months(tmp_path: Path) -> None:
    """As every account has that moves in the year after the one following its last month."""
    async with walked(tmp_path) as (_, done):
        record = (ContributionRange(Month(2024, 1), Month(2024, 12), fen_from_yuan("4000")),)
        amount = transfer_amount(History(Scheme.GOVERNMENT, record), Scheme.ENTERPRISE, done.form.drawn_up_on)
        view = view_of(done, application(**ASKED))
    of_account = {"bases": amount.bases, "years": amount.years, "openings": amount.openings}
    forms = (done.form.model_copy(update=of_account),)
    papers = view.papers.model_copy(update={"information_forms": forms})
    document = exchange_document(type(view)(**{**_fields(view), "papers": papers}))
    row = TypeAdapter(ExchangeDocument).validate_python(document).IC91[-1]
    assert (row.AAE001, row.AAE041, row.AAE042, row.AAE202) == (2025, None, None, None)
