"""What an approval would change: before and after, for the officer who is to approve it."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.client.views.possible import PossibleAction
from desk.files.orders import field_change, field_title, order_words
from desk.language import say
from desk.web.case.finding import Found
from desk.words import money, title
from models.messages.papers import InformationForm
from models.messages.requests import Approvable, Ruling
from rules.values.form_fields import WrongFormField, form_field
from rules.values.money import NO_MONEY, Fen
from rules.values.orders import AmendField, ExtendClock, SetAmount


@dataclass(frozen=True, slots=True)
class Change:
    """One thing as it is and as it will be."""

    what: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def before_and_after(possible: PossibleAction, found: Found) -> list[Change]:
    """The changes of an approval; none for what is no approval."""
    if possible.approval is None:
        return []
    forms = found.view.papers.information_forms
    match possible.approval.what:
        case Approvable.RELEASE_OF_FUNDS if forms:
            return list(_release(found, forms[-1]))
        case Approvable.POSTING if forms:
            return list(_posting(found, forms[-1]))
        case Approvable.REFUND:
            return list(_refund(found))
        case Approvable.RULING:
            waiting = found.view.to_be_approved
            return list(_ruling(found, waiting.ruling)) if waiting and waiting.ruling else []
        case _:
            return []


def _release(found: Found, form: InformationForm) -> Iterator[Change]:
    sent = [one for one in found.view.papers.remittances if not one.purpose.goes_back]
    returned = [one for one in found.view.papers.remittances if one.purpose.goes_back]
    individual = Fen(sum(one.individual for one in sent) - sum(one.individual for one in returned))
    pooled = Fen(sum(one.pooled for one in sent) - sum(one.pooled for one in returned))
    yield _money(say("remitted, individual account", "已划转个人账户"), individual, form.lines.individual)
    yield _money(say("remitted, pooled fund", "已划转统筹基金"), pooled, form.lines.pooled)
    total = Fen(form.lines.individual + form.lines.pooled)
    yield _money(say("remitted in all, yuan", "划转合计（元）"), Fen(individual + pooled), total)
    runs, ended = say("runs", "存续"), say("ended", "终止")
    yield Change(
        say("relationship at the transfer-out bureau", "转出地养老保险关系"), ended if sent else runs, ended
    )


def _posting(found: Found, form: InformationForm) -> Iterator[Change]:
    progress, lines = found.view.progress, form.lines
    yield _money(say("posted, individual account", "已记个人账户"), progress.individual, lines.individual)
    yield _money(say("posted, pooled fund", "已记统筹基金"), progress.pooled, lines.pooled)
    before, after = Fen(progress.individual + progress.pooled), Fen(lines.individual + lines.pooled)
    yield _money(say("posted in all, yuan", "记账合计（元）"), before, after)
    yield Change(say("months taken in", "接续缴费月数"), str(progress.months), str(form.months))


def _refund(found: Found) -> Iterator[Change]:
    offer, waiting = found.view.choice, found.view.to_be_approved
    choice = waiting.choice if waiting else None
    if offer is None or choice is None:
        return
    chosen = iter(choice.keep)
    refund = NO_MONEY
    for period in offer.periods:
        option = period.options[next(chosen) - 1 if len(period.options) > 1 else 0]
        refund = Fen(refund + option.refund)
        once, twice = say("counted once", "计算一次"), say("paid twice", "重复缴费")
        yield Change(f"{period.first} – {period.last}", twice, once)
    yield _money(say("refunded to the person, yuan", "退还本人（元）"), found.view.progress.refunded, refund)


def _ruling(found: Found, ruling: Ruling) -> Iterator[Change]:
    forms = found.view.papers.information_forms
    for order in ruling.orders:
        match order:
            case AmendField():
                standing = _standing(order.field, forms)
                change = field_change(order.field, standing, order.value, found.unmask)
                yield Change(field_title(order.field), *change)
            case SetAmount() if forms:
                lines = forms[-1].lines
                yield _money(say("individual account ④", "个人账户④"), lines.individual, order.individual)
                yield _money(say("pooled fund ⑤", "统筹基金⑤"), lines.pooled, order.pooled)
            case ExtendClock():
                reading = next((one for one in found.view.progress.clocks if one.clock is order.clock), None)
                days = (reading.working_days + reading.extension) if reading else 0
                name = f"{order.clock.letter} {title(order.clock)}{say(', working days', '，工作日')}"
                yield Change(name, str(days), str(days + order.working_days))
            case _:
                yield Change(
                    order_words(order, found.unmask), say("not yet", "未执行"), say("carried out", "执行")
                )


def _standing(named: str, forms: tuple[InformationForm, ...]) -> str:
    """What a field of the form says now, as text; '' where it cannot be told in one value."""
    if not forms:
        return ""
    try:
        field = form_field(named)
    except WrongFormField:
        return ""
    lines = {f"line/{number}": money(amount) for number, amount in forms[-1].lines.numbered()}
    return lines.get(str(field), forms[-1].name if str(field) == "name" else "")


def _money(what: str, before: Fen, after: Fen) -> Change:
    return Change(what, money(before), money(after))
