"""app-template: the names of what the chart makes, by version, and what refers to it. Expectations are the chart's."""

from __future__ import annotations

from typing import Any

import pytest
from release_files import container, pods, release, server, workloads

from immichlint.trees.field import look
from immichlint.trees.tree import Hole

SECOND = "  ml:\n    containers: {main: {image: {repository: busybox, tag: '1'}}}\n"


def claim(items: str, version: str) -> Any:
    made = next(iter(pods(release(server("", more=f"persistence: {{{items}}}\n"), version)).values()))
    return made["volumes"][0]["persistentVolumeClaim"]["claimName"]


@pytest.mark.parametrize(
    ("version", "items", "name"),
    [
        ("2.6.0", "main: {size: 1Gi}", "immich-main"),
        ("3.7.3", "library: {size: 1Gi}", "immich-library"),
        ("3.7.3", "library: {size: 1Gi, nameOverride: '-'}", "immich"),
        ("3.7.3", "library: {size: 1Gi, nameOverride: photos}", "immich-photos"),
        ("3.7.3", "immich: {size: 1Gi}", "immich"),
        ("4.1.1", "library: {size: 1Gi}", "immich"),
        ("4.1.1", "library: {size: 1Gi}, other: {existingClaim: x}, tmp: {type: emptyDir}", "immich"),
        ("4.1.1", "library: {size: 1Gi}, off: {size: 1Gi, enabled: false}", "immich"),
        ("4.1.1", "library: {size: 1Gi}, thumbs: {size: 1Gi}", "immich-library"),
        ("4.1.1", "library: {size: 1Gi, suffix: Photos}", "immich-photos"),
        ("4.1.1", "library: {size: 1Gi, prefix: my}", "my-immich"),
        ("4.1.1", "library: {size: 1Gi, forceRename: Library}", "library"),
        ("4.1.1", "library: {size: 1Gi}, other: {existingClaim: '${CLAIM}'}", "immich"),
    ],
)
def test_the_claim_that_an_item_makes(version: str, items: str, name: str) -> None:
    assert claim(items, version) == name


def test_a_claim_of_a_version_that_is_not_known_has_a_name_only_where_all_agree() -> None:
    assert isinstance(claim("library: {size: 1Gi}", "'*'"), Hole)
    assert claim("library: {size: 1Gi}, thumbs: {size: 1Gi}", "'*'") == "immich-library"


@pytest.mark.parametrize(
    ("version", "controller", "more", "names"),
    [
        ("2.6.0", "", "", ["immich-server"]),
        ("3.7.3", "", "", ["immich"]),
        ("3.7.3", "", SECOND, ["immich-ml", "immich-server"]),
        ("3.7.3", "nameOverride: immich", SECOND, ["immich", "immich-ml"]),
        ("3.7.3", "nameOverride: api", SECOND, ["immich-api", "immich-ml"]),
        ("4.1.1", "", SECOND, ["immich-ml", "immich-server"]),
        ("4.1.1", "forceRename: Api", SECOND, ["api", "immich-ml"]),
        ("4.1.1", "prefix: my", "", ["my-immich"]),
        ("4.1.1", "suffix: api", SECOND, ["immich-ml", "immich-server-api"]),
        ("4.1.1", "", "global: {alwaysAppendIdentifierToResourceName: true}\n", ["immich-server"]),
        ("4.1.1", "", "global: {nameOverride: photos}\n", ["immich-photos"]),
        ("4.1.1", "", "global: {nameOverride: imm}\n", ["immich"]),
        ("4.1.1", "", "global: {fullnameOverride: photos}\n", ["photos"]),
        ("4.1.1", "", "fullnameOverride: photos\n", ["photos"]),
    ],
)
def test_the_workloads(version: str, controller: str, more: str, names: list[str]) -> None:
    assert sorted(workloads(release(server("", controller=controller, more=more), version))) == names


@pytest.mark.parametrize("more", ["global: {nameOverride: '{{ .Chart.Name }}'}\n", "fullnameOverride: '${NAME}'\n"])
def test_a_name_that_nobody_knows_is_unknown(more: str) -> None:
    (made,) = workloads(release(server("", more=more))).values()
    assert look(made, ("metadata", "name")).unknown


@pytest.mark.parametrize(
    ("version", "more", "name"),
    [
        ("3.7.3", "configMaps: {settings: {data: {}}}\n", "immich-settings"),
        ("4.1.1", "configMaps: {settings: {data: {}}}\n", "immich"),
        ("4.1.1", "configMaps: {settings: {data: {}}, other: {data: {}}}\n", "immich-settings"),
        ("4.1.1", "", "settings"),
    ],
)
@pytest.mark.parametrize("spelling", ["configMap: settings", "configMapRef: {identifier: settings}"])
def test_variables_from_an_object_of_the_chart(version: str, more: str, name: str, spelling: str) -> None:
    made = container(release(server(f"envFrom: [{{{spelling}}}]", more=more), version))
    if not more and "identifier" in spelling:
        name = "settings"
    assert made["envFrom"] == [{"configMapRef": {"name": name}}]


@pytest.mark.parametrize(("version", "name"), [("3.7.3", "immich-keys"), ("4.1.1", "immich")])
def test_a_volume_of_an_object_of_the_chart(version: str, name: str) -> None:
    more = "secrets: {keys: {stringData: {}}}\npersistence: {data: {type: secret, identifier: keys}}\n"
    made = pods(release(server("", more=more), version))["immich"]
    assert made["volumes"] == [{"name": "data", "secret": {"secretName": name}}]
