"""The next version of an information form, drawn up from an order and the corrected record."""

from dataclasses import replace
from datetime import date

from activities.clock import started_at, today
from models.messages.corrections import AmendmentOrder
from models.messages.papers import FieldChange, InformationForm
from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import moving_ranges
from rules.amounts.residents import one_off_check
from rules.rulings.form_amendments import FormFacts, changes, unamendable, with_lines_stated, with_totals
from rules.rulings.form_contents import unchanged
from rules.values.form_fields import BaseField, LineField, NameField, form_field
from rules.values.money import Fen
from rules.values.record import AmountLines, History


def require_amendable(order: AmendmentOrder) -> None:
    """Raises ValueError, a caller's fault, when the form cannot be amended so; the text names no value."""
    fields = [(one.field, one.value) for one in order.fields]
    if found := unamendable(fields, order.form.record):
        codes = ", ".join(finding.code for finding in found)
        raise ValueError(f"{order.form.number} cannot be amended so: {codes}")


def amended_form(order: AmendmentOrder, history: History, left_on: date) -> InformationForm:
    """The next version of the form; its lines are recomputed as of `left_on` where a base is amended.

    Values that are set outright, a line or a ruling's amounts, are applied after that. The balance that stays
    behind changes by as much as the individual account that moves.
    """
    form = order.form
    fields = {form_field(one.field): one.value for one in order.fields}
    if order.recompute or any(isinstance(named, BaseField) for named in fields):
        form = _recomputed(form, history, left_on)
    lines = with_lines_stated(
        form.lines,
        [(named, named.value(text)) for named, text in fields.items() if isinstance(named, LineField)],
    )
    if order.recompute:
        lines = with_totals(lines, *_with_the_rate(order.form, form, history, left_on))
    if order.stated:
        lines = with_totals(lines, order.stated.individual, order.stated.pooled)
    return _reissued(order, form, lines, fields.get(NameField(), form.name))


def is_as_ordered(order: AmendmentOrder, form: InformationForm) -> bool:
    """Whether a version that is on file already is what an order asks for: made by it, or with its values."""
    if form.by == order.by:
        return True
    fields = [(one.field, one.value) for one in order.fields]
    given = len(unchanged(fields, _facts(form))) == len(fields)
    return given and not order.recompute and order.stated is None


def _with_the_rate(
    before: InformationForm, now: InformationForm, history: History, left_on: date
) -> tuple[Fen, Fen]:
    """The earlier ④ and ⑤ plus what the published rate adds; a line that was set outright stays so."""
    # By the rates on the form: the table of a later release may have that of the year by now.
    known = {**history.published, **before.rates}
    borrowed = transfer_amount(replace(history, published=known), before.scheme_to, left_on).lines
    return (
        Fen(before.lines.individual + now.lines.individual - borrowed.individual),
        Fen(before.lines.pooled + now.lines.pooled - borrowed.pooled),
    )


def _recomputed(form: InformationForm, history: History, left_on: date) -> InformationForm:
    amount = transfer_amount(history, form.scheme_to, left_on)
    recomputed = {
        "record": moving_ranges(history, left_on, one_off_check(form.scheme_from, form.scheme_to)),
        "years": amount.years,
        "bases": amount.bases,
        "openings": amount.openings,
        "credits": amount.credits,
        "lines": amount.lines,
        "months": amount.months,
        "adjusted_record_balance": amount.adjusted_record_balance,
        "months_apart": amount.apart,
        "provisional_rate_years": amount.provisional_rate_years,
        "findings": amount.findings,
    }
    return form.model_copy(update=recomputed)


def _reissued(order: AmendmentOrder, form: InformationForm, lines: AmountLines, name: str) -> InformationForm:
    before = order.form
    version = before.version + 1
    more = lines.individual - form.lines.individual
    after = form.model_copy(
        update={
            "number": f"information-form/{form.case_no}/{version}",
            "version": version,
            "name": name,
            "lines": lines,
            "by": order.by,
            "adjusted_record_balance": Fen(form.adjusted_record_balance + more),
            "drawn_up_on": today(),
            "started_at": started_at(),
        }
    )
    found = changes(_facts(before), _facts(after))
    differences = tuple(FieldChange(field=one.field, before=one.before, after=one.after) for one in found)
    return after.model_copy(update={"changes": differences})


def _facts(form: InformationForm) -> FormFacts:
    return FormFacts(form.name, form.record, form.lines, form.months, form.adjusted_record_balance)
