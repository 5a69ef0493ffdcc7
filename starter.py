"""The clerk's desk: every staff action and question, as commands."""

import errno
from pathlib import Path
from typing import Annotated

import typer
from temporalio.runtime import Runtime

from desk import language
from desk.client.session import use
from desk.commands.applicants import supplement, withdraw
from desk.commands.applying import apply
from desk.commands.approvals import approve
from desk.commands.audit import audit
from desk.commands.bureaus import bureaus
from desk.commands.calculate import calculate
from desk.commands.calendar import calendar
from desk.commands.check import check
from desk.commands.choosing import choose
from desk.commands.corrections import amend, correct
from desk.commands.deadline import deadline
from desk.commands.disputes import answer, dispute, refer, settle
from desk.commands.funds import funds
from desk.commands.listing import list_cases
from desk.commands.releases import promote, releases
from desk.commands.rulings import rule, rulings
from desk.commands.seed import seed
from desk.commands.showing import show
from desk.commands.up import up
from desk.commands.worklist import worklist
from desk.demo.command import demo
from desk.language import Language
from desk.problems import BadInput
from desk.screens.screen import complaints
from engine.connection import Address, NoEngine
from engine.leaving import run_and_leave
from engine.logs import silent_runtime

NOWHERE_TO_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

ON_CASES = "Cases"
IN_A_CASE = "In a case: papers, corrections, approvals, the person's choice"
AT_ODDS = "Disputes and rulings"
MONEY = "The bank's statement"
LAW = "The law, without opening a case"
SYSTEM = "The system"

app.command("apply", rich_help_panel=ON_CASES)(apply)
app.command("show", rich_help_panel=ON_CASES)(show)
app.command("list", rich_help_panel=ON_CASES)(list_cases)
app.command("worklist", rich_help_panel=ON_CASES)(worklist)
app.command("supplement", rich_help_panel=IN_A_CASE)(supplement)
app.command("correct", rich_help_panel=IN_A_CASE)(correct)
app.command("amend", rich_help_panel=IN_A_CASE)(amend)
app.command("approve", rich_help_panel=IN_A_CASE)(approve)
app.command("choose", rich_help_panel=IN_A_CASE)(choose)
app.command("withdraw", rich_help_panel=IN_A_CASE)(withdraw)
app.command("dispute", rich_help_panel=AT_ODDS)(dispute)
app.command("answer", rich_help_panel=AT_ODDS)(answer)
app.command("settle", rich_help_panel=AT_ODDS)(settle)
app.command("refer", rich_help_panel=AT_ODDS)(refer)
app.command("rule", rich_help_panel=AT_ODDS)(rule)
app.command("rulings", rich_help_panel=AT_ODDS)(rulings)
app.command("calculate", rich_help_panel=LAW)(calculate)
app.command("deadline", rich_help_panel=LAW)(deadline)
app.command("check", rich_help_panel=LAW)(check)
app.command("bureaus", rich_help_panel=LAW)(bureaus)
app.add_typer(funds, name="funds", rich_help_panel=MONEY)
app.add_typer(calendar, name="calendar", rich_help_panel=SYSTEM)
app.command("seed", rich_help_panel=SYSTEM)(seed)
app.command("audit", rich_help_panel=SYSTEM)(audit)
app.command("releases", rich_help_panel=SYSTEM)(releases)
app.command("promote", rich_help_panel=SYSTEM)(promote)
app.command("demo", rich_help_panel=SYSTEM)(demo)
app.command("up", rich_help_panel=SYSTEM)(up)


@app.callback()
def desk(
    lang: Annotated[Language | None, typer.Option(help="Language of the screen; else the locale's.")] = None,
    address: Annotated[str | None, typer.Option(help="Temporal frontend, host:port.")] = None,
    namespace: Annotated[str | None, typer.Option(help="Temporal namespace.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the Temporal TOML file.")] = None,
    config_file: Annotated[Path | None, typer.Option(help="Temporal TOML file.")] = None,
) -> None:
    """Transfer of basic pension insurance between schemes inside Jilin (吉社保〔2020〕6号)."""
    language.choose(lang or language.of_locale())
    use(Address(address, namespace, profile, config_file))


def main() -> int:
    """Run a command. 0 done, 1 the answer is no, 2 the input cannot be used or no engine answers."""
    try:
        app()
    except BadInput as bad:
        complaints().print(bad.summary, markup=False)
        for problem in bad.problems:
            complaints().print(f"  {problem}", markup=False)
        return 2
    except OSError as lost:
        if lost.errno not in NOWHERE_TO_WRITE:
            raise
        complaints().print(
            language.say(
                f"The answer could not be written: {lost.strerror}. What was typed may have been done; "
                "ask again where there is room.",
                f"答复无法写出：{lost.strerror}。所办事项可能已经办理，请在有空间处重新查询。",
            ),
            markup=False,
        )
        return 2
    except NoEngine as absent:
        complaints().print(language.say(str(absent), absent.zh), markup=False)
        return 2
    return 0


if __name__ == "__main__":
    Runtime.set_default(silent_runtime())
    run_and_leave(main)
