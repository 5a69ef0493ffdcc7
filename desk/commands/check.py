"""`starter.py check`: the review's findings on an application (arts. 1, 2, 5, 6), without a case."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from desk.files.application_files import read_applications
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, console, print_json
from desk.words import bureau, mask, relationship, sentence
from models.messages.application import TransferApplication
from rules.application.checklist import checklist, missing_papers, where_to_print_the_certificate
from rules.application.destination import Destination, destination
from rules.application.grounds import grounds_for_refusal
from rules.application.linking import about_linking
from rules.application.scope import crosses_government_and_enterprise, notices, situation
from rules.values.law import Finding, MissingPaper, Refusal
from rules.values.moves import Material, Move


@dataclass(frozen=True, slots=True)
class Answer:
    """All findings of the review together. `right` is None for a move that is not covered."""

    situation: Finding | None
    right: Destination | None
    grounds: tuple[Refusal, ...]
    papers: tuple[Material, ...]
    missing: tuple[MissingPaper, ...]
    notices: tuple[Finding, ...]
    certificate: Finding | None
    """Where the person may print the contribution certificate, if they may."""

    @property
    def acceptable(self) -> bool:
        return not self.grounds and not self.missing


def check(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Applications in a table (.csv, .xlsx) or JSON."),
    ],
    as_json: JsonOption = False,
    unmask: Annotated[bool, typer.Option(help="Show the ID number in full.")] = False,
) -> None:
    """Check applications without opening a case: every ground, every missing paper, the right bureau.

    Exit code 0 when all can be accepted, 1 when one cannot or papers are missing, 2 for unusable input.
    The JSON document is one answer for one application, and a list for several.
    """
    applications, problems = read_applications(file)
    if problems:
        raise BadInput(Words(f"{file} cannot be used:", f"{file} 有误："), problems)
    answers = [answer_to(one) for one in applications]
    if as_json:
        documents = [_document(one) for one in answers]
        print_json(documents if len(documents) > 1 else documents[0])
    else:
        for number, (application, answer) in enumerate(zip(applications, answers, strict=True)):
            if number:
                console().print()
            _print(console(), application, answer, unmask)
    if not all(answer.acceptable for answer in answers):
        raise typer.Exit(1)


def answer_to(application: TransferApplication) -> Answer:
    """The findings on an application, by the rules on the day it was made."""
    move, on = application.move(), application.submitted_on
    return Answer(
        situation=situation(move),
        right=destination(move, on) if _covered(move) else None,
        grounds=grounds_for_refusal(move, on),
        papers=checklist(move),
        missing=missing_papers(move),
        notices=notices(move) + about_linking(move),
        certificate=where_to_print_the_certificate(move),
    )


def _covered(move: Move) -> bool:
    """Whether the measures, or the rules on linking, cover this move (第一条、第八条)."""
    return crosses_government_and_enterprise(move) or move.links_residents


def _document(answer: Answer) -> dict[str, Any]:
    right = answer.right
    return {
        "acceptable": answer.acceptable,
        "situation": _finding(answer.situation) if answer.situation else None,
        "destination": {
            "bureau": right.bureau.key if right.bureau else None,
            "law": str(right.law),
            "zh": right.zh,
            "en": right.en,
        }
        if right
        else None,
        "grounds": [
            {**_finding(ground), "cure_zh": ground.cure_zh, "cure_en": ground.cure_en}
            for ground in answer.grounds
        ],
        "checklist": [paper.value for paper in answer.papers],
        "missing_papers": [_finding(paper) for paper in answer.missing],
        "notices": [_finding(notice) for notice in answer.notices],
        "certificate": _finding(answer.certificate) if answer.certificate else None,
    }


def _finding(found: Finding | Refusal | MissingPaper) -> dict[str, str]:
    return {"code": found.code, "law": str(found.law), "zh": found.zh, "en": found.en}


def _print(screen: Console, application: TransferApplication, answer: Answer, unmask: bool) -> None:
    number = application.id_number if unmask else mask(application.id_number)
    screen.print(say(", ", "，").join((application.name, number)), style="bold", markup=False)
    screen.print(
        f"{relationship(application.scheme_from, application.bureau_out)} → "
        f"{relationship(application.scheme_to, application.bureau_in)}"
    )
    if answer.situation:
        screen.print(sentence(answer.situation))
    screen.print(_right(answer.right))
    for notice in (*answer.notices, *([answer.certificate] if answer.certificate else [])):
        screen.print(sentence(notice))
    if answer.grounds:
        screen.print(say("\nGrounds for refusal:", "\n不予受理的理由："), style="bold")
    for number_of, ground in enumerate(answer.grounds, start=1):
        screen.print(f"{number_of}. {sentence(ground)}")
        screen.print(f"   → {say(ground.cure_en, ground.cure_zh)}")
    if answer.missing:
        screen.print(say("\nMissing papers:", "\n需补交的材料："), style="bold")
    for paper in answer.missing:
        screen.print(f"□ {sentence(paper)}")
    screen.print(_conclusion(answer), style="bold")


def _right(right: Destination | None) -> str:
    if right is None:
        return say("Not a move these measures cover.", "不属本办法办理范围。")
    if right.bureau is None:
        return say("Right bureau: none in Jilin.", "应转入：省内无对应社会保险局。")
    name = bureau(right.bureau.key)
    return say(f"Right bureau: {name} ({right.law})", f"应转入：{name}（{right.law}）")


def _conclusion(answer: Answer) -> str:
    if answer.acceptable:
        return say("\nCan be accepted: nothing stands against it.", "\n可以受理。")
    if answer.grounds:
        return say("\nCannot be accepted.", "\n不予受理。")
    return say("\nCan be accepted once these papers are in.", "\n补齐材料后可以受理。")
