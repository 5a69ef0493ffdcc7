"""The clean case on DBOS: the same activities on the same stores, in the same order, run by DBOS.

What a case has beside its steps is left out, which favours DBOS: no timers of clocks, no search attributes,
no messages from staff, no encryption. Platform and bureaus are separate processes, as with a case. A step at
a bureau is a DBOS workflow in that bureau's queue; it contains no DBOS step, as an activity that is repeated
returns the paper on file. The platform's own activities are DBOS steps.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS
from temporalio.testing import ActivityEnvironment

from activities import contracts
from activities.contracts import (
    ARRANGE,
    CHARGE_DAYS,
    COMPUTE_DEADLINE,
    FILE_DOSSIER,
    ISSUE_CERTIFICATE,
    RECEIVE_FUNDS,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    REVIEW_APPLICATION,
    TAKE_IN,
    ActivityContract,
)
from activities.officers.register import AcceptedOfficers
from activities.registration import bureau_activities, platform_activities
from benchmarks.people import BUREAUS, SECRET
from models.messages.clocks import ClockOrder, ClockReading, ResponsibilityOrder
from models.messages.dossier import Dossier, JournalEntry
from models.messages.papers import Paper
from models.messages.progress import Progress
from models.messages.stages import Event, Party, Stage
from models.messages.steps import (
    CaseOrder,
    CasePapers,
    CertificateOrder,
    FundsDelivery,
    LetterDelivery,
    RemittanceOrder,
    ReviewOrder,
    TakeInOrder,
)
from models.officers.keys import Demonstration
from models.store.store import Store
from rules.values.charged_days import StepOwner
from rules.values.due_dates import Clock
from rules.values.officers import PROVINCE

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)

CASES = "cases"
"""The queue from which the platform takes new cases; each bureau has one under its key."""
POLL_SECONDS = 0.1
"""The interval at which queues and results are polled. DBOS's default is 1 s; a shorter one than this costs
more CPU per case, a longer one cases per second."""
CONTRACTS = {one.name: one for one in vars(contracts).values() if isinstance(one, ActivityContract)}
READY = Path(os.environ.get("BENCH_COUNTS", os.devnull))
METHODS: dict[tuple[str, str], Callable[..., Any]] = {}
"""The activities of this process, by the key of the store and the name."""
QUEUES: dict[str, Any] = {}
"""The bureaus' queues, in the platform's process."""


async def act(key: str, name: str, asked: str) -> str:
    """Run an activity on the store of a bureau, or of the province; papers cross as JSON."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, activity_type=name, started_time=datetime.now(UTC))
    given: Paper = await environment.run(METHODS[key, name], CONTRACTS[name].takes.model_validate_json(asked))
    return given.model_dump_json()


async def at_bureau(key: str, contract: ActivityContract[Asked, Given], asked: Asked) -> Given:
    """Run an activity in a bureau's process."""
    handle = await QUEUES[key].enqueue_async(step, key, contract.name, asked.model_dump_json())
    given: str = await handle.get_result(polling_interval_sec=POLL_SECONDS)
    return contract.gives.model_validate_json(given)


async def here(contract: ActivityContract[Asked, Given], asked: Asked) -> Given:
    """Run one of the platform's activities in this process."""
    given: str = await DBOS.run_step_async(
        {"name": contract.name}, act, PROVINCE, contract.name, asked.model_dump_json()
    )
    return contract.gives.model_validate_json(given)


@dataclass
class Kept:
    """What the case keeps for its dossier."""

    order: CaseOrder
    journal: list[JournalEntry] = field(default_factory=list)
    holdings: list[StepOwner[Party]] = field(default_factory=list)
    clocks: list[ClockReading] = field(default_factory=list)

    def note(self, at: datetime, party: Party, event: Event, paper: str | None = None) -> None:
        self.journal.append(JournalEntry(at=at, party=party, event=event, paper=paper))

    def held(self, party: Party, since: datetime) -> None:
        self.holdings.append(StepOwner(since, party))

    async def start_clock(self, clock: Clock, party: Party, at: datetime) -> None:
        application = self.order.application
        bureau = application.bureau_out if party is Party.TRANSFER_OUT else application.bureau_in
        order = ClockOrder(clock=clock, bureau=bureau, owed_by=party, anchored_at=at)
        self.clocks.append(await here(COMPUTE_DEADLINE, order))
        self.note(at, party, Event.CLOCK_STARTED, clock)


async def run_case(opened_at: str, ordered: str) -> str:
    """Run the clean case to its end; returns its last stage."""
    order, begun = CaseOrder.model_validate_json(ordered), datetime.fromisoformat(opened_at)
    out, into = order.application.bureau_out, order.application.bureau_in
    kept = Kept(order)
    arranged = await here(ARRANGE, order)
    kept.held(Party.TRANSFER_IN, begun)
    await kept.start_clock(Clock.REVIEW, Party.TRANSFER_IN, begun)
    certified = await at_bureau(out, ISSUE_CERTIFICATE, CertificateOrder(order=order))
    asked = ReviewOrder(order=order, certificate=certified.certificate)
    reviewed = await at_bureau(into, REVIEW_APPLICATION, asked)
    letter = reviewed.letter
    assert letter is not None
    kept.note(letter.started_at, Party.TRANSFER_IN, Event.CONTACT_LETTER_SENT, letter.number)
    kept.held(Party.TRANSFER_OUT, letter.started_at)
    await kept.start_clock(Clock.TRANSFER_OUT, Party.TRANSFER_OUT, letter.started_at)
    delivery = LetterDelivery(letter=letter, received_at=letter.started_at)
    registered = await at_bureau(out, REGISTER_CONTACT_LETTER, delivery)
    form = registered.form
    assert form is not None
    kept.note(form.started_at, Party.TRANSFER_OUT, Event.INFORMATION_FORM_DRAWN_UP, form.number)
    remitted = await at_bureau(out, REMIT_AND_END_RELATIONSHIP, RemittanceOrder(form=form))
    kept.note(remitted.started_at, Party.TRANSFER_OUT, Event.FUNDS_REMITTED, remitted.number)
    arrived = await at_bureau(into, RECEIVE_FUNDS, FundsDelivery(remittance=remitted, form=form))
    kept.held(Party.TRANSFER_IN, arrived.started_at)
    await kept.start_clock(Clock.TAKE_IN, Party.TRANSFER_IN, arrived.started_at)
    done = await at_bureau(into, TAKE_IN, TakeInOrder(form=form))
    kept.note(done.notice.started_at, Party.TRANSFER_IN, Event.TAKEN_IN, done.taken_in.number)
    papers = CasePapers(
        certificate=certified.certificate,
        entry=letter,
        information_forms=(form,),
        remittances=(remitted,),
        notice=done.notice,
    )
    until = done.notice.started_at
    charged = ResponsibilityOrder(bureau=into, holdings=tuple(kept.holdings), until=until)
    dossier = Dossier(
        case_no=order.case_no,
        progress=_closed(kept, papers),
        application=order.application,
        arrangements=arranged,
        papers=papers,
        reconciliation=arrived.reconciliation,
        notice=done.notice,
        review=reviewed.review,
        registration=registered.registration,
        taken_in=done.taken_in,
        responsibility=await here(CHARGE_DAYS, charged),
        journal=tuple(kept.journal),
    )
    await asyncio.gather(*(at_bureau(key, FILE_DOSSIER, dossier) for key in (into, out)))
    return Stage.CLOSED


def _closed(kept: Kept, papers: CasePapers) -> Progress:
    application, notice = kept.order.application, papers.notice
    assert notice is not None
    return Progress(
        case_no=kept.order.case_no,
        stage=Stage.CLOSED,
        waiting_on=Party.NOBODY,
        bureau_out=application.bureau_out,
        bureau_in=application.bureau_in,
        scheme_from=application.scheme_from,
        scheme_to=application.scheme_to,
        submitted_on=application.submitted_on,
        entry=application.entry,
        months=notice.months,
        individual=notice.individual,
        pooled=notice.pooled,
        settled=True,
        information_since=notice.started_at,
        funds_since=notice.started_at,
        form_version=1,
        clocks=tuple(kept.clocks),
        refusals=(),
        missing=(),
        differences=0,
        holdings=tuple(kept.holdings),
        until=notice.started_at,
    )


step = DBOS.workflow(name="step")(act)
case = DBOS.workflow(name="case")(run_case)


async def migrated(url: str) -> None:
    """Bring a store's schema up to date, on an event loop that ends before DBOS starts its own."""
    store = Store(url)
    await store.open()
    await store.close()


def main() -> None:
    """Run the platform's process or the bureaus' until SIGTERM."""
    parser = argparse.ArgumentParser()
    for name in ("who", "--database", "--stores", "--address"):
        parser.add_argument(name)
    given = parser.parse_args()
    platform = given.who == "platform"
    for key in (PROVINCE,) if platform else BUREAUS:
        url = given.stores.format(bureau=key)
        asyncio.run(migrated(url))
        store = Store(url)
        accepted = AcceptedOfficers(Demonstration(SECRET))
        methods = platform_activities(store) if platform else bureau_activities(key, store, None, accepted)
        METHODS.update({(key, method.__name__): method for method in methods})
    DBOS(
        config={
            "name": "transfer-case",
            "system_database_url": given.database,
            "executor_id": given.who,
            "application_version": "bench",
            "log_level": "WARNING",
        }
    )
    DBOS.listen_queues([CASES] if platform else BUREAUS)
    DBOS.launch()
    if platform:
        for key in (CASES, *BUREAUS):
            QUEUES[key] = DBOS.register_queue(key, polling_interval_sec=POLL_SECONDS)
    READY.touch()
    signal.sigwait({signal.SIGTERM})
    DBOS.destroy()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main()
