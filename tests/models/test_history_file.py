"""A history file is read whole or refused whole, with every problem in one report. All data invented."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from models.files.history_file import HistoryFile
from rules.values.money import Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History, MonthKind, Opening

ON = date(2017, 10, 9)
NAME, ID_NUMBER = "王小明", "220102199001011239"


def document(**changed: Any) -> dict[str, Any]:
    """The example of the command line contract, with some fields changed."""
    return {
        "person": {"name": NAME, "id_number": ID_NUMBER},
        "scheme": "E",
        "bureau": "220100",
        "opening": {
            "before_1998": "600.00",
            "year": 2016,
            "balance": "38500.00",
            "pooled_base_sum": "336000.00",
        },
        "months": [months()],
        "rates": {"2004": "1.98"},
        **changed,
    }


def months(**changed: Any) -> dict[str, Any]:
    return {"from": "2017-01", "to": "2017-08", "base": "3500.00", "booked_percent": "8", **changed}


def read(raw: Any, on: date | None = ON) -> HistoryFile:
    return HistoryFile.model_validate(raw, context=None if on is None else {"on": on})


def refused(raw: Any, on: date | None = ON) -> dict[str, list[str]]:
    """The messages by path."""
    with pytest.raises(ValidationError) as wrong:
        read(raw, on)
    found: dict[str, list[str]] = {}
    for error in wrong.value.errors():
        found.setdefault(".".join(map(str, error["loc"])), []).append(error["msg"])
    return found


def test_the_example_of_the_contract_is_read_to_the_fen() -> None:
    assert read(document()).history() == History(
        scheme=Scheme.ENTERPRISE,
        ranges=(ContributionRange(Month(2017, 1), Month(2017, 8), Fen(350_000), Rate(80_000)),),
        opening=Opening(2016, Fen(3_850_000), Fen(60_000), Fen(33_600_000)),
        rates={2004: Rate(19_800)},
    )


def test_only_what_is_needed_has_to_be_there() -> None:
    bare = document(months=[{"from": "2017-01", "to": "2017-01", "base": "1"}])
    del bare["opening"], bare["rates"]
    assert read(bare).history() == History(
        Scheme.ENTERPRISE, (ContributionRange(Month(2017, 1), Month(2017, 1), Fen(100)),)
    )


def test_a_kind_of_months_can_be_named() -> None:
    arrears = read(document(months=[months(kind="arrears")])).history()
    assert arrears.ranges[0].kind is MonthKind.ARREARS


def test_what_is_read_can_be_written_and_read_again() -> None:
    file = read(document())
    written = file.model_dump(mode="json", by_alias=True)
    assert written["months"] == [months(kind="regular")]
    assert written["opening"]["balance"] == "38500.00"
    assert read(written) == file


SINGLE_PROBLEMS = [
    ({"scheme": "X"}, "scheme"),
    ({"bureau": "229999"}, "bureau"),
    ({"remark": "?"}, "remark"),
    ({"person": {"name": NAME, "id_number": "220102199001011238"}}, "person.id_number"),
    ({"person": {"name": " ", "id_number": ID_NUMBER}}, "person.name"),
    ({"months": [months(base=3500)]}, "months.0.base"),
    ({"months": [months(base="3500.001")]}, "months.0.base"),
    ({"months": [months(base="0")]}, "months.0.base"),
    ({"months": [months(base="-1.00")]}, "months.0.base"),
    ({"months": [months(**{"from": "2017-13"})]}, "months.0.from"),
    ({"months": [months(to="2017-00")]}, "months.0.to"),
    ({"months": [months(to=201708)]}, "months.0.to"),
    ({"months": [months(to="2016-12")]}, "months.0.to"),
    ({"months": [months(to="2017-11")]}, "months.0.to"),
    ({"months": [months(booked_percent=8)]}, "months.0.booked_percent"),
    ({"months": [months(booked_percent="101")]}, "months.0.booked_percent"),
    ({"months": [months(kind="gift")]}, "months.0.kind"),
    ({"months": [months(kind="pilot")]}, "months.0.kind"),
    ({"months": [months(wage="1")]}, "months.0.wage"),
    ({"months": [months(), months(**{"from": "2017-08", "to": "2017-09"})]}, "months.1.from"),
    ({"months": [months(**{"from": "2017-03"}), months(to="2017-02")]}, "months.1.from"),
    ({"months": {}}, "months"),
    ({"opening": {"year": 2017, "balance": "1.00"}}, "opening.year"),
    ({"opening": {"year": "last", "balance": "1.00"}}, "opening.year"),
    ({"opening": {"year": 2016, "balance": 1}}, "opening.balance"),
    ({"rates": {"2004": 1.98}}, "rates.2004"),
    ({"rates": {"this year": "1.98"}}, "rates.this year"),
    ({"rates": {"2017": "1.98"}}, "rates.2017"),
    ({"opening": None, "months": [months(**{"from": "2015-01"})]}, "rates"),
]


@pytest.mark.parametrize(("changed", "path"), SINGLE_PROBLEMS)
def test_one_wrong_field_is_named_by_its_path(changed: dict[str, Any], path: str) -> None:
    assert list(refused(document(**changed))) == [path]


def test_a_number_for_money_is_refused_with_what_to_write() -> None:
    told = refused(document(months=[months(base=3500)]))
    assert told == {"months.0.base": ['write the amount as a string in yuan, such as "3500.00"']}


def test_everything_wrong_is_told_at_once_even_behind_fields_that_cannot_be_read() -> None:
    told = refused(
        document(
            person={"name": NAME, "id_number": "1"},
            scheme="Z",
            months=[
                months(**{"from": "2017-13"}),
                months(**{"from": "1990-01", "to": "2030-12", "base": 1, "booked_percent": 8}),
                months(**{"from": "2016-01", "to": "2016-02", "base": "0"}),
            ],
            opening={"year": 2020, "balance": 5, "note": ""},
            rates={"x": "1", "2020": 2},
            more=1,
        )
    )
    assert set(told) == {
        "person.id_number",
        "scheme",
        "months.0.from",
        "months.1.base",
        "months.1.booked_percent",
        "months.1.from",
        "months.1.to",
        "months.2.base",
        "months.2.from",
        "opening.balance",
        "opening.year",
        "opening.note",
        "rates.x",
        "rates.2020",
        "more",
    }


def test_missing_rates_are_told_together_with_wrong_fields() -> None:
    told = refused(
        document(opening=None, months=[months(**{"from": "2013-01", "to": "2013-12", "base": 1}), months()])
    )
    assert list(told) == ["months.0.base", "rates"]
    assert "2013–2015;" in told["rates"][0]


def test_without_a_day_nothing_is_in_the_future_and_no_rate_is_missing() -> None:
    file = read(document(opening=None, months=[months(**{"from": "2010-01", "to": "2031-12"})]), on=None)
    assert str(file.months[0].last) == "2031-12"
    assert list(refused(document(months=[months(base="0")]), on=None)) == ["months.0.base"]


@pytest.mark.parametrize("raw", [None, [], "history", 7, {}])
def test_something_else_altogether_is_refused_without_a_crash(raw: Any) -> None:
    assert refused(raw)


def test_personal_values_appear_neither_in_errors_nor_in_a_log() -> None:
    raw = document(
        person={"name": NAME * 40, "id_number": ID_NUMBER[:-1] + "0"}, months=[months(base=9876543)]
    )
    with pytest.raises(ValidationError) as wrong:
        read(raw)
    told = str(wrong.value) + repr(wrong.value.errors())
    assert NAME not in told
    assert ID_NUMBER[:-1] not in told
    assert "9876543" not in told
    assert NAME not in repr(read(document()))
    assert ID_NUMBER not in repr(read(document()))


def test_every_message_of_ours_has_its_sentence_in_chinese() -> None:
    with pytest.raises(ValidationError) as wrong:
        read(document(bureau="229999", months=[months(base="0", booked_percent=8), months(to="x")]))
    assert all(error["ctx"]["zh"] for error in wrong.value.errors())


def test_a_year_of_a_resident_in_two_entries_is_refused_because_one_payment_would_be_lost() -> None:
    halves = [("2016-01", "2016-06"), ("2016-07", "2016-12")]
    listed = [{"from": one, "to": other, "kind": "resident", "own": "600.00"} for one, other in halves]
    opening = {"year": 2015, "balance": "100.00"}
    raw = document(scheme="R", opening=opening, months=listed, rates={"2016": "1.5"})
    (said,) = refused(raw)["months.1.from"]
    assert said.startswith("this year has an entry already")
