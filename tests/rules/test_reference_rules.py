"""Rules about what is named, listed, pruned and substituted, where their examples are silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Seen, findings_of, mended, rules_of, seen
from in_memory import repository_of

from immichlint.repo.repository import Repository
from immichlint.repo.walk import reader, walk
from immichlint.rules.judged import judge_repository
from immichlint.rules.model import Settings

CLUSTER = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg, namespace: photos%s}\nspec: {%s}\n"
IMMICH = "bootstrap: {initdb: {database: immich, owner: immich}}"
DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: immich-server, namespace: photos}\n"
    "spec: {template: {spec: {containers: [{name: server, image: 'ghcr.io/immich-app/immich-server:v2.7.5', %s}]%s}}}\n"
)


def server(container: str, pod: str = "") -> str:
    return DEPLOYMENT % (container, pod)


def host(value: str, name: str = "DB_HOSTNAME") -> str:
    return server(f"env: [{{name: {name}, value: '{value}'}}]")


def found(rule: str, *documents: str, settings: Settings | None = None) -> list[Seen]:
    return findings_of({"immich.yaml": "---\n".join(documents)}, [rule], settings or Settings())


@pytest.mark.parametrize(
    "value",
    [
        "localhost",
        "10.1.2.3",
        "postgres.lan",
        "db.example.org",
        "pg-rw",
        "pg-rw.photos.svc.cluster.local",
        "${HOST}",
        "",
    ],
)
def test_hosts_that_are_right_or_none_of_ours(value: str) -> None:
    assert found("IML401", CLUSTER % ("", "instances: 1"), host(value)) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("pg-wr", "did you mean `pg-rw`?"),
        ("pg-rw.photo.svc", "one is in the namespace photos"),
        ("pg-rw.photo", "write `pg-rw.photos.svc`"),
        ("pgg-rw.photos", "nothing that is applied in the namespace photos"),
    ],
)
def test_hosts_that_lead_nowhere(value: str, words: str) -> None:
    (finding,) = found("IML401", CLUSTER % ("", "instances: 1"), host(value))
    assert finding.at == f"'{value}'"
    assert words in finding.message


def test_a_pooler_and_an_additional_service_are_hosts() -> None:
    pooler = (
        "apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: {name: pool, namespace: photos}\n"
        "spec: {cluster: {name: pg}, type: rw}\n"
    )
    extra = "managed: {services: {additional: [{selectorType: rw, serviceTemplate: {metadata: {name: db}}}]}}"
    for name in ("pool", "db"):
        assert found("IML401", CLUSTER % ("", extra), pooler, host(name)) == []


def test_a_host_in_a_url_is_named_and_not_rewritten() -> None:
    document = host("postgres://immich:pw@pg-ro:5432/immich", "DB_URL")
    (finding,) = found("IML401", CLUSTER % ("", "instances: 2"), document)
    assert "The host in `DB_URL` is `pg-ro`" in finding.message
    assert "pw" not in finding.message.replace("pg-rw", "")
    files = {"immich.yaml": CLUSTER % ("", "instances: 2") + "---\n" + document}
    assert mended(files, ["IML401"]).texts == {}


def key(name: str, more: str = "") -> str:
    return server(f"env: [{{name: DB_URL, valueFrom: {{secretKeyRef: {{name: pg-app, key: {name}{more}}}}}}}]")


def test_keys_depend_on_the_operator() -> None:
    documents = (CLUSTER % ("", IMMICH), key("fqdn-uri"))
    assert found("IML402", *documents) == []
    assert found("IML402", *documents, settings=Settings(versions={"cnpg": "1.26.1"})) == []
    (finding,) = found("IML402", *documents, settings=Settings(versions={"cnpg": "1.26.0"}))
    assert finding.at == "fqdn-uri"


def test_an_optional_key_may_be_missing() -> None:
    assert found("IML402", CLUSTER % ("", IMMICH), key("database", ", optional: true")) == []
    assert len(found("IML402", CLUSTER % ("", IMMICH), key("database", ", optional: false"))) == 1


def test_a_secret_of_that_name_with_keys_of_its_own() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: pg-app, namespace: photos}\n"
    assert found("IML402", CLUSTER % ("", IMMICH), secret, key("database")) == []


@pytest.mark.parametrize(
    "maker",
    [
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: immich, namespace: photos}\n"
        "spec: {target: {name: pg-app}}\n",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: pg-app, namespace: photos}\nspec: {}\n",
        "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata: {name: immich, namespace: photos}\n"
        "spec: {secretTemplates: [{name: pg-app}]}\n",
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: keys}\n"
        "spec: {rules: [{mutate: {targets: [{kind: Secret, name: pg-app}]}}]}\n",
    ],
)
def test_another_tool_makes_the_secret_of_that_name(maker: str) -> None:
    assert found("IML402", CLUSTER % ("", IMMICH), maker, key("database")) == []
    others = maker.replace("pg-app", "pg-apps")
    assert len(found("IML402", CLUSTER % ("", IMMICH), others, key("database"))) == 1


CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: library, namespace: photos}\nspec: {}\n"


@pytest.mark.parametrize(
    "pod",
    [
        "{persistentVolumeClaim: {claimName: library}}",
        "{persistentVolumeClaim: {claimName: '${CLAIM}'}}",
        "{configMap: {name: extra, optional: true}}",
        "{configMap: {name: alone}}",
        "{projected: {sources: [{configMap: {name: kube-root-ca.crt}}]}}",
        "{secret: {secretName: made-by-hand}}",
    ],
)
def test_what_a_pod_needs_and_has_or_may_have(pod: str) -> None:
    assert found("IML506", CLAIM, server("tty: true", f", volumes: [{pod}]")) == []


def test_what_another_application_needs_is_not_judged() -> None:
    other = server("tty: true", ", volumes: [{persistentVolumeClaim: {claimName: libary}}]")
    assert found("IML506", CLAIM, other.replace("immich-app/immich-server", "example/wiki")) == []
    assert len(found("IML506", CLAIM, other)) == 1


APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  source: {repoURL: 'https://git.example.org/home.git', path: immich, targetRevision: main}
  destination: {server: 'https://kubernetes.default.svc', namespace: photos}
  syncPolicy: {%s}
"""


@pytest.mark.parametrize(
    ("policy", "annotations", "count"),
    [
        ("automated: {prune: true}", "", 1),
        ("automated: {prune: true}", "Delete=false", 1),
        ("automated: {prune: true}", "Delete=false,Prune=false", 0),
        ("automated: {prune: true}, syncOptions: [Prune=false]", "", 0),
        ("automated: {prune: false}", "", 0),
        ("automated: {}", "", 0),
    ],
)
def test_what_argo_cd_prunes(policy: str, annotations: str, count: int) -> None:
    metadata = f", annotations: {{argocd.argoproj.io/sync-options: '{annotations}'}}" if annotations else ""
    files = {"argocd.yaml": APPLICATION % policy, "immich/cluster.yaml": CLUSTER % (metadata, IMMICH)}
    assert len(findings_of(files, ["IML409"])) == count


def test_an_option_that_is_there_stays() -> None:
    files = {
        "argocd.yaml": APPLICATION % "automated: {prune: true}",
        "immich/cluster.yaml": CLUSTER % (", annotations: {argocd.argoproj.io/sync-options: Delete=false}", IMMICH),
    }
    text = mended(files, ["IML409"]).texts["immich/cluster.yaml"].text
    assert "argocd.argoproj.io/sync-options: Delete=false,Prune=false}" in text.replace("'", "").replace('"', "")


@pytest.mark.parametrize(
    ("ignored", "options", "says"),
    [
        ("jsonPointers: [/metadata/annotations, /spec]", "", "sync once by hand"),
        ("jqPathExpressions: [.metadata]", "[RespectIgnoreDifferences=true]", "`kubectl annotate cluster pg "),
        ("jsonPointers: [/metadata/labels, /spec]", "", ""),
        ("name: other, jsonPointers: [/metadata]", "", ""),
    ],
)
def test_a_guard_that_argo_cd_does_not_look_at(ignored: str, options: str, says: str) -> None:
    argo = APPLICATION % f"automated: {{prune: true}}, syncOptions: {options or '[]'}"
    argo += f"  ignoreDifferences: [{{group: postgresql.cnpg.io, kind: Cluster, {ignored}}}]\n"
    repository = repository_of({"argocd.yaml": argo, "immich/cluster.yaml": CLUSTER % ("", IMMICH)})
    (found,) = judge_repository(repository, rules_of(["IML409"]), Settings()).findings
    assert found.change is not None
    assert found.change.after.endswith(f"{says}." if says == "sync once by hand" else "")
    assert (says in found.change.after) if says else found.change.after == ""


def test_an_undefined_variable_is_an_error_where_flux_refuses_it() -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: immich, namespace: flux-system}\n"
        "spec: {path: ./apps, prune: true, postBuild: {substitute: {A: b}}}\n"
    )
    files = {
        "apps/flux.yaml": flux,
        "apps/cluster.yaml": CLUSTER.replace("pg", "immich-pg") % ("", "instances: '${N}'"),
    }
    for version, severity in ((None, "warning"), ("2.8", "warning"), ("2.9", "error"), ("2.9.1", "error")):
        settings = Settings(versions={"flux": version} if version else {})
        assert [item.severity for item in findings_of(files, ["IML803"], settings)] == [severity]


@pytest.mark.parametrize("entry", ["../outside.yaml", "notes.txt", "'{{ name }}.yaml'"])
def test_entries_that_nobody_can_judge(entry: str) -> None:
    files = {"kustomization.yaml": f"resources: [immich.yaml, {entry}]\n", "immich.yaml": host("pg-rw")}
    assert findings_of(files, ["IML802"]) == []


def test_what_is_listed_already_is_not_what_was_meant() -> None:
    listed = "immich.yaml, service.yaml, secrets.yaml, services.yaml, kustomisation.yaml"
    files = {
        "app/kustomization.yaml": f"resources: [{listed}]\n",
        "app/immich.yaml": host("pg-rw"),
        "app/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: immich}\nspec: {ports: [{port: 80}]}\n",
        "app/secret.yaml": "",
    }
    said = {item.at: item.message.partition("lists is applied")[2] for item in findings_of(files, ["IML802"])}
    assert said == {
        "secrets.yaml": "; did you mean `secret.yaml`?",
        "services.yaml": ".",
        "kustomisation.yaml": ".",
    }


@pytest.mark.parametrize(("applied", "missing"), [("", []), ("./apps", ["made/patch.yaml"])])
def test_what_git_ignores_is_made_by_who_applies_it_by_hand(tmp_path: Path, applied: str, missing: list[str]) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [immich.yaml]\npatches: [{path: made/patch.yaml}]\n",
        "apps/immich.yaml": host("pg-rw"),
        ".gitignore": "made/\n",
    }
    if applied:
        files["flux.yaml"] = (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: immich, namespace: flux-system}}\nspec: {{path: {applied}, prune: true}}\n"
        )
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    repository = Repository(walk(tmp_path), others=reader(tmp_path))
    found = judge_repository(repository, rules_of(["IML802"]), Settings()).findings
    assert [item.at for item in seen(repository, found)] == missing


def test_what_is_there_and_not_looked_into(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": "resources: [immich.yaml, local.yaml, vendored, module/app, gone, gone.yaml]\n",
        "immich.yaml": host("pg-rw"),
        ".gitignore": "local.yaml\nvendored/\n",
        "local.yaml": "",
        "vendored/kustomization.yaml": "resources: []\n",
        ".gitmodules": '[submodule "module"]\n\tpath = module\n\turl = https://example.org/module.git\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    repository = Repository(walk(tmp_path), others=reader(tmp_path))
    rules = rules_of(["IML802"])
    assert [item.at for item in seen(repository, judge_repository(repository, rules, Settings()).findings)] == [
        "gone",
        "gone.yaml",
    ]
