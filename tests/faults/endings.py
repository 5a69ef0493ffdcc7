"""What has to hold at the end of every case, whatever faults have happened."""

from collections import Counter
from collections.abc import Mapping, Sequence

from books import Holding, assert_all_have_moved, open_books, postings_of
from many_cases import BUREAUS, Insured
from temporalio.client import Client
from waiting import all_closed

from desk.client.auditing import audit_books, is_clean
from models.messages.progress import Progress
from models.messages.stages import Stage

ANSWER_SECONDS = 60


async def assert_all_end_well(
    client: Client,
    stores: str,
    people: Sequence[Insured],
    *,
    plain: Sequence[Insured] | None = None,
    before: Mapping[str, Holding] | None = None,
    bureaus: Sequence[str] = BUREAUS,
) -> list[Progress]:
    """Assert that cases close, postings are there once, money and months agree with forms, audits are clean.

    `plain` are the people with postings of the transfer only, by default all; `before` is what people had at
    the transfer-in bureau already.
    """
    ends = await all_closed(client, people)
    assert Counter(progress.stage for progress in ends) == {Stage.CLOSED: len(people)}
    refunds = {progress.case_no: progress.refunded for progress in ends}
    async with open_books(stores, bureaus) as books:
        postings = await books.postings()
        expected = postings_of(people if plain is None else plain)
        assert {key: postings[key] for key in expected} == expected
        assert set(postings.values()) == {1}
        await assert_all_have_moved(books, people, before or {}, refunds)
    audit = await audit_books(client, bureaus, ANSWER_SECONDS)
    assert is_clean(audit), audit.findings
    assert audit.cases >= len(people)
    assert audit.months_moved == audit.months_taken_in > 0
    return ends
