"""The real Temporal server, with the project's flags and with time skipping."""

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from engine.address import DEMONSTRATION
from engine.embedded import DYNAMIC_CONFIG, TIME_SKIPPING, binary
from engine.encryption.codec import data_converter
from engine.encryption.keys import demonstration_file, demonstration_keys
from workflows.identifiers import SEARCH_ATTRIBUTES


async def start_server() -> WorkflowEnvironment:
    ring = demonstration_keys(demonstration_file(DEMONSTRATION))
    return await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=data_converter(ring, ring.party),
        search_attributes=list(SEARCH_ATTRIBUTES),
        dev_server_existing_path=str(binary()),
        dev_server_log_level="error",
        dev_server_extra_args=[
            part for value in (*DYNAMIC_CONFIG, *TIME_SKIPPING) for part in ("--dynamic-config-value", value)
        ],
    )
