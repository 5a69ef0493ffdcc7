"""Who may be transferred, and every ground on which an application is turned away."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from movers import DAY, LEAVER, RECRUIT, TEACHER

from rules.application.bureau_list import BUREAUS
from rules.application.ground_titles import TITLES, ground_title
from rules.application.grounds import grounds_for_refusal
from rules.application.scope import LeaveToStartABusiness, notices, situation
from rules.values.law import JILIN_MEASURES, Law, Refusal
from rules.values.moves import LEAVING_REASONS, ApplicationRoute, InsuredStatus, Move, MoveReason, Scheme

G, E, R = Scheme.GOVERNMENT, Scheme.ENTERPRISE, Scheme.RESIDENT


def grounds(base: Move = TEACHER, **changes: Any) -> tuple[Refusal, ...]:
    return grounds_for_refusal(replace(base, **changes), DAY)


def codes(base: Move = TEACHER, **changes: Any) -> set[str]:
    return {ground.code for ground in grounds(base, **changes)}


@pytest.mark.parametrize(
    "accepted",
    [
        pytest.param(TEACHER, id="posting from a school to a firm"),
        pytest.param(LEAVER, id="resigned, goes home"),
        pytest.param(replace(LEAVER, reason=MoveReason.CONVICTED), id="convicted, goes home"),
        pytest.param(
            replace(LEAVER, entry=ApplicationRoute.FORMER_EMPLOYERS_FORM), id="former employer files"
        ),
        pytest.param(RECRUIT, id="flexible worker recruited"),
        pytest.param(
            replace(RECRUIT, reason=MoveReason.POSTING, individual_payer=False), id="worker to a school"
        ),
        pytest.param(replace(TEACHER, status=InsuredStatus.PAUSED), id="account already paused"),
        pytest.param(replace(TEACHER, bureau_out="220100"), id="both schemes at one bureau"),
        pytest.param(replace(TEACHER, bureau_in="PROVINCIAL", employer_bureau="PROVINCIAL"), id="省直"),
        pytest.param(
            replace(LEAVER, individual_payer=True, reason=MoveReason.POSTING), id="to pay alone, at home"
        ),
        pytest.param(replace(TEACHER, employer_bureau=None), id="the employer applies at its own bureau"),
        pytest.param(replace(TEACHER, registered_home="110101"), id="posted, registered in Beijing"),
    ],
)
def test_an_ordinary_case_can_be_accepted(accepted: Move) -> None:
    assert grounds_for_refusal(accepted, DAY) == ()


def test_a_pensioner_may_not_transfer() -> None:
    (ground,) = grounds(status=InsuredStatus.PENSIONER)
    assert ground.code == "already_a_pensioner"
    assert ground.law == Law(JILIN_MEASURES, "第一条")


def test_the_account_of_a_dead_person_is_inherited_and_not_transferred() -> None:
    assert codes(status=InsuredStatus.DECEASED) == {"deceased"}


@pytest.mark.parametrize(
    ("scheme", "article", "rule_named"),
    [(G, "第二条", "人社厅发〔2017〕7号"), (E, "第五条", "变更登记"), (R, "第一条", "城乡居民")],
)
def test_a_move_within_one_scheme_is_refused_with_its_own_article(
    scheme: Scheme, article: str, rule_named: str
) -> None:
    (ground,) = grounds(scheme_from=scheme, scheme_to=scheme)
    assert ground.code == "same_scheme"
    assert ground.law == Law(JILIN_MEASURES, article)
    assert rule_named in ground.cure_zh


def test_who_moved_within_the_enterprise_scheme_before_2021_had_the_document_of_2010() -> None:
    for submitted, rule in ((date(2020, 12, 31), "吉政办发〔2010〕9号"), (date(2021, 1, 1), "变更登记")):
        moved = replace(TEACHER, scheme_from=E, scheme_to=E, submitted_on=submitted)
        (ground,) = grounds_for_refusal(moved, submitted)
        assert rule in ground.cure_zh
    assert "2021" in ground.cure_zh
    assert "2021" in ground.cure_en


@pytest.mark.parametrize("reason", sorted(LEAVING_REASONS | {MoveReason.LEAVE_TO_START_A_BUSINESS}))
def test_leaving_a_government_unit_is_no_reason_to_enter_one(reason: MoveReason) -> None:
    assert codes(RECRUIT, reason=reason) == {"reason_against_direction"}


def test_a_unit_that_became_an_enterprise_takes_its_staff_along_and_applies_itself() -> None:
    converted = replace(TEACHER, reason=MoveReason.UNIT_CONVERTED)
    assert grounds_for_refusal(converted, DAY) == ()
    covered = situation(converted)
    assert covered is not None
    assert covered.law == Law(JILIN_MEASURES, "第二条第一项")
    assert codes(converted, new_employer=None) == {"no_new_employer"}
    assert codes(RECRUIT, reason=MoveReason.UNIT_CONVERTED) == {"reason_against_direction"}


def test_whose_contract_ended_goes_home_and_hears_that_this_is_a_reading() -> None:
    ended = replace(LEAVER, reason=MoveReason.CONTRACT_ENDED)
    assert grounds_for_refusal(ended, DAY) == ()
    covered = situation(ended)
    assert covered is not None
    assert covered.law == Law(JILIN_MEASURES, "第二条第二项")
    (ground,) = grounds(ended, bureau_in="220100")
    assert ground.code == "wrong_destination"
    assert "聘用合同终止" in ground.zh
    assert "本系统的理解" in ground.zh
    assert "reading of this system" in ground.en


def test_who_leaves_to_pay_alone_is_not_told_of_a_resignation() -> None:
    alone = replace(LEAVER, reason=MoveReason.POSTING, individual_payer=True)
    (ground,) = grounds(alone, bureau_in="220100")
    assert ground.code == "wrong_destination"
    assert "辞职" not in ground.zh
    assert "resignation" not in ground.en
    assert "以个人身份缴费" in ground.zh
    assert "本系统的理解" in ground.zh


def test_what_the_measures_say_in_words_is_called_no_reading() -> None:
    (ground,) = grounds(LEAVER, bureau_in="220100")
    assert "本系统的理解" not in ground.zh


def test_being_recruited_is_no_reason_to_leave_the_government_scheme() -> None:
    assert codes(reason=MoveReason.RECRUITED) == {"reason_against_direction"}


@pytest.mark.parametrize(
    "base", [TEACHER, RECRUIT, replace(TEACHER, reason=MoveReason.LEAVE_TO_START_A_BUSINESS)]
)
def test_without_a_new_employer_nobody_can_apply(base: Move) -> None:
    assert codes(base, new_employer=None) == {"no_new_employer"}


@pytest.mark.parametrize("base", [TEACHER, RECRUIT])
def test_the_former_employers_form_is_for_leavers_only(base: Move) -> None:
    assert codes(base, entry=ApplicationRoute.FORMER_EMPLOYERS_FORM) == {
        "former_employers_form_for_leavers_only"
    }


@pytest.mark.parametrize("reason", sorted(LEAVING_REASONS))
def test_a_leaver_sent_elsewhere_is_told_the_bureau_at_home(reason: MoveReason) -> None:
    (ground,) = grounds(LEAVER, reason=reason, bureau_in="220100")
    assert ground.code == "wrong_destination"
    assert ground.law == Law(JILIN_MEASURES, "第五条")
    assert "222401" in ground.cure_en
    assert "222401" in ground.cure_zh


def test_a_posting_to_another_bureau_than_the_employers_is_told_the_right_one() -> None:
    (ground,) = grounds(bureau_in="220200")
    assert ground.code == "wrong_destination"
    assert "220100" in ground.cure_zh


def test_a_leaver_registered_in_another_province_is_not_for_these_measures() -> None:
    assert codes(LEAVER, registered_home="110101") == {"registered_home_outside_the_province"}


def test_a_home_code_of_jilin_that_leads_nowhere_has_to_be_given_as_of_today() -> None:
    assert codes(LEAVER, registered_home="222303") == {"registered_home_unknown"}


def test_a_bureau_outside_jilin_is_refused() -> None:
    assert codes(bureau_out="110100") == {"bureau_out_outside_the_province"}
    assert codes(bureau_in="110100", employer_bureau="110100") == {
        "bureau_in_outside_the_province",
        "bureau_employer_outside_the_province",
    }


def test_a_bureau_that_has_a_new_key_is_named_by_it() -> None:
    (ground,) = grounds(bureau_out="220381")
    assert ground.code == "bureau_out_replaced"
    assert "220184" in ground.cure_en
    assert grounds_for_refusal(replace(TEACHER, bureau_out="220381"), date(2020, 6, 18)) == ()


def test_an_old_key_of_the_right_bureau_is_not_also_a_wrong_destination() -> None:
    assert codes(LEAVER, registered_home="220381", bureau_in="220381") == {"bureau_in_replaced"}


def test_all_grounds_are_told_at_once() -> None:
    found = codes(LEAVER, status=InsuredStatus.PENSIONER, bureau_out="220381", bureau_in="220100")
    assert found == {"already_a_pensioner", "bureau_out_replaced", "wrong_destination"}


def test_leave_to_start_a_business_may_wait_but_need_not() -> None:
    leave = replace(TEACHER, reason=MoveReason.LEAVE_TO_START_A_BUSINESS)
    assert grounds_for_refusal(leave, DAY) == ()
    assert [notice.code for notice in notices(leave)] == ["may_wait"]
    assert notices(TEACHER) == ()


def test_leave_to_start_a_business_must_wait_under_the_stricter_reading() -> None:
    leave = replace(TEACHER, reason=MoveReason.LEAVE_TO_START_A_BUSINESS)
    (ground,) = grounds_for_refusal(leave, DAY, LeaveToStartABusiness.MUST_WAIT)
    assert ground.code == "post_still_kept"
    assert grounds_for_refusal(TEACHER, DAY, LeaveToStartABusiness.MUST_WAIT) == ()


@pytest.mark.parametrize(
    ("move", "article"),
    [
        (TEACHER, "第二条第一项"),
        (replace(LEAVER, reason=MoveReason.POSTING, individual_payer=True), "第二条第一项"),
        (replace(RECRUIT, individual_payer=False), "第二条第一项"),
        (LEAVER, "第二条第二项"),
        (RECRUIT, "第二条第三项"),
    ],
)
def test_a_case_that_is_covered_names_its_situation(move: Move, article: str) -> None:
    found = situation(move)
    assert found is not None
    assert found.law == Law(JILIN_MEASURES, article)


@pytest.mark.parametrize(
    "move", [replace(TEACHER, scheme_to=G), replace(TEACHER, reason=MoveReason.RECRUITED)]
)
def test_a_case_that_is_not_covered_has_none(move: Move) -> None:
    assert situation(move) is None


keys = st.sampled_from([one.key for one in BUREAUS] + ["110100", ""])
moves = st.builds(
    Move,
    scheme_from=st.sampled_from(Scheme),
    scheme_to=st.sampled_from(Scheme),
    bureau_out=keys,
    bureau_in=keys,
    reason=st.sampled_from(MoveReason),
    status=st.sampled_from(InsuredStatus),
    registered_home=st.sampled_from(["220102", "222401", "220381", "110101", "222303", "220621120", ""]),
    submitted_on=st.just(DAY),
    new_employer=st.sampled_from([None, "某单位"]),
    employer_bureau=st.none() | keys,
    individual_payer=st.booleans(),
    entry=st.sampled_from(ApplicationRoute),
)


@settings(max_examples=300)
@given(moves)
def test_any_move_gets_an_answer_and_every_ground_says_why_and_what_to_do(move: Move) -> None:
    found = grounds_for_refusal(move, DAY)
    assert len({ground.code for ground in found}) == len(found)
    for ground in found:
        assert ground.law.document
        assert ground.zh
        assert ground.en
        assert ground.cure_zh
        assert ground.cure_en
    if not found:
        assert {move.scheme_from, move.scheme_to} == {G, E}
        assert move.status in (InsuredStatus.ACTIVE, InsuredStatus.PAUSED)
        assert situation(move)


@settings(max_examples=300)
@given(moves)
def test_a_refused_pensioner_is_told_everything_else_as_well(move: Move) -> None:
    active = {ground.code for ground in grounds_for_refusal(replace(move, status=InsuredStatus.ACTIVE), DAY)}
    pensioner = replace(move, status=InsuredStatus.PENSIONER)
    retired = {ground.code for ground in grounds_for_refusal(pensioner, DAY)}
    assert retired == active | {"already_a_pensioner"}


ROOT = Path(__file__).parents[2]
SIDES = ("out", "in", "employer")
PASSED_ON = "rules/application/grounds.py"
"""Makes a ground of what the register of officers has found, under the same code."""
OFFICERS = ROOT / "activities/officers/register.py"


def codes_in(path: Path, kind: str) -> Iterator[str]:
    """The code of every ground or finding that a file makes."""
    for call in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == kind):
            continue
        named = {one.arg: one.value for one in call.keywords}
        code = named["code"] if "code" in named else call.args[0]
        if isinstance(code, ast.Constant):
            yield str(code.value)
        elif isinstance(code, ast.JoinedStr):
            parts = [
                "{}" if isinstance(one, ast.FormattedValue) else ast.literal_eval(one) for one in code.values
            ]
            yield from ("".join(parts).format(side) for side in SIDES)
        else:
            assert (str(path.relative_to(ROOT)), ast.unparse(code)) == (PASSED_ON, "why.code")


def test_every_ground_has_a_title_that_holds_for_every_case() -> None:
    made = [path for layer in ("rules", "activities", "workflows") for path in (ROOT / layer).rglob("*.py")]
    found = {code for path in made for code in codes_in(path, "Refusal")}
    assert set(TITLES) == found | set(codes_in(OFFICERS, "Finding"))
    for title in TITLES.values():
        assert all(title)
        assert not any(one.isdigit() for one in "".join(title))
    assert ground_title("of_a_later_release") == ("of_a_later_release", "of_a_later_release")
