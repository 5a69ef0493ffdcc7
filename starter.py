"""The clerk's desk: every staff action and question, as commands."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from desk import language
from desk.client.session import use
from desk.command_list import COMMANDS
from desk.language import Language
from desk.lazy_commands import LazyGroup
from desk.officers.signing import use_officer_key
from desk.problems import BadInput
from desk.screens.bad_input import lines_of
from desk.screens.screen import complaints
from desk.screens.streams import keep_streams_going
from desk.screens.typed import typed_by
from desk.screens.usage import in_chinese, in_plain_words
from engine.address import Address, NoEngine
from engine.leaving import run_and_leave
from models.files.system_errors import why_not

NOWHERE_TO_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


class Commands(LazyGroup):
    """Every command of the table; the one that is typed is loaded."""

    table = COMMANDS

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Any:
        """As ever; what is wrong before the command is told in the locale's language."""
        language.choose(language.of_locale())
        with _told_in_chinese():
            return super().make_context(info_name, args, *more, **extra)

    def invoke(self, ctx: Any) -> Any:
        """As ever; what is wrong with a command is told in the reader's language."""
        language.choose(ctx.params.get("lang") or language.of_locale())
        with _told_in_chinese():
            return super().invoke(ctx)


@contextmanager
def _told_in_chinese() -> Iterator[None]:
    """Tell a reader of Chinese what was typed wrong; others are told by the commands' own library."""
    try:
        yield
    except UsageError as wrong:
        known = in_plain_words(wrong)
        if language.say("en", "zh") == "en" or isinstance(wrong, NoArgsIsHelpError):
            raise
        for line in in_chinese(known):
            complaints().print(line, markup=False)
        raise typer.Exit(2) from None


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def desk(
    context: typer.Context,
    lang: Annotated[Language | None, typer.Option(help="Language of the screen; else the locale's.")] = None,
    address: Annotated[str | None, typer.Option(help="Temporal frontend, host:port.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Temporal namespace.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the Temporal TOML file.")] = None,
    config_file: Annotated[Path | None, typer.Option(help="Temporal TOML file.")] = None,
    key_file: Annotated[
        Path | None, typer.Option("--keys", help="Key file; else of TRANSFER_KEYS, else of `make up`.")
    ] = None,
    officer_key: Annotated[
        Path | None,
        typer.Option(help="File of the acting officer's key; else of TRANSFER_OFFICER_KEY."),
    ] = None,
) -> None:
    """Transfer of basic pension insurance between schemes inside Jilin (吉社保〔2020〕6号)."""
    use_officer_key(officer_key)
    use(Address(address, namespace, profile, config_file, key_file, _what_is_done(context)))


def _what_is_done(context: typer.Context) -> str:
    """What an access log is told of a command: its name, and whether names are to be shown in full."""
    unmasked = " --unmask" if "--unmask" in sys.argv else ""
    return f"{context.invoked_subcommand}{unmasked}"


def main() -> int:
    """Run a command. 0 done, 1 the answer is no, 2 the input cannot be used, 3 there is no answer."""
    try:
        app()
    except BadInput as bad:
        for line in lines_of(bad):
            complaints().print(line, markup=False)
        return bad.exit_code
    except OSError as lost:
        if lost.errno not in NOWHERE_TO_WRITE:
            raise
        complaints().print(
            language.say(
                f"The answer could not be written: {why_not(lost).en}. What was typed may have been done; "
                "ask again where there is room.",
                f"答复无法写出：{why_not(lost).zh}。所办事项可能已经办理，请在有空间处重新查询。",
            ),
            markup=False,
        )
        return 3
    except NoEngine as absent:
        complaints().print(language.say(str(absent), absent.zh), markup=False)
        return absent.exit_code
    return 0


if __name__ == "__main__":
    keep_streams_going()
    typed_by(sys.orig_argv, sys.argv[1:])
    run_and_leave(main)
