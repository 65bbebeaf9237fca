"""Which cluster something goes to: the destination that is written, or the folder where it starts."""

from __future__ import annotations

from typing import Final

from immichlint.facts import load

IN_CLUSTER: Final = "in-cluster"
"""Argo CD's name for the cluster in which it runs."""
_PARENT: Final = "clusters"


def cluster_of(path: str) -> str:
    """The folder of a cluster that a file lies in (`clusters/prod`), empty where its path names none.

    A folder that clusters share, or that holds a part of one, is none of them.
    """
    folders = path.split("/")[:-1]
    for index, folder in enumerate(folders[1:], 1):
        if folders[index - 1] == _PARENT and folder.strip("_") not in load("cluster_folders")["no_clusters"]:
            return "/".join(folders[: index + 1])
    return ""


def may_be_one(one: str, other: str) -> bool:
    """Whether two clusters may be the same: equal, one that nothing tells, or Argo CD's own and that of a folder."""
    if one == other or not one or not other:
        return True
    return (one == IN_CLUSTER and _is_folder(other)) or (other == IN_CLUSTER and _is_folder(one))


def _is_folder(cluster: str) -> bool:
    return "/" in cluster and "://" not in cluster
