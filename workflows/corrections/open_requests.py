"""The requests for correction of a case: those that wait for an answer, and how the others ended."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.corrections import AnsweredItem, ItemOutcome, OpenItem
    from models.messages.requests import AmendmentAnswer, Correction, CorrectionItem, CorrectionWithdrawal
    from models.messages.stages import Event, Party
    from rules.values.form_fields import NAME, BaseField, WrongFormField, form_field
    from rules.values.money import Fen
    from workflows.case.permissions import Refused
    from workflows.case.state import CaseState

MONEY = "funds"
"""The field of a request by the platform: the money that arrived is not the amount on the form."""

_EVENTS = {
    ItemOutcome.AMENDED: Event.AMENDMENT_HANDED_IN,
    ItemOutcome.AMENDED_OTHERWISE: Event.AMENDED_OTHERWISE,
    ItemOutcome.DECLINED: Event.CORRECTION_DECLINED,
}


class OpenRequests:
    """Keeps one open request per field, and every request that no longer waits with its evidence."""

    def __init__(self, state: CaseState) -> None:
        self.state = state
        self.items: list[OpenItem] = []
        self.answered: list[AnsweredItem] = []

    @property
    def withdrawable(self) -> list[OpenItem]:
        """The open requests that the transfer-in bureau made itself; those of the platform remain."""
        return [one for one in self.items if one.raised_by is Party.TRANSFER_IN]

    def open(self, request: str, raised_by: Party, item: CorrectionItem) -> None:
        """Open a request for a field."""
        self.items.append(OpenItem(request=request, raised_by=raised_by, item=item, asked_at=workflow.now()))

    def replace(self, request: Correction) -> list[OpenItem]:
        """Close and return open requests for the same fields. Raises Refused if months overlap in part."""
        asked = {item.field for item in request.items}
        for one in self.items:
            if one.item.field not in asked and any(_overlap(one.item.field, other) for other in asked):
                raise Refused(
                    f"{one.item.field} is asked about already; ask for the same months, or withdraw that "
                    "request first.",
                    f"已对 {one.item.field} 提出更正；请按相同月份提出，或先撤回该请求。",
                )
        if replaced := [one for one in self.items if one.item.field in asked]:
            self._close(replaced, ItemOutcome.REPLACED, request.officer)
            self._note(Party.TRANSFER_IN, Event.CORRECTION_REPLACED, replaced, request.officer)
        return replaced

    def withdraw(self, request: CorrectionWithdrawal) -> None:
        """Close requests that the bureau that made them withdraws."""
        taken_back = [one for one in self.items if one.item.field in request.fields]
        self._close(taken_back, ItemOutcome.WITHDRAWN, request.officer)
        self._note(Party.TRANSFER_IN, Event.CORRECTION_WITHDRAWN, taken_back, request.officer)

    def answer(self, officer: str, answers: Sequence[AmendmentAnswer]) -> bool:
        """Close requests that are answered: a value amends the field, an answer without one declines.

        Returns whether the transfer-in bureau gets something else than it asked for.
        """
        given = {one.field: one for one in answers}
        answered = [one for one in self.items if one.item.field in given]
        for outcome, event in _EVENTS.items():
            if items := [one for one in answered if _outcome(given[one.item.field], one.item) is outcome]:
                self._close(items, outcome, officer, given)
                values = given if outcome is ItemOutcome.AMENDED_OTHERWISE else {}
                self._note(Party.TRANSFER_OUT, event, items, officer, values)
        return any(
            one.raised_by is Party.TRANSFER_IN
            and _outcome(given[one.item.field], one.item) is not ItemOutcome.AMENDED
            for one in answered
        )

    def ruled(self, fields: Iterable[str]) -> None:
        """Close requests for fields that a ruling has set."""
        self._close([one for one in self.items if one.item.field in fields], ItemOutcome.RULED)

    def _close(
        self,
        items: Sequence[OpenItem],
        outcome: ItemOutcome,
        officer: str = "",
        given: dict[str, AmendmentAnswer] | None = None,
    ) -> None:
        self.items = [one for one in self.items if one not in items]
        for one in items:
            answer = given[one.item.field] if given else None
            self.answered.append(
                AnsweredItem(asked=one, outcome=outcome, at=workflow.now(), officer=officer, answer=answer)
            )

    def _note(
        self,
        party: Party,
        event: Event,
        items: Sequence[OpenItem],
        officer: str,
        values: Mapping[str, AmendmentAnswer] = MappingProxyType({}),
    ) -> None:
        """Note an event of several fields; for those in `values`, unless personal, also their new values."""
        fields = (_with_value(one.item.field, values.get(one.item.field)) for one in items)
        self.state.note(party, event, detail=", ".join(fields), officer=officer)


def _with_value(field: str, answer: AmendmentAnswer | None) -> str:
    return field if answer is None or field == NAME else f"{field} = {answer.value}"


def _outcome(answer: AmendmentAnswer, asked: CorrectionItem) -> ItemOutcome:
    if answer.value is None:
        return ItemOutcome.DECLINED
    alike = _read(asked.field, answer.value) == _read(asked.field, asked.expected)
    return ItemOutcome.AMENDED if alike else ItemOutcome.AMENDED_OTHERWISE


def _read(field: str, text: str) -> str | Fen:
    """A value as its field reads it, so that 3500 and 3500.00 are equal; as written if there is no field."""
    try:
        return form_field(field).value(text)
    except WrongFormField:
        return text.strip()


def _overlap(text: str, other: str) -> bool:
    """Whether two fields are monthly bases that share months without being the same."""
    try:
        one, two = form_field(text), form_field(other)
    except WrongFormField:
        return False
    if not isinstance(one, BaseField) or not isinstance(two, BaseField) or one == two:
        return False
    return one.first <= two.last and two.first <= one.last
