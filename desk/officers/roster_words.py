"""Changes of a roster in words: what was ordered, what became of it, why it is not made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from desk.language import Words, say
from desk.words import day, instant, listed
from rules.values.due_dates import CHINA_TIME

if TYPE_CHECKING:
    from models.officers.rosters import Bar, Change, Grant, RosterAnswer


def hindrance_words(answer: RosterAnswer) -> str:
    """Why a change of a roster is not made."""
    from models.officers.rosters import RosterHindrance

    told = {
        RosterHindrance.NO_ROOT: Words(
            "The root key of the province is not the one this bureau's worker has pinned "
            "(province_root in its arrangements).",
            "省局根公钥与本局工作进程所设（内部审批与口径文件中的 province_root）不符。",
        ),
        RosterHindrance.NOT_EMPTY: Words(
            "This bureau has officers; two of them enrol others.", "本局已有经办人员，须由其中两人登记他人。"
        ),
        RosterHindrance.NO_OPERATORS: Words(
            "Two of the first officers at least have to be operators.", "首批人员中至少须有两名系统管理岗。"
        ),
        RosterHindrance.KEY_TAKEN: Words(
            "This key is enrolled for another officer; one key is one officer.",
            "该密钥已登记给另一经办人，一把密钥只属于一人。",
        ),
        RosterHindrance.OFFICER_UNKNOWN: Words(
            "No officer of this id is enrolled here.", "本局没有登记该编号的经办人。"
        ),
        RosterHindrance.ROLE_UNKNOWN: Words("There is no such role at this bureau.", "本局没有该岗位。"),
    }
    assert answer.hindrance is not None
    if answer.hindrance in told:
        return str(told[answer.hindrance])
    return say(answer.why_en, answer.why_zh) or say("The order was refused.", "未予办理。")


def outcome_words(answer: RosterAnswer) -> str:
    """What became of an order that was not hindered."""
    if answer.made is not None:
        return say(
            f"Entered as change {answer.made.serial} of the roster: {change_words(answer.made.change)}.",
            f"已登记为名册第 {answer.made.serial} 项变更：{change_words(answer.made.change)}。",
        )
    assert answer.proposed is not None
    order = answer.proposed.order
    return say(
        f"Proposed by {order.officer}: {change_words(order.change)}. "
        "Nothing changes until a second officer orders the same.",
        f"{order.officer} 已提交：{change_words(order.change)}；须由另一人作同样提交后生效。",
    )


def change_words(change: Change) -> str:
    """A change in a few words."""
    from models.officers.rosters import Bar, Bootstrap

    if isinstance(change, Bootstrap):
        officers = listed(one.officer for one in change.officers)
        return say(f"first officers {officers}", f"首批人员 {officers}")
    days = days_words(change)
    if isinstance(change, Bar):
        return say(f"officer {change.officer} barred{days}", f"{change.officer} 停用{days}")
    titles = listed(say(*one.titles) for one in change.roles)
    deputy = (
        say(f", deputy for {change.deputy_for}", f"，代 {change.deputy_for}") if change.deputy_for else ""
    )
    return say(
        f"officer {change.officer}, {titles}, key {change.key[:8]}{deputy}{days}",
        f"{change.officer}，{titles}，密钥 {change.key[:8]}{deputy}{days}",
    )


def days_words(change: Grant | Bar) -> str:
    """', from 2026-12-01, until 2026-12-05': the first and the last day, where given.

    A demonstration officer has no first day.
    """
    from models.officers.rosters import Grant

    words = ""
    if isinstance(change, Grant) and change.demonstration:
        return words
    if (first := change.since) is not None:
        begins = day(first) if _midnight(first) else instant(first)
        words += say(f", from {begins}", f"，自 {begins} 起")
    if (end := change.until) is not None:
        # A change for whole days ends at the first instant after the last of them.
        last = day(end - timedelta(days=1)) if _midnight(end) else instant(end)
        words += say(f", until {last}", f"，至 {last}")
    return words


def _midnight(at: datetime) -> bool:
    return at.astimezone(CHINA_TIME).time() == time()
