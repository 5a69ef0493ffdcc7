"""The decisions in a case, with evidence and reasons."""

from collections.abc import Iterator

from desk.client.views.approvals import choice_words
from desk.client.views.case import CaseView
from desk.client.views.disputes import Section
from desk.files.orders import field_change, field_title, field_value
from desk.language import say
from desk.words import day, money, title
from models.messages.corrections import ALREADY_SO, AnsweredItem


def decision_sections(view: CaseView, unmask: bool) -> list[Section]:
    """The person's choice with its clearing, holds, and requests for correction that have been answered."""
    corrections = [line for one in view.answered for line in _answered(one, unmask)]
    sections = (
        Section(
            say("the person's choice 《重复缴费确认书》", "本人确认《重复缴费确认书》"),
            tuple(_choice(view, unmask)),
        ),
        Section(say("on hold 《暂缓办理》", "《暂缓办理》"), tuple(_holds(view))),
        Section(say("requests for correction 《更正请求及答复》", "《更正请求及答复》"), tuple(corrections)),
    )
    return [section for section in sections if section.lines]


def _choice(view: CaseView, unmask: bool) -> Iterator[str]:
    if (choice := view.chosen) is None:
        return
    yield choice_words(choice, unmask) + say(f", entered by {choice.officer}", f"，经办 {choice.officer}")
    if (cleared := view.cleared) is not None:
        months = say(", ", "、").join(str(month) for month in cleared.months)
        refund, counted = money(cleared.refund), cleared.months_counted
        yield say(
            f"cleared, {cleared.number}: {months}; refunded {refund}; {counted} months count",
            f"已清理（{cleared.number}）：{months}；退还本金 {refund} 元；计算缴费 {counted} 个月",
        )


def _holds(view: CaseView) -> Iterator[str]:
    colon = say(": ", "：")
    for one in view.holds:
        yield f"{day(one.since)}  {title(one.by)}{colon}{title(one.why)}{say(', ', '，')}{one.evidence}"
        if one.until is not None:
            yield f"  {day(one.until)}  {say('went on', '继续办理')}{colon}{one.reason}"


def _answered(one: AnsweredItem, unmask: bool) -> Iterator[str]:
    item, colon = one.asked.item, say(": ", "：")
    seen, expected = field_change(item.field, item.seen, item.expected, unmask)
    asked = f"{day(one.asked.asked_at)}  {title(one.asked.raised_by)}{colon}{field_title(item.field)}"
    yield f"{asked} {seen} → {expected}"
    yield f"  {say('evidence', '依据')}{colon}{item.evidence}"
    officer = say(f" by {one.officer}", f"，经办 {one.officer}") if one.officer else ""
    became = f"  {day(one.at)}  {title(one.outcome)}{officer}"
    if one.answer is not None and one.answer.value is not None:
        became += f"{colon}{field_value(item.field, one.answer.value, unmask)}"
    if one.answer is not None and one.answer.reason is not None:
        became += f"{colon}{_reason(one.answer.reason)}"
    yield became


def _reason(why: str) -> str:
    """Why a field stays unchanged, as the officer wrote it."""
    if why == ALREADY_SO:
        return say("the form has this value already", "信息表已为该值")
    return why
