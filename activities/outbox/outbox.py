"""The outbox of a store as a case and the desk know it: entering, listing, trying again."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import ENTER_OUTGOING, READ_OUTBOX, READ_PROVINCE_MESSAGES, READ_PROVINCE_OUTBOX
from models.messages.papers import ResultNotice
from models.messages.stages import Stage
from models.outbox.outgoing import (
    Entered,
    MessagesQuestion,
    OutboxAnswer,
    OutboxQuestion,
    OutgoingEvent,
    OutgoingMessage,
    OutgoingOrder,
    Recipient,
)
from models.store import outbox
from models.store.store import Store


class BureauOutbox:
    """What leaves from a bureau's store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @READ_OUTBOX.implements
    async def read_outbox(self, question: OutboxQuestion) -> OutboxAnswer:
        """The messages of a case, or the dead letters of this store; these tried again if that is asked."""
        return await _read(self.store, question)


class ProvinceOutbox:
    """What leaves from the province's store, for cases that have something to tell themselves."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @ENTER_OUTGOING.implements
    async def enter_outgoing(self, order: OutgoingOrder) -> Entered:
        """Enter messages; those that are there already stay as they are."""
        async with self.store.transaction() as session:
            known = await outbox.known(session, (one.key for one in order.messages))
            for message in order.messages:
                if message.key not in known:
                    await outbox.put(session, message, started_at())
        return Entered(count=len(order.messages), started_at=started_at())

    @READ_PROVINCE_OUTBOX.implements
    async def read_province_outbox(self, question: OutboxQuestion) -> OutboxAnswer:
        """The same of the province's store."""
        return await _read(self.store, question)

    @READ_PROVINCE_MESSAGES.implements
    async def read_province_messages(self, question: MessagesQuestion) -> OutboxAnswer:
        """The messages of a case alone."""
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
    """Write word for the person, in the transaction of what it tells of.

    `number` is the id of the paper that says it in full, `about` what stands on it as its number.
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
}
"""What a notice to the person tells of; every other outcome is an end without a transfer."""


async def tell_of_notice(session: AsyncSession, bureau: str, notice: ResultNotice) -> None:
    """Write word of a notice for the person, in the transaction that files it."""
    event = TOLD.get(notice.outcome, OutgoingEvent.ENDED)
    await tell_applicant(session, event, notice.case_no, bureau, notice.official_number, notice.number)
