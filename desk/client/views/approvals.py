"""What an officer has to read before approving it, with the amounts that the approval changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desk.client.views.case import CaseView
from desk.client.views.possible import awaited_now
from desk.files.orders import field_change, field_title, field_value, order_words
from desk.language import say
from desk.words import mask, mask_name, title
from models.messages.corrections import AnsweredItem, ItemOutcome
from models.messages.duplicates import DuplicateNotice
from models.messages.papers import InformationForm, Remittance
from models.messages.progress import AwaitedApproval
from models.messages.requests import Approvable, Choice, CorrectionItem
from rules.values.money import Fen, yuan


@dataclass(frozen=True, slots=True)
class ChangedAmount:
    """An amount as it is and as it will be after the approval, in fen."""

    words: str
    before: Fen
    after: Fen


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper that waits for approval: what it is, who drew it up, what it says, and what it changes."""

    awaited: AwaitedApproval
    officer: str
    lines: tuple[str, ...]
    amounts: tuple[ChangedAmount, ...]

    @property
    def head(self) -> str:
        """'refund to be approved: months-paid-twice/…'."""
        what = title(self.awaited.what)
        return f"{say(f'{what} to be approved: ', f'待审批{what}：')}{self.awaited.of}"


def waiting_papers(view: CaseView, unmask: bool) -> list[WaitingPaper]:
    """Everything that waits for an officer; names, numbers and accounts masked unless `unmask`."""
    return [
        WaitingPaper(one, _officer(one, view), tuple(_lines(one, view, unmask)), _amounts(one, view))
        for one in awaited_now(view.progress)
    ]


def waiting_documents(view: CaseView, unmask: bool) -> list[dict[str, Any]]:
    """What `waiting_papers` returns, as JSON documents with amounts in yuan."""
    return [
        {
            "what": one.awaited.what,
            "of": one.awaited.of,
            "by": list(one.awaited.by),
            "read": list(one.lines),
            "amounts": [
                {"amount": amount.words, "before": yuan(amount.before), "after": yuan(amount.after)}
                for amount in one.amounts
            ],
        }
        for one in waiting_papers(view, unmask)
    ]


def choice_words(choice: Choice, unmask: bool) -> str:
    """The options that the person has chosen, and the account for the refund."""
    kept = say(", ", "、").join(str(one) for one in choice.keep) or say("nothing to choose", "无需选择")
    account = choice.refund_account if unmask else mask(choice.refund_account)
    return say(f"options kept {kept}, account {account}", f"保留选项 {kept}，退款账号 {account}")


def _officer(awaited: AwaitedApproval, view: CaseView) -> str:
    waiting = view.to_be_approved
    drawn_up = {
        Approvable.RULING: waiting.ruling if waiting else None,
        Approvable.REFUND: waiting.choice if waiting else None,
        Approvable.REOPENING: waiting.reopening if waiting else None,
    }.get(awaited.what)
    return drawn_up.officer if drawn_up else ""


def _lines(awaited: AwaitedApproval, view: CaseView, unmask: bool) -> Iterator[str]:
    waiting, form = view.to_be_approved, _form(awaited, view)
    if awaited.what is Approvable.RULING and waiting and waiting.ruling:
        yield waiting.ruling.reasons
        for place, order in enumerate(waiting.ruling.orders, start=1):
            yield f"{place}. {order_words(order, unmask)}"
    elif awaited.what is Approvable.REOPENING and waiting and waiting.reopening:
        yield waiting.reopening.reason
        yield from (_asked(one, unmask) for one in waiting.reopening.items)
    elif awaited.what is Approvable.REFUND and waiting and waiting.choice:
        yield choice_words(waiting.choice, unmask)
    elif form is not None:
        name = form.name if unmask else mask_name(form.name)
        number = form.id_number if unmask else mask(form.id_number)
        yield say(f"{name}, {number}; {form.months} months", f"{name}，{number}；缴费 {form.months} 个月")
        if awaited.what is Approvable.POSTING:
            yield from (_became(one, unmask) for one in _not_as_asked(view.answered))


def _asked(item: CorrectionItem, unmask: bool) -> str:
    seen, expected = field_change(item.field, item.seen, item.expected, unmask)
    return f"{field_title(item.field)}{say(': ', '：')}{seen} → {expected}  {item.evidence}"


ANSWERED = (ItemOutcome.AMENDED, ItemOutcome.AMENDED_OTHERWISE, ItemOutcome.DECLINED)


def _not_as_asked(items: Iterable[AnsweredItem]) -> list[AnsweredItem]:
    """The last answers that differ from what was asked for, one per field."""
    last = {one.asked.item.field: one for one in items if one.outcome in ANSWERED}
    return [one for one in last.values() if one.outcome is not ItemOutcome.AMENDED]


def _became(one: AnsweredItem, unmask: bool) -> str:
    """A request that was answered otherwise than asked, with its answer."""
    became = title(one.outcome)
    if one.answer is not None and one.answer.value is not None:
        became += f"{say(': ', '：')}{field_value(one.asked.item.field, one.answer.value, unmask)}"
    return f"{_asked(one.asked.item, unmask)}  {became}"


def _form(awaited: AwaitedApproval, view: CaseView) -> InformationForm | None:
    forms = view.papers.information_forms
    return next((form for form in reversed(forms) if form.number == awaited.of), None)


def _amounts(awaited: AwaitedApproval, view: CaseView) -> tuple[ChangedAmount, ...]:
    """The money sent, posted or refunded, before and after the approval."""
    form, progress, waiting = _form(awaited, view), view.progress, view.to_be_approved
    individual, pooled = say("individual account", "个人账户"), say("pooled fund", "统筹基金")
    if awaited.what is Approvable.RELEASE_OF_FUNDS and form is not None:
        sent = view.papers.remittances
        return (
            ChangedAmount(individual, _sent(sent, of_pooled=False), form.lines.individual),
            ChangedAmount(pooled, _sent(sent, of_pooled=True), form.lines.pooled),
        )
    if awaited.what is Approvable.POSTING and form is not None:
        return (
            ChangedAmount(individual, progress.individual, form.lines.individual),
            ChangedAmount(pooled, progress.pooled, form.lines.pooled),
        )
    if awaited.what is Approvable.REFUND and view.choice and waiting and waiting.choice:
        refund = _refund_chosen(view.choice, waiting.choice)
        return (ChangedAmount(say("refunded to the person", "退还本人"), progress.refunded, refund),)
    return ()


def _sent(remittances: Sequence[Remittance], *, of_pooled: bool) -> Fen:
    """What the transfer-out bureau has sent, less what came back, in fen."""
    parts = (
        (one.pooled if of_pooled else one.individual) * (-1 if one.purpose.goes_back else 1)
        for one in remittances
    )
    return Fen(sum(parts))


def _refund_chosen(offer: DuplicateNotice, choice: Choice) -> Fen:
    """What the chosen options pay out, in fen; a period decided by certified service has one option."""
    kept = iter(choice.keep)
    chosen = (period.options[next(kept) - 1 if len(period.options) > 1 else 0] for period in offer.periods)
    return Fen(sum(option.refund for option in chosen))
