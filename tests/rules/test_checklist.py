"""The papers of each kind of case, told once."""

from dataclasses import replace

import pytest
from movers import LEAVER, RECRUIT, TEACHER

from rules.application.checklist import (
    checklist,
    missing_papers,
    where_to_print_the_certificate,
)
from rules.values.law import JILIN_MEASURES, Law
from rules.values.months import Month
from rules.values.moves import ApplicationRoute, CertifiedMonths, Material, Move, MoveReason, Scheme

CERTIFIED = (CertifiedMonths(Month(2018, 5), Month(2018, 6)),)


@pytest.mark.parametrize(
    ("move", "papers"),
    [
        pytest.param(RECRUIT, ["identity_document"], id="into the government scheme"),
        pytest.param(
            TEACHER, ["identity_document", "application_form", "posting_document"], id="out by posting"
        ),
        pytest.param(
            LEAVER, ["identity_document", "application_form", "departure_document"], id="leaver applies"
        ),
        pytest.param(
            replace(LEAVER, entry=ApplicationRoute.FORMER_EMPLOYERS_FORM),
            ["former_employers_form", "departure_document"],
            id="former employer files",
        ),
        pytest.param(
            replace(TEACHER, reason=MoveReason.LEAVE_TO_START_A_BUSINESS),
            ["identity_document", "application_form"],
            id="on leave to start a business: nobody posts anybody",
        ),
        pytest.param(
            replace(LEAVER, reason=MoveReason.POSTING, individual_payer=True),
            ["identity_document", "application_form"],
            id="pays alone: nobody posts anybody",
        ),
        pytest.param(
            replace(RECRUIT, certified_government_service=CERTIFIED),
            ["identity_document", "service_certification"],
            id="with certified service",
        ),
        pytest.param(replace(TEACHER, scheme_to=Scheme.GOVERNMENT), [], id="not covered: nothing to bring"),
        pytest.param(
            replace(TEACHER, scheme_to=Scheme.RESIDENT),
            ["identity_document", "linking_form"],
            id="linking with the resident scheme",
        ),
    ],
)
def test_each_kind_of_case_has_its_papers(move: Move, papers: list[str]) -> None:
    assert [paper.value for paper in checklist(move)] == papers


def test_everything_missing_is_told_at_once() -> None:
    missing = missing_papers(replace(TEACHER, materials=frozenset({Material.APPLICATION_FORM})))
    assert [paper.code for paper in missing] == ["identity_document", "posting_document"]
    assert {paper.law for paper in missing} == {Law(JILIN_MEASURES, "第六条")}
    assert all(paper.zh and paper.en for paper in missing)


def test_a_certification_is_asked_for_by_its_own_article() -> None:
    missing = missing_papers(replace(RECRUIT, certified_government_service=CERTIFIED))
    assert {paper.code: paper.law.article for paper in missing} == {
        "identity_document": "第六条",
        "service_certification": "第四条",
    }


def test_a_paper_nobody_asked_for_is_not_missing() -> None:
    certified = replace(RECRUIT, certified_government_service=CERTIFIED)
    assert missing_papers(replace(certified, materials=frozenset(Material))) == ()


def test_a_certification_without_months_is_asked_for_in_full() -> None:
    handed_in = replace(RECRUIT, materials=frozenset({Material.SERVICE_CERTIFICATION}))
    assert [one.code for one in missing_papers(handed_in)] == [
        "identity_document",
        "service_certification_months",
    ]


def test_months_in_arrears_are_asked_about_until_they_are_waived() -> None:
    (asked,) = missing_papers(replace(RECRUIT, materials=frozenset({Material.IDENTITY_DOCUMENT})), 6)
    assert asked.code == "arrears_waiver"
    assert "6 个月" in asked.zh
    waived = frozenset({Material.IDENTITY_DOCUMENT, Material.ARREARS_WAIVER})
    assert missing_papers(replace(RECRUIT, materials=waived), 6) == ()


@pytest.mark.parametrize(("move", "where"), [(TEACHER, "网上经办系统"), (RECRUIT, "手机 APP")])
def test_the_person_is_told_where_to_print_the_certificate_of_the_scheme_left(move: Move, where: str) -> None:
    told = where_to_print_the_certificate(move)
    assert told is not None
    assert where in told.zh
    assert told.law == Law(JILIN_MEASURES, "第六条")
    assert where_to_print_the_certificate(replace(move, scheme_to=move.scheme_from)) is None
