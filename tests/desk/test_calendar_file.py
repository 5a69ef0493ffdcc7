"""Calendar files: the sample reads, and a bad file says everything that is wrong with it."""

from datetime import date
from pathlib import Path

import pytest

from desk.files.calendar_file import read_calendar_file, read_calendar_files
from desk.problems import BadInput
from models.files.holiday_notice import loaded
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_on

SAMPLE = Path(__file__).parents[2] / "examples" / "calendar" / "notice-2027-sample.toml"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "notice.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_calendar_file(path)
    return caught.value


def test_the_sample_makes_2027_firm_and_says_that_it_is_invented() -> None:
    assert "INVENTED" in SAMPLE.read_text(encoding="utf-8")
    calendar = loaded(WorkingCalendar(), read_calendar_files([SAMPLE]))
    assert calendar.is_published(2027)
    assert due_on(date(2027, 9, 1), 2, calendar) == (date(2027, 9, 3), False)
    assert due_on(date(2027, 9, 1), 2, calendar.at("222400")) == (date(2027, 9, 6), False)
    assert "样例〔2026〕0号" in calendar.version


def test_a_file_may_hold_closures_alone(tmp_path: Path) -> None:
    path = written(tmp_path, '[[closures]]\nbureau = "222400"\nday = "2026-09-03"\nname = "州庆"\n')
    calendar = loaded(WorkingCalendar(), read_calendar_files([path, SAMPLE]))
    assert calendar.at("222400").is_working_day(date(2026, 9, 3)) is False
    assert calendar.is_published(2027)


def test_a_day_of_a_notice_is_read_as_the_notice_prints_it(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    printed = text.replace("2027-01-31,", '"2027年1月31日",')
    assert printed != text
    assert read_calendar_files([written(tmp_path, printed)]) == read_calendar_files([SAMPLE])


def test_everything_wrong_in_form_is_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        colour = "red"
        [notice]
        year = "2027"
        number = " "
        days_off = [{ from = 2027-02-13, to = 2027-02-05, name = "春节" }]
        make_up_days = [20270131]
        """,
    )
    assert sorted(map(str, complaint(path).problems)) == [
        "colour: not a known field",
        "notice, days_off, item 1: ends before it begins",
        "notice, make_up_days, item 1: not a day; write it as 2026-01-31",
        "notice, number: must not be empty",
        "notice, published_on: missing",
        "notice, year: has to be a whole number",
    ]


def test_what_can_be_read_is_judged_even_where_an_entry_cannot(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("2027-01-31,", '"31 January", 2027-02-01,')
    problems = [*map(str, complaint(written(tmp_path, text)).problems)]
    assert problems[0] == "notice, make_up_days, item 1: not a day; write it as 2026-01-31"
    assert "2027-02-01 is no Saturday or Sunday" in problems[1]
    assert len(problems) == 2


def test_a_notice_that_forgets_a_festival_is_refused_with_its_law(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if "端午节" not in line)
    assert tuple(map(str, complaint(written(tmp_path, text)).problems)) == (
        "statutory holiday 2027-06-09 (端午节) is not declared off (全国年节及纪念日放假办法第二条)",
        "17 weekdays are off but 18 should be: 13 statutory days, 5 make-up days, 0 given freely (days_given)"
        " (全国年节及纪念日放假办法第六条)",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[notice", "is not TOML"),
        ("", "is empty"),
        ("[notice]\nyear = 2027\n[notice]\n", "is not TOML"),
        ("closures = []\n", "cannot be used"),
        ("closures = 3\n", "cannot be used"),
        ("notice = [1]\n", "cannot be used"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in str(complaint(written(tmp_path, text)).summary)


def test_bad_files_are_all_named(tmp_path: Path) -> None:
    path = written(tmp_path, "closures = []\n")
    with pytest.raises(BadInput) as caught:
        read_calendar_files([tmp_path / "none.toml", path])
    told = [*map(str, caught.value.problems)]
    assert "none.toml" in told[0]
    assert any("notice.toml" in problem for problem in told[1:])
