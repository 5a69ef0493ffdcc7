"""The systemd units: without a fault for systemd, with options that a worker has, and time enough to stop."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from worker import STOPPED

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
INSTALLED = "/opt/transfer"
ANALYZE = shutil.which("systemd-analyze")

wants_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="no systemd-analyze: apt-get install systemd (CI does)"
)


def faults(unit: str, name: str, directory: Path) -> str:
    """What systemd has to say of a unit, installed here instead of where it belongs."""
    here = unit.replace(f"{INSTALLED}/.venv/bin/python", sys.executable).replace(INSTALLED, str(ROOT))
    file = directory / name.replace("@.", "@220100.")
    file.write_text(here)
    ran = subprocess.run([str(ANALYZE), "verify", str(file)], capture_output=True, text=True, timeout=120)
    # Of other units of the machine it speaks, too.
    said = [line for line in (ran.stdout + ran.stderr).splitlines() if file.stem in line]
    return "\n".join(said)


@wants_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_finds_no_fault_in_a_unit(unit: Path, tmp_path: Path) -> None:
    assert faults(unit.read_text(), unit.name, tmp_path) == ""


@wants_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
@pytest.mark.parametrize(
    ("written", "planted"),
    [
        ("Restart=always", "Restart=allways"),
        ("TimeoutStopSec=", "TimeoutStopsSec="),
        ("/bin/python ", "/bin/snake "),
    ],
)
def test_systemd_finds_a_planted_fault(unit: Path, written: str, planted: str, tmp_path: Path) -> None:
    text = unit.read_text()
    assert written in text
    assert faults(text.replace(written, planted), unit.name, tmp_path)


def test_there_is_a_unit_for_each_kind_of_process() -> None:
    kinds = ("bureau@", "codec", "desk@", "platform")
    assert [unit.name for unit in UNITS] == [f"transfer-{kind}.service" for kind in kinds]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_asks_for_options_that_its_program_has(unit: Path) -> None:
    (command,) = re.findall(r"^ExecStart=\S+/python (.*)$", unit.read_text(), re.MULTILINE)
    program, *words = [word for word in command.split() if not word.startswith("$")]
    named = words[: next(place for place, word in enumerate(words) if word.startswith("--"))]
    told = subprocess.run(
        [sys.executable, str(ROOT / program), *named, "--help"],
        env={"COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    options = re.findall(r"--[a-z-]+", command)
    assert {"--store", "--metrics", "--health"} < set(options) or program == "starter.py"
    assert options
    assert [option for option in options if not re.search(rf"{option}\b", told)] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_process_writes_where_its_unit_lets_it_and_looks_for_no_home_that_is_closed(unit: Path) -> None:
    text = unit.read_text()
    (state,) = re.findall(r"^StateDirectory=(\S+)$", text, re.MULTILINE)
    assert f"Environment=HOME=/var/lib/{state}\n" in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_worker_has_ended_by_itself_before_systemd_kills_it(unit: Path) -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE)
    assert int(seconds) > STOPPED.total_seconds()
