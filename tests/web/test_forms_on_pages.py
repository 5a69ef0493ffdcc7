"""Forms and tables of pages without a server: labels of problems, folded groups, what stands in a row."""

import re
from typing import Any

import pytest
from starlette.datastructures import FormData

from desk.client.views.papers import FieldChanged, ShownPaper
from desk.files.orders import amount_with_separators
from desk.language import Words
from desk.problems import Problem
from desk.web.case.forms.applicants import ARREARS
from desk.web.case.inputs import Group, Input, at_their_inputs
from desk.web.case.papers import rows_across
from desk.web.rendering import templates

GROUPS = [
    Group(f"Field {number + 1}", (Input(f"items.{number}.seen", "On the form"),), folded=number > 0)
    for number in range(3)
]


def test_a_problem_is_named_by_the_label_of_its_input_and_by_its_block() -> None:
    wrong = [Problem("items.1.seen", Words("not an amount", "不是金额")), Problem("nowhere", Words("x", "x"))]
    placed = at_their_inputs(wrong, [*GROUPS, Group("The rest", (Input("evidence", "What proves it"),))])
    assert [(one.field, str(one)) for one in placed] == [
        ("items.1.seen", "Field 2 · On the form: not an amount"),
        ("", "x"),
    ]
    (alone,) = at_their_inputs(
        [Problem("evidence", Words("fill this in", "必填"))],
        [Group("The rest", (Input("evidence", "What proves it"),))],
    )
    assert str(alone) == "What proves it: fill this in"


def test_a_summary_names_a_field_by_the_label_that_its_page_gives() -> None:
    macro: Any = templates.get_template("parts.html").module
    wrong = [Problem("reason", Words("missing", "必填")), Problem("", Words("nothing", "没有"))]
    html = macro.error_summary(wrong, "Nothing was entered:", {"reason": "Why"})
    assert '<a href="#f-reason">Why: missing</a>' in html
    assert "<li>nothing</li>" in html


def test_further_blocks_are_folded_until_something_stands_in_them() -> None:
    macro: Any = templates.get_template("inputs.html").module
    html = macro.grouped(GROUPS, {"items.2.seen": ["3500.00"]}, [])
    assert re.findall(r"<details( open)?><summary>(Field \d)", html) == [
        ("", "Field 2"),
        (" open", "Field 3"),
    ]


@pytest.mark.parametrize("typed", ["2019年7月", "２０１９－０７", "2019.07", "2019-07"])
def test_a_month_in_arrears_is_typed_as_offices_write_it(typed: str) -> None:
    form = FormData({"first": typed, "last": "soon", "evidence": "缴费凭证"})
    found: Any = None
    assert ARREARS.read(form, found).content == {"first": "2019-07", "last": "soon", "evidence": "缴费凭证"}


def test_a_corrected_name_is_marked_though_both_are_masked_alike() -> None:
    title, changed = Words("information form", "信息表"), (FieldChanged("name", "崔*玉", "崔*钰"),)
    versions = [
        ShownPaper(title, [("name", "崔**"), ("account", "6222")]),
        ShownPaper(title, [("name", "崔**"), ("account", "6222")], changes=changed),
    ]
    assert [(label, marked) for label, _, marked in rows_across(versions)] == [
        ("name", True),
        ("account", False),
    ]


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("line/5", "66841.58", "66,841.58"),
        ("base/2020-01..2020-12", "6300.00", "6,300.00"),
        ("line/4", "89472.23", "89,472.23"),
        ("adjusted_record_balance", "93169.77", "93,169.77"),
        ("months", "1135", "1135"),
        ("name", "崔**", "崔**"),
        ("adjusted_record_balance", "?", "?"),
    ],
)
def test_an_amount_that_was_corrected_is_written_like_every_other(field: str, value: str, shown: str) -> None:
    assert amount_with_separators(field, value) == shown
