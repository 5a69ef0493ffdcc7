"""What a namespace needs before the first case: search attributes, and a retention that outlasts a case."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

from workflows.identifiers import SEARCH_ATTRIBUTES

RETENTION_DAYS = 180
"""How long the engine keeps a closed case; the bureaus' stores keep its dossier for good."""


async def prepare(client: Client, retention_days: int | None = None) -> None:
    """Register the missing search attributes and set the retention. Safe to repeat.

    Without a number of days a retention that is longer than usual stays; with one it is set to that.
    """
    await _register_search_attributes(client)
    namespace = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    kept = namespace.config.workflow_execution_retention_ttl.ToTimedelta().days
    wanted = retention_days or max(kept, RETENTION_DAYS)
    if kept != wanted:
        config = NamespaceConfig()
        config.workflow_execution_retention_ttl.FromSeconds(wanted * 24 * 3600)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=client.namespace, config=config)
        )


async def _register_search_attributes(client: Client) -> None:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), retry=True
    )
    missing = {
        key.name: IndexedValueType.ValueType(key.indexed_value_type)
        for key in SEARCH_ATTRIBUTES
        if key.name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing), retry=True
        )
