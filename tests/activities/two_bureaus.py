"""A case that needs a correction: forms and money move in both directions, step by step."""

from sealed_papers import amendment_answered, ruled
from walkthrough import CASE, Walkthrough

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    RECEIVE_INFORMATION,
    RECEIVE_RETURN,
    RECONCILE,
    REMIT_AND_END_RELATIONSHIP,
    RESTORE_RELATIONSHIP,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    SUPPLEMENT_FUNDS,
    TAKE_IN,
)
from models.messages.application import TransferApplication
from models.messages.corrections import (
    AmendmentOrder,
    FieldOrder,
    MoneyOrder,
    Restoration,
    RestoreOrder,
    Reversal,
    ReversalOrder,
    StatedAmounts,
)
from models.messages.papers import (
    ContactLetter,
    InformationForm,
    Reconciliation,
    Remittance,
    RemittancePurpose,
)
from models.messages.steps import Arrival, RemittanceOrder, TakeInOrder, TakenIn
from province import application
from rules.values.money import Fen
from rules.values.orders import RestoreRelationship, ReturnFunds, SetAmount


class Exchange:
    """Two bureaus with one case, from the first form on, and every paper of it so far."""

    def __init__(self, walkthrough: Walkthrough, asked: TransferApplication, letter: ContactLetter) -> None:
        self.walkthrough = walkthrough
        self.asked = asked
        self.letter = letter
        self.forms: list[InformationForm] = []
        self.remittances: list[Remittance] = []
        self.taken_in: TakenIn | None = None
        self.reversed = 0
        """The version of the form whose taking in was reversed last."""

    @classmethod
    async def with_form(
        cls, walkthrough: Walkthrough, asked: TransferApplication | None = None
    ) -> "Exchange":
        """An exchange after the letter is entered and the first version of the form drawn up."""
        asked = asked or application()
        letter = await walkthrough.letter_sent(asked)
        begun = cls(walkthrough, asked, letter)
        form = (await walkthrough.register(letter)).form
        assert form is not None
        begun.forms.append(form)
        return begun

    @classmethod
    async def delivered(
        cls, walkthrough: Walkthrough, asked: TransferApplication | None = None
    ) -> "Exchange":
        """An exchange after form and money have reached the transfer-in bureau."""
        begun = await cls.with_form(walkthrough, asked)
        await begun.remit()
        await begun.inform()
        return begun

    @classmethod
    async def settled(cls, walkthrough: Walkthrough, asked: TransferApplication | None = None) -> "Exchange":
        """An exchange after form and money have been taken in."""
        begun = await cls.delivered(walkthrough, asked)
        await begun.take_in()
        return begun

    @property
    def form(self) -> InformationForm:
        return self.forms[-1]

    def money(
        self, purpose: RemittancePurpose, individual: int, pooled: int, officers: tuple[str, ...] = ()
    ) -> MoneyOrder:
        """An order for the next remittance."""
        return MoneyOrder(
            form=self.form,
            sequence=len(self.remittances) + 1,
            purpose=purpose,
            individual=Fen(individual),
            pooled=Fen(pooled),
            by="correction-1",
            officers=officers,
        )

    async def remit(self) -> Remittance:
        order = RemittanceOrder(form=self.form)
        self.remittances.append(
            await self.walkthrough.do(REMIT_AND_END_RELATIONSHIP, self.asked.bureau_out, order)
        )
        await self.walkthrough.receive_funds(self.remittances[-1])
        return self.remittances[-1]

    async def inform(self) -> Arrival:
        return await self.walkthrough.do(RECEIVE_INFORMATION, self.asked.bureau_in, self.form)

    def amendment(self, stated: StatedAmounts | None = None, /, **fields: str) -> AmendmentOrder:
        """An order for the next version of the form; fields have '__' for '/' and '_to_' for '..'."""
        named = (
            FieldOrder(field=name.replace("__", "/").replace("_to_", "..").replace("_", "-"), value=value)
            for name, value in fields.items()
        )
        return AmendmentOrder(
            entry=self.letter,
            form=self.form,
            by=f"correction-{self.form.version}",
            fields=tuple(named),
            stated=stated,
        )

    async def amend(self, stated: StatedAmounts | None = None, /, **fields: str) -> InformationForm:
        order = self.amendment(stated, **fields)
        store = self.walkthrough.stores[self.asked.bureau_out]
        if stated is not None:
            await ruled(store, order.by, CASE, SetAmount(stated.individual, stated.pooled))
        else:
            await amendment_answered(store, self.asked.bureau_out, order)
        self.forms.append(await self.walkthrough.do(AMEND_INFORMATION_FORM, self.asked.bureau_out, order))
        return self.form

    async def reconcile(self) -> Reconciliation:
        return await self.walkthrough.do(RECONCILE, self.asked.bureau_in, self.form)

    async def settle_difference(self) -> None:
        """Send the form to the transfer-in bureau, then send what is missing or return the excess."""
        await self.inform()
        found = await self.reconcile()
        individual, pooled = found.short_individual, found.short_pooled
        if individual or pooled:
            await self.reverse()
            if individual + pooled >= 0:
                await self.supplement(individual, pooled)
            else:
                await self.give_back(RemittancePurpose.SURPLUS, -individual, -pooled)
        assert (await self.reconcile()).agreed

    async def lower(self, individual: int, pooled: int) -> InformationForm:
        """A version of the form, at both bureaus, that states less by these amounts in fen."""
        lines = self.form.lines
        stated = StatedAmounts(
            individual=Fen(lines.individual - individual), pooled=Fen(lines.pooled - pooled)
        )
        await self.amend(stated)
        await self.inform()
        return self.form

    async def supplement(self, individual: int, pooled: int) -> Remittance:
        order = self.money(RemittancePurpose.SUPPLEMENT, individual, pooled)
        self.remittances.append(await self.walkthrough.do(SUPPLEMENT_FUNDS, self.asked.bureau_out, order))
        await self.walkthrough.receive_funds(self.remittances[-1])
        return self.remittances[-1]

    async def give_back(self, purpose: RemittancePurpose, individual: int, pooled: int) -> Remittance:
        order = self.money(purpose, individual, pooled)
        if purpose is RemittancePurpose.RETURN:
            order = order.model_copy(update={"by": f"return-{order.sequence}"})
            await ruled(self.walkthrough.stores[self.asked.bureau_in], order.by, CASE, ReturnFunds())
        self.remittances.append(await self.walkthrough.do(RETURN_FUNDS, self.asked.bureau_in, order))
        await self.walkthrough.do(RECEIVE_RETURN, self.asked.bureau_out, self.remittances[-1])
        return self.remittances[-1]

    async def give_all_back(self) -> Remittance:
        """Return all of the case's money from the transfer-in bureau, by ruling."""
        await self.reverse()
        return await self.give_back(RemittancePurpose.RETURN, *self.away)

    @property
    def away(self) -> tuple[int, int]:
        """The amounts of account and fund that have left the transfer-out bureau, in fen."""
        signed = [(-1 if one.purpose.goes_back else 1, one) for one in self.remittances]
        return sum(s * one.individual for s, one in signed), sum(s * one.pooled for s, one in signed)

    async def take_in(self) -> TakenIn:
        order = TakeInOrder(form=self.form, notice_version=self.form.version)
        self.taken_in = (await self.walkthrough.do(TAKE_IN, self.asked.bureau_in, order)).taken_in
        return self.taken_in

    async def reverse(self) -> Reversal | None:
        """Reverse the taking in, if there is one."""
        if self.taken_in is None:
            return None
        stood = next(form for form in self.forms if form.version == self.taken_in.version)
        self.taken_in, self.reversed = None, stood.version
        order = ReversalOrder(case_no=CASE, form=stood, by=f"reversal-{stood.version}")
        if stood == self.form:
            await ruled(self.walkthrough.stores[self.asked.bureau_in], order.by, CASE, ReturnFunds())
        return await self.walkthrough.do(REVERSE_TAKING_IN, self.asked.bureau_in, order)

    async def restore(self) -> Restoration:
        order = RestoreOrder(case_no=CASE, form=self.form, by="restoration-1")
        await ruled(self.walkthrough.stores[self.asked.bureau_out], order.by, CASE, RestoreRelationship())
        return await self.walkthrough.do(RESTORE_RELATIONSHIP, self.asked.bureau_out, order)
