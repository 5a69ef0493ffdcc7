"""Applications as people hand them in: read in two languages, every problem at once, no value repeated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.files.application_intake import TITLES, CheckedApplication
from models.messages.application import TransferApplication
from rules.values.moves import (
    ApplicationRoute,
    InsuredStatus,
    Material,
    MoveReason,
    OriginalRetirementAge,
    Scheme,
)

TODAY = date(2026, 2, 2)
OF_THE_AGENT = {"agent_name", "agent_relation", "agent_mobile", "agent_address"}
"""Checked together: whoever hands in for another is named with relation and telephone."""
IN_ENGLISH = {
    "name": "崔明玉",
    "id_number": "222401198604120247",
    "scheme_from": "G",
    "scheme_to": "E",
    "bureau_out": "222400",
    "bureau_in": "220100",
    "reason": "posting",
    "status": "paused",
    "registered_home": "222401",
    "submitted_on": "2026-01-15",
    "new_employer": "长春北方软件有限公司",
    "employer_bureau": "220100",
    "individual_payer": False,
    "entry": "contact_letter",
    "materials": ["identity_document", "application_form"],
    "certified_government_service": [
        {"first": "2018-05", "last": "2018-06"},
        {"first": "2019-01", "last": "2019-01"},
    ],
    "original_retirement_age": "55",
    "mobile": "139 0000 0000",
    "home_address": "延吉市样例街 8 号",
    "personal_number": "2224001234567",
    "employer_code": "91220101MA0000000X",
    "refund_account": "样例银行 崔明玉 6200 0000 0000",
    "agent_name": "崔大勇",
    "agent_relation": "父女",
    "agent_mobile": "0433-0000000",
    "agent_address": "延吉市样例街 9 号",
}
IN_CHINESE = {
    "姓名": "崔明玉",
    "公民身份号码": " 222401198604120247 ",
    "转出险种": "机关事业单位基本养老保险",
    "转入险种": "企职保",
    "转出地社会保险局": "222400",
    "转入地社会保险局": "220100",
    "转移原因": "调动",
    "参保状态": "暂停缴费",
    "户籍所在地": "222401",
    "申请日期": "2026/1/15",
    "新用人单位": "长春北方软件有限公司",
    "新用人单位社会保险局": "220100",
    "个人身份参保": "否",
    "申请途径": "联系函",
    "提交材料": "有效身份证件或社会保障卡；养老保险关系转移接续申请表；",
    "认定的机关事业单位工作经历": "2018-05至2018-06;2019-01",
    "原法定退休年龄": "五十五周岁",
    "联系电话": " 139 0000 0000",
    "户籍地地址": "延吉市样例街 8 号",
    "原个人编号": "2224001234567",
    "单位编号": "91220101MA0000000X",
    "退款账户": "样例银行 崔明玉 6200 0000 0000",
    "代办人": "崔大勇",
    "代办人与本人关系": "父女",
    "代办人电话": "0433-0000000",
    "代办人地址": "延吉市样例街 9 号",
}


def read(document: Mapping[str, Any], **changed: Any) -> TransferApplication:
    return CheckedApplication.model_validate({**document, **changed}, context={"on": TODAY}).application()


def problems(**changed: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as wrong:
        read(IN_ENGLISH, **changed)
    return {
        ".".join(map(str, error["loc"])): error["type"]
        for error in wrong.value.errors(include_url=False, include_input=False)
    }


def test_a_woman_who_is_linked_with_residents_is_asked_for_her_original_age_and_a_man_is_not() -> None:
    linking = {"scheme_to": "R", "reason": "城乡养老保险制度衔接"}
    unsaid = {**linking, "original_retirement_age": ""}
    assert problems(**unsaid) == {"original_retirement_age": "original_retirement_age"}
    for written in ("55", "55岁", "五十五周岁", "55.0"):
        stated = read(IN_ENGLISH, **linking, original_retirement_age=written)
        assert stated.original_retirement_age is OriginalRetirementAge.FIFTY_FIVE
    assert read(IN_ENGLISH, **unsaid, id_number="22020219750930117X").original_retirement_age is None


@pytest.mark.parametrize("written", ["1", "样例银行 崔明玉", "样例银行 1234567", "6" * 31])
def test_an_account_for_a_refund_has_as_many_digits_as_the_choice_asks_for(written: str) -> None:
    assert problems(refund_account=written) == {"refund_account": "refund_account"}
    for good in ("12345678", "样例银行 崔明玉 6200-0000-0000", "样例银行第2支行６２００００００"):
        assert read(IN_ENGLISH, refund_account=good).refund_account == good


def test_whoever_hands_in_for_the_person_is_named_with_relation_and_telephone() -> None:
    nobody = dict.fromkeys(OF_THE_AGENT, "")
    assert read(IN_ENGLISH, **nobody).agent_name is None
    assert read(IN_ENGLISH, agent_address="").agent_mobile == "0433-0000000"
    by_name_alone = {**nobody, "agent_name": "崔大勇"}
    assert problems(**by_name_alone) == {"agent_relation": "agent", "agent_mobile": "agent"}
    assert problems(agent_name="") == dict.fromkeys(
        ("agent_relation", "agent_mobile", "agent_address"), "agent"
    )
    assert set(problems(agent_name="123", agent_mobile="父女")) == {"agent_name", "agent_mobile"}


def test_service_is_certified_up_to_the_present_month() -> None:
    assert read(IN_ENGLISH, certified_government_service="2025-12~2026-02").certified_government_service
    later = problems(certified_government_service="2018-05~2018-06;2026-01~2026-03")
    assert later == {"certified_government_service": "month_in_future"}


def test_chinese_titles_and_values_say_the_same() -> None:
    assert set(IN_CHINESE) == set(TITLES.values())
    assert set(IN_ENGLISH) == set(TITLES) == set(TransferApplication.model_fields)
    assert read(IN_CHINESE) == read(IN_ENGLISH)
    assert type(read(IN_CHINESE)) is TransferApplication


@pytest.mark.parametrize("written", ["机关事业单位", "机关保", "g", " G "])
def test_a_scheme_may_be_written_as_clerks_write_it(written: str) -> None:
    assert read(IN_ENGLISH, scheme_from=written).scheme_from is Scheme.GOVERNMENT


@pytest.mark.parametrize("reason", MoveReason)
def test_every_reason_has_a_chinese_name(reason: MoveReason) -> None:
    assert read(IN_ENGLISH, reason=reason.official).reason is reason


@pytest.mark.parametrize("status", InsuredStatus)
def test_every_status_has_a_chinese_name(status: InsuredStatus) -> None:
    assert read(IN_ENGLISH, status=status.official).status is status


def test_every_paper_has_a_chinese_name() -> None:
    papers = ";".join(paper.official for paper in Material)
    assert read(IN_ENGLISH, materials=papers).materials == tuple(Material)


@pytest.mark.parametrize("entry", ApplicationRoute)
def test_every_entry_has_a_chinese_name(entry: ApplicationRoute) -> None:
    assert read(IN_ENGLISH, entry=entry.official).entry is entry


@pytest.mark.parametrize(("written", "meant"), [("是", True), ("Yes", True), ("1", True), ("no", False)])
def test_yes_and_no_are_read_as_written(written: str, meant: bool) -> None:
    assert read(IN_ENGLISH, individual_payer=written).individual_payer is meant


def test_an_empty_cell_is_a_field_not_given() -> None:
    asked = read(IN_ENGLISH, employer_bureau="", individual_payer=" ", status="", materials="")
    assert asked.employer_bureau is None
    assert not asked.individual_payer
    assert asked.status is InsuredStatus.ACTIVE
    assert asked.materials == ()
    assert problems(name="  ") == {"name": "missing"}


def test_a_telephone_number_is_one_and_an_application_without_contact_is_whole() -> None:
    assert problems(mobile="call me") == {"mobile": "string_pattern_mismatch"}
    assert read(IN_ENGLISH, mobile="").mobile is None


def test_a_small_x_is_meant_large() -> None:
    assert read(IN_ENGLISH, id_number="22020219750930117x").id_number == "22020219750930117X"


def test_an_old_code_in_an_id_number_or_a_home_is_no_mistake() -> None:
    asked = read(IN_ENGLISH, id_number="220381199001010013", registered_home="220381", bureau_out="220381")
    assert asked.bureau_out == "220381"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("id_number", "222401198604120248", "id_number_check_digit"),
        ("id_number", 222401198604120247, "id_number_not_text"),
        ("id_number", "2.22401E+17", "id_number_form"),
        ("bureau_in", "110100", "no_such_bureau"),
        ("bureau_in", 220100, "no_such_bureau"),
        ("employer_bureau", "长春", "no_such_bureau"),
        ("scheme_to", "X", "enum"),
        ("reason", "moved house", "enum"),
        ("status", "asleep", "enum"),
        ("entry", "window", "enum"),
        ("individual_payer", "perhaps", "bool_parsing"),
        ("registered_home", "2224", "division"),
        ("registered_home", 222401, "division"),
        ("registered_home", "229901", "division"),
        ("registered_home", "990101", "division"),
        ("submitted_on", "15.1.2026", "day"),
        ("submitted_on", "2026-02-30", "day"),
        ("submitted_on", 20260115, "day"),
        ("submitted_on", "2026-02-03", "day_in_future"),
        ("submitted_on", "2014-09-30", "day_before_reform"),
        ("name", "x" * 61, "string_too_long"),
        ("bank", "1", "extra_forbidden"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field: str, value: Any, problem: str) -> None:
    assert problems(**{field: value}) == {field: problem}


def test_a_day_before_the_persons_birth_cannot_be_right() -> None:
    assert problems(id_number="220102202601160013") == {"submitted_on": "born_later"}


@pytest.mark.parametrize(
    ("day", "id_number"),
    [
        pytest.param("2026-02-02", "222401198604120247", id="today"),
        pytest.param("2014-10-01", "222401198604120247", id="the day the government scheme began"),
        pytest.param("2026-01-15", "22240120260115001X", id="the day of birth"),
    ],
)
def test_the_first_and_the_last_day_are_still_right(day: str, id_number: str) -> None:
    asked = read(IN_ENGLISH, id_number=id_number, submitted_on=day)
    assert asked.submitted_on == date.fromisoformat(day)


def test_a_list_names_the_entry_that_is_wrong() -> None:
    assert problems(materials="identity_document;passport") == {"materials.1": "enum"}
    assert problems(materials=3) == {"materials": "tuple_type"}
    assert problems(certified_government_service="2020-05~2020-01") == {
        "certified_government_service.0": "period"
    }


def test_all_problems_come_at_once() -> None:
    assert set(problems(id_number="1", scheme_to="", bureau_out="?", submitted_on="soon")) == {
        "id_number",
        "scheme_to",
        "bureau_out",
        "submitted_on",
    }


@pytest.mark.parametrize("document", [[], "text", 3, None])
def test_what_is_no_form_at_all_is_refused(document: Any) -> None:
    with pytest.raises(ValidationError):
        CheckedApplication.model_validate(document)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(TITLES)),
    st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=2),
)
def test_whatever_is_written_is_read_or_refused_by_its_field(field: str, value: Any) -> None:
    try:
        asked = read(IN_ENGLISH, **{field: value})
    except ValidationError as wrong:
        refused = {error["loc"][0] for error in wrong.errors()}
        assert refused == {field} or refused | {field} <= OF_THE_AGENT
    else:
        assert asked.move()
