"""Usage errors, such as an unknown command, option or value, also for readers of Chinese.

The command-line library itself reports them in English only.
"""

import re
import shlex
from collections.abc import Iterator
from difflib import SequenceMatcher

from typer._click.exceptions import BadParameter, MissingParameter, NoSuchOption, UsageError

from desk.language import Words
from desk.screens.typed import PROGRAM

ARGUMENTS = {
    "CASE": "案号",
    "CASE|verify": "案号或 verify",
    **dict.fromkeys(("FILE", "[FILE]", "file", "files"), "文件"),
    "HISTORY.json": "缴费记录文件",
    "STATEMENT": "对账单文件",
    "DIRECTORY": "目录",
    "ID": "经办人编号",
    "WHAT": "审批事项",
    "REFERENCE": "银行流水号",
    "BUILD": "版本号",
    "command": "命令",
}
"""The Chinese names of positional arguments, by their names in the help."""
ALIKE = 0.7
"""How similar two options have to be for one to be suggested for the other."""
_CLOSED = re.compile(r"is not one of ((?:'[^']*'(?:, )?)+)")
_WHOLE_NUMBER = re.compile(r"valid integer")
_LEAST = re.compile(r"greater than or equal to (\d+)|has to be (\d+) or more")
_MOST = re.compile(r"less than or equal to (\d+)")
_NO_VALUE = re.compile(r"requires? (an argument|\d+ arguments)")
_TAKES_NO_VALUE = re.compile(r"does not take a value")
_NO_SUCH_COMMAND = re.compile(r"No such command '([^']*)'(?:\. Did you mean (.*)\?)?")
_TOO_MANY = re.compile(r"unexpected extra argument")


def in_plain_words(wrong: UsageError) -> UsageError:
    """The error in words for clerks, without suggested options that are too unlike the one typed.

    The library would suggest --json for --position, as their letters are similar.
    """
    if isinstance(wrong, BadParameter) and (least := _LEAST.search(wrong.message)):
        wrong.message = f"has to be {least[1]} or more"
    if isinstance(wrong, NoSuchOption) and wrong.possibilities:
        typed = wrong.option_name
        wrong.possibilities = [
            one
            for one in wrong.possibilities
            if SequenceMatcher(None, typed, one).ratio() >= ALIKE and one.startswith(typed[:3])
        ]
    return wrong


def in_chinese(wrong: UsageError) -> Iterator[str]:
    """The lines that say what was typed wrong, and how to get help."""
    yield f"{_said(wrong)}。"
    # A wrong option before the command would be part of the printed command again.
    if wrong.ctx is not None and wrong.ctx.parent is not None:
        at, command = wrong.ctx, [PROGRAM]
        while at.parent is not None:
            command.insert(1, str(at.info_name))
            at = at.parent
        yield f"用法见 `{shlex.join([*command, '--help'])}`。"


def _said(wrong: UsageError) -> str:
    match wrong:
        case MissingParameter():
            named = _named(wrong)
            return f"缺少{named}" if named in ARGUMENTS.values() else f"缺少 {named}"
        case NoSuchOption(option_name=name, possibilities=known):
            return f"没有选项 {name}" + (f"，是否为 {'、'.join(sorted(known))}" if known else "")
        case BadParameter():
            return f"{_named(wrong)} 的值有误{_what_it_takes(wrong.message)}"
    if command := _NO_SUCH_COMMAND.search(wrong.format_message()):
        meant = "、".join(re.findall(r"'([^']+)'", command[2] or ""))
        return f"没有命令 `{command[1]}`" + (f"，是否为 `{meant}`" if meant else "")
    if _TOO_MANY.search(wrong.message):
        return "参数过多"
    if _NO_VALUE.search(wrong.message):
        return f"{getattr(wrong, 'option_name', '选项')} 之后缺少值"
    if _TAKES_NO_VALUE.search(wrong.message):
        return f"{getattr(wrong, 'option_name', '选项')} 不带值"
    return "命令不完整"


def _what_it_takes(message: str) -> str:
    if closed := _CLOSED.search(message):
        words = re.findall("'([^']*)'", closed[1])
        return f"，应为 {'、'.join(words)} 之一"
    if least := _LEAST.search(message):
        return f"，不得小于 {least[1] or least[2]}"
    if most := _MOST.search(message):
        return f"，不得大于 {most[1]}"
    return "，应为整数" if _WHOLE_NUMBER.search(message) else ""


def _named(wrong: BadParameter) -> str:
    """The option as typed, or the name of the argument."""
    if wrong.param is None:
        return str(wrong.param_hint or "参数")
    hint = wrong.param.get_error_hint()
    typed = "、".join([hint] if isinstance(hint, str) else hint).replace("'", "")
    return ARGUMENTS.get(typed, typed)


def argument(named: str) -> Words:
    """The name of a positional argument, as in the help and in Chinese."""
    return Words(named, ARGUMENTS[named])
