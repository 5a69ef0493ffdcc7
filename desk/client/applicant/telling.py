"""What page and receipt tell the person about a case: the questions a person has, with their answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.client.applicant.sentences import sentence_for_person, stage_meaning
from desk.client.views.case import CaseView
from desk.files.orders import field_title
from desk.language import say
from desk.words import day, money, sentence, title
from models.messages.clocks import ClockReading
from models.messages.papers import InformationForm, ResultNotice
from models.messages.requests import StaffAction
from models.messages.stages import ENDS, Party, Stage
from rules.amounts.residents import whole_balance
from rules.application.bureaus import listed_bureau
from rules.application.linking import recognised_months
from rules.application.remedies import remedies
from rules.clocks.clocks import ENTERPRISE_TRANSFER
from rules.values.money import NO_MONEY
from rules.values.moves import Scheme


@dataclass(frozen=True, slots=True)
class Block:
    """A question and its answers, one sentence each."""

    head: str
    lines: tuple[str, ...]


def told_to_the_person(view: CaseView) -> list[Block]:
    """Where the case stands, who has it, by when, what stopped it, what moved and stayed, and the remedies.

    It contains no name, no ID number and no account.
    """
    return [
        Block(sentence_for_person(name), lines)
        for name, lines in (
            ("standing", (stage_meaning(view.progress.stage),)),
            ("who", tuple(_who(view))),
            ("by_when", tuple(_by_when(view))),
            ("stopped", tuple(_stopped(view))),
            ("moved", tuple(_moved(view))),
            ("stayed", tuple(_stayed(view))),
            ("object", tuple(_remedies(view))),
        )
        if lines
    ]


def _office(key: str) -> str:
    known = listed_bureau(key)
    return say(known.en, known.zh) if known else key


def _who(view: CaseView) -> Iterator[str]:
    progress, papers = view.progress, view.papers
    if progress.stage in ENDS or progress.waiting_on is Party.NOBODY:
        yield sentence_for_person("nobody_has_it")
        return
    since = day(progress.holdings[-1].since) if progress.holdings else str(progress.submitted_on)
    match progress.waiting_on:
        case Party.APPLICANT if progress.stage is not Stage.ON_HOLD:
            yield sentence_for_person("you_have_it", since=since)
        case Party.PROVINCE:
            yield sentence_for_person("has_it", bureau=sentence_for_person("province"), since=since)
        case Party.TRANSFER_OUT:
            yield sentence_for_person("has_it", bureau=_office(progress.bureau_out), since=since)
            yield from _telephone(papers.certificate)
        case _:
            yield sentence_for_person("has_it", bureau=_office(progress.bureau_in), since=since)
            yield from _telephone(papers.entry)


def _telephone(paper: object) -> Iterator[str]:
    """The bureau's telephone as on its paper, if the province's file has one."""
    agency = getattr(paper, "agency", None)
    if agency is not None and agency.phone:
        yield sentence_for_person("telephone", number=agency.phone)


def _by_when(view: CaseView) -> Iterator[str]:
    if view.progress.stage in ENDS:
        return
    running = [one for one in view.progress.clocks if one.stopped_at is None]
    if not running:
        yield sentence_for_person("no_clock")
    for clock in sorted(running, key=lambda one: one.due_at):
        yield from _clock(clock)


def _clock(clock: ClockReading) -> Iterator[str]:
    if clock.paused_since is not None:
        yield sentence_for_person("paused", since=day(clock.paused_since))
        return
    yield sentence_for_person("due", due=clock.due_on)
    days = clock.working_days + clock.extension
    # The measures name no number for clock A; linking with the resident scheme has one of its own.
    why = "why_promptly" if clock.law.document == ENTERPRISE_TRANSFER else "why_due"
    yield sentence_for_person(why, days=days, received=clock.received_on, law=clock.law)
    if clock.provisional and clock.earliest != clock.latest:
        yield sentence_for_person("provisional", earliest=clock.earliest, latest=clock.latest)
    if clock.overdue:
        yield sentence_for_person("overdue")


_NOTHING_ASKED = {Stage.ON_HOLD: "on_hold", Stage.CANNOT_GO_ON: "cannot_go_on"}


def _stopped(view: CaseView) -> Iterator[str]:
    progress = view.progress
    if progress.stage in (Stage.REFUSED, Stage.AWAITING_MATERIALS):
        yield from _grounds(view)
    elif progress.stage not in ENDS:
        found = [*_waits(view), *_choice(view)]
        yield from found or [sentence_for_person(_NOTHING_ASKED.get(progress.stage, "nothing_stopped"))]
        if StaffAction.WITHDRAW in progress.possible:
            yield sentence_for_person("withdraw", bureau=_office(progress.bureau_in))


def _grounds(view: CaseView) -> Iterator[str]:
    progress = view.progress
    for refusal in progress.refusals:
        yield sentence_for_person("refused", ground=sentence(refusal))
        yield sentence_for_person("cure", cure=say(refusal.cure_en, refusal.cure_zh))
    for paper in progress.missing:
        yield sentence_for_person("missing", paper=sentence(paper))
    if progress.missing:
        yield sentence_for_person("bring", bureau=_office(progress.bureau_in))


def _waits(view: CaseView) -> Iterator[str]:
    progress = view.progress
    if progress.dispute is not None:
        yield sentence_for_person("disputed", point=title(progress.dispute))
    for one in progress.open_fields:
        yield sentence_for_person("corrected", field=field_title(one.field))
    if progress.awaited_funds is not None:
        yield sentence_for_person("money_on_its_way", missing=money(progress.awaited_funds.missing))


def _choice(view: CaseView) -> Iterator[str]:
    offer = view.choice
    if offer is None or StaffAction.CHOOSE not in view.progress.possible:
        return
    asked, count = ("choose", offer.open_periods) if offer.open_periods else ("consent", len(offer.periods))
    asked = asked if offer.needs_consent else "account"
    yield sentence_for_person(asked, count=count, bureau=_office(view.progress.bureau_in))
    for period in offer.periods:
        for option in period.options:
            record = offer.records[option.keep]
            holder = f"{_scheme(record.scheme)}{say(', ', '，')}{_office(record.bureau)}"
            span = f"{period.first} – {period.last}"
            yield sentence_for_person("option", period=span, holder=holder, refund=money(option.refund))


def _scheme(letter: str) -> str:
    """The name of a scheme without its letter, which the person does not know."""
    known = Scheme(letter)
    return say(f"the {known.name.lower()} scheme", known.official)


def _moved(view: CaseView) -> Iterator[str]:
    progress, form = view.progress, _form(view)
    recognised = recognised_months(form.head.recognised_service, form.record) if form else 0
    beside = [sentence_for_person("recognised", months=recognised)] if recognised else []
    if _has_moved(view):
        yield from _months(view, progress.months)
        yield from beside
        yield sentence_for_person("individual", amount=money(progress.individual))
        yield sentence_for_person("pooled", amount=money(progress.pooled))
    elif form is not None and progress.stage not in ENDS:
        yield sentence_for_person("planned")
        yield from _months(view, form.months)
        yield from beside
        yield sentence_for_person("individual", amount=money(form.lines.individual))
        yield sentence_for_person("pooled", amount=money(form.lines.pooled))
    else:
        yield sentence_for_person("nothing_moved" if progress.stage in ENDS else "nothing_moved_yet")
    if progress.refunded != NO_MONEY:
        yield sentence_for_person("refunded", amount=money(progress.refunded))


def _months(view: CaseView, months: int) -> Iterator[str]:
    """The months that move; none do for a resident, which is said under what stayed."""
    if view.progress.scheme_from != Scheme.RESIDENT:
        yield sentence_for_person("months", months=months)


def _has_moved(view: CaseView) -> bool:
    progress = view.progress
    return bool(progress.months or progress.individual or progress.pooled)


def _stayed(view: CaseView) -> Iterator[str]:
    """What stays behind by the form; nothing if the case ended before anything moved, as then all stayed."""
    form = _form(view)
    if form is None or (view.progress.stage in ENDS and not _has_moved(view)):
        return
    for one in form.months_apart:
        yield sentence_for_person(
            "apart", first=one.first, last=one.last, months=one.months, kind=title(one.kind)
        )
    if view.progress.scheme_from == Scheme.RESIDENT:
        yield sentence_for_person("resident_years", law=whole_balance(Scheme.RESIDENT).law)
    elif not form.months_apart:
        yield sentence_for_person("nothing_stayed")


def _form(view: CaseView) -> InformationForm | None:
    forms = view.papers.information_forms
    return forms[-1] if forms else None


def _remedies(view: CaseView) -> Iterator[str]:
    progress, notice = view.progress, view.papers.notice
    if notice is not None and progress.stage in ENDS | {Stage.AWAITING_CHOICE}:
        if progress.settled:
            yield sentence_for_person("tell_us", bureau=_office(progress.bureau_in))
        yield from _review(notice, refused=progress.stage is Stage.REFUSED)
    elif progress.stage not in ENDS:
        yield sentence_for_person("while_it_runs")


def _review(notice: ResultNotice, refused: bool) -> Iterator[str]:
    """The legal remedies, and what the time to use them runs from."""
    yield from map(sentence, remedies(notice.told_on, refused=refused))
    yield sentence_for_person("delivered")
