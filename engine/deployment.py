"""The worker deployment version of a platform worker, where releases are to run side by side."""

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from workflows.identifiers import PLATFORM_DEPLOYMENT


def deployment_config(build_id: str) -> WorkerDeploymentConfig | None:
    """A named release gets work once it is current, and open cases move to it. None for ''."""
    if not build_id:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(PLATFORM_DEPLOYMENT, build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
