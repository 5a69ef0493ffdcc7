"""The end of the access log is read without reading all of it, and what is older a stretch at a time."""

import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.encryption.access_log import READ_AT_ONCE, Access, AccessLog
from workflows.identifiers import case_no_of

FIRST = datetime(2026, 3, 2, 4, tzinfo=UTC)


def readings(count: int) -> list[Access]:
    return [
        Access(
            at=FIRST + timedelta(seconds=number),
            reader="220100/in-01",
            workflow=f"transfer/220100-20260115-{number:08}",
            why="web: case",
        )
        for number in range(count)
    ]


def stretches(log: AccessLog) -> list[list[Access | None]]:
    """Every stretch of a log, from its end to its beginning."""
    found, before = [], None
    while before != 0:
        lines = log.latest(before)
        found.append([line.reading for line in lines])
        before = lines[-1].begins
    return found


def test_a_long_log_is_read_from_its_end_and_each_line_once(tmp_path: Path) -> None:
    log, written = AccessLog(tmp_path / "access.jsonl"), readings(20_000)
    log.write(written)
    found = stretches(log)
    assert len(found) == -(-log.path.stat().st_size // READ_AT_ONCE) > 2
    assert [one for stretch in found for one in stretch] == written[::-1]


def test_a_stretch_that_begins_where_a_line_begins_loses_none(tmp_path: Path) -> None:
    log, (one,) = AccessLog(tmp_path / "access.jsonl"), readings(1)
    length = len(one.model_dump_json()) + 1
    log.write([one] * 3)
    filler = READ_AT_ONCE - 2 * length
    with log.path.open("ab") as file:
        file.write(b"x" * (filler - 1) + b"\n")
    log.write([one])
    assert stretches(log) == [[one, None, one], [one, one]] or stretches(log) == [
        [one, None],
        [one, one, one],
    ]


def test_what_is_no_line_of_a_log_hides_none_that_is_older(tmp_path: Path) -> None:
    log, (one,) = AccessLog(tmp_path / "access.jsonl"), readings(1)
    log.write([one])
    with log.path.open("ab") as file:
        file.write(b"\xff" * (3 * READ_AT_ONCE) + b"\n")
    log.write([one])
    found = [reading for stretch in stretches(log) for reading in stretch if reading is not None]
    assert found == [one, one]
    assert [line.reading for line in log.latest(log.path.stat().st_size + 9)] == [
        line.reading for line in log.latest()
    ]


def test_of_one_case_only_the_lines_that_name_it_are_read_and_the_oldest(tmp_path: Path) -> None:
    log, written = AccessLog(tmp_path / "access.jsonl"), readings(20_000)
    log.write(written)
    lines = log.latest(case_no=case_no_of(written[7].workflow))
    assert [line.reading for line in lines if line.reading] == [written[7], written[0]]
    assert len(lines) == len(written)


def test_what_a_full_disk_cuts_off_is_taken_back_and_said(tmp_path: Path) -> None:
    """A line cut off would be no line of a reading that was given, and spoil the next one."""
    log, (first, second, third) = AccessLog(tmp_path / "access.jsonl"), readings(3)
    log.write([first])
    before, limits = log.path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            log.write([second])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert log.path.read_bytes() == before
    log.write([third])
    assert list(log.read()) == [first, third]


def test_a_line_that_a_power_failure_has_cut_off_spoils_no_other(tmp_path: Path) -> None:
    log, (first, second) = AccessLog(tmp_path / "access.jsonl"), readings(2)
    log.write([first])
    with log.path.open("ab") as file:
        file.write(b'{"at":"2026')
    log.write([second])
    assert list(log.read()) == [first, None, second]
