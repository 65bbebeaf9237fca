"""IML501 beyond its examples: how sure it is that a claim's volume goes with it."""

from __future__ import annotations

import pytest
from harness import DEFAULTS, rules_of
from in_memory import repository_of

from immichlint.rules.judged import judge_repository

KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec: {path: ./immich, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""
IMMICH = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: immich-library}
spec: {accessModes: [ReadWriteOnce], storageClassName: CLASS, resources: {requests: {storage: 1Ti}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:v2.7.5
          volumeMounts: [{name: library, mountPath: /data}]
      volumes: [{name: library, persistentVolumeClaim: {claimName: immich-library}}]
"""


@pytest.mark.parametrize(("storage_class", "confidence"), [("longhorn", "high"), ("truenas-hdd-media", "medium")])
def test_a_class_that_is_not_known_may_keep_its_volumes(storage_class: str, confidence: str) -> None:
    files = {"apps/immich.yaml": KUSTOMIZATION, "immich/immich.yaml": IMMICH.replace("CLASS", storage_class)}
    (found,) = judge_repository(repository_of(files), rules_of(["IML501"]), DEFAULTS).findings
    assert found.confidence.value == confidence


@pytest.mark.parametrize(
    ("mounts", "count"),
    [
        (
            "{name: library, mountPath: /data/thumbs}, {name: library, mountPath: /data/encoded-video, subPath: video}",
            0,
        ),
        ("{name: library, mountPath: /data/thumbs}, {name: library, mountPath: /data/upload, subPath: upload}", 1),
    ],
)
def test_what_is_made_again_from_the_originals_may_be_deleted(mounts: str, count: int) -> None:
    immich = IMMICH.replace("{name: library, mountPath: /data}", mounts).replace("CLASS", "longhorn")
    immich = immich.replace("volumes: [", "volumes: [{name: photos, nfs: {server: nas, path: /photos}}, ")
    files = {"apps/immich.yaml": KUSTOMIZATION, "immich/immich.yaml": immich}
    assert len(judge_repository(repository_of(files), rules_of(["IML501"]), DEFAULTS).findings) == count
