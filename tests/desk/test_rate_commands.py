"""The commands about a yearly rate: what is told of wrong input, and a preview that asks every bureau."""

import pytest
from clerk import Clerk

from desk.client.silence import bureau_off
from desk.rates import client
from desk.rates.client import provisional_forms
from models.rates.messages import ProvisionalForms, RateDraft
from province import CHANGCHUN, YANBIAN
from rules.values.money import Rate

DRAFT = RateDraft(year=2025, rate=Rate(15_000), document="preview")


@pytest.mark.parametrize("command", ["publish", "withdraw"])
@pytest.mark.parametrize("officer", ["王 主任", ""])
async def test_a_wrong_rate_and_a_wrong_officer_are_told_together(command: str, officer: str) -> None:
    typed = ("--year", "2025", "--rate", "high", "--document", "x", "--officer", officer)
    head, *lines = (await Clerk("")("rates", command, *typed)).refusal()
    assert head == "This cannot be handed in:"
    assert [line.split(":")[0].strip() for line in lines] == ["--rate", "--officer"]


async def test_a_bureau_without_an_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(_: object, key: str, *__: object) -> ProvisionalForms:
        if key == YANBIAN:
            raise bureau_off(key)
        return ProvisionalForms(forms=())

    monkeypatch.setattr(client, "ask_bureau", asked)
    assert await provisional_forms(None, DRAFT, (CHANGCHUN, YANBIAN), 1) == ([], [YANBIAN])  # type: ignore[arg-type]


async def test_a_fault_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(*_: object) -> ProvisionalForms:
        raise RuntimeError("a fault")

    monkeypatch.setattr(client, "ask_bureau", asked)
    with pytest.raises(RuntimeError, match="a fault"):
        await provisional_forms(None, DRAFT, (CHANGCHUN,), 1)  # type: ignore[arg-type]
