"""`starter.py rates`: the yearly interest rate, published by two officers, and what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from desk.client.session import with_client
from desk.commands.staff_options import CaseArgument
from desk.commands.submitting import flagged
from desk.files.files import field_problems
from desk.language import Words, say
from desk.officers.signing import required_officer_problems
from desk.problems import BadInput, Problem
from desk.rates.drafts import publication_words, rate_draft, refusal_words
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from desk.words import bureau, listed, money, title
from models.rates.messages import RateDraft, RatePublication, RateSignature, Settlement, SettlementApproval
from rules.values.money import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.client import Client

    from desk.client.publication import PublicationRefused
    from desk.rates.client import RefusedRate
    from models.rates.messages import ProvisionalForm, PublishedRate

rates = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Yearly interest rates: their effect, their publication."
)

LONGEST_WAIT = 3600
SETTLEMENTS_LOOKED_AT = 50
"""Of those under way, for what a bureau refuses."""
Year = Annotated[int, typer.Option(min=1990, max=2200, help="The year whose rate it is.")]
Percent = Annotated[str, typer.Option(metavar="PERCENT", help="The rate in per cent, such as 1.50.")]
Document = Annotated[str, typer.Option(help="The document that publishes it.")]
Officer = Annotated[str, typer.Option(metavar="ID", help="Officer id; two different officers publish.")]
Bureaus = Annotated[
    list[str] | None, typer.Option("--bureau", help="These bureaus only; repeatable. Else all of today.")
]


@rates.command()
def preview(
    year: Year,
    rate: Percent,
    bureau_key: Bureaus = None,
    wait: Annotated[int, typer.Option(min=1, max=LONGEST_WAIT, help="Seconds to wait for a bureau.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """The forms with another rate of the year, and by how much each would change. Changes nothing.

    Exit code 3 when a bureau did not answer and its forms are therefore missing from the list.
    """
    draft = _draft(year, rate, "preview")

    async def run(client: Client) -> tuple[list[ProvisionalForm], list[str]]:
        from desk.rates.client import provisional_forms

        return await provisional_forms(client, draft, await _bureaus(client, bureau_key), wait)

    forms, silent = with_client(run)
    if as_json:
        print_json({"forms": [_document(one) for one in forms], "silent": silent})
    else:
        _print_forms(forms, silent)
    if silent:
        raise typer.Exit(3)


@rates.command()
def publish(
    year: Year,
    rate: Percent,
    document: Document,
    officer: Officer,
    bureau_key: Bureaus = None,
    by_word: Annotated[
        bool, typer.Option(help="Each settlement waits for an officer's word: rates settle.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Propose a rate, or check what another officer has proposed: then it is filed and forms are settled.

    One that is published already has the bureaus that refuse it asked again.
    """
    draft = _draft(year, rate, document, required_officer_problems(officer))

    async def run(client: Client) -> RatePublication | PublicationRefused:
        from desk.rates.client import propose_or_check

        keys = tuple(await _bureaus(client, bureau_key))
        return await propose_or_check(
            client, RateSignature(draft=draft, officer=officer, bureaus=keys, by_itself=not by_word)
        )

    _print_publication(with_client(run), as_json)


@rates.command()
def withdraw(
    year: Year, rate: Percent, document: Document, officer: Officer, as_json: JsonOption = False
) -> None:
    """Take back what you have proposed, as long as nobody has checked it."""
    draft = _draft(year, rate, document, required_officer_problems(officer))

    async def run(client: Client) -> RatePublication | PublicationRefused:
        from desk.rates.client import withdraw_proposal

        return await withdraw_proposal(client, RateSignature(draft=draft, officer=officer, withdrawn=True))

    _print_publication(with_client(run), as_json)


@rates.command()
def settle(
    case: CaseArgument,
    year: Year,
    document: Document,
    officer: Officer,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="End what a bureau refuses; both bureaus see to the rest.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Give the word that the settlement of a case may go ahead, or that a refusing bureau is asked again."""
    try:
        word = SettlementApproval(
            year=year, document=document, case_no=case, officer=officer, by_hand=by_hand
        )
    except ValidationError as error:
        raise BadInput(say("This cannot be handed in:", "输入有误："), field_problems(error)) from None

    async def run(client: Client) -> Settlement | PublicationRefused:
        from desk.rates.client import settle as settle_case

        return await settle_case(client, word)

    answer = with_client(run)
    if not isinstance(answer, Settlement):
        _print_refused(answer, as_json)
    elif as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        console().print(f"{answer.case_no}{say(': ', '：')}{title(answer.stage)}", markup=False)


@rates.command()
def show(as_json: JsonOption = False) -> None:
    """The rates that the province has published beside those of this release, and what a bureau refuses."""

    async def run(client: Client) -> tuple[Sequence[PublishedRate], list[RefusedRate]]:
        from desk.rates.client import published_rates, refused_rates

        return (await published_rates(client)).rates, await refused_rates(client, SETTLEMENTS_LOOKED_AT)

    found, refused = with_client(run)
    if as_json:
        print_json(
            {"rates": [one.model_dump(mode="json") for one in found], "refused": list(map(_refused, refused))}
        )
        return
    shown = table(
        say("year", "年度"),
        say("rate %", "记账利率%"),
        say("document", "文号"),
        say("maker", "经办"),
        say("checker", "复核"),
    )
    for one in found:
        shown.add_row(
            str(one.draft.year), percent(one.draft.rate), one.draft.document, one.maker, one.checker
        )
    console().print(shown)
    for told in refused:
        console().print(str(refusal_words(told)), markup=False, soft_wrap=True)


def _refused(one: RefusedRate) -> dict[str, object]:
    about = {"year": one.year, "document": one.document, "case_no": one.case_no}
    return about | one.refusal.model_dump(mode="json")


def _draft(year: int, rate: str, document: str, beside: Sequence[Problem] = ()) -> RateDraft:
    """The rate as typed. Raises BadInput with everything wrong with it, and the problems `beside` it."""
    draft, problems = rate_draft(str(year), rate, document)
    if draft is None or beside:
        summary = Words("This cannot be handed in:", "输入有误：")
        raise BadInput(summary, [*map(flagged, [*problems, *beside])])
    return draft


async def _bureaus(client: Client, named: list[str] | None) -> list[str]:
    from desk.client.auditing import bureaus_to_ask

    return named or await bureaus_to_ask(client)


def _document(found: ProvisionalForm) -> dict[str, object]:
    return {
        "case_no": found.form.case_no,
        "form": found.form.number,
        "bureau_out": found.form.bureau_out,
        "bureau_in": found.form.bureau_in,
        "individual": found.individual,
        "pooled": found.pooled,
        "open": found.open,
    }


def _print_forms(forms: list[ProvisionalForm], silent: list[str]) -> None:
    shown = table(
        say("case", "案号"), say("from", "转出"), say("to", "转入"), say("difference, yuan", "差额（元）")
    )
    shown.columns[-1].justify = "right"
    for one in forms:
        form = one.form
        shown.add_row(form.case_no, bureau(form.bureau_out), bureau(form.bureau_in), money(one.individual))
    console().print(shown)
    if silent:
        named = listed(map(bureau, silent))
        complaints().print(say(f"no answer from: {named}", f"未答复：{named}"), markup=False)


def _print_refused(answer: PublicationRefused, as_json: bool) -> None:
    if as_json:
        print_json({"refused": str(answer.words)})
    else:
        complaints().print(str(answer.words), markup=False)
    raise typer.Exit(1)


def _print_publication(answer: RatePublication | PublicationRefused, as_json: bool) -> None:
    if not isinstance(answer, RatePublication):
        _print_refused(answer, as_json)
        return
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    console().print(str(publication_words(answer)), markup=False, soft_wrap=True)
