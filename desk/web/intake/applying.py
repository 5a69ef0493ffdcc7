"""Accepting an application: everything wrong with it at its field, a trial review, then the case."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from desk.client.case_numbers import case_number, person_secret
from desk.client.opening import WITHDRAWN_BEFORE, Opened, open_cases, order_anew
from desk.files.files import field_problems
from desk.language import Words, say
from desk.problems import Problem
from desk.today import china_today
from desk.web.access import note_access
from desk.web.case.inputs import Group, Input, Kind, at_their_inputs
from desk.web.engine import ENGINE_OFF
from desk.web.passkeys.ordering import hand_in_order
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from desk.web.sessions import Session
from desk.words import bureau, material, scheme, sentence
from models.files.application_intake import TITLES, CheckedApplication
from models.messages.application import TransferApplication
from models.messages.steps import CaseOrder
from models.officers.orders import Listed
from models.officers.seals import digest_of
from rules.application.bureaus import bureaus
from rules.application.checklist import missing_papers
from rules.application.grounds import grounds_for_refusal
from rules.values.moves import (
    ApplicationRoute,
    InsuredStatus,
    Material,
    MoveReason,
    OriginalRetirementAge,
    Scheme,
)
from rules.values.officers import Right

_ENGLISH = {
    "name": "Name",
    "id_number": "ID number",
    "scheme_from": "From scheme",
    "scheme_to": "To scheme",
    "bureau_out": "Transfer-out bureau",
    "bureau_in": "Transfer-in bureau",
    "reason": "Reason",
    "status": "Status",
    "registered_home": "Division code of the registered home",
    "submitted_on": "Day of the application",
    "new_employer": "New employer",
    "employer_bureau": "Bureau of the new employer",
    "individual_payer": "Insured as an individual",
    "original_retirement_age": "Original retirement age",
    "entry": "Which paper opens the case",
    "materials": "Papers handed in",
    "mobile": "Telephone",
    "home_address": "Registered address",
    "personal_number": "Personal number at the old bureau",
    "employer_code": "Number of the employer",
    "refund_account": "Account for a refund",
    "certified_government_service": "Certified government service",
    "agent_name": "Name of the agent",
    "agent_relation": "Relation of the agent to the person",
    "agent_mobile": "Telephone of the agent",
    "agent_address": "Address of the agent",
}
NOT_OF_THIS_BUREAU = Words(
    "an application is accepted by an officer of the transfer-in bureau", "申请由转入地经办人员受理"
)
HANDLED_ALREADY = Words(
    "This submission was handled already; it is the same case. To hand the application in once more, open a "
    "new form.",
    "本次提交此前已办理，为同一案件。如需再次提交该申请，请重新打开受理页面。",
)


@dataclass(frozen=True, slots=True)
class TrialReview:
    """The result of a trial review: every ground with its cure, every missing paper."""

    grounds: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    digest: str
    """Of the application that was reviewed."""


ONE_OPENED_WITHIN = timedelta(seconds=10)
"""The time to open a case; the transfer-in bureau is asked first whether its officer accepts applications."""
OF_A_FILE = "applications"
"""The input of a file of applications, beside the form of one."""


async def show_application(request: Request) -> Response:
    """The empty form, for an officer of a bureau."""
    session = at_a_bureau(request)
    said = {
        "bureau_in": session.bureau,
        "submitted_on": str(china_today()),
        "status": InsuredStatus.ACTIVE,
        "entry": ApplicationRoute.CONTACT_LETTER,
    }
    return application_page(request, {name: [value] for name, value in said.items()}, [])


async def take_application(request: Request) -> Response:
    """Check an application; the first time show what a review would say, with `confirm` open the case."""
    session = at_a_bureau(request)
    form = await request.form()
    application, problems = _read(form, session)
    filled = {name: [str(one) for one in form.getlist(name)] for name in form}
    if application is None or problems:
        return application_page(request, filled, problems)
    digest = digest_of(application)
    # Enter in an input presses the first button of the form, also when something was altered.
    if form.get("confirm") != "yes" or form.get("reviewed", digest) != digest:
        return application_page(request, filled, [], _review(application, digest))

    words = Words("an application for a transfer", "转移接续申请")
    once = page_id(form)
    return await open_by_order(
        request, [application], words, _receipt, ONE_OPENED_WITHIN, anew=True, once=once
    )


def page_id(form: FormData) -> str:
    """The id that the page was made with: a form sent twice, or gone back to, has the same one.

    With `again` ticked only the second time it asks for something else.
    """
    once = str(form.get("once") or "")[:40]
    return f"{once}/{form.get('again')}" if once else ""


async def open_by_order(
    request: Request,
    applications: list[TransferApplication],
    words: Words,
    shown: Callable[[Request, list[Opened]], Awaitable[Response]],
    within: timedelta,
    *,
    anew: bool,
    once: str,
) -> Response:
    """Open the cases by the officer's sealed order on all of them, and show what became of each.

    With `anew` those that were refused are decided anew, but for those that the page of the id `once` has
    opened.
    """
    session, ask = session_of(request), engine_of(request).ask

    async def hand_in(request: Request, accepted: Listed) -> Response:
        async def opening(client: Client) -> list[Opened]:
            secret = person_secret()
            cases = open_cases(client, applications, secret, anew, session.officer, accepted.order, once)
            return [one async for one in cases]

        return await shown(request, await ask(opening, ENGINE_OFF, within))

    async def digests(client: Client) -> list[str]:
        return [await _digest_to_seal(client, one, anew, once) for one in applications]

    items = tuple(await ask(digests, ENGINE_OFF, within))
    return await hand_in_order(
        request,
        Right.APPLY,
        session.bureau,
        Listed(items=items),
        words,
        hand_in,
        back="/apply",
        items=items,
    )


async def _digest_to_seal(client: Client, application: TransferApplication, anew: bool, once: str) -> str:
    """The digest of an application as a paper, under the number by which it is decided."""
    order = CaseOrder(case_no=case_number(application, person_secret()), application=application)
    if anew:
        order, _ = await order_anew(client, order, once)
    return digest_of(order.form_accepted())


async def _receipt(request: Request, cases: list[Opened]) -> Response:
    """Go to the receipt of the case."""
    (opened,) = cases
    await note_access(request, opened.case_no, "web: application")
    told = Words("The case is open.", "已建立案件。")
    if anew := opened.decided_anew():
        told = anew
    elif opened.repeated:
        told = HANDLED_ALREADY
    elif opened.withdrawn:
        told = Words(f"This application {WITHDRAWN_BEFORE.en}.", f"该申请{WITHDRAWN_BEFORE.zh}。")
    elif not opened.new:
        told = Words(
            "This application was handed in before; it is the same case.", "该申请此前已提交，为同一案件。"
        )
    notify(request, told)
    return go_to(f"/cases/{opened.case_no}/receipt")


def at_a_bureau(request: Request) -> Session:
    """The session of an officer of a bureau. Raises HTTPException for the province, which accepts none."""
    session = session_of(request)
    if session.of_the_province:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return session


def _read(form: FormData, session: Session) -> tuple[TransferApplication | None, list[Problem]]:
    row: dict[str, object] = {name: str(form.get(name) or "") for name in _ENGLISH}
    row["materials"] = [str(one) for one in form.getlist("materials")]
    row["individual_payer"] = "true" if form.get("individual_payer") else ""
    try:
        checked = CheckedApplication.model_validate(row, context={"on": china_today()})
    except ValidationError as error:
        return None, field_problems(error)
    if session.bureau != checked.bureau_in:
        return None, [Problem("bureau_in", NOT_OF_THIS_BUREAU)]
    return checked.application(), []


def _review(application: TransferApplication, digest: str) -> TrialReview:
    move, on = application.move(), application.submitted_on
    return TrialReview(
        tuple((sentence(one), say(one.cure_en, one.cure_zh)) for one in grounds_for_refusal(move, on)),
        tuple(sentence(one) for one in missing_papers(move)),
        digest,
    )


def application_page(
    request: Request,
    filled: Mapping[str, list[str]],
    problems: list[Problem],
    review: TrialReview | None = None,
) -> Response:
    """The form of an application, with what is wrong with it or with a file of them."""
    groups = _groups()
    return page(
        request,
        "application.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        groups=groups,
        filled=filled,
        problems=at_their_inputs(problems, groups, beside=(OF_A_FILE,)),
        review=review,
        once="".join(filled.get("once", ())) or secrets.token_urlsafe(16),
    )


def _groups() -> list[Group]:
    schemes = tuple((one.value, scheme(one)) for one in Scheme)
    places = tuple((one.key, bureau(one.key)) for one in bureaus(china_today()))
    reasons = tuple((one.value, say(one.value.replace("_", " "), one.official)) for one in MoveReason)
    statuses = tuple((one.value, say(one.value, one.official)) for one in InsuredStatus)
    entries = tuple((one.value, say(one.value.replace("_", " "), one.official)) for one in ApplicationRoute)
    papers = tuple((one.value, material(one)) for one in Material)
    ages = tuple((one.value, say(one.value, one.official)) for one in OriginalRetirementAge)
    yes = (("yes", say("yes", "是")),)
    return [
        Group(
            say("The person", "参保人员"),
            (
                _input("name"),
                _input("id_number"),
                _input("registered_home", hint=say("six digits, such as 222401", "六位数字，例如 222401")),
                _input("mobile"),
                _input("home_address"),
                _input("personal_number"),
            ),
        ),
        Group(
            say("The move", "转移"),
            (
                _input("scheme_from", Kind.CHOICE, schemes),
                _input("bureau_out", Kind.CHOICE, places),
                _input("scheme_to", Kind.CHOICE, schemes),
                _input("bureau_in", Kind.CHOICE, places),
                _input("reason", Kind.CHOICE, reasons),
                _input("status", Kind.CHOICE, statuses),
                _input("new_employer"),
                _input("employer_code"),
                _input("employer_bureau", Kind.CHOICE, places),
                _input("individual_payer", Kind.CONSENT, yes),
                _input(
                    "certified_government_service",
                    Kind.LONG,
                    hint=say(
                        "first and last month, such as 2014-10..2016-03; each period on a line of its own",
                        "起止年月，例如 2014-10..2016-03；每行一段",
                    ),
                ),
                _input(
                    "original_retirement_age",
                    Kind.CHOICE,
                    ages,
                    say("only from or to the resident scheme, for a woman", "仅城乡居民制度衔接的女职工填写"),
                ),
            ),
        ),
        Group(
            say("The application", "申请"),
            (
                _input("entry", Kind.CHOICE, entries),
                _input("submitted_on", Kind.DAY),
                _input("materials", Kind.SEVERAL, papers),
                _input("refund_account"),
            ),
        ),
        Group(
            say("Who hands it in for the person", "代办人（非本人申请时填写）"),
            (
                _input("agent_name"),
                _input("agent_relation", hint=say("such as spouse", "例如：配偶、子女")),
                _input("agent_mobile"),
                _input("agent_address", hint=say("may be left empty", "可不填")),
            ),
            folded=True,
        ),
    ]


def _input(
    name: str, kind: Kind = Kind.TEXT, options: tuple[tuple[str, str], ...] = (), hint: str = ""
) -> Input:
    return Input(name, say(_ENGLISH[name], TITLES[name]), kind, hint, options)
