"""app-template: which controllers' pods a persistence item is a volume of, and where it is mounted."""

from __future__ import annotations

import pytest
from in_memory import stacks_of

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich}
spec:
  chart: {spec: {chart: app-template, version: 4.1.1}}
  values:
    controllers:
      server: {containers: {app: {image: {repository: ghcr.io/immich-app/immich-server, tag: v3.1.0}}}}
      ml: {containers: {app: {image: {repository: ghcr.io/immich-app/immich-machine-learning, tag: v3.1.0}}}}
    persistence:
      item: {type: emptyDir, %s}
"""


@pytest.mark.parametrize(
    ("mounts", "server", "ml"),
    [
        ("", (["item"], ["/item"]), (["item"], ["/item"])),
        ("globalMounts: []", (["item"], ["/item"]), (["item"], ["/item"])),
        ("globalMounts: [{path: /a}]", (["item"], ["/a"]), (["item"], ["/a"])),
        ("advancedMounts: {ml: {app: [{path: /b}]}}", ([], []), (["item"], ["/b"])),
        ("advancedMounts: {ml: {other: [{path: /b}]}}", ([], []), (["item"], [])),
        (
            "globalMounts: [{path: /a}], advancedMounts: {ml: {app: [{path: /b}]}}",
            (["item"], ["/a"]),
            (["item"], ["/a", "/b"]),
        ),
    ],
)
def test_an_item_is_a_volume_of_those_that_mount_it(
    mounts: str, server: tuple[list[str], list[str]], ml: tuple[list[str], list[str]]
) -> None:
    found = {
        container.component: (
            [volume.name for volume in container.volumes],
            [mount.path for mount in container.mounts],
        )
        for container in stacks_of({"m.yaml": RELEASE % mounts})[0].containers
    }
    assert found == {"server": server, "machine-learning": ml}
