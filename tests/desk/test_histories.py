"""A trial calculation for a person in a bureau's books, answered by that bureau's worker."""

import json
import subprocess
import sys
from asyncio import to_thread
from pathlib import Path

from province import CHANGCHUN, TEACHER, YANBIAN, Province, account

ROOT = Path(__file__).parent.parent.parent


def _calculate(province: Province, *arguments: str) -> subprocess.CompletedProcess[str]:
    address = province.client.service_client.config.target_host
    command = [sys.executable, str(ROOT / "starter.py"), "--lang", "en", "--address", address, "calculate"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=120)


async def test_the_books_and_a_file_give_the_same_six_lines(province: Province, tmp_path: Path) -> None:
    await province.start()
    known = account()
    await province.seed(known)
    file = tmp_path / "history.json"
    file.write_text(known.model_dump_json(by_alias=True))
    asked = ("--to", "E", "--on", "2026-01-15", "--json")
    from_file = await to_thread(_calculate, province, str(file), *asked)
    from_books = await to_thread(_calculate, province, "--id", TEACHER, "--bureau", YANBIAN, *asked)
    assert from_books.returncode == from_file.returncode == 0, from_books.stderr + from_file.stderr
    assert json.loads(from_books.stdout) == json.loads(from_file.stdout)


async def test_a_person_the_bureau_does_not_know_is_one_clear_sentence(province: Province) -> None:
    await province.start()
    run = await to_thread(_calculate, province, "--to", "E", "--id", TEACHER, "--bureau", CHANGCHUN)
    assert run.returncode == 2
    assert run.stderr.strip().count("\n") == 0
    assert "no running relationship" in run.stderr
    assert TEACHER not in run.stderr


async def test_a_wrong_id_and_a_wrong_bureau_are_told_together(province: Province) -> None:
    run = await to_thread(_calculate, province, "--to", "E", "--id", TEACHER[:-1], "--bureau", "999999")
    assert run.returncode == 2
    assert "--id" in run.stderr
    assert "There is no bureau 999999" in run.stderr
