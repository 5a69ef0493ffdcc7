"""Yearly interest rates: those published, the effect of one, its publication by two officers, settlements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from desk.client.auditing import bureaus_to_ask
from desk.client.publication import PublicationRefused
from desk.language import Words
from desk.problems import Problem
from desk.rates.client import (
    NOTHING_TO_SETTLE,
    OpenSettlement,
    open_settlements,
    propose_or_check,
    proposed_rates,
    provisional_forms,
    published_rates,
    refused_rates,
    settle,
    withdraw_proposal,
)
from desk.rates.drafts import publication_words, rate_draft, rate_words, refusal_words
from desk.web.passkeys.ordering import hand_in_order
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from models.rates.messages import (
    ProvisionalForm,
    PublishedRate,
    RateDraft,
    RatePublication,
    RateSignature,
    SettlementApproval,
)
from rules.values.officers import PROVINCE, Right

SECONDS = 5
"""How long a preview waits for a bureau."""
WITHIN = timedelta(seconds=20)
"""A preview asks every bureau; the second officer's word waits until the rate is filed."""
SETTLEMENTS_SHOWN = 20
_WHAT = Words("publication of a yearly rate", "记账利率公布")


@dataclass(frozen=True, slots=True)
class RatePreview:
    """The forms that a rate would change, in fen, and the bureaus that have not said which."""

    words: str
    forms: Sequence[ProvisionalForm]
    silent: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownRates:
    """What is published, and for the province what waits for an officer."""

    published: Sequence[PublishedRate]
    proposed: Sequence[RatePublication] = ()
    settlements: Sequence[OpenSettlement] = ()
    under_way: int = 0
    refused: Sequence[Words] = ()


async def show_rates(request: Request) -> Response:
    """What the province has published, and by whom; for the province also what waits for an officer."""
    return await _page(request, FormData(), ())


async def order_rate(request: Request) -> Response:
    """The effect of a rate; or, with `publish` or `withdraw`, the officer's word on it."""
    _registrar(request)
    form = await request.form()
    typed = [str(form.get(name) or "") for name in ("year", "rate", "document")]
    draft, problems = rate_draft(*typed)
    if draft is None:
        return await _page(request, form, problems)
    match form.get("do"):
        case "publish":
            return await _published(request, draft, form)
        case "withdraw":
            return await _withdrawn(request, draft, form)
    found = await engine_of(request).ask(lambda client: _previewed(client, draft), within=WITHIN)
    return await _page(request, form, (), found)


async def settle_case(request: Request) -> Response:
    """An officer's word that the settlement of a case may go ahead."""
    _registrar(request)
    form = await request.form()
    document, case_no, year = (str(form.get(name) or "") for name in ("document", "case", "year"))
    number = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else 0
    try:
        word = SettlementApproval(
            year=number,
            document=document,
            case_no=case_no,
            officer=session_of(request).officer,
            by_hand=form.get("do") == "by_hand",
        )
    except ValidationError:
        return await _page(request, FormData(), [Problem("", NOTHING_TO_SETTLE.words)])
    words = Words(f"settlement of case {case_no}", f"案件 {case_no} 补差")
    return await hand_in_order(request, Right.PUBLISH_RATE, PROVINCE, word, words, _settled, back="/rates")


async def _settled(request: Request, word: SettlementApproval) -> Response:
    answer = await engine_of(request).ask(lambda client: settle(client, word), within=WITHIN)
    if isinstance(answer, PublicationRefused):
        return await _page(request, FormData(), [Problem("", answer.words)])
    words = Words(*answer.stage.titles)
    notify(request, Words(f"{answer.case_no}: {words.en}", f"{answer.case_no}：{words.zh}"))
    return go_to("/rates")


def _registrar(request: Request) -> None:
    """Raises HTTPException for whoever does not publish rates."""
    session = session_of(request)
    if not (session.of_the_province and session.may(Right.PUBLISH_RATE)):
        raise HTTPException(HTTPStatus.FORBIDDEN)


async def _published(request: Request, draft: RateDraft, form: FormData) -> Response:
    """Propose the rate, or check the one that another officer has proposed."""
    bureaus = await engine_of(request).ask(bureaus_to_ask)
    signature = RateSignature(
        draft=draft,
        officer=session_of(request).officer,
        bureaus=tuple(bureaus),
        by_itself=form.get("by_word") != "yes",
    )

    async def signed(request: Request, signature: RateSignature) -> Response:
        answer = await engine_of(request).ask(
            lambda client: propose_or_check(client, signature), within=WITHIN
        )
        return await _answered(request, answer, form)

    named = rate_words(draft)
    words = Words(f"{_WHAT.en}: {named.en}", f"{_WHAT.zh}：{named.zh}")
    return await hand_in_order(request, Right.PUBLISH_RATE, PROVINCE, signature, words, signed, back="/rates")


async def _withdrawn(request: Request, draft: RateDraft, form: FormData) -> Response:
    """Take back what the officer has proposed."""
    signature = RateSignature(draft=draft, officer=session_of(request).officer, withdrawn=True)

    async def signed(request: Request, signature: RateSignature) -> Response:
        answer = await engine_of(request).ask(
            lambda client: withdraw_proposal(client, signature), within=WITHIN
        )
        return await _answered(request, answer, form)

    shown = rate_words(draft)
    words = Words(f"withdraw the {_WHAT.en}: {shown.en}", f"撤回{_WHAT.zh}：{shown.zh}")
    return await hand_in_order(request, Right.PUBLISH_RATE, PROVINCE, signature, words, signed, back="/rates")


async def _answered(
    request: Request, answer: RatePublication | PublicationRefused, form: FormData
) -> Response:
    if isinstance(answer, PublicationRefused):
        return await _page(request, form, [Problem("", answer.words)])
    notify(request, publication_words(answer))
    return go_to("/rates")


async def _previewed(client: Client, draft: RateDraft) -> RatePreview:
    forms, silent = await provisional_forms(client, draft, await bureaus_to_ask(client), SECONDS)
    return RatePreview(str(rate_words(draft)), forms, silent)


async def _standing(client: Client, of_the_province: bool) -> ShownRates:
    published = (await published_rates(client)).rates
    if not of_the_province:
        return ShownRates(published)
    settlements, under_way = await open_settlements(client, SETTLEMENTS_SHOWN)
    refused = [refusal_words(one) for one in await refused_rates(client, SETTLEMENTS_SHOWN)]
    return ShownRates(published, await proposed_rates(client), settlements, under_way, refused)


async def _page(
    request: Request, form: FormData, problems: Sequence[Problem], found: RatePreview | None = None
) -> Response:
    session = session_of(request)
    standing = await engine_of(request).ask(lambda client: _standing(client, session.of_the_province))
    return page(
        request,
        "rates.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        standing=standing,
        found=found,
        form=form,
        problems=list(problems),
        publishes=session.of_the_province and session.may(Right.PUBLISH_RATE),
    )
