"""Cases that are under way survive a new release: recorded histories replay on today's workflow.

`tests/replay` holds histories as the server kept them, persons invented; `recorded_cases` says how each
came about. A change of the workflow that no longer fits one of them must go behind `workflow.patched`, so
that cases begun before it end as they began (docs/operations.md); then the histories stay as they are, and
one of the new kind is added. Only while no such case can exist anywhere are they recorded anew:

    RENEW_HISTORIES=1 .venv/bin/python -m pytest tests/workflows/test_replay.py -k recorded_anew
"""

import os
import re
from typing import Any

import pytest
from altered_offices import BelievesAtOnce, FilesUnchecked, LeavesOneOut
from altered_workflows import (
    ArrearsPaidUnseen,
    CertifiedUnseen,
    CountsByTheOldCalendar,
    KeepsMonthsPaidTwice,
    LettersForLeavers,
    PapersTakenUnseen,
    PartsUnasked,
    PostsOnTop,
    ReissuesNothing,
    RemindsOnce,
    RestoresUnpaid,
    ReviewedBeforeCertified,
    ReviewedTwice,
    RulingsForgotten,
    StaysUntold,
    WithdrawsUnasked,
)
from linking import FARMER
from planted_change import ChangedBehindAPatch
from recorded_cases import BESIDE_CASES, CASES
from soon_handed_over import SoonHandedOver
from stored_histories import MACHINE, STORED, history_of, replay, store_history, stored
from temporalio import workflow
from temporalio.api.enums.v1 import EventType

from models.messages.progress import Progress
from models.messages.stages import Stage
from province import TEACHER, WORKER, Province
from rules.values.due_dates import Clock
from workflows.transfer_case import TransferCase

EVERY = {**CASES, **BESIDE_CASES}
PLANTED: dict[str, tuple[type[Any], ...]] = {
    **dict.fromkeys(("notice_twice_computed_twice", "notice_twice_computed_once"), (ChangedBehindAPatch,)),
    **dict.fromkeys(("handed_over", "taken_over"), (SoonHandedOver,)),
}
"""Recorded under a planted change, see `planted_change`, or with short runs, and replayed so."""
ID_NUMBER = re.compile(r"(?<![0-9A-Za-z_-])[0-9]{17}[0-9X](?![0-9A-Za-z_-])")
"""Not within a digest or a signature, which may hold as many digits by chance."""

if os.environ.get("RENEW_HISTORIES"):

    @pytest.mark.parametrize("name", EVERY)
    async def test_a_history_is_recorded_anew(province: Province, name: str) -> None:
        store_history(name, await (await EVERY[name](province)).fetch_history())


@pytest.mark.parametrize("name", EVERY)
async def test_a_recorded_case_goes_the_same_way_today(name: str) -> None:
    await replay(name, *PLANTED.get(name, ()))


EVERY_PATH = (ReviewedBeforeCertified, ReviewedTwice)
"""What is altered here is the beginning of every case."""

RULED = (
    "ruled_to_amend_and_proceed",
    "ruled_amount",
    "ruled_supplement",
    "ruled_to_return_and_restore",
    "ruled_on_the_clocks",
    "ruling_replaced",
    "ended_by_ruling",
    "referred_unanswered",
    "more_time_for_an_overdue_clock",
)
ONE_PATH: dict[type[Any], tuple[str, ...]] = {
    LettersForLeavers: ("leaver_by_the_former_employers_form",),
    PapersTakenUnseen: ("missing_papers_supplemented",),
    ArrearsPaidUnseen: ("arrears_paid_in_part_and_waived",),
    CertifiedUnseen: ("certified_after_the_offer",),
    StaysUntold: ("told_of_months_that_stay",),
    RemindsOnce: ("overdue_and_closed_late",),
    PartsUnasked: ("paid_in_two_parts",),
    CountsByTheOldCalendar: ("calendar_published",),
    ReissuesNothing: (
        "corrected_with_supplement",
        "corrected_and_stopped_as_sent",
        "corrected_with_surplus",
        "corrected_under_pause",
        "corrected_before_the_funds_left",
        "correction_raised_by_the_platform",
        "ruled_to_amend_and_proceed",
        "ruled_amount",
        "ruled_supplement",
    ),
    PostsOnTop: ("corrected_after_the_taking_in",),
    KeepsMonthsPaidTwice: ("duplicates_cleared", "certified_duplicates"),
    RestoresUnpaid: ("ruled_to_return_and_restore",),
    RulingsForgotten: RULED,
    WithdrawsUnasked: (
        "withdrawn_in_time",
        "withdrawn_too_late",
        "withdrawn_while_papers_were_missing",
    ),
    FilesUnchecked: ("publication",),
    LeavesOneOut: ("audit",),
    BelievesAtOnce: ("audit",),
}
"""What is altered on one path, and the histories that find it."""


@pytest.mark.parametrize("broken", EVERY_PATH)
@pytest.mark.parametrize("name", CASES)
async def test_a_workflow_that_begins_another_way_is_found_out_by_every_case(
    name: str, broken: type[Any]
) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(name, broken)


@pytest.mark.parametrize(
    ("broken", "name"), [(broken, name) for broken, names in ONE_PATH.items() for name in names]
)
async def test_a_workflow_that_goes_another_way_is_found_out_by_the_cases_that_went_there(
    name: str, broken: type[Any]
) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(name, broken)


@pytest.mark.parametrize("broken", [one for one in ONE_PATH if issubclass(one, TransferCase)])
async def test_a_clean_case_alone_would_not_have_found_it(broken: type[Any]) -> None:
    await replay("teacher_to_enterprise", broken)


def test_every_stored_history_is_replayed() -> None:
    assert {path.stem for path in STORED.glob("*.json")} == set(EVERY)


ENDS = {
    "refused": Stage.REFUSED,
    "record_confirmed": Stage.REFUSED,
    "refused_after_the_letter": Stage.REFUSED,
    "calendar_published": Stage.REFUSED,
    "notice_twice_computed_twice": Stage.REFUSED,
    "notice_twice_computed_once": Stage.REFUSED,
    "withdrawn_in_time": Stage.WITHDRAWN,
    "withdrawn_while_papers_were_missing": Stage.WITHDRAWN,
    "ruled_to_return_and_restore": Stage.RETURNED,
    "ended_by_ruling": Stage.ENDED_BY_RULING,
}
"""How the recorded cases ended that were not closed in the ordinary way."""


def ended(name: str) -> Progress:
    """Where a recorded case stood when it was over."""
    last = history_of(name).events[-1]
    assert last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED
    completed = last.workflow_execution_completed_event_attributes
    return Progress.model_validate_json(completed.result.payloads[0].data)


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_case_ended_as_its_name_says(name: str) -> None:
    assert ended(name).stage is ENDS.get(name, Stage.CLOSED)


def steps_of(name: str) -> list[str]:
    """The steps of a recorded case at the bureaus and at the province, in the order they were asked for."""
    scheduled = [event.activity_task_scheduled_event_attributes for event in history_of(name).events]
    return [one.activity_type.name for one in scheduled if one.activity_id]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("leaver_by_the_former_employers_form", ["register_former_employers_form"]),
        ("missing_papers_supplemented", ["review_application"] * 3),
        ("duplicates_cleared", ["offer_choice", "clear_duplicates"]),
        ("certified_duplicates", ["offer_choice", "clear_duplicates"]),
        ("paid_in_two_parts", ["await_funds"] * 3),
        (
            "arrears_paid_in_part_and_waived",
            ["review_application", "enter_arrears_payment", "issue_certificate", "review_application"],
        ),
        ("certified_after_the_offer", ["offer_choice", "offer_choice", "clear_duplicates"]),
        ("told_of_months_that_stay", ["register_contact_letter", "give_written_notice"]),
        ("moved_later_with_papers", ["issue_certificate", "remit_and_end_relationship", "take_in"]),
        ("withdrawn_in_time", ["release_reservation"]),
        ("withdrawn_too_late", ["release_reservation", "remit_and_end_relationship"]),
        ("corrected_with_supplement", ["amend_information_form", "supplement_funds"] * 2),
        ("corrected_with_surplus", ["amend_information_form", "return_funds", "receive_return"]),
        ("correction_raised_by_the_platform", ["supplement_funds", "amend_information_form", "take_in"]),
        ("corrected_after_the_taking_in", ["take_in", "reverse_taking_in", "supplement_funds", "take_in"]),
        ("ruled_to_amend_and_proceed", ["amend_information_form", "supplement_funds", "file_ruling"]),
        ("ruled_amount", ["open_province_file", "amend_information_form", "return_funds", "file_ruling"]),
        ("ruled_supplement", ["amend_information_form", "supplement_funds", "file_ruling"]),
        ("ruled_to_return_and_restore", ["return_funds", "receive_return", "restore_relationship"]),
        ("ended_by_ruling", ["release_reservation", "file_ruling"]),
    ],
)
def test_a_recorded_case_went_the_way_its_name_says(name: str, steps: list[str]) -> None:
    done = iter(steps_of(name))
    assert [step for step in steps if step in done] == steps


def test_the_overdue_case_was_late_and_the_moved_clock_has_moved() -> None:
    late = {clock.clock: clock.working_days_late for clock in ended("overdue_and_closed_late").clocks}
    assert late[Clock.TRANSFER_OUT] > 10
    assert [len(clock.moved) for clock in ended("calendar_published").clocks] == [1]


@pytest.mark.parametrize(
    "name", ["withdrawn_while_papers_were_missing", "more_time_for_an_overdue_clock", "referred_unanswered"]
)
def test_clocks_that_stood_still_or_got_more_time_were_not_late(name: str) -> None:
    assert [one.clock for one in ended(name).clocks if one.overdue and one.clock != Clock.TAKE_IN] == []


def test_clock_c_of_the_case_paid_in_parts_was_overdue_when_the_statement_was_read() -> None:
    (last,) = (clock for clock in ended("paid_in_two_parts").clocks if clock.clock == Clock.TAKE_IN)
    assert last.overdue
    assert last.received_on < last.due_on


@pytest.mark.parametrize("name", CASES)
def test_a_stored_history_names_invented_persons_and_no_machine(name: str) -> None:
    written = stored(name).read_text(encoding="utf-8")
    invented = {TEACHER, WORKER, FARMER}
    assert set(ID_NUMBER.findall(written)) <= invented
    assert any(number in written for number in invented)
    assert not MACHINE.search(written)
