"""What a namespace needs before the first case: search attributes, and a retention that outlasts a case."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

from workflows.identifiers import SEARCH_ATTRIBUTES

RETENTION_DAYS = 3650
"""Closed cases stay visible for ten years; the dossiers in the bureaus' stores stay for good."""


async def prepare(client: Client) -> None:
    """Register the search attributes that are missing and lengthen the retention. Safe to repeat.

    A call that finds the server on its way down or up is tried again for some seconds. Raises RPCError.
    """
    await _register_search_attributes(client)
    namespace = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace), retry=True
    )
    if namespace.config.workflow_execution_retention_ttl.ToTimedelta().days < RETENTION_DAYS:
        config = NamespaceConfig()
        config.workflow_execution_retention_ttl.FromSeconds(RETENTION_DAYS * 24 * 3600)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=client.namespace, config=config), retry=True
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
