"""Gauges beside the SDK's own figures, which a worker measures from time to time, for Prometheus.

Their labels are stages and bureaus, never anything of a person or of a single case.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple, Never

from temporalio.client import Client
from temporalio.common import MetricGauge, MetricMeter

from engine.logs import event
from workflows.identifiers import OVERDUE, RUNNING_CASES, STAGE

MEASURE_SECONDS = 30
"""Between two measurements. One counts cases at the service sixteen times, 10 ms each with ten thousand of
them open."""

CASES = "transfer_cases"
CASES_OVERDUE = "transfer_cases_overdue"
CASES_STUCK = "transfer_cases_stuck"
UNALLOCATED_FEN = "transfer_unallocated_fen"
UNALLOCATED_RECEIPTS = "transfer_unallocated_receipts"
MEASURED_AT = "transfer_measured_at_seconds"

DESCRIPTIONS = {
    CASES: "Open cases, by stage",
    CASES_OVERDUE: "Open cases of which a statutory clock is overdue",
    CASES_STUCK: "Open cases whose workflow code fails",
    UNALLOCATED_FEN: "Money in suspense that no remittance accounts for, by bureau",
    UNALLOCATED_RECEIPTS: "Lines of bank statements of which some of that money is left, by bureau",
    MEASURED_AT: "When these gauges were last measured, in seconds since 1970; what of it failed is older",
}

STUCK = "TemporalReportedProblems IN ('category=WorkflowTaskFailed')"


class GaugeValue(NamedTuple):
    """A value of a gauge, with its labels."""

    gauge: str
    value: int
    labels: Mapping[str, str]


Measurement = Callable[[], Awaitable[Iterable[GaugeValue]]]


async def count_cases(client: Client, stages: Iterable[str]) -> list[GaugeValue]:
    """The open cases at each stage, those overdue and those that cannot go on, as the service lists them."""

    async def count(*conditions: str) -> int:
        return (await client.count_workflows(" AND ".join((RUNNING_CASES, *conditions)))).count

    by_stage = [
        GaugeValue(CASES, await count(f"{STAGE.name} = '{stage}'"), {"stage": stage}) for stage in stages
    ]
    return [
        *by_stage,
        GaugeValue(CASES_OVERDUE, await count(f"{OVERDUE.name} = true"), {}),
        GaugeValue(CASES_STUCK, await count(STUCK), {}),
    ]


async def keep_gauges(meter: MetricMeter, measurements: Iterable[Measurement]) -> Never:
    """Measure for as long as the process works. A measurement that fails leaves its gauges as they were."""
    gauges = {name: meter.create_gauge(name, described) for name, described in DESCRIPTIONS.items()}
    while True:
        measured = [await _measure(gauges, measurement) for measurement in measurements]
        if all(measured):
            gauges[MEASURED_AT].set(int(time.time()))
        await asyncio.sleep(MEASURE_SECONDS)


async def _measure(gauges: Mapping[str, MetricGauge], measurement: Measurement) -> bool:
    """Measure once and set the gauges; returns False when the service or a store could not be read."""
    try:
        found = await measurement()
    except Exception as error:
        event("not_measured", exception=type(error).__name__)
        return False
    for gauge, value, labels in found:
        gauges[gauge].set(value, labels)
    return True
