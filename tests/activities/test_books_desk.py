"""The books every bureau keeps: dossiers, loading of accounts, and the word a bureau gives of itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from road import CASE, Road
from sqlmodel import col, select

from activities.deeds import DRAW_UP_INFORMATION_FORM, REMIT_AND_END_RELATIONSHIP, SEED_ACCOUNTS
from models.books import PaperRow
from models.dossier import Dossier
from models.messages import FormOrder, RemittanceOrder, SeedBatch
from models.stages import Stage
from province import CHANGCHUN, TEACHER, YANBIAN, account, application


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with Road.between(tmp_path) as built:
        yield built


async def test_the_dossier_can_be_read_in_both_bureaus_after_the_engine_has_forgotten_the_case(
    road: Road,
) -> None:
    await road.seed(account())
    walked = await road.walk()
    for bureau in (YANBIAN, CHANGCHUN):
        async with road.stores[bureau].transaction() as session:
            kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == "dossier"))
            dossier = Dossier.model_validate_json(kept.one())
        assert dossier.case_no == CASE
        assert dossier.outcome is Stage.CLOSED
        assert dossier.application == application()
        assert dossier.papers.information_forms == (walked.form,)
        assert dossier.papers.remittances == (walked.remittance,)
        assert dossier.notice == walked.notice


async def test_a_case_within_one_bureau_has_one_dossier_there(tmp_path: Path) -> None:
    async with Road.between(tmp_path, CHANGCHUN) as road:
        await road.seed(account(bureau=CHANGCHUN))
        walked = await road.walk(application(bureau_out=CHANGCHUN))
        (summary,) = await road.summaries()
    assert walked.taken_in.months == 72
    assert walked.taken_in.duplicate_months == ()
    assert summary.dossiers == (CASE,)
    assert summary.imbalance == 0


async def test_loading_says_how_many_accounts_were_new(road: Road) -> None:
    first, second = account(), account(scheme="E", months=[("2018-01", "2019-12", "3000.00")])

    def batch(*files: object) -> SeedBatch:
        histories = tuple(
            file.model_dump(mode="json", by_alias=True) for file in (first, second)[: len(files)]
        )
        return SeedBatch(bureau=YANBIAN, histories=histories)

    once = await road.do(SEED_ACCOUNTS, YANBIAN, batch(first))
    assert (once.loaded, once.known) == (1, 0)
    again = await road.do(SEED_ACCOUNTS, YANBIAN, batch(first, second))
    assert (again.loaded, again.known) == (1, 1)


async def test_an_account_that_cannot_be_read_is_refused_without_saying_whose(road: Road) -> None:
    document = account().model_dump(mode="json", by_alias=True)
    document["person"]["id_number"] = TEACHER[:-1] + "8"
    with pytest.raises(ValidationError) as refused:
        await road.do(SEED_ACCOUNTS, YANBIAN, SeedBatch(bureau=YANBIAN, histories=(document,)))
    assert TEACHER[:-1] not in str(refused.value)
    assert "崔明玉" not in str(refused.value)
    assert (await road.summaries())[0].persons == 0


async def test_a_bureau_says_of_its_books_what_left_what_came_and_what_was_posted(road: Road) -> None:
    await road.seed(account())
    walked = await road.walk()
    out, into = await road.summaries()
    (sent,), (came,) = out.remittances, into.remittances
    total = walked.remittance.total
    assert sent.number == came.number == walked.remittance.number
    assert (sent.sent, sent.received, sent.posted) == (total, 0, 0)
    assert (came.sent, came.received, came.posted) == (0, total, total)
    assert (sent.months_moved, came.months_taken_in) == (72, 72)
    assert (out.unbalanced, into.unbalanced) == ((), ())


async def test_money_that_has_left_and_not_arrived_shows_as_sent_only(road: Road) -> None:
    await road.seed(account())
    letter = await road.letter_registered(application())
    form = await road.do(DRAW_UP_INFORMATION_FORM, YANBIAN, FormOrder(entry=letter, version=1))
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    out, into = await road.summaries()
    assert [entry.sent for entry in out.remittances] == [remittance.total]
    assert into.remittances == ()
