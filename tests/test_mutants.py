"""What `make mutants` changes, and that it draws the same sample again."""

import ast
from pathlib import Path

import mutants
import pytest

SOURCE = b'''"""Names a, not b."""

def pick(few: int | None, many: list[int]) -> int:
    assert few is not None
    pairs = zip(many, many, strict=True)  # \xe4\xb8\x8d\xe5\x8f\x98
    "\xe6\x9c\x88"; few += 1
    return max(few, 2) if not few <= 3 and pairs else many[-1]
'''


def test_each_operator_number_and_choice_is_changed_and_nothing_else() -> None:
    found = mutants.mutants_of("pick.py", SOURCE)
    assert [(one.line, one.old, one.new) for one in found] == [
        (6, "+", "-"),
        (6, "1", "2"),
        (7, "max", "min"),
        (7, "2", "3"),
        (7, "not", ""),
        (7, "<=", "<"),
        (7, "3", "4"),
        (7, "and", "or"),
        (7, "1", "2"),
    ]


def test_each_mutant_is_a_program_that_differs_in_one_place() -> None:
    for one in mutants.mutants_of("pick.py", SOURCE):
        changed = one.of(SOURCE)
        ast.parse(changed)
        assert changed[: one.start] == SOURCE[: one.start]
        assert changed.endswith(SOURCE[one.end :])
        assert changed != SOURCE


def test_the_same_sample_is_drawn_again_with_a_share_for_every_module() -> None:
    drawn = mutants.sample(100)
    assert drawn == mutants.sample(100)
    assert len(drawn) == len(set(drawn)) == 100
    modules = {one.path for one in drawn}
    assert modules >= {"rules/audit.py", "rules/calendar/working_days.py", *mutants.STORE}


@pytest.mark.parametrize("known", list(mutants.known_survivors()), ids=lambda known: " ".join(known[1:]))
def test_a_survivor_that_is_accounted_for_is_still_there(known: tuple[str, str, str, str]) -> None:
    path, text, old, new = known
    found = mutants.mutants_of(path, (Path(mutants.ROOT) / path).read_bytes())
    assert (text, old, new) in {(one.text, one.old, one.new) for one in found}
