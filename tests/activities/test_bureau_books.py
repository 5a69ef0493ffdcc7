"""The books every bureau keeps: dossiers, and loading of accounts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import col, select
from staff import demonstration
from walkthrough import CASE, Walkthrough

from activities.contracts import SEED_ACCOUNTS
from desk.commands.seed import sealed_batch
from models.messages.dossier import Dossier
from models.messages.stages import Stage
from models.messages.steps import SeedBatch
from models.store.tables import PaperRow
from province import CHANGCHUN, TEACHER, YANBIAN, account, application
from rules.values.papers import PaperKind


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        yield built


async def test_the_dossier_can_be_read_in_both_bureaus_after_the_engine_has_forgotten_the_case(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account())
    walked = await walkthrough.walk()
    for bureau in (YANBIAN, CHANGCHUN):
        async with walkthrough.stores[bureau].transaction() as session:
            kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == PaperKind.DOSSIER))
            dossier = Dossier.model_validate_json(kept.one())
        assert dossier.case_no == CASE
        assert dossier.outcome is Stage.CLOSED
        assert dossier.application == application()
        assert dossier.papers.information_forms == (walked.form,)
        assert dossier.papers.remittances == (walked.remittance,)
        assert dossier.notice == walked.notice


async def test_a_case_within_one_bureau_has_one_dossier_there(tmp_path: Path) -> None:
    async with Walkthrough.between(tmp_path, CHANGCHUN) as walkthrough:
        await walkthrough.seed(account(bureau=CHANGCHUN))
        walked = await walkthrough.walk(application(bureau_out=CHANGCHUN))
        (page,) = await walkthrough.pages()
        assert await walkthrough.divergences() == []
    assert walked.taken_in.months == 72
    assert walked.taken_in.duplicate_months == ()
    assert [(line.case_no, line.peer, line.closed) for line in page.lines] == [(CASE, CHANGCHUN, True)]


async def test_loading_says_how_many_accounts_were_new(walkthrough: Walkthrough) -> None:
    first, second = account(), account(scheme="E", months=[("2018-01", "2019-12", "3000.00")])

    (once,) = await walkthrough.seed(first)
    assert (once.loaded, once.known) == (1, 0)
    both = sealed_batch(YANBIAN, [first, second], demonstration=demonstration())
    again = await walkthrough.do(SEED_ACCOUNTS, YANBIAN, both)
    assert (again.loaded, again.known) == (1, 1)
    assert (await walkthrough.summaries())[0].findings == ()


async def test_accounts_are_loaded_by_the_sealed_order_of_an_operator_alone(walkthrough: Walkthrough) -> None:
    sealed = sealed_batch(YANBIAN, [account()], demonstration=demonstration())
    other = account(months=[("2018-01", "2019-12", "9000.00")]).model_dump(mode="json", by_alias=True)
    refused = {
        "not_sealed": sealed.model_copy(update={"order": None}),
        "seal_not_genuine": sealed.model_copy(update={"histories": (other,)}),
        "no_right": sealed_batch(YANBIAN, [account()], "demo-maker", demonstration()),
    }
    for code, batch in refused.items():
        answer = await walkthrough.do(SEED_ACCOUNTS, YANBIAN, batch)
        assert ([one.code for one in answer.refusals], answer.loaded) == ([code], 0)
    assert (await walkthrough.summaries())[0].persons == 0


async def test_an_account_that_cannot_be_read_is_refused_without_saying_whose(
    walkthrough: Walkthrough,
) -> None:
    document = account().model_dump(mode="json", by_alias=True)
    document["person"]["id_number"] = TEACHER[:-1] + "8"
    with pytest.raises(ValidationError) as refused:
        await walkthrough.do(SEED_ACCOUNTS, YANBIAN, SeedBatch(bureau=YANBIAN, histories=(document,)))
    assert TEACHER[:-1] not in str(refused.value)
    assert "崔明玉" not in str(refused.value)
    assert (await walkthrough.summaries())[0].persons == 0
