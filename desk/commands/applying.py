"""`starter.py apply`: open one case by flags, or many from a file, each only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.client.case_numbers import person_secret
from desk.client.session import acts, with_client
from desk.commands.staff_options import OfficerOption, file_alone
from desk.files.application_files import applications_from, read_applications
from desk.language import Words, say
from desk.officers.signing import officer_or_default, officer_problems
from desk.problems import BadInput, Problem
from desk.screens.screen import JsonOption, complaints, console, print_json, progress, table
from desk.words import BROKEN_OFF, day, relationship, sentence
from models.files.application_intake import SEPARATORS
from models.messages.application import TransferApplication
from rules.values.officers import Right, canonical_officer

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.opening import Opened


def apply(
    file: Annotated[Path | None, typer.Option(help="Applications in a table (.csv, .xlsx) or JSON.")] = None,
    name: Annotated[str, typer.Option(help="Name of the insured person.")] = "",
    id_number: Annotated[str, typer.Option(help="ID number, 18 characters.")] = "",
    scheme_from: Annotated[str, typer.Option("--from", help="Scheme left: G, E or R.")] = "",
    scheme_to: Annotated[str, typer.Option("--to", help="Scheme joined: G, E or R.")] = "",
    bureau_out: Annotated[
        str, typer.Option(help="Transfer-out bureau; several earlier places as 222400;220300.")
    ] = "",
    bureau_in: Annotated[str, typer.Option(help="Transfer-in bureau.")] = "",
    reason: Annotated[str, typer.Option(help="posting, recruited, resigned, …; linking from or to R.")] = "",
    status: Annotated[str, typer.Option(help="active, paused, pensioner, …; active unless said.")] = "",
    entry: Annotated[
        str, typer.Option(help="contact_letter unless said; former_employers_form for leavers.")
    ] = "",
    registered_home: Annotated[str, typer.Option(help="Division code of the household registration.")] = "",
    submitted_on: Annotated[str, typer.Option(help="Day of the application, YYYY-MM-DD.")] = "",
    new_employer: Annotated[str, typer.Option(help="Name of the new employer.")] = "",
    employer_bureau: Annotated[str, typer.Option(help="Bureau the new employer belongs to.")] = "",
    individual_payer: Annotated[
        bool, typer.Option("--individual-payer", help="Insured as an individual.")
    ] = False,
    original_retirement_age: Annotated[
        str, typer.Option(help="From or to R: 50, 55 or 60, which a woman states.")
    ] = "",
    material: Annotated[list[str] | None, typer.Option(help="A paper handed in; repeatable.")] = None,
    mobile: Annotated[str, typer.Option(help="Telephone of the person.")] = "",
    home_address: Annotated[str, typer.Option(help="Address of the household registration.")] = "",
    personal_number: Annotated[
        str, typer.Option(help="The person's number at the transfer-out bureau.")
    ] = "",
    employer_code: Annotated[str, typer.Option(help="Number of the new employer.")] = "",
    refund_account: Annotated[str, typer.Option(help="Bank, holder and account for a refund.")] = "",
    agent: Annotated[
        str, typer.Option(help="Who hands it in for the person: NAME;RELATION;TELEPHONE;ADDRESS.")
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="In a file: applications refused before are decided anew.")
    ] = False,
    officer: OfficerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a transfer case, or many from a file; an application handed in before opens nothing twice.

    A person with several earlier places has one case for each of them, linked with the others.
    An application that was refused is decided anew when it is handed in again, under
    a further number linked to the first; a file that is read again does so with --again.
    """
    row = {
        "entry": entry,
        "name": name,
        "id_number": id_number,
        "scheme_from": scheme_from,
        "scheme_to": scheme_to,
        "bureau_out": bureau_out,
        "bureau_in": bureau_in,
        "reason": reason,
        "status": status,
        "registered_home": registered_home,
        "submitted_on": submitted_on,
        "new_employer": new_employer,
        "employer_bureau": employer_bureau,
        "individual_payer": "true" if individual_payer else "",
        "original_retirement_age": original_retirement_age,
        "materials": ";".join(material or ()),
        "mobile": mobile,
        "home_address": home_address,
        "personal_number": personal_number,
        "employer_code": employer_code,
        "refund_account": refund_account,
    }
    agent_fields = ("agent_name", "agent_relation", "agent_mobile", "agent_address")
    of_agent = SEPARATORS.split(agent, maxsplit=3)
    row |= dict(zip_longest(agent_fields, of_agent, fillvalue=""))
    wrong = [replace(one, named=Words("--officer", "--officer")) for one in officer_problems(officer)]
    if agent and not of_agent[0].strip():
        nameless = Words("begins with the name of who hands it in", "应以代办人姓名开头")
        wrong.append(Problem("agent", nameless, named=Words("--agent", "--agent")))
    applications = applications_of(file, *row.values(), beside=wrong) if file else _application_in(row, wrong)
    secret = person_secret()
    acts(canonical_officer(officer_or_default(officer, Right.APPLY)))
    # Loaded here, so that nothing of the engine is loaded before the applications have been checked.
    from desk.officers.accepting import MayNotAccept

    try:
        opened = with_client(
            lambda client: _open(client, applications, secret, officer, anew=again or file is None)
        )
    except MayNotAccept as refused:
        complaints().print(str(refused), markup=False)
        raise typer.Exit(1) from None
    if as_json:
        print_json([_document(one) for one in opened])
    else:
        _print(applications, opened)


def _application_in(row: Mapping[str, str], beside: Sequence[Problem]) -> list[TransferApplication]:
    """The typed application, one for each transfer-out bureau. Raises BadInput with every problem, including
    those in `beside`."""
    applications, problems = applications_from(row)
    if problems := [*problems, *beside]:
        raise BadInput(
            say("The application cannot be used; no case was opened:", "申请有误，未建立案件："), problems
        )
    return applications


def applications_of(file: Path, *flags: str, beside: Sequence[Problem] = ()) -> list[TransferApplication]:
    """The applications of a file, all or none. Raises BadInput with every bad row and its reason.

    `flags` are flags that may not be typed together with a file; `beside` are further problems.
    """
    applications, problems = read_applications(file)
    problems = [*file_alone(file, *flags), *problems, *beside]
    if problems:
        raise BadInput(
            say(f"{file} cannot be used; no case was opened:", f"{file} 有误，未建立任何案件："), problems
        )
    return applications


def _document(opened: Opened) -> dict[str, Any]:
    refused = opened.refused
    return {
        "case_no": opened.case_no,
        "new": opened.new,
        "linked": list(opened.linked),
        "broken_off": opened.broken_off,
        "refused_before": refused.case_no if refused else None,
        "refused_on": day(refused.until) if refused and refused.until else None,
        "refusals": [one.code for one in refused.refusals] if refused else [],
    }


async def _open(
    client: Client, applications: Sequence[TransferApplication], secret: bytes, officer: str, *, anew: bool
) -> list[Opened]:
    from desk.client.opening import open_cases

    opened: list[Opened] = []
    doing = say("opening cases", "建立案件")
    with progress(doing, len(applications), hidden=len(applications) == 1) as show:
        async for one in open_cases(client, applications, secret, anew, officer):
            opened.append(one)
            show(len(opened), doing)
    return opened


def _print(applications: Sequence[TransferApplication], opened: Sequence[Opened]) -> None:
    shown = table(say("case", "案号"), say("from", "转出"), say("to", "转入"), "", whole=(0,))
    for application, one in zip(applications, opened, strict=True):
        shown.add_row(
            one.case_no,
            relationship(application.scheme_from, application.bureau_out),
            relationship(application.scheme_to, application.bureau_in),
            _became(one),
        )
    screen = console()
    screen.print(shown)
    new = sum(one.new for one in opened)
    known = len(opened) - new
    screen.print(say(f"{new} opened, {known} existed already", f"新建 {new} 件，已存在 {known} 件"))
    for one in opened:
        for line in _refused_before(one):
            screen.print(line, markup=False)
    if linked := sum(bool(one.linked) for one in opened):
        screen.print(
            say(
                f"{linked} of them are linked: one case for each earlier place of the same person",
                f"其中 {linked} 件互相关联：同一人每个原参保地各立一案",
            )
        )


def _became(opened: Opened) -> str:
    """What an application has led to."""
    if opened.new:
        return say("decided anew", "重新办理") if opened.refused else say("opened", "已建立")
    if opened.refused:
        return say("refused before", "此前不予受理")
    from desk.client.opening import WITHDRAWN_BEFORE

    if opened.withdrawn:
        return str(WITHDRAWN_BEFORE)
    if opened.broken_off is None:
        return say("exists already", "已存在")
    how = BROKEN_OFF[opened.broken_off]
    return say(
        f"exists already and was ended from outside ({how.en}); an operator can revive it",
        f"已存在，且被从外部终止（{how.zh}），可由运维人员恢复",
    )


def _refused_before(opened: Opened) -> Iterator[str]:
    """How the application was refused before, with every ground, and whether it is decided anew."""
    if (refused := opened.refused) is None:
        return
    if anew := opened.decided_anew():
        yield say(f"{anew.en} Then it was said:", f"{anew.zh}当时的理由：")
    else:
        on = day(refused.until) if refused.until else ""
        yield say(
            f"{refused.case_no} was refused on {on}; handed in once more by itself, or with the file and "
            "--again, it is decided anew. Then it was said:",
            f"{refused.case_no} 已于 {on} 不予受理；单独重新提交，或文件加 --again，即重新办理。当时的理由：",
        )
    yield from (f"  {sentence(ground)}" for ground in refused.refusals)
