"""What an officer has to read before approving it: a ruling with its orders, a choice with its account."""

from collections.abc import Iterator
from dataclasses import dataclass

from desk.files.orders import order_words
from desk.language import say
from desk.words import mask
from models.messages.requests import ToBeApproved


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper that waits for approval: what it is, who drew it up, and what it says, line by line."""

    head: str
    officer: str
    lines: tuple[str, ...] = ()


def waiting_papers(waiting: ToBeApproved, unmask: bool) -> list[WaitingPaper]:
    """A ruling and a choice where they wait; names and accounts masked unless `unmask`."""
    return list(_papers(waiting, unmask))


def _papers(waiting: ToBeApproved, unmask: bool) -> Iterator[WaitingPaper]:
    if (ruling := waiting.ruling) is not None:
        orders = (
            f"{number}. {order_words(order, unmask)}" for number, order in enumerate(ruling.orders, start=1)
        )
        head = say("ruling to be approved: ", "待审批裁定：") + ruling.number
        yield WaitingPaper(head, ruling.officer, (ruling.reasons, *orders))
    if (choice := waiting.choice) is not None:
        kept = say(", ", "、").join(str(one) for one in choice.keep) or say("as certified", "按认定意见")
        account = choice.refund_account if unmask else mask(choice.refund_account)
        chosen = say(f"options kept {kept}, account {account}", f"保留选项 {kept}，退款账号 {account}")
        yield WaitingPaper(say("refund to be approved: ", "待审批退款：") + chosen, choice.officer)
