"""The disputes of a case on a screen: both positions, what was proposed, and how it ended (第九条)."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from desk.language import say
from desk.words import day, title
from models.messages.disputes import DisputeRecord


def print_disputes(screen: Console, disputes: Sequence[DisputeRecord]) -> None:
    """Each dispute under its number and point."""
    for one in disputes:
        screen.print()
        head = say(f"dispute {one.number}: ", f"第 {one.number} 次异议：") + title(one.point)
        screen.print(head, style="bold", markup=False)
        for line in _lines(one):
            screen.print(f"  {line}", markup=False)


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
    if dispute.settled_at:
        ruled = say("ended by ruling", "经裁定终结") if dispute.referred_at else say("settled", "协商一致")
        yield f"{day(dispute.settled_at)}  {ruled}"
