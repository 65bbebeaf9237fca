"""Whether anything of a repository reads the metrics of a Cluster."""

from __future__ import annotations

from typing import Final

from immichlint.stack.backups import Cluster
from immichlint.stack.stack import Stack

_KINDS: Final = (b"kind: PodMonitor", b"kind: PrometheusRule", b"kind: VMPodScrape", b"kind: VMRule")
_MARKS: Final = (b"cnpg", b"cloudnative-pg")
_METRICS: Final = (b"cnpg_collector", b"cnpg_pg_", b"barman_cloud_cloudnative_pg", b"cnpg.io/cluster")
"""What stands in the configuration of whatever else scrapes a Cluster, or alerts."""


def is_watched(cluster: Cluster, stack: Stack) -> bool:
    """Whether a Cluster asks for a PodMonitor itself, or a monitor or a rule names it or CNPG."""
    own = cluster.field("spec", "monitoring", "enablePodMonitor")
    repository = stack.repository
    if own.value is True or own.unknown or repository is None:
        return True
    marks = (*_MARKS, cluster.name.encode())
    if any(repository.containing(metric) for metric in _METRICS):
        return True
    return any(
        any(mark in repository.raw(path) for mark in marks) for kind in _KINDS for path in repository.containing(kind)
    )
