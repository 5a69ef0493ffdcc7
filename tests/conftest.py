"""The real server with its clock moved by hand, real stores, real workers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from engine.embedded import DYNAMIC_CONFIG, binary
from models.store import Store
from province import BUREAUS, Province
from workflows.names import SEARCH_ATTRIBUTES

SKIPPING = ("frontend.WorkflowTimeSkippingEnabled=true", "system.workflowTimeSkippingEnabled=true")


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """One Temporal server for the whole run, with the flags the project runs it with."""
    started = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=pydantic_data_converter,
        search_attributes=list(SEARCH_ATTRIBUTES),
        dev_server_existing_path=str(binary()),
        dev_server_log_level="error",
        dev_server_extra_args=[
            part for value in (*DYNAMIC_CONFIG, *SKIPPING) for part in ("--dynamic-config-value", value)
        ],
    )
    yield started
    await started.shutdown()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """One bureau's store, a real SQLite file."""
    opened = Store(f"sqlite+aiosqlite:///{tmp_path}/220100.db")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def province(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Province]:
    """The platform and three bureaus, each with its own store and worker, running."""
    async with AsyncExitStack() as running:
        built = Province(env, tmp_path, running)
        for bureau in BUREAUS:
            await built.open_store(bureau)
        yield built
        await built.end_open_cases()


@pytest.fixture
def today() -> date:
    """A day on which the published calendar and the published rates are known."""
    return date(2026, 3, 2)
