"""What is typed in a form of its own is understood, and what is shown is in the language of the reader."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from clerk import Clerk
from rich.console import Console

from desk import language
from desk.access.reasons import reader_in_words, reason_in_words
from desk.command_list import COMMANDS
from desk.commands.staff_options import case_number
from desk.files.files import bureau_key
from desk.files.spans import typed_spans
from desk.language import Language, Words
from desk.officers.roster_words import change_words
from desk.print.titles import kind_title, version_words
from desk.problems import BadInput
from desk.rates.drafts import rate_draft, rate_words
from desk.screens.screen import table
from desk.screens.usage import ARGUMENTS
from desk.words import calendar_name, listed, material, relationship
from models.files.written_values import account_number
from models.officers.rosters import Bar, Grant
from rules.values.due_dates import CHINA_TIME
from rules.values.moves import Material
from rules.values.officers import Role
from rules.values.papers import PaperKind

NOBODY = "127.0.0.1:1"


@pytest.fixture
def in_chinese() -> Iterator[None]:
    language.choose(Language.CHINESE)
    yield
    language.choose(Language.ENGLISH)


@pytest.mark.parametrize("typed", ["220100", " 220100 ", "长春市", "长春市社会保险局", "changchun"])
def test_a_bureau_is_understood_by_its_key_and_by_its_name(typed: str) -> None:
    assert bureau_key(typed) == "220100"


@pytest.mark.parametrize(
    "typed", ["2018-05..2018-06", "2018年5月至2018年6月", "２０１８－０５～２０１８－０６", "201805~201806"]
)
def test_a_span_of_months_is_understood_as_offices_write_it(typed: str) -> None:
    assert typed_spans([typed]) == ([("2018-05", "2018-06")], [])


def test_an_account_is_understood_in_the_groups_of_a_card_and_in_wide_digits() -> None:
    assert account_number(" 6217 0012-3456 ") == account_number("６２１７００１２３４５６") == "621700123456"


def test_a_calendar_has_a_chinese_name(in_chinese: None) -> None:
    named = calendar_name("holidays 0.109; 样例〔2026〕0号 51025bc1; closures f082e946")
    assert named == "全国放假数据 0.109；样例〔2026〕0号 51025bc1；本局放假日 f082e946"


def test_a_relationship_and_a_list_are_written_as_the_reader_writes(in_chinese: None) -> None:
    assert relationship("G", "220100") == "G 机关事业单位，长春市 220100"
    assert listed(["2026-05", "2026-06"]) == "2026-05、2026-06"


def test_a_rate_is_named_in_both_languages() -> None:
    draft, _ = rate_draft("2025", "1.60", "人社厅发〔2026〕9号")
    assert draft is not None
    assert rate_words(draft) == Words("2025: 1.6 %", "2025 年度 1.6%")


def test_a_rate_is_typed_with_the_marks_of_an_input_method() -> None:
    plain, _ = rate_draft("2025", "1.60", "人社厅发〔2026〕9号")
    assert plain is not None
    assert rate_draft("２０２５年", "１．６０％", "人社厅发〔2026〕9号") == (plain, [])


def test_an_absence_is_told_with_its_first_day_and_its_last(in_chinese: None) -> None:
    absent = Bar(
        officer="zhao01",
        reason="休假",
        since=datetime(2026, 12, 1, tzinfo=CHINA_TIME),
        until=datetime(2026, 12, 6, tzinfo=CHINA_TIME),
    )
    assert change_words(absent) == "zhao01 停用，自 2026-12-01 起，至 2026-12-05"
    for_ever = datetime.fromtimestamp(0, CHINA_TIME)
    of_a_demonstration = Grant(
        officer="zhao01",
        key="0" * 32,
        public_key="A" * 43,
        roles=(Role.CHECKER,),
        since=for_ever,
        demonstration=True,
    )
    assert change_words(of_a_demonstration) == "zhao01，复核岗，密钥 00000000"


def test_a_place_without_a_bureau_is_told_as_it_was_typed() -> None:
    with pytest.raises(BadInput, match="There is no bureau 春城"):
        bureau_key("春城")


def test_a_case_number_in_small_letters_is_the_same_number() -> None:
    assert case_number(" 220100-20260115-abcdefgh ") == "220100-20260115-ABCDEFGH"
    assert case_number("nonsense") == "nonsense"


async def test_a_case_number_that_is_empty_is_asked_for() -> None:
    assert (await Clerk(NOBODY)("show", "", lang="zh")).refusal() == ["案号：请提供案号"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("list", "--page", "0"), "--page 的值有误，不得小于 1。"),
        (("answer", "X", "--position"), "没有选项 --position。"),
        (("show", "X", "--unmaskd"), "没有选项 --unmaskd，是否为 --unmask。"),
    ],
)
async def test_what_an_option_takes_is_told(typed: tuple[str, ...], told: str) -> None:
    assert (await Clerk(NOBODY)(*typed, lang="zh")).refusal()[0] == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("show",), "缺少案号。"),
        (("check",), "缺少文件。"),
        (("seed",), "缺少文件。"),
        (("find",), "缺少 --id-number。"),
    ],
)
async def test_what_is_missing_is_named_in_chinese_and_an_option_as_it_is_typed(
    typed: tuple[str, ...], told: str
) -> None:
    assert (await Clerk(NOBODY)(*typed, lang="zh")).refusal()[0] == told


def test_everything_that_is_typed_without_a_flag_has_a_chinese_name() -> None:
    def arguments(command: Any) -> Iterator[str]:
        for below in getattr(command, "commands", {}).values():
            yield from arguments(below)
        for one in command.params:
            if one.param_type_name == "argument":
                yield str(one.get_error_hint()).strip("'")

    named = {one for listed in COMMANDS for one in arguments(listed.load())}
    assert {"CASE", "file"} <= named
    assert named == set(ARGUMENTS)


async def test_the_least_an_option_takes_is_told_in_english_words() -> None:
    told = (await Clerk(NOBODY)("list", "--page", "0")).complaints
    assert "Invalid value for '--page': has to be 1 or more" in told
    assert "Input should" not in told


async def test_an_id_number_with_a_slip_is_told_to_have_a_wrong_check_digit() -> None:
    typed = ("find", "--id-number", "222401198604120248")
    assert "check digit" in (await Clerk(NOBODY)(*typed)).refusal()[0]
    assert "校验" in (await Clerk(NOBODY)(*typed, lang="zh")).refusal()[0]


def test_a_table_without_rows_says_so(in_chinese: None) -> None:
    written = io.StringIO()
    Console(file=written, width=80).print(table("案号", "到期"))
    assert written.getvalue().split() == ["没有"]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("web: case", "网页：案件"),
        ("web: papers with names", "网页：文书（显示姓名）"),
        ("web: printed information_form-2.pdf", "网页：打印 information_form-2.pdf"),
        ("web: deliveries from a file", "网页：从表格批量办理 deliveries"),
        ("web: approve refund", "网页：审批 退还本金"),
        ("show --unmask", "命令 show（显示姓名）"),
        ("approve", "命令 approve"),
        ("", ""),
    ],
)
def test_the_access_log_is_read_in_chinese(in_chinese: None, why: str, words: str) -> None:
    assert reason_in_words(why) == words


def test_the_access_log_is_read_in_english_as_it_was_written() -> None:
    assert reason_in_words("show --unmask") == "show --unmask"
    assert reader_in_words("demonstration") == "demonstration"


def test_the_keys_of_the_demonstration_have_a_chinese_title(in_chinese: None) -> None:
    assert [reader_in_words(one) for one in ("demonstration", "220100/li01")] == ["演示密钥", "220100/li01"]


def test_papers_have_titles_in_english() -> None:
    assert material(Material.IDENTITY_DOCUMENT) == "identity document"
    assert str(kind_title(PaperKind.INFORMATION_FORM)) == "information form"


def test_papers_have_titles_in_chinese(in_chinese: None) -> None:
    assert material(Material.POSTING_DOCUMENT) == "调动（录用）文件"
    shown = f"《{kind_title(PaperKind.INFORMATION_FORM)}》{version_words(3)}"
    assert shown == "《基本养老保险关系转移接续信息表》第 3 版"
