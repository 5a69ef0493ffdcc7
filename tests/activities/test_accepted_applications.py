"""The transfer-out bureau certifies for an application that it has verified, and says nothing of another."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select
from staff import accepted
from temporalio.exceptions import ApplicationError
from walkthrough import CASE, MORNING, Walkthrough, record

from activities.contracts import CHANGE_ROSTER, CHECK_ORDER, ISSUE_CERTIFICATE, REVIEW_APPLICATION
from activities.officers.register import AcceptedOfficers
from models.messages.steps import CaseOrder, CertificateAnswer, CertificateOrder, ReviewOrder
from models.officers.keys import OfficerKey, make_key, text_of
from models.officers.orders import Listed, order_for
from models.officers.rosters import CHANGE, Bar, Bootstrap, Grant, RosterOrder
from models.officers.seals import digest_of
from models.store.tables import PaperRow
from province import CHANGCHUN, YANBIAN, application
from rules.values.officers import Right, Role

PAID = {"from": "2020-01", "to": "2025-12", "base": "6000.00"}
ROOT, STRANGER = make_key("province", "root"), make_key(CHANGCHUN, "zhao03")
CHIEF, DEPUTY = make_key(CHANGCHUN, "chief01"), make_key(CHANGCHUN, "chief02")
LI, WANG = make_key(CHANGCHUN, "li01"), make_key(CHANGCHUN, "wang02")


def grant(key: OfficerKey, role: Role) -> Grant:
    return Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=(role,))


async def change(walkthrough: Walkthrough, made: Grant | Bar | Bootstrap, *by: OfficerKey) -> None:
    """Have Changchun's roster changed by these officers."""
    for key in by:
        order = RosterOrder(
            message_id=f"by-{key.officer}", officer=key.officer, bureau=CHANGCHUN, change=made
        )
        answer = await walkthrough.do(CHANGE_ROSTER, CHANGCHUN, key.seal("", CHANGE, order, at=MORNING))
        assert answer.hindrance is None


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    """Two bureaus with enrolled officers: at Changchun two operators, and Li and Wang at the counter."""
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(record([PAID]))
        built.accepted = AcceptedOfficers(root=ROOT.public)
        first = tuple(grant(each, Role.OPERATOR) for each in (CHIEF, DEPUTY))
        await change(built, Bootstrap(officers=first, reason="启用"), ROOT)
        for each in (LI, WANG):
            await change(built, grant(each, Role.REGISTRAR), CHIEF, DEPUTY)
        yield built


def accepted_by(key: OfficerKey) -> CaseOrder:
    order = CaseOrder(case_no=CASE, application=application())
    items = (digest_of(order.form_accepted()),)
    listed = order_for(Right.APPLY, CHANGCHUN, key.officer, Listed(items=items), items)
    return order.model_copy(update={"accepted": key.seal("", Right.APPLY, listed, at=MORNING)})


async def with_roster(walkthrough: Walkthrough, order: CaseOrder) -> CaseOrder:
    """The order as a desk hands it in, with what Changchun says of its officer."""
    assert order.accepted is not None
    checked = await walkthrough.do(CHECK_ORDER, CHANGCHUN, order.accepted)
    assert not checked.refusals
    return order.model_copy(update={"roster": checked.roster})


async def certified(
    walkthrough: Walkthrough, order: CaseOrder, received_at: datetime | None = None, reviewed: bool = False
) -> CertificateAnswer:
    asked = CertificateOrder(order=order, received_at=received_at, reviewed=reviewed)
    return await walkthrough.do(ISSUE_CERTIFICATE, YANBIAN, asked)


async def papers_of_the_case(walkthrough: Walkthrough) -> int:
    async with walkthrough.stores[YANBIAN].reading() as session:
        return len((await session.exec(select(PaperRow).where(PaperRow.case_no == CASE))).all())


async def test_the_certificate_is_issued_once_the_seal_of_the_other_bureaus_officer_is_verified(
    walkthrough: Walkthrough,
) -> None:
    order = await with_roster(walkthrough, accepted_by(LI))
    # What concerns other officers does not come along.
    assert len(order.roster) == 2
    assert (await certified(walkthrough, order)).certificate is not None


@pytest.mark.parametrize("forged", ["nobody", "stranger", "other application", "other case", "no roster"])
async def test_nothing_is_said_or_kept_of_an_application_that_no_officer_of_the_other_bureau_has_accepted(
    walkthrough: Walkthrough, forged: str
) -> None:
    order = await with_roster(walkthrough, accepted_by(LI))
    order = {
        "nobody": order.model_copy(update={"accepted": None}),
        "stranger": order.model_copy(update={"accepted": accepted_by(STRANGER).accepted}),
        "other application": order.model_copy(update={"application": application(name="崔大勇")}),
        "other case": order.model_copy(update={"case_no": "another case"}),
        "no roster": order.model_copy(update={"roster": ()}),
    }[forged]
    answer = await certified(walkthrough, order)
    assert (answer.certificate, answer.refusals) == (None, ())
    assert await papers_of_the_case(walkthrough) == 0
    with pytest.raises(ApplicationError, match="does not hold here"):
        await certified(walkthrough, order, reviewed=True)
    assert await papers_of_the_case(walkthrough) == 0


async def test_a_roster_that_does_not_follow_from_the_pinned_root_bears_nothing_out(
    walkthrough: Walkthrough,
) -> None:
    order = await with_roster(walkthrough, accepted_by(LI))
    bootstrap, enrolled = order.roster
    by_one = enrolled.model_copy(update={"orders": enrolled.orders[:1]})
    another = enrolled.model_copy(update={"change": grant(STRANGER, Role.REGISTRAR)})
    for roster in ((enrolled,), (enrolled, bootstrap), (bootstrap, by_one), (bootstrap, another)):
        forged = accepted_by(STRANGER if roster[-1] == another else LI)
        answer = await certified(walkthrough, forged.model_copy(update={"roster": roster}))
        assert answer.certificate is None


async def test_what_an_officer_accepted_before_being_dismissed_is_certified_and_nothing_later(
    walkthrough: Walkthrough,
) -> None:
    before = walkthrough.now
    accepted_then = await with_roster(walkthrough, accepted_by(LI))
    await change(walkthrough, Bar(officer="li01", reason="调离"), CHIEF, DEPUTY)
    order = CaseOrder(**(dict(accepted_then) | {"roster": ()}))
    review = ReviewOrder(order=order, received_at=before)
    roster = (await walkthrough.do(REVIEW_APPLICATION, CHANGCHUN, review)).roster
    assert len(roster) == 3
    order = order.model_copy(update={"roster": roster})
    assert (await certified(walkthrough, order, walkthrough.now)).certificate is None
    assert (await certified(walkthrough, order, before, reviewed=True)).certificate is not None


async def test_a_demonstration_officer_of_the_other_bureau_is_nobody_where_officers_are_enrolled(
    walkthrough: Walkthrough,
) -> None:
    assert (await certified(walkthrough, accepted(CASE, application()))).certificate is None
