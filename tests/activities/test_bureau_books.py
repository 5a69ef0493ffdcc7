"""The books every bureau keeps: dossiers, and loading of accounts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import col, select
from walkthrough import CASE, Walkthrough

from activities.contracts import SEED_ACCOUNTS
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

    def batch(*files: object) -> SeedBatch:
        histories = tuple(
            file.model_dump(mode="json", by_alias=True) for file in (first, second)[: len(files)]
        )
        return SeedBatch(bureau=YANBIAN, histories=histories)

    once = await walkthrough.do(SEED_ACCOUNTS, YANBIAN, batch(first))
    assert (once.loaded, once.known) == (1, 0)
    again = await walkthrough.do(SEED_ACCOUNTS, YANBIAN, batch(first, second))
    assert (again.loaded, again.known) == (1, 1)


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
