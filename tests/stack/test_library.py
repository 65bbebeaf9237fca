"""Where the photos lie, as far as a claim and what it is bound to tell."""

from __future__ import annotations

import pytest
from in_memory import repository_of

from immichlint.stack.library import DUMPS, PHOTOS, libraries
from immichlint.stack.stack import stacks

SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich, namespace: photos}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:v3.3.6
          volumeMounts: [{name: library, mountPath: /data}]
      volumes: [{name: library, persistentVolumeClaim: {claimName: library}}]
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: library, namespace: photos}
spec: {storageClassName: "CLASS", volumeName: "VOLUME"}
"""
VOLUME = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pictures}\nspec: {SOURCE}\n"


@pytest.mark.parametrize(
    ("storage_class", "volume", "source", "inside"),
    [
        ("longhorn", "", "", True),
        ("nfs-client", "", "", False),
        ("", "pictures", "csi: {driver: zfs.csi.openebs.io, volumeHandle: pictures}", True),
        ("", "pictures", "csi: {driver: nfs.csi.k8s.io, volumeHandle: pictures}", False),
        ("", "pictures", "nfs: {server: nas, path: /photos}", False),
        ("", "pictures", "hostPath: {path: /mnt/nas}", False),
        ("longhorn", "another", "csi: {driver: zfs.csi.openebs.io, volumeHandle: pictures}", False),
    ],
)
def test_whether_the_photos_lie_on_the_clusters_disks(
    storage_class: str, volume: str, source: str, inside: bool
) -> None:
    claim = CLAIM.replace("CLASS", storage_class).replace("VOLUME", volume)
    claim = claim if volume else claim.replace(', volumeName: ""', "")
    text = "---\n".join((SERVER, claim, VOLUME.replace("SOURCE", source or "csi: {}")))
    (found,) = (item for stack in stacks(repository_of({"immich.yaml": text}))[1] for item in libraries(stack))
    assert found.inside is inside


@pytest.mark.parametrize(
    ("mounts", "photos", "dumps"),
    [
        ("{name: a, mountPath: /data}", ["a"], ["a"]),
        ("{name: a, mountPath: /data}, {name: b, mountPath: /data/thumbs}", ["a"], ["a"]),
        ("{name: a, mountPath: /data}, {name: b, mountPath: /data/upload}", ["a", "b"], ["a"]),
        (
            "{name: a, mountPath: /data}, {name: b, mountPath: /data/upload, subPath: upload},"
            " {name: b, mountPath: /data/library, subPath: library}",
            ["b"],
            ["a"],
        ),
        ("{name: a, mountPath: /data}, {name: b, mountPath: /data/backups}", ["a"], ["b"]),
        ("{name: b, mountPath: /data/upload}", [], []),
    ],
)
def test_which_volumes_photos_and_dumps_lie_in(mounts: str, photos: list[str], dumps: list[str]) -> None:
    volumes = ", ".join(f"{{name: {name}, persistentVolumeClaim: {{claimName: {name}}}}}" for name in "ab")
    text = SERVER.replace("{name: library, mountPath: /data}", mounts)
    text = text.replace("[{name: library, persistentVolumeClaim: {claimName: library}}]", f"[{volumes}]")
    (stack,) = stacks(repository_of({"immich.yaml": text}))[1]
    found = [[item.what.removeprefix("the claim ") for item in libraries(stack, of)] for of in (PHOTOS, DUMPS)]
    assert found == [photos, dumps]
