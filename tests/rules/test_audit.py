"""The proof of a case: books against papers, and the papers of two bureaus against each other."""

from dataclasses import replace

import pytest

from rules.audit import (
    divergences_between,
    divergences_within,
    fingerprint,
    in_suspense,
    papers_owed,
    posted,
    received,
    sent,
)
from rules.values.books import (
    BookedMonths,
    CaseBooks,
    CrossingPaper,
    Ended,
    Form,
    Movement,
    Posted,
    TakingInOnFile,
)
from rules.values.papers import PaperKind, Side

CASE = "220100-20260115-AAAAAAAA"
PAID = BookedMonths("2020-01", "2020-12", 600_000, None, "regular")
REMITTED, TAKEN, REVERSED = f"remittance/{CASE}/1", f"taking-in/{CASE}/1", f"reversal/{CASE}/1"
TRANSFER = Movement(REMITTED, True, False, 300, 200)

OUT = CaseBooks(
    CASE,
    "222400",
    "220100",
    dossier="d",
    papers=(CrossingPaper(PaperKind.REMITTANCE, 1, Side.ISSUED, "a"),),
    forms=(Form(1, True, (PAID,), 310),),
    movements=(TRANSFER,),
    posted={REMITTED: {"individual_account": 300, "pooled_fund": 200, "bank": -500}},
    adjusted={REMITTED: {"pooled_fund": 7, "individual_account": -7}},
    left=(PAID,),
    account=10,
)
INTO = CaseBooks(
    CASE,
    "220100",
    "222400",
    dossier="d",
    papers=(CrossingPaper(PaperKind.REMITTANCE, 1, Side.RECEIVED, "a"),),
    forms=(Form(1, False, (PAID,), 310),),
    movements=(TRANSFER._replace(issued=False),),
    takings_in=(TakingInOnFile(TAKEN, 1, 300, 200),),
    posted={
        REMITTED: {"bank": 500, "suspense": -500},
        TAKEN: {"suspense": 500, "individual_account": -300, "pooled_fund": -200},
    },
    brought=(PAID,),
)
UNDONE = replace(
    INTO,
    dossier="",
    takings_in=(TakingInOnFile(TAKEN, 1, 300, 200, REVERSED),),
    posted={
        **(INTO.posted or {}),
        REVERSED: {"suspense": -500, "individual_account": 300, "pooled_fund": 200},
    },
    brought=(),
)


def codes(*books: CaseBooks) -> set[str]:
    found = divergences_within(*books) if len(books) == 1 else divergences_between(*books)
    return {one.code for one in found}


def test_books_that_agree_are_clean() -> None:
    for books in (OUT, INTO, UNDONE):
        assert divergences_within(books) == ()
    assert divergences_between(OUT, INTO) == ()
    assert fingerprint(OUT) == fingerprint(INTO)


def test_the_sums_of_a_case_are_those_of_the_ledger() -> None:
    assert (sent(OUT), received(OUT)) == (500, 0)
    assert (sent(INTO), received(INTO), posted(INTO), in_suspense(INTO)) == (0, 500, 500, 0)
    assert (posted(UNDONE), in_suspense(UNDONE)) == (0, 500)


@pytest.mark.parametrize(
    ("books", "found"),
    [
        (replace(OUT, posted={REMITTED: {"individual_account": 300, "bank": -300}}), "not_posted_as_stated"),
        (replace(OUT, account=11), "account_not_as_stated"),
        (replace(OUT, adjusted={**(OUT.adjusted or {}), "x": {"bank": 1}}), "posting_without_paper"),
        (replace(OUT, adjusted={REMITTED: {"bank": 7, "individual_account": -7}}), "not_posted_as_stated"),
        (
            replace(OUT, adjusted={REMITTED: {"pooled_fund": 7, "individual_account": -8}}),
            "not_posted_as_stated",
        ),
        (replace(OUT, left=()), "month_not_as_stated"),
        (replace(OUT, left=(PAID._replace(base=1),)), "base_not_as_stated"),
        (replace(OUT, restored=True), "month_not_as_stated"),
        (
            replace(INTO, posted={**(INTO.posted or {}), "x": {"bank": 1, "suspense": -1}}),
            "posting_without_paper",
        ),
        (replace(INTO, brought=(PAID, PAID)), "month_not_as_stated"),
        (replace(UNDONE, dossier="d"), "left_in_suspense"),
        (replace(UNDONE, brought=(PAID,)), "month_not_as_stated"),
    ],
)
def test_what_no_paper_accounts_for_is_found_in_one_bureaus_books(books: CaseBooks, found: str) -> None:
    assert found in codes(books)


def test_a_record_cut_otherwise_than_on_the_form_is_the_same_record() -> None:
    halves = (PAID._replace(last="2020-06"), PAID._replace(first="2020-07"))
    assert divergences_within(replace(OUT, left=halves)) == ()


@pytest.mark.parametrize(
    ("out", "into", "found"),
    [
        (replace(OUT, papers=()), INTO, {"paper_differs"}),
        (
            OUT,
            replace(INTO, papers=(CrossingPaper(PaperKind.REMITTANCE, 1, Side.RECEIVED, "b"),)),
            {"paper_differs"},
        ),
        (OUT, replace(INTO, posted={REMITTED: {"bank": 499}}), {"sent_not_received"}),
        (OUT, replace(INTO, movements=(), papers=()), {"sent_not_received"}),
        (OUT, replace(INTO, brought=()), {"months_not_taken_in"}),
        (OUT, replace(INTO, dossier=""), {"dossier_missing"}),
        (replace(OUT, dossier="other"), INTO, {"paper_differs"}),
    ],
)
def test_a_contradiction_of_two_bureaus_is_found_whichever_is_named_first(
    out: CaseBooks, into: CaseBooks, found: set[str]
) -> None:
    assert codes(out, into) == codes(into, out) == found
    assert fingerprint(out) != fingerprint(into) or out.dossier != into.dossier


def test_what_is_under_way_in_an_open_case_contradicts_nothing() -> None:
    out = replace(OUT, dossier="")
    into = CaseBooks(CASE, "220100", "222400")
    assert divergences_between(out, into) == ()
    assert codes(out, replace(into, dossier="d")) >= {"sent_not_received", "dossier_missing"}


def test_a_refused_case_needs_its_dossier_at_the_transfer_in_bureau_only() -> None:
    refused = CaseBooks(CASE, "220100", "222400", dossier="d", refused=True)
    assert divergences_between(CaseBooks(CASE, "222400", None), refused) == ()
    assert codes(CaseBooks(CASE, "222400", None), replace(refused, refused=False)) == {"dossier_missing"}


def test_a_case_within_one_bureau_is_compared_with_itself() -> None:
    both = replace(
        OUT,
        bureau="220100",
        papers=(*OUT.papers, *INTO.papers),
        forms=(*OUT.forms, *INTO.forms),
        movements=(*OUT.movements, *INTO.movements),
        takings_in=INTO.takings_in,
        posted={
            REMITTED: {"individual_account": 300, "pooled_fund": 200, "suspense": -500},
            TAKEN: (INTO.posted or {})[TAKEN],
        },
        brought=(PAID,),
    )
    assert divergences_within(both) == ()
    assert (sent(both), received(both)) == (500, 500)
    assert codes(replace(both, brought=())) == {"month_not_as_stated", "months_not_taken_in"}
    assert codes(replace(both, papers=INTO.papers)) == {"paper_differs"}


def test_a_paper_that_differs_is_shown_by_both_digests_and_by_a_dash_where_none_was_issued() -> None:
    sent_as, got = "0123456789abcdef", "fedcba9876543210"
    issued = replace(OUT, papers=(OUT.papers[0]._replace(digest=sent_as),))
    received_as = replace(INTO, papers=(INTO.papers[0]._replace(digest=got),))
    (differs,) = [one for one in divergences_between(issued, received_as) if one.code == "paper_differs"]
    assert (differs.expected, differs.found) == ("0123456789ab", "fedcba987654")
    (missing,) = [
        one
        for one in divergences_between(replace(OUT, papers=()), received_as)
        if one.code == "paper_differs"
    ]
    assert (missing.expected, missing.found) == ("—", "fedcba987654")


@pytest.mark.parametrize(
    ("outcome", "kind", "side"),
    [
        ("closed", PaperKind.TAKING_IN, Side.ISSUED),
        ("closed", PaperKind.REVIEW, Side.ISSUED),
        ("closed", PaperKind.NOTICE, Side.ISSUED),
        ("returned", PaperKind.REMITTANCE, Side.ISSUED),
        ("refused", PaperKind.NOTICE, Side.ISSUED),
    ],
)
def test_a_paper_that_the_path_of_a_case_calls_for_is_missed(
    outcome: str, kind: PaperKind, side: Side
) -> None:
    ended = Ended(outcome, transfer_in=True, transfer_out=False, by_letter=True)
    all_there = frozenset(papers_owed(ended))
    missing = replace(INTO, postings=(), ended=ended, on_file=all_there - {(kind, side)})
    found = [one for one in divergences_within(missing) if one.code == "paper_missing"]
    assert [one.subject for one in found] == [f"{CASE}/{kind}/{side}"]


def test_where_money_came_back_the_restoration_is_owed_and_nobody_took_anything_in() -> None:
    out = papers_owed(Ended("returned", transfer_in=False, transfer_out=True, by_letter=True))
    into = papers_owed(Ended("returned", transfer_in=True, transfer_out=False, by_letter=True))
    assert (PaperKind.RESTORATION, Side.ISSUED) in out
    assert (PaperKind.REMITTANCE, Side.RECEIVED) in out
    assert PaperKind.TAKING_IN not in {kind for kind, _ in into}


@pytest.mark.parametrize(
    ("key", "step", "code"),
    [
        (f"{REMITTED}/again", "receive_funds", "posting_without_paper"),
        (f"{REMITTED}/arrive", "take_in", "not_posted_as_stated"),
        (f"{REMITTED}/adjust", "receive_funds", "posting_without_paper"),
    ],
)
def test_a_posting_that_no_paper_calls_for_is_named(key: str, step: str, code: str) -> None:
    books = replace(INTO, postings=(Posted(key, step, REMITTED),))
    (found,) = [one for one in divergences_within(books) if one.subject.startswith(key)]
    assert (found.code, found.found) == (code, step)
