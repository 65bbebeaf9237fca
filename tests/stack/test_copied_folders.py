"""Folders of the nodes and of NFS servers that a pod copies."""

from __future__ import annotations

import pytest
from stack_files import server, stack_of

from immichlint.stack.library import libraries


def job(volume: str, image: str = "docker.io/restic/restic:0.18.1", kind: str = "CronJob") -> str:
    pod = f"containers: [{{name: copy, image: '{image}', volumeMounts: [{{name: it, mountPath: /it}}]}}]"
    pod = f"spec: {{template: {{spec: {{{pod}, volumes: [{{name: it, {volume}}}]}}}}}}"
    spec = f"{{jobTemplate: {{{pod}}}}}" if kind == "CronJob" else pod.removeprefix("spec: ")
    group = "batch/v1" if kind == "CronJob" else "apps/v1"
    return f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: copy, namespace: backups}}\nspec: {spec}\n"


NFS = "nfs: {server: nas, path: /photos}"
NODE = "hostPath: {path: /tank/photos}"


@pytest.mark.parametrize(
    ("volume", "other", "found"),
    [
        (NODE, job(NODE), ("a CronJob", True)),
        (NODE, job("hostPath: {path: /tank/}"), ("a CronJob", True)),
        (NODE, job(NODE, "docker.io/library/busybox:1"), ("a CronJob", False)),
        (NODE, job(NODE, kind="Deployment"), ("a Deployment", True)),
        (NODE, job(NODE, "docker.io/library/nginx:1", "Deployment"), None),
        (NODE, job("hostPath: {path: /}"), None),
        (NODE, job("hostPath: {path: /tank/photos/thumbs}"), None),
        (NODE, job("hostPath: {path: /tank/photos-2}"), None),
        (NODE, job(NFS), None),
        (NFS, job(NFS), ("a CronJob", True)),
        (NFS, job("nfs: {server: nas, path: /}"), None),
        (NFS, job("nfs: {server: other, path: /photos}"), None),
        (NFS, job("hostPath: {path: /photos}"), None),
    ],
)
def test_who_copies_the_folder_of_a_library(volume: str, other: str, found: tuple[str, bool] | None) -> None:
    own = server("volumeMounts: [{name: it, mountPath: /data}]", f"volumes: [{{name: it, {volume}}}]")
    stack = stack_of(own, other)
    (library,) = libraries(stack)
    protector = library.protector(stack)
    assert (None if protector is None else (protector.tool, protector.sure)) == found
