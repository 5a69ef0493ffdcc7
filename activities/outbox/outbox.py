"""The outbox of a store, for cases and the desk: entering messages, listing them, trying again."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import ENTER_OUTGOING, READ_OUTBOX, READ_PROVINCE_MESSAGES, READ_PROVINCE_OUTBOX
from models.messages.papers import ResultNotice
from models.messages.stages import Stage
from models.outbox.outgoing import (
    MessagesQuestion,
    OutboxAnswer,
    OutboxQuestion,
    OutgoingEntered,
    OutgoingEvent,
    OutgoingMessage,
    OutgoingOrder,
    Recipient,
)
from models.store import outbox
from models.store.store import Store


class BureauOutbox:
    """The messages that leave a bureau's store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @READ_OUTBOX.implements
    async def read_outbox(self, question: OutboxQuestion) -> OutboxAnswer:
        """The messages of a case, or the dead letters of this store, which are tried again if asked."""
        return await _read(self.store, question)


class ProvinceOutbox:
    """The messages that leave the province's store, those of cases themselves among them."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @ENTER_OUTGOING.implements
    async def enter_outgoing(self, order: OutgoingOrder) -> OutgoingEntered:
        """Enter messages; those entered before stay as they are."""
        async with self.store.transaction() as session:
            known = await outbox.known(session, (one.key for one in order.messages))
            for message in order.messages:
                if message.key not in known:
                    await outbox.put(session, message, started_at())
        return OutgoingEntered(count=len(order.messages), started_at=started_at())

    @READ_PROVINCE_OUTBOX.implements
    async def read_province_outbox(self, question: OutboxQuestion) -> OutboxAnswer:
        """Like `BureauOutbox.read_outbox`, of the province's store."""
        return await _read(self.store, question)

    @READ_PROVINCE_MESSAGES.implements
    async def read_province_messages(self, question: MessagesQuestion) -> OutboxAnswer:
        """The messages of one case, without the dead letters."""
        return await _read(self.store, OutboxQuestion(case_no=question.case_no))


async def _read(store: Store, question: OutboxQuestion) -> OutboxAnswer:
    async with store.reading() as session:
        found = await (
            outbox.dead(session) if question.dead_only else outbox.of_case(session, question.case_no)
        )
    if question.retry:
        async with store.transaction() as session:
            await outbox.try_again(session, (line.number for line in found), started_at())
    return OutboxAnswer(lines=tuple(found))


async def tell_applicant(
    session: AsyncSession, event: OutgoingEvent, case_no: str, bureau: str, about: str, number: str
) -> None:
    """Write a message for the person, in the transaction of the event.

    `number` is the id of the paper that gives the details, `about` the number printed on it.
    """
    message = OutgoingMessage(
        key=f"{event}/{number}",
        case_no=case_no,
        event=event,
        recipient=Recipient.APPLICANT,
        bureau=bureau,
        about=about,
    )
    await outbox.put(session, message, started_at())


TOLD = {
    Stage.AWAITING_MATERIALS: OutgoingEvent.MATERIALS_MISSING,
    Stage.REFUSED: OutgoingEvent.REFUSED,
    Stage.CLOSED: OutgoingEvent.CLOSED,
    Stage.AWAITING_CHOICE: OutgoingEvent.SETTLED,
}
"""The event of a notice to the person, by its outcome; every other outcome is an end without a transfer."""


async def tell_of_notice(session: AsyncSession, bureau: str, notice: ResultNotice) -> None:
    """Write a message for the person about a notice, in the transaction that files the notice."""
    event = TOLD.get(notice.outcome, OutgoingEvent.ENDED)
    await tell_applicant(session, event, notice.case_no, bureau, notice.official_number, notice.number)
