"""What the official papers say beside the facts of the move: of the person, of the bureau, of the record."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from staff import accepted
from stores import Databases
from walkthrough import CASE, OTHER_CASE, Walkthrough

from activities.contracts import ISSUE_CERTIFICATE, NOTIFY_APPLICANT, REVIEW_APPLICATION
from desk.files.province_files import read_bureau_data
from desk.problems import BadInput
from models.contacts.bureaus import NumberedPaper, NumberScheme
from models.messages.papers import ApplicationForm
from models.messages.stages import Stage
from models.messages.steps import NoticeOrder, ReviewOrder
from models.store.official_numbers import next_serial
from models.store.store import Store
from province import CHANGCHUN, WORKER, YANBIAN, account, application
from rules.values.months import Month
from rules.values.papers import PaperKind, Side

EXAMPLE = Path(__file__).parents[2] / "examples" / "bureaus.toml"
CONTACT = {
    "mobile": "13900000000",
    "home_address": "延吉市样例街 8 号",
    "agent_name": "崔大勇",
    "agent_relation": "父女",
}


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as walking:
        walking.bureau_data = read_bureau_data(EXAMPLE)
        person = {"name": "崔明玉", "id_number": "222401198604120247"}
        known = person | {"personal_number": "2224001234567", "started_work": "2009-07"}
        await walking.seed(account(person=known))
        yield walking


async def test_certificate_letter_and_form_name_the_bureau_and_the_person(walkthrough: Walkthrough) -> None:
    walked = await walkthrough.walk(application(**CONTACT))
    certificate, letter, form = walked.answer.certificate, walked.letter, walked.form
    assert certificate is not None
    assert certificate.agency is not None
    assert certificate.agency.full_name == "延边朝鲜族自治州社会保险事业管理局（样例）"
    assert (certificate.home_address, certificate.personal_number) == ("延吉市样例街 8 号", "2224001234567")
    assert letter.agency is not None
    assert letter.agency.account is not None
    assert letter.agency.account.number == "0000 0000 220100 01"
    assert letter.certificate_official_number == certificate.official_number == "转凭〔2026〕222400-000001"
    head = form.head
    assert (head.started_work, head.first_paid) == (Month(2009, 7), Month(2020, 1))
    assert (head.here_from, head.here_to) == (Month(2020, 1), Month(2025, 12))
    assert head.personal_number == "2224001234567"
    assert sum(row.months for row in form.bases) == form.months
    assert walked.notice.official_number == "转告〔2026〕220100-000001"


async def test_what_nobody_has_said_stays_empty(tmp_path: Path) -> None:
    async with Walkthrough.between(tmp_path) as walking:
        await walking.seed(account())
        walked = await walking.walk()
    assert walked.answer.certificate is not None
    assert walked.answer.certificate.agency is None
    assert walked.answer.certificate.home_address is None
    assert walked.form.head.started_work is None
    assert walked.form.head.first_paid == Month(2020, 1)


async def test_the_application_is_a_paper_and_one_supplemented_a_further_version(
    walkthrough: Walkthrough,
) -> None:
    asked = application(materials=("identity_document",), **CONTACT)
    for number, materials in enumerate((asked.materials, asked.materials, application().materials)):
        order = accepted(CASE, asked.model_copy(update={"materials": materials}))
        await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, ReviewOrder(order=order, version=number + 1))
    store = walkthrough.stores[CHANGCHUN]
    async with store.reading() as session:
        filed = await store.papers(session, CASE, PaperKind.APPLICATION, Side.RECEIVED, ApplicationForm)
    assert [len(form.application.materials) for form in filed] == [1, 3]
    assert {form.application.mobile for form in filed} == {"13900000000"}


async def test_numbers_run_on_for_each_kind_of_paper_without_a_gap(walkthrough: Walkthrough) -> None:
    walkthrough.repeat = ISSUE_CERTIFICATE
    await walkthrough.seed(account(WORKER, "孙立国"))
    first = await walkthrough.certify(application())
    refused = await walkthrough.certify(application(id_number=WORKER), "220100-20260115-CCCCCCCC")
    second = await walkthrough.certify(application(id_number=WORKER, name="孙立国"), OTHER_CASE)
    assert refused.certificate is None
    assert first.certificate is not None
    assert second.certificate is not None
    assert first.certificate.official_number == "转凭〔2026〕222400-000001"
    assert second.certificate.official_number == "转凭〔2026〕222400-000002"
    asked = application(bureau_in=YANBIAN, bureau_out=CHANGCHUN, status="pensioner")
    order = ReviewOrder(order=accepted(CASE, asked))
    found = (await walkthrough.do(REVIEW_APPLICATION, YANBIAN, order)).review
    told = NoticeOrder(case_no=CASE, outcome=Stage.REFUSED, refusals=found.refusals, missing=found.missing)
    notice = await walkthrough.do(NOTIFY_APPLICANT, YANBIAN, told)
    assert notice.official_number == "转告〔2026〕222400-000001"


async def test_two_workers_at_once_never_draw_the_same_number(databases: Databases) -> None:
    url = await databases.migrated("220100")
    first, second = Store(url), Store(url)

    async def draw(store: Store) -> int:
        async with store.transaction() as session:
            return await next_serial(session, NumberedPaper.NOTICE, 2026)

    drawn = await asyncio.gather(*(draw(store) for store in (first, second) * 10))
    assert sorted(drawn) == list(range(1, 21))
    async with first.transaction() as session:
        assert await next_serial(session, NumberedPaper.NOTICE, 2027) == 1
    await first.close()
    await second.close()


def test_the_province_writes_its_own_scheme_of_numbers(tmp_path: Path) -> None:
    scheme = NumberScheme(certificate="吉{bureau}{year}{serial}")
    assert scheme.number(NumberedPaper.CERTIFICATE, "222400", 2026, 7) == "吉2224002026000007"
    wrong = tmp_path / "bureaus.toml"
    wrong.write_text(
        '[numbers]\nnotice = "{bureau}"\n[bureaus.999999]\nphone = "x"\n[bureaus.220100]\npostcode = "1"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as bad:
        read_bureau_data(wrong)
    fields = {problem.field for problem in bad.value.problems}
    assert {"numbers.notice", "bureaus.220100.postcode"} <= fields
    assert any("999999" in field for field in fields)


def test_the_sample_file_is_read_and_says_that_it_is_invented() -> None:
    file = read_bureau_data(EXAMPLE)
    assert {"220100", "222400"} <= file.bureaus.keys()
    assert all("样例" in (one.full_name or "") for one in file.bureaus.values())
