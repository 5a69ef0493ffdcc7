"""What machines are told of papers: nothing personal unless it is asked for."""

from datetime import UTC, date, datetime

import pytest

from desk.files.orders import field_change
from desk.language import Language, choose
from desk.screens.masking import masked
from desk.words import mask_change
from models.messages.corrections import OpenItem
from models.messages.disputes import RulingRecord
from models.messages.papers import ContributionCertificate, FieldChange
from models.messages.requests import Choice, CorrectionItem, Ruling
from models.messages.stages import Party
from models.messages.steps import CasePapers
from rules.values.money import Fen
from rules.values.moves import Scheme
from rules.values.orders import AmendField, DisputePoint, Proceed

AT = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
TEACHER = "222401198604120247"


def test_names_and_id_numbers_are_masked_however_deep_they_stand() -> None:
    certificate = ContributionCertificate(
        number="p/1",
        case_no="c",
        bureau="222400",
        scheme=Scheme.GOVERNMENT,
        name="崔明玉",
        id_number=TEACHER,
        registered_home="222401",
        insured_from=None,
        insured_to=None,
        months_paid=1,
        account_balance=Fen(1),
        issued_on=date(2026, 1, 20),
    )
    papers = CasePapers(certificate=certificate)
    document = masked(papers, unmask=False)["certificate"]
    assert (document["name"], document["id_number"]) == ("崔**", "2224**********0247")
    assert document["registered_home"] == "222401"
    assert masked(papers, unmask=True)["certificate"]["name"] == "崔明玉"


def test_values_of_the_name_field_are_masked_and_amounts_are_not() -> None:
    name = FieldChange(field="name", before="崔明玉", after="崔明钰")
    assert masked(name, unmask=False) == {"field": "name", "before": "崔*玉", "after": "崔*钰"}
    base = FieldChange(field="base/2020-01..2020-12", before="6000.00", after="6300.00")
    assert masked(base, unmask=False)["after"] == "6300.00"
    item = CorrectionItem(field="name", seen="崔明玉", expected="崔明钰", evidence="身份证")
    asked = OpenItem(request="m-1", raised_by=Party.TRANSFER_IN, item=item, asked_at=AT)
    assert masked(asked, unmask=False)["item"] == {
        "field": "name",
        "seen": "崔*玉",
        "expected": "崔*钰",
        "evidence": "身份证",
    }


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("司马明", "司马朋", ("司*明", "司*朋")),
        ("崔明玉", "崔明玉", ("崔**", "崔**")),
        ("崔明", "崔明玉", ("崔*", "崔*玉")),
        ("催明玉", "崔明玉", ("催**", "崔**")),
        ("阿依·古丽", "阿依•古丽", ("阿*·**", "阿*•**")),
        ("", "崔", ("", "崔")),
        ("", "崔明玉", ("", "崔**")),
        ("崔明玉", "崔铭钰", ("崔**", "崔**")),
        ("崔明", "崔钰", ("崔*", "崔*")),
        ("崔明玉", "李强", ("崔**", "李*")),
    ],
)
def test_of_two_versions_of_a_name_the_characters_that_differ_are_shown(
    before: str, after: str, shown: tuple[str, str]
) -> None:
    assert mask_change(before, after) == shown


def test_no_comparison_shows_a_whole_name_and_each_says_where_the_names_differ() -> None:
    choose(Language.CHINESE)
    assert field_change("name", "崔明玉", "崔铭钰", False) == ("崔**", "崔**（第 2 字不同）")
    assert field_change("name", "崔明玉", "崔明钰", False) == ("崔*玉", "崔*钰")
    assert field_change("name", "崔明玉", "崔铭钰", True) == ("崔明玉", "崔铭钰")
    assert field_change("line/5", "1.00", "2.00", False) == ("1.00", "2.00")
    choose(Language.ENGLISH)
    assert field_change("name", "崔明", "崔钰", False) == ("崔*", "崔* (character 2 differs)")


def test_an_order_that_amends_a_name_is_masked() -> None:
    ruling = Ruling(
        message_id="m-1",
        by=Party.PROVINCE,
        officer="p-1",
        number="裁〔2026〕1号",
        reasons="依身份证",
        orders=(AmendField("name", "崔明钰"), Proceed()),
    )
    record = RulingRecord(
        case_no="c", point=DisputePoint.IDENTITY, ruling=ruling, officers=("p-1",), made_at=AT
    )
    (first, last) = masked(record, unmask=False)["ruling"]["orders"]
    assert (first["field"], first["value"]) == ("name", "崔**")
    assert last == {"kind": "proceed"}


def test_a_refund_account_keeps_its_ends_only() -> None:
    choice = Choice(
        message_id="m-1",
        by=Party.APPLICANT,
        officer="in-01",
        keep=(1,),
        consent=True,
        refund_account="6217000012345678",
    )
    assert masked(choice, unmask=False)["refund_account"] == "6217********5678"
