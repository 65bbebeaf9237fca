"""What Argo CD and Cloudflare are told, volumes without a type, and images that ask for more: what is left alone."""

from __future__ import annotations

import pytest
from harness import DEFAULTS, findings_of, fixed, mended, repository_of, rules_of

from immichlint.rules.judged import judge_repository
from immichlint.rules.model import Settings

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: immich, namespace: argocd}}
spec:
  destination: {{server: "https://kubernetes.default.svc", namespace: immich}}
  source: {{repoURL: "https://git.example.org/home.git", path: immich, targetRevision: main}}
  ignoreDifferences: [{entry}]
"""
CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {{name: {name}}}
spec:
  imageName: {image}
  bootstrap: {{initdb: {{database: immich, owner: immich}}}}
"""
VECTORCHORD = "ghcr.io/tensorchord/cloudnative-vectorchord"


def cluster(image: str = f"{VECTORCHORD}:17.5-0.4.3", name: str = "db") -> str:
    return CLUSTER.format(image=image, name=name)


@pytest.mark.parametrize(
    "entry",
    [
        "{group: postgresql.cnpg.io, kind: Cluster, jsonPointers: [/spec]}",
        "{group: '*', kind: '*', jqPathExpressions: [.spec]}",
        "{group: '*.cnpg.io', kind: Cluster, name: db, namespace: immich, jsonPointers: [/metadata/labels, /spec/]}",
    ],
)
def test_a_whole_cluster_is_ignored(entry: str) -> None:
    files = {"apps/immich.yaml": APPLICATION.format(entry=entry), "immich/db.yaml": cluster()}
    assert [item.file for item in findings_of(files, ["IML813"])] == ["apps/immich.yaml"]


@pytest.mark.parametrize(
    "entry",
    [
        "{group: postgresql.cnpg.io, kind: Cluster, namespace: other, jsonPointers: [/spec]}",
        "{group: postgresql.cnpg.io, kind: Pooler, jsonPointers: [/spec]}",
        "{group: postgresql.cnpg.io, kind: Cluster, jsonPointers: [/spec/instances, /status]}",
        "{group: postgresql.cnpg.io, kind: Cluster, jqPathExpressions: ['.spec.affinity']}",
        "{group: postgresql.cnpg.io, kind: Cluster, managedFieldsManagers: [manager]}",
        "{kind: Cluster, jsonPointers: [/spec]}",
    ],
)
def test_what_argo_cd_may_ignore(entry: str) -> None:
    files = {"apps/immich.yaml": APPLICATION.format(entry=entry), "immich/db.yaml": cluster()}
    assert findings_of(files, ["IML813"]) == []


def changed(before: str, after: str, settings: Settings = DEFAULTS) -> list[str]:
    found = findings_of({"db.yaml": cluster(after)}, ["IML418"], settings, before={"db.yaml": cluster(before)})
    return [item.message for item in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{VECTORCHORD}:17.5-0.4.3", f"{VECTORCHORD}:17.6-0.4.3"),
        (f"{VECTORCHORD}:17.5-0.4.3", f"{VECTORCHORD}:17.5-0.4.3@sha256:{'0' * 64}"),
        (f"{VECTORCHORD}:17.5-0.4.3", "registry.example.org/postgres:${TAG}"),
        (f"{VECTORCHORD}:17.5", f"{VECTORCHORD}:17"),
    ],
)
def test_images_that_ask_for_nothing_more(before: str, after: str) -> None:
    assert changed(before, after) == []


def test_a_major_version_down_and_with_an_old_operator() -> None:
    old, new = f"{VECTORCHORD}:16.9-0.4.3", f"{VECTORCHORD}:17.5-0.4.3"
    (down,) = changed(new, old)
    assert "CNPG refuses to go down" in down
    (unable,) = changed(old, new, Settings(versions={"cnpg": "1.25"}))
    assert "CNPG 1.25 does not take PostgreSQL from 16 to 17 in place" in unable
    assert "VectorChord goes" not in unable


def test_another_cluster_is_no_change_of_this_one() -> None:
    before = {"db.yaml": cluster(f"{VECTORCHORD}:16.9-0.4.3", "old")}
    assert findings_of({"db.yaml": cluster()}, ["IML418"], before=before) == []


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: immich, namespace: immich}}
spec:
  chart: {{spec: {{chart: {chart}, version: {version}, sourceRef: {{kind: HelmRepository, name: charts}}}}}}
  values:
    immich: {{persistence: {{library: {{existingClaim: library}}}}}}
    {values}
"""


@pytest.mark.parametrize(
    ("values", "version", "count"),
    [
        ("machine-learning: {persistence: {cache: {existingClaim: models}}}", "0.13.1", 1),
        ("machine-learning: {persistence: {cache: {accessMode: ReadWriteOnce}}}", "0.10.3", 1),
        ("valkey: {enabled: true, persistence: {data: {size: 2Gi}}}", "0.12.0", 1),
        ("valkey: {persistence: {data: {size: 2Gi}}}", "0.12.0", 0),
        ("machine-learning: {enabled: false, persistence: {cache: {size: 2Gi}}}", "0.12.0", 0),
        ("machine-learning: {persistence: {cache: {enabled: false, size: 2Gi}}}", "0.12.0", 0),
        ("machine-learning: {persistence: {cache: {type: '${TYPE}', size: 2Gi}}}", "0.12.0", 0),
        ("machine-learning: {persistence: {cache: {type: emptyDir, sizeLimit: 2Gi}}}", "0.12.0", 0),
        ("machine-learning: {persistence: {models: {size: 2Gi, accessMode: ReadWriteOnce}}}", "0.12.0", 0),
    ],
)
def test_a_volume_without_a_type(values: str, version: str, count: int) -> None:
    files = {"immich.yaml": RELEASE.format(chart="immich", version=version, values=values)}
    assert len(findings_of(files, ["IML814"])) == count


def test_a_claim_by_name_gets_its_type_in_older_charts_too() -> None:
    values = "machine-learning: {persistence: {cache: {existingClaim: models}}}"
    done = mended({"immich.yaml": RELEASE.format(chart="immich", version="0.9.3", values=values)}, ["IML814"])
    assert "existingClaim: models, type: pvc" in done.texts["immich.yaml"].text


@pytest.mark.parametrize(
    ("version", "values", "advice"),
    [
        ("0.10.3", "{controllers: {main: {replicas: 1}}, server: {image: {tag: v2.7.5}}}", "move these"),
        (
            "0.11.1",
            "{server: {controllers: {main: {replicas: 1}}}, machine-learning: {env: {A: b}}}",
            "move these to where",
        ),
        ("0.10.3", "{env: {TZ: UTC}, server: {image: {tag: v2.7.5}}}", "written anew"),
        ("0.9.3", "{env: {TZ: UTC}, server: {controllers: {main: {replicas: 1}}}}", "written anew"),
        ("0.9.3", "{controllers: {main: {replicas: 1}}, server: {enabled: true}}", "written anew"),
    ],
)
def test_what_is_left_of_another_era_is_moved(version: str, values: str, advice: str) -> None:
    release = (
        "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: immich, namespace: photos}, "
        f"spec: {{chart: {{spec: {{chart: immich, version: {version}}}}}, values: {values}}}}}\n"
    )
    found = judge_repository(repository_of({"immich.yaml": release}), rules_of(["IML808"]), DEFAULTS).findings
    assert [advice in item.no_fix for item in found] == [True]


SUBSTITUTED = {
    "clusters/home/apps.yaml": """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec:
  path: ./apps/immich
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {APP: immich, CLASS: fast}}
""",
    "apps/immich/kustomization.yaml": """\
namespace: immich
resources: [release.yaml]
configMapGenerator: [{name: "${APP}-values", files: [values.yaml]}]
configurations: [references.yaml]
""",
    "apps/immich/references.yaml": """\
nameReference:
  - kind: ConfigMap
    version: v1
    fieldSpecs: [{path: spec/valuesFrom/name, kind: HelmRelease}]
""",
    "apps/immich/release.yaml": """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: "${APP}"}
spec:
  chart: {spec: {chart: app-template, version: 4.1.1, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  valuesFrom: [{kind: ConfigMap, name: "${APP}-values"}]
""",
    "apps/immich/values.yaml": """\
controllers:
  machine-learning:
    containers:
      app:
        image: {repository: ghcr.io/immich-app/immich-machine-learning, tag: v3.1.0}
        resources:
          limits: {memory: 1Gi}
persistence:
  cache: {type: persistentVolumeClaim, storageClass: "${CLASS}", accessMode: ReadWriteOnce, size: 5Gi}
""",
}


def test_values_with_variables_in_a_generated_configmap_are_changed_where_they_are_written() -> None:
    values = SUBSTITUTED["apps/immich/values.yaml"]
    after = fixed(SUBSTITUTED, ["IML209"])
    assert after == {**SUBSTITUTED, "apps/immich/values.yaml": values.replace("memory: 1Gi", "memory: 4Gi")}
