"""What is wrong with an input, for a terminal: each problem with the command that helps."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from desk.language import Words, say
from desk.problems import BadInput, Hint, Problem, See

_COMMANDS = {
    See.CASES: Words("`starter.py list` shows the cases.", "请用 `starter.py list` 查询。"),
    See.BUREAUS: Words("`starter.py bureaus` lists them.", "可用 `starter.py bureaus` 查名录。"),
    See.PLATFORM: Words(
        "start it with `make up` or `worker.py --platform`.",
        "请用 `make up` 或 `worker.py --platform` 启动。",
    ),
}


def lines_of(bad: BadInput) -> Iterator[str]:
    """The summary, then each problem, indented; without a summary only the problems."""
    summary = summary_of(bad)
    if summary:
        yield summary
    for problem in bad.problems:
        yield f"  {problem_of(problem)}" if summary else problem_of(problem)


def with_flags(bad: BadInput, flags: Mapping[str, str]) -> BadInput:
    """The same error, naming each field by the flag that was typed for it."""
    problems = [
        replace(one, named=Words(flag, flag)) if (flag := flags.get(one.field)) else one
        for one in bad.problems
    ]
    return BadInput(bad.summary, problems, bad.hint)


def summary_of(bad: BadInput) -> str:
    """The summary with the command that helps."""
    return _with(str(bad.summary), bad.hint)


def problem_of(problem: Problem) -> str:
    """One problem with the command that helps."""
    return _with(str(problem), problem.hint)


def _with(sentence: str, hint: Hint | None) -> str:
    """'There is no bureau 1; `starter.py bureaus` lists them.'"""
    if hint is None:
        return sentence
    return f"{sentence.rstrip('.。')}{say('; ', '，')}{_command(hint)}"


def _command(hint: Hint) -> str:
    if hint.see is See.BUREAU_WORKER:
        run = f"`worker.py --bureau {hint.key}`"
        return say(
            f"start it with `make up` or {run} and try again.", f"请用 `make up` 或 {run} 启动后重试。"
        )
    return str(_COMMANDS[hint.see])
