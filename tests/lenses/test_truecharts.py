"""TrueCharts' chart of Immich: a Cluster of which it is known whether it is backed up, and nothing else."""

from __future__ import annotations

import pytest
from in_memory import repository_of, stacks_of

from immichlint.stack.backup_methods import has_destination
from immichlint.stack.backups import Cluster
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import stacks

SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: photos}
spec: {type: oci, url: "URL"}
---
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME, namespace: photos}
spec:
  chart: {spec: {chart: immich, version: "VERSION", sourceRef: {kind: HelmRepository, name: charts}}}
  values:
    ingress: {main: {enabled: true}}
    VALUES
"""


def release(values: str, url: str = "oci://tccr.io/truecharts", version: str = "18.2.1", name: str = "immich") -> str:
    source = SOURCE.replace("URL", url) if url else ""
    return source + RELEASE.replace("VALUES", values).replace("VERSION", version).replace("NAME", name)


def clusters(text: str) -> tuple[Cluster, ...]:
    return tuple(cluster for stack in stacks_of({"all.yaml": text}) for cluster in stack.clusters)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("cnpg: {}", False),
        ("other: {}", False),
        ("cnpg: {main: {backups: {credentials: nas}}}", False),
        ("cnpg: {main: {backups: {enabled: false}}}", False),
        ("cnpg: {main: {backups: {enabled: true, credentials: nas}}}", None),
        ("cnpg: {main: {backups: {enabled: '${ON}'}}}", None),
        ("cnpg: '${ALL}'", None),
        ("cnpg: {main: '${ALL}'}", None),
    ],
)
def test_whether_it_is_backed_up(values: str, expected: bool | None) -> None:
    found = clusters(release(values))
    assert all((item.name, item.namespace) == ("immich-cnpg-main", "photos") for item in found)
    assert {has_destination(item) for item in found} <= {expected}
    assert bool(found) is (values not in ("cnpg: '${ALL}'", "cnpg: {main: '${ALL}'}"))


def test_a_database_that_is_switched_off_is_none() -> None:
    assert clusters(release("cnpg: {main: {enabled: false, backups: {enabled: false}}}")) == ()


def test_its_name_has_the_releases_and_the_charts() -> None:
    assert [item.name for item in clusters(release("cnpg: {}", name="photos"))] == ["photos-immich-cnpg-main"]


@pytest.mark.parametrize(
    ("url", "version", "values", "sure"),
    [
        ("oci://oci.trueforge.org/truecharts", "25.23.22", "cnpg: {main: {}}", True),
        ("https://charts.truecharts.org", "17.0.0", "other: {}", True),
        ("https://charts.truecharts.org", "^17.0.0", "cnpg: {main: {}}", False),
        ("", "33.7.3", "cnpg: {main: {}}", False),
    ],
)
def test_which_chart_it_is(url: str, version: str, values: str, *, sure: bool) -> None:
    assert [item.object.computed for item in clusters(release(values, url, version))] == [sure]


@pytest.mark.parametrize(
    ("url", "version", "values"),
    [
        ("", "33.7.3", "other: {}"),
        ("", "9.1.0", "cnpg: {main: {}}"),
        ("oci://tccr.io/truecharts", "9.1.0", "cnpg: {main: {}}"),
        ("oci://tccr.io/truecharts", "*", "other: {}"),
        ("https://me.github.io/charts", "18.2.1", "cnpg: {main: {}}"),
        ("https://immich-app.github.io/immich-charts", "0.10.3", "cnpg: {main: {}}"),
    ],
)
def test_which_it_is_not(url: str, version: str, values: str) -> None:
    assert clusters(release(values, url, version)) == ()


def test_what_else_it_makes_is_said_to_be_unknown() -> None:
    repository = repository_of({"all.yaml": release("cnpg: {main: {}}")})
    seen, found = stacks(repository)
    assert [why for _, why in Inputs(repository, seen, found).uncomputed] == [
        "of TrueCharts' chart immichlint knows only whether the database is backed up"
    ]
    (cluster,) = (cluster for stack in found for cluster in stack.clusters)
    assert cluster.field("spec", "instances").unknown
    assert cluster.field("spec", "imageName").unknown
