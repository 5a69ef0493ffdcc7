"""The disputes of a case and its rulings: positions, proposals, orders and outcome (第九条)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.files.orders import order_words
from desk.language import say
from desk.words import day, title
from models.messages.disputes import DisputeRecord, PastRulings, RulingRecord, RulingsQuestion

if TYPE_CHECKING:
    from temporalio.client import Client


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines below it."""

    head: str
    lines: tuple[str, ...]


async def past_rulings(client: Client, asked: RulingsQuestion) -> PastRulings:
    """Rulings on a point in the province's own store. Raises NoAnswer when its worker does not answer."""
    from activities.contracts import LIST_RULINGS
    from desk.client.worker_answers import ask_platform

    return await ask_platform(client, LIST_RULINGS, asked, about=asked.point)


def dispute_sections(disputes: Iterable[DisputeRecord]) -> list[Section]:
    """Each dispute under its number and point: both positions, the terms proposed, the outcome."""
    return [
        Section(
            say(f"dispute {one.number}: ", f"第 {one.number} 次异议：") + title(one.point), tuple(_lines(one))
        )
        for one in disputes
    ]


def _lines(dispute: DisputeRecord) -> Iterator[str]:
    colon = say(": ", "：")
    for taken in dispute.positions:
        yield f"{day(taken.at)}  {title(taken.party)}{colon}{taken.position.statement}"
        yield from (f"  – {evidence}" for evidence in taken.position.evidence)
    for proposed in dispute.proposals:
        terms = say(" would settle on", "协商意见")
        yield f"{day(proposed.at)}  {title(proposed.party)}{terms}{colon}{proposed.terms}"
    if dispute.referred_at:
        yield f"{day(dispute.referred_at)}  {say('referred to the province', '报请省局协调')}"
    if dispute.withdrawn_at:
        yield f"{day(dispute.withdrawn_at)}  {say('withdrawn', '撤回')}{colon}{dispute.why_withdrawn}"
    if dispute.settled_at:
        ruled = say("ended by ruling", "经裁定终结") if dispute.referred_at else say("settled", "协商一致")
        yield f"{day(dispute.settled_at)}  {ruled}"


def ruling_sections(rulings: Iterable[RulingRecord], unmask: bool) -> list[Section]:
    """Each ruling under its number and day: reasons, orders in words, and which have been carried out."""
    return [
        Section(
            f"{one.ruling.number}  {day(one.made_at)}  {title(one.point)}  {one.case_no}",
            (one.ruling.reasons, *_orders(one, unmask)),
        )
        for one in rulings
    ]


def _orders(ruling: RulingRecord, unmask: bool) -> Iterator[str]:
    for number, order in enumerate(ruling.orders, start=1):
        carried_out = number <= ruling.carried_out
        done = say(" (done)", "（已执行）") if carried_out else say(" (not yet)", "（未执行）")
        yield f"{number}. {order_words(order, unmask)}{done}"
