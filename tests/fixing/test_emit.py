"""The full corrected stack: what belongs to it, how it is written, and that nothing is left that a fix exists for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
from in_memory import repository_of

from immichlint.facts.crd import known_crd
from immichlint.findings.finding import Severity
from immichlint.fixing.emitted.decisions import commented
from immichlint.fixing.emitted.emit import Emitted, emit
from immichlint.repo.repository import Repository
from immichlint.repo.walk import walk
from immichlint.rules.catalogue import all_rules
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Profile, Settings
from immichlint.rules.select import rules_for
from immichlint.stack.fields import misfits
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data
from immichlint.yamltree.place import DocumentId

DEMO: Final = Path(__file__).parents[2] / "examples" / "demo"
KUBERNETES: Final = "1.33"
CLUSTER: Final = """\
# the database
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-postgres
spec:
  instances: 1  # one is enough
  storage: {size: 10Gi}
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup:
    barmanObjectStore:
      destinationPath: s3://backups/immich
      s3Credentials: {inheritFromIAMRole: true}
      wal: {compression: gzip}
      data: {compression: gzip}
"""
RELEASE: Final = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich}
spec:
  chart: {spec: {chart: app-template, version: 3.7.3, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  values:
    controllers:
      server:
        containers:
          app:
            image: {repository: ghcr.io/immich-app/immich-server, tag: v2.7.5}
            env:
              DB_HOSTNAME: immich-postgres-rw
              DB_PASSWORD: {valueFrom: {secretKeyRef: {name: immich-db, key: password}}}
"""
OTHER: Final = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: wiki}
data: {title: not Immich's, host: immich}
"""
SECRET: Final = """\
apiVersion: v1
kind: Secret
metadata: {name: immich-db}
stringData:
  password: ENC[AES256_GCM,data:abc=,iv:abc=,tag:abc=,type:str]
sops:
  mac: ENC[AES256_GCM,data:abc=,iv:abc=,tag:abc=,type:str]
"""


def judge(repository: Repository) -> Judged:
    return judge_repository(repository, rules_for(Profile.RECOMMENDED, (), (), all_rules()), Settings())


def leads_to(rule: str) -> frozenset[str]:
    return next(frozenset(item.leads_to) for item in all_rules() if item.id == rule)


def emitted(files: Mapping[str, str]) -> Emitted:
    repository = repository_of(files)
    return emit(judge(repository), judge, leads_to)


def kustomization(*resources: str, **more: object) -> str:
    listed = "".join(f"  - {name}\n" for name in resources)
    return "".join(f"{key}: {value}\n" for key, value in more.items()) + f"resources:\n{listed}"


STACK: Final = {
    "app/kustomization.yaml": kustomization(
        "cluster.yaml", "release.yaml", "other.yaml", "secret.yaml", namespace="media"
    ),
    "app/cluster.yaml": CLUSTER,
    "app/release.yaml": RELEASE,
    "app/other.yaml": OTHER,
    "app/secret.yaml": SECRET,
}


def test_a_stack_has_immichs_objects_and_what_they_name() -> None:
    made = emitted(STACK)
    assert sorted(made.files) == [
        "app/cluster-immich-postgres.yaml",
        "app/helmrelease-immich.yaml",
        "app/kustomization.yaml",
        "app/scheduledbackup-immich-postgres-daily.yaml",
        "app/secret-immich-db.yaml",
    ]


def test_a_stack_says_where_its_objects_go() -> None:
    files = emitted(STACK).files
    (cluster,) = compose(SourceText(files["app/cluster-immich-postgres.yaml"].decode()))
    value: Any = data(cluster.root)
    assert value["metadata"] == {"name": "immich-postgres", "namespace": "media"}


def test_what_nothing_lies_over_keeps_its_comments() -> None:
    files = emitted({"cluster.yaml": CLUSTER, "release.yaml": RELEASE}).files
    text = files["immich/cluster-immich-postgres.yaml"].decode()
    assert text.startswith("# the database\napiVersion: postgresql.cnpg.io/v1\n")
    assert "  instances: 1  # one is enough\n" in text


def test_a_decision_is_a_comment_at_its_place() -> None:
    made = emitted({"cluster.yaml": CLUSTER, "release.yaml": RELEASE})
    lines = made.files["immich/cluster-immich-postgres.yaml"].decode().splitlines()
    at = lines.index("    retentionPolicy: 14d") if "    retentionPolicy: 14d" in lines else -1
    assert lines[at - 1].startswith("    # ")
    assert any(line.startswith("    # IML113: write `retentionPolicy: 14d`.") for line in lines)
    assert [(folder, decision.rule) for folder, decision in made.decided if decision.rule == "IML113"] == [
        ("immich", "IML113")
    ]


def test_what_is_encrypted_is_carried_over_as_it_is() -> None:
    assert emitted(STACK).files["app/secret-immich-db.yaml"].decode() == SECRET


def test_a_variable_that_is_not_known_is_carried_over() -> None:
    files = emitted(
        {"cluster.yaml": CLUSTER.replace("{size: 10Gi}", "\n    size: ${SIZE}"), "release.yaml": RELEASE}
    ).files
    assert "size: ${SIZE}" in files["immich/cluster-immich-postgres.yaml"].decode()


def test_overlays_make_a_stack_each() -> None:
    made = emitted(
        {
            "base/kustomization.yaml": kustomization("release.yaml"),
            "base/release.yaml": RELEASE,
            "live/kustomization.yaml": kustomization("../base", namespace="live"),
            "test/kustomization.yaml": kustomization("../base", namespace="test"),
        }
    )
    assert made.folders == ("live", "test")
    assert b"namespace: test" in made.files["test/helmrelease-immich.yaml"]


def test_what_an_application_set_releases_is_told() -> None:
    values = (
        "immich: {controllers: {main: {containers: {main: {image: {tag: v2.7.5}, env: {DB_HOSTNAME: immich-db-rw}}}}}}"
    )
    made = emitted(
        {
            "set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
            "metadata: {name: home, namespace: argocd}\n"
            "spec:\n  generators: [{git: {repoURL: 'https://git.example/me/home', directories: [{path: apps/*}]}}]\n"
            "  template:\n    metadata: {name: '{{path.basename}}'}\n    spec:\n"
            "      source: {repoURL: 'https://git.example/me/home', path: '{{path}}'}\n"
            "      destination: {server: 'https://kubernetes.default.svc', namespace: '{{path.basename}}'}\n",
            "apps/immich/Chart.yaml": "apiVersion: v2\nname: home\nversion: 0.0.0\ndependencies:\n"
            "  - {name: immich, version: 0.10.3, repository: 'oci://ghcr.io/immich-app/immich-charts'}\n",
            "apps/immich/values.yaml": f"{values}\n",
            "apps/immich/templates/db.yaml": CLUSTER.replace("immich-postgres", "immich-db"),
            "apps/immich/templates/route.yaml": "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\n"
            "metadata: {name: immich}\nspec:\n  routes:\n    - match: Host(`{{ .Values.host }}`)\n"
            "      services: [{name: immich-server, port: 2283}]\n",
        }
    )
    assert [path for path in made.files if "ingressroute" in path] == []
    assert any("the ApplicationSet home releases" in sentence for sentence in made.left_out)
    assert any("the IngressRoute immich is a template of a chart" in sentence for sentence in made.left_out)


def test_a_chart_is_written_as_its_source() -> None:
    made = emitted(
        {
            "immich/Chart.yaml": "apiVersion: v2\nname: home\nversion: 0.0.0\ndependencies:\n"
            "  - {name: immich, version: 0.9.3, repository: 'https://immich-app.github.io/immich-charts'}\n",
            "immich/values.yaml": "immich:\n  image: {tag: v1.119.0}\n"
            "  immich: {persistence: {library: {existingClaim: library}}}\n",
        }
    )
    assert "immich/source/immich/Chart.yaml" in made.files
    assert "immich/kustomization.yaml" not in made.files
    assert any("whose corrected source is in source/" in sentence for sentence in made.left_out)


@pytest.mark.parametrize(
    ("route", "text"),
    [
        (("a", "b"), "a:\n  # why\n  b: 1\nc: [{d: 2}]\n"),
        (("c", 0, "d"), "a:\n  b: 1\n# why\nc: [{d: 2}]\n"),
        ((), "# why\na:\n  b: 1\nc: [{d: 2}]\n"),
    ],
)
def test_a_comment_stands_above_the_nearest_line(route: tuple[str | int, ...], text: str) -> None:
    assert commented("a:\n  b: 1\nc: [{d: 2}]\n", route, "why") == text


@pytest.fixture(scope="module")
def demo() -> Emitted:
    return emit(judge(Repository(walk(DEMO))), judge, leads_to)


def test_nothing_is_left_of_the_demo_that_a_fix_exists_for(demo: Emitted) -> None:
    again = judge(repository_of(demo.files))
    assert demo.folders == ("immich",)
    assert [
        item.rule for item in again.findings if item.change is not None and item.severity is not Severity.INFO
    ] == []


def test_the_demos_documents_are_valid(demo: Emitted) -> None:
    judged = 0
    for path, raw in demo.files.items():
        for document in compose(SourceText(raw.decode())):
            value: Any = data(document.root)
            crd = known_crd(value["apiVersion"], value["kind"])
            if crd is not None:
                assert list(misfits(grow(document, DocumentId(path, 0)), crd)) == []
            elif not path.endswith("kustomization.yaml"):
                kubernetes_validate.validate(value, KUBERNETES, strict=True)
            judged += 1
    assert judged == len(demo.files)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="there is no kubectl here")
def test_kustomize_builds_the_demos_stack(demo: Emitted, tmp_path: Path) -> None:
    for path, raw in demo.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(raw)
    done = subprocess.run(("kubectl", "kustomize", tmp_path / "immich"), capture_output=True, text=True, check=True)
    kinds = [line for line in done.stdout.splitlines() if line.startswith("kind: ")]
    assert len(kinds) == len(demo.files) - 1
