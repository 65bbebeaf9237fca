"""Appliers, pruning, undefined variables and drafts: what rules about GitOps look at."""

from __future__ import annotations

import pytest
from gitops_files import repository_of

from immichlint.findings.locate import locate
from immichlint.gitops.environment import Environment, Idle
from immichlint.gitops.picture import picture
from immichlint.yamltree.place import Place

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-postgres
spec:
  instances: 1
  storage: {size: "${SIZE}"}
"""
KS = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: immich-db
  namespace: flux-system
spec:
  path: ./apps/db
  %s
  sourceRef: {kind: GitRepository, name: flux-system}
"""
PARENT = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {path: ./flux, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: immich
  namespace: argocd
spec:
  destination: {server: 'https://kubernetes.default.svc', namespace: photos}
  source: {repoURL: 'https://git.example/home', path: apps/db}
  %s
"""


def environment(files: dict[str, str], name: str) -> Environment:
    found = picture(repository_of(files), {}).environments
    return next(item for item in found if item.name == name)


def flux(fields: str, cluster: str = CLUSTER) -> Environment:
    return environment(
        {
            "apps/db/cluster.yaml": cluster,
            "apps/db/kustomization.yaml": "resources: [cluster.yaml]\n",
            "flux/db.yaml": KS % fields,
            # Nothing out of sight patches a Kustomization whose parent is here.
            "flux/all.yaml": PARENT,
        },
        "immich-db",
    )


def argo(fields: str) -> Environment:
    return environment({"apps/db/cluster.yaml": CLUSTER, "argo/immich.yaml": APPLICATION % fields}, "immich")


def pointed_at(files: dict[str, str], place: Place) -> str:
    repository = repository_of(files)
    region = locate(repository, place)
    source = repository.read(place.document.path).source
    assert region is not None and source is not None
    return source.text[region.span.start : region.span.end]


@pytest.mark.parametrize(
    ("fields", "on"),
    [("prune: true", True), ("prune: false", False), ("prune: '${PRUNE}'", None), ("interval: 1h", None)],
)
def test_flux_prunes_as_it_is_told(fields: str, on: bool | None) -> None:
    applier = flux(fields).applier
    assert applier is not None
    assert (applier.name, applier.namespace, applier.folders) == ("immich-db", "flux-system", ("apps/db",))
    assert applier.pruning.on is on
    shown = pointed_at({"flux/db.yaml": KS % fields}, applier.pruning.place)
    assert shown == ("spec" if "prune" not in fields else fields.partition(": ")[2])


@pytest.mark.parametrize(
    ("fields", "on", "shown"),
    [
        ("project: default", False, "spec"),
        ("syncPolicy: {automated: {}}", False, "automated"),
        ("syncPolicy: {automated: {prune: true}}", True, "true"),
        ("syncPolicy: {automated: {prune: true, enabled: false}}", False, "false"),
    ],
)
def test_argo_cd_prunes_only_when_it_syncs_by_itself(fields: str, on: bool, shown: str) -> None:
    applier = argo(fields).applier
    assert applier is not None
    assert applier.pruning.on is on
    assert pointed_at({"argo/immich.yaml": APPLICATION % fields}, applier.pruning.place) == shown


def test_what_a_flux_kustomization_depends_on() -> None:
    applier = flux("dependsOn: [{name: cnpg}, {name: minio, namespace: storage}]\n  deletionPolicy: Orphan").applier
    assert applier is not None
    assert [item[:2] for item in applier.depends_on] == [("cnpg", "flux-system"), ("minio", "storage")]
    assert applier.deletion_policy.text == "Orphan"


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("postBuild: {substitute: {OTHER: x}}", ["SIZE"]),
        ("postBuild: {substitute: {SIZE: 5Gi}}", []),
        ("postBuild: {substitute: {OTHER: x}, substituteFrom: [{kind: Secret, name: gone}]}", []),
        ("prune: true", []),
    ],
)
def test_undefined_variables(fields: str, names: list[str]) -> None:
    found = flux(fields).undefined
    assert [item.name for item in found] == names
    for item in found:
        assert pointed_at({"apps/db/cluster.yaml": CLUSTER}, item.place) == '"${SIZE}"'
        assert item.manifest.name == "immich-postgres"


@pytest.mark.parametrize("reference", ["${SIZE:=5Gi}", "${SIZE:-}", "$${SIZE}", "$SIZE"])
def test_a_default_or_an_escape_needs_no_variable(reference: str) -> None:
    assert not flux("postBuild: {substitute: {OTHER: x}}", CLUSTER.replace("${SIZE}", reference)).undefined


@pytest.mark.parametrize("mark", ["metadata:\n  labels:", "metadata:\n  annotations:"])
def test_an_object_may_opt_out_of_substitution(mark: str) -> None:
    out = f"{mark} {{kustomize.toolkit.fluxcd.io/substitute: disabled}}"
    made = flux("postBuild: {substitute: {OTHER: x}}", CLUSTER.replace("metadata:", out))
    assert not made.undefined


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ("resources:\n- cluster.yaml\n# - backup.yaml\n", Idle.COMMENTED),
        ("resources:\n- cluster.yaml\n#- ./backup.yaml # later\n", Idle.COMMENTED),
        ("resources:\n- cluster.yaml\n# backup.yaml is applied by hand\n", Idle.UNLISTED),
        ("resources:\n- cluster.yaml\n# - old-backup.yaml\n", Idle.UNLISTED),
    ],
)
def test_why_a_file_is_a_draft(entries: str, why: Idle) -> None:
    files = {"apps/cluster.yaml": CLUSTER, "apps/backup.yaml": CLUSTER, "apps/kustomization.yaml": entries}
    assert picture(repository_of(files), {}).drafts == (("apps/backup.yaml", why, "apps/kustomization.yaml"),)


def test_what_is_put_away_is_a_draft() -> None:
    found = picture(repository_of({"archive/cluster.yaml": CLUSTER, "apps/cluster.yaml": CLUSTER}), {}).drafts
    assert found == (("archive/cluster.yaml", Idle.PUT_AWAY, ""),)
