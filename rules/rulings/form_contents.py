"""Compares the fields of the information form with what somebody states of them (第七条第二项)."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rules.amounts.contributions import by_month
from rules.rulings.form_amendments import CORRECTION, FormFacts
from rules.values.form_fields import BaseField, FormField, LineField, NameField, WrongFormField, form_field
from rules.values.law import Finding
from rules.values.money import Fen, yuan
from rules.values.months import Month


def not_on_form(seen: Sequence[tuple[str, str]], form: FormFacts) -> tuple[Finding, ...]:
    """The fields whose contents differ from what was seen there, each with its contents.

    `seen` are fields and values as `rules.values.form_fields` writes them. `unamendable` reports what is no
    field, and months that are not on the form. The name is not repeated.
    """
    differing = (text for text, value in seen if not _says(form, text, value))
    named = (field for text in differing if (field := _field(text)))
    return tuple(_differs(field, form) for field in named if any(_contents(field, form)))


def already_on_form(fields: Sequence[tuple[str, str]], form: FormFacts) -> tuple[Finding, ...]:
    """The fields that already have the value asked for."""
    titles = [form_field(text).titles for text in unchanged(fields, form)]
    return tuple(
        Finding(
            "already_on_form",
            CORRECTION,
            f"信息表{zh}已为所填更正值。",
            f"The form has this value already for {en}.",
        )
        for en, zh in titles
    )


def unchanged(fields: Sequence[tuple[str, str]], form: FormFacts) -> tuple[str, ...]:
    """The fields to which these values would change nothing."""
    return tuple(text for text, value in fields if _says(form, text, value))


def _says(form: FormFacts, text: str, value: str) -> bool:
    """Whether the form has this value in a field; in every month of a base. False for an invalid value."""
    if (named := _field(text)) is None:
        return False
    try:
        said = named.value(value)
    except WrongFormField:
        return False
    return {one for _, one in _contents(named, form)} == {said}


def _field(text: str) -> FormField | None:
    """The field that a text names; None if it names none."""
    try:
        return form_field(text)
    except WrongFormField:
        return None


def _differs(named: FormField, form: FormFacts) -> Finding:
    title_en, title_zh = named.titles
    if isinstance(named, NameField):
        return Finding(
            "seen_not_on_form",
            CORRECTION,
            "信息表所载姓名与所填不同，请核对信息表。",
            "The name on the form is another; look at the form again.",
        )
    said = list(_contents(named, form))
    amounts = [(months, yuan(Fen(amount))) for months, amount in said if isinstance(amount, int)]
    zh = "、".join(f"{months}{amount}" for months, amount in amounts)
    en = ", ".join(f"{months}{amount}" for months, amount in amounts)
    return Finding(
        "seen_not_on_form", CORRECTION, f"信息表{title_zh}为 {zh}。", f"The form has {en} for {title_en}."
    )


def _contents(named: FormField, form: FormFacts) -> Iterator[tuple[str, str | Fen]]:
    """The contents of a field; for a base one value per run of months with the same one."""
    match named:
        case NameField():
            yield "", form.name
        case LineField():
            yield "", dict(form.lines.numbered())[named.number]
        case BaseField():
            yield from _bases(named, form)


def _bases(named: BaseField, form: FormFacts) -> Iterator[tuple[str, Fen]]:
    months = [one for one in by_month(form.record) if named.first <= one.month <= named.last]
    runs = [(base, [one.month for one in run]) for base, run in groupby(months, key=lambda one: one.base)]
    for base, run in runs:
        yield (_named(run) if len(runs) > 1 else ""), base


def _named(run: Sequence[Month]) -> str:
    return f"{run[0]}..{run[-1]} "
