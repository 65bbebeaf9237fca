"""The check that somebody would notice when backups stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.rules.model import Claim, Context
from immichlint.stack.backups import Cluster
from immichlint.stack.monitoring import is_watched

_METRICS: Final = "PodMonitor, ServiceMonitor or PrometheusRule"


def unwatched(cluster: Cluster, context: Context) -> Iterator[Claim]:
    """IML129: nothing reads the metrics of a Cluster (C§5, C§11)."""
    if is_watched(cluster, context.stack):
        return
    yield Claim(
        f"Nothing here watches the Cluster {cluster.name}: no {_METRICS} names it or CNPG, and "
        "`spec.monitoring.enablePodMonitor` is not set. When WAL archiving stops, nothing says so until the volume is "
        "full. Scrape its metrics, and alert when the last backup or the last archived WAL is too old.",
        cluster.nearest("spec", "monitoring"),
        no_fix="how the cluster is monitored is for you to decide",
    )
