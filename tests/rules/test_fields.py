"""IML903 beyond its examples: the CRDs themselves, definitions of the repository, versions, what is certain."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from harness import findings_of

from immichlint.facts import load
from immichlint.facts.compact import index, whole
from immichlint.facts.crd import KINDS, known_crd
from immichlint.rules.catalogue import text
from immichlint.rules.model import Settings
from immichlint.text import SourceText
from immichlint.text.nearest import is_slip
from immichlint.yamltree.compose import compose
from immichlint.yamltree.lookup import data

CRDS: Final = Path(__file__).parent.parent.parent.parent / "shared" / "oracles" / "crds"
BACKUP: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: immich-daily}
spec:
  schedule: "0 0 3 * * *"
  cluster: {name: immich-postgres}
  futureField: 1
"""
DEFINITION: Final = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}}}
spec:
  group: {group}
  names: {{kind: {kind}}}
  versions:
    - name: {version}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                schedule: {{type: string}}
                cluster: {{type: object, properties: {{name: {{type: string}}}}}}
                futureField: {{type: integer}}
"""


def test_every_kind_has_its_schema() -> None:
    for kind in KINDS:
        row = load(f"crds/{kind}")
        crd = known_crd(row["apiVersion"], kind)
        assert crd is not None
        assert "spec" in crd.root["fields"]


@pytest.mark.skipif(not CRDS.is_dir(), reason="the CRDs are not beside this checkout")
@pytest.mark.parametrize("kind", KINDS)
def test_the_fields_are_those_of_the_crds(kind: str) -> None:
    row = load(f"crds/{kind}")
    group = row["apiVersion"].partition("/")[0]
    definition: Any = data(next(iter(compose(SourceText(_crd(group, kind).read_text("utf-8"))))).root)
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert {"root": row["root"], "shared": row["shared"]} == index(whole(schema))
    assert _names(row["root"], row["shared"]) == _upstream(schema, top=True)


def _crd(group: str, kind: str) -> Path:
    return CRDS / f"{group}_{kind.lower()}s.yaml"


def _names(schema: Any, shared: list[Any], route: str = "") -> set[str]:
    """All fields of a compact schema, by their routes."""
    if isinstance(schema, int):
        return _names(shared[schema], shared, route)
    if not isinstance(schema, dict):
        return set()
    found = set()
    for name, item in schema.get("fields", {}).items():
        found |= {f"{route}/{name}"} | _names(item, shared, f"{route}/{name}")
    for key in ("items", "values"):
        found |= _names(schema.get(key), shared, f"{route}/*")
    return found


def _upstream(schema: Any, route: str = "", *, top: bool = False) -> set[str]:
    """All fields of an OpenAPI schema, by their routes."""
    found = set()
    for name, item in schema.get("properties", {}).items():
        below = set() if top and name in ("metadata", "status") else _upstream(item, f"{route}/{name}")
        found |= {f"{route}/{name}"} | below
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found |= _upstream(schema[key], f"{route}/*")
    return found


def test_a_field_that_is_not_known_is_a_finding() -> None:
    (found,) = findings_of({"backup.yaml": BACKUP}, ["IML903"])
    assert (found.line, found.at) == (7, "futureField")


def test_the_block_of_sops_is_no_field() -> None:
    sops = 'sops:\n  lastmodified: "2026-01-02T03:04:05Z"\n  mac: ENC[AES256_GCM,data:eA==,type:str]\n'
    manifest = BACKUP.replace("  futureField: 1\n", "")
    assert findings_of({"backup.yaml": manifest + sops}, ["IML903"]) == []
    (found,) = findings_of({"backup.yaml": manifest + "sops: {version: 3.10.2}\n"}, ["IML903"])
    assert found.message.startswith("`sops` is no field of a ScheduledBackup: ")


def test_a_newer_operator_may_know_more() -> None:
    major, minor, _ = load("cnpg_releases")["newest_read"].split(".")
    for version, count in ((f"{major}.{int(minor) + 1}", 0), (f"{major}.{minor}", 1)):
        assert len(findings_of({"backup.yaml": BACKUP}, ["IML903"], Settings(versions={"cnpg": version}))) == count


def test_the_page_names_the_releases_whose_fields_are_known() -> None:
    facts = load("cnpg_releases")
    cnpg, plugin = (facts[key].rpartition(".")[0] for key in ("newest_read", "newest_plugin_read"))
    said = " ".join(text("IML903").rationale.split())
    assert f"CloudNativePG {cnpg} and of the barman-cloud plugin {plugin}." in said


def test_a_definition_of_the_repository_may_know_more() -> None:
    crd = DEFINITION.format(
        name="scheduledbackups.postgresql.cnpg.io", group="postgresql.cnpg.io", kind="ScheduledBackup", version="v1"
    )
    assert findings_of({"backup.yaml": BACKUP, "crds/backup.yaml": crd}, ["IML903"]) == []


def test_definitions_of_the_repository_judge_other_kinds_where_all_agree() -> None:
    own = BACKUP.replace("postgresql.cnpg.io/v1", "example.org/v2").replace("ScheduledBackup", "ImmichBackup")
    wrong = own.replace("futureField: 1", "futureFeild: 1")
    crd = DEFINITION.format(name="immichbackups.example.org", group="example.org", kind="ImmichBackup", version="v2")
    assert findings_of({"backup.yaml": own, "schemas/own.yaml": crd}, ["IML903"]) == []
    (found,) = findings_of({"backup.yaml": wrong, "schemas/own.yaml": crd}, ["IML903"])
    assert found.at == "futureFeild"
    newer = crd.replace("futureField", "futureFeild")
    assert findings_of({"backup.yaml": wrong, "schemas/own.yaml": crd, "newer/own.yaml": newer}, ["IML903"]) == []


SERVER = """\
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: photos}
spec: {containers: [{name: main, image: "ghcr.io/immich-app/immich-server:v2.3.1"}]}
"""


@pytest.mark.parametrize(
    ("name", "namespace", "judged"), [("cache", "photos", 1), ("cache", "other", 0), ("immich-cache", "other", 1)]
)
def test_other_operators_objects_are_judged_where_they_are_immichs(name: str, namespace: str, judged: int) -> None:
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}}"
    cache = f"apiVersion: example.org/v2\nkind: Cache\n{metadata}\nspec: {{bogus: 1}}\n"
    crd = DEFINITION.format(name="caches.example.org", group="example.org", kind="Cache", version="v2")
    files = {"photos.yaml": f"{SERVER}---\n{cache}", "crds/cache.yaml": crd}
    assert [item.at for item in findings_of(files, ["IML903"])] == ["bogus"] * judged


def test_definitions_that_the_configuration_names_judge_other_kinds() -> None:
    own = BACKUP.replace("postgresql.cnpg.io/v1", "example.org/v2").replace("ScheduledBackup", "ImmichBackup")
    wrong = own.replace("futureField: 1", "futureFeild: 1")
    crd = DEFINITION.format(name="immichbackups.example.org", group="example.org", kind="ImmichBackup", version="v2")
    told = Settings(parameters={"IML903": {"crd-paths": ["archive/schemas"]}})
    assert findings_of({"backup.yaml": wrong, "archive/schemas/own.yaml": crd}, ["IML903"]) == []
    assert findings_of({"backup.yaml": own, "archive/schemas/own.yaml": crd}, ["IML903"], told) == []
    (found,) = findings_of({"backup.yaml": wrong, "archive/schemas/own.yaml": crd}, ["IML903"], told)
    assert found.at == "futureFeild"
    assert "Did you mean `futureField`?" in found.message


@pytest.mark.parametrize(
    ("word", "meant", "surely"),
    [
        ("imediate", "immediate", True),
        ("immediatte", "immediate", True),
        ("immeidate", "immediate", True),
        ("immediote", "immediate", True),
        ("post_init_sql", "postInitSQL", True),
        ("cat", "cut", False),
        ("endpoint", "endpointURL", False),
        ("walArchive", "dataArchive", False),
    ],
)
def test_what_is_surely_a_slip(word: str, meant: str, surely: bool) -> None:
    assert is_slip(word, meant) is surely


STORE: Final = """\
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: immich}
spec:
  retentionPolicy: 30d
  configuration:
    destinationPath: s3://backups/immich
    s3Credentials: {inheritFromIAMRole: true}
    wal: {compression: zstd}
  instanceSidecarConfiguration: {logLevel: debug, retentionPolicyIntervalSeconds: 60}
"""
CLUSTER: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-postgres}
spec:
  instances: 1
  storage: {size: 10Gi, pvcTemplate: {resources: {claims: []}}}
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup: {barmanObjectStore: {destinationPath: "s3://b/i", wal: {compression: zstd}}}
  plugins:
    - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true}
"""


@pytest.mark.parametrize(
    ("version", "newer"),
    [
        ("1.30.0", []),
        ("1.24.3", []),
        ("1.24", []),
        ("1.25.0", ["isWALArchiver"]),
        ("1.24.2", ["isWALArchiver"]),
        ("1.22.0", ["plugins"]),
        ("1.12.0", ["plugins"]),
        ("", []),
        ("1.31.0", []),
    ],
)
def test_a_field_that_came_later(version: str, newer: list[str]) -> None:
    settings = Settings(versions={"cnpg": version} if version else {})
    found = findings_of({"cluster.yaml": CLUSTER}, ["IML903"], settings)
    assert [item.at for item in found if "came with" in item.message] == newer


def test_a_field_that_is_gone_is_known_to_the_operator_that_had_it() -> None:
    for version, at in (("1.30.0", ["claims"]), ("1.22.1", ["plugins"]), ("1.22.2", ["claims", "plugins"])):
        found = findings_of({"cluster.yaml": CLUSTER}, ["IML903"], Settings(versions={"cnpg": version}))
        assert [item.at for item in found] == at


def test_a_value_that_came_later_is_refused() -> None:
    backup = BACKUP.replace("futureField: 1", "method: plugin\n  pluginConfiguration: {name: barman}")
    (found,) = findings_of({"backup.yaml": backup}, ["IML903"], Settings(versions={"cnpg": "1.23.2"}))
    assert found.at == "plugin"
    assert "came with CloudNativePG 1.23.3, and 1.23.2 runs here: the API server refuses the object" in found.message
    assert findings_of({"backup.yaml": backup}, ["IML903"], Settings(versions={"cnpg": "1.23.3"})) == []


def test_the_plugins_fields_are_those_of_the_plugin() -> None:
    told = Settings(versions={"cnpg": "1.20.0", "barman-plugin": "0.6.0"})
    (found,) = findings_of({"store.yaml": STORE}, ["IML903"], told)
    assert found.at == "logLevel"
    assert "came with the barman-cloud plugin 0.7.0, and 0.6.0 runs here" in found.message
    assert findings_of({"store.yaml": STORE}, ["IML903"], Settings(versions={"cnpg": "1.20.0"})) == []


def test_a_definition_of_the_repository_knows_what_is_newer() -> None:
    crd = DEFINITION.format(
        name="scheduledbackups.postgresql.cnpg.io", group="postgresql.cnpg.io", kind="ScheduledBackup", version="v1"
    ).replace("futureField: {{type: integer}}", "method: {{type: string}}")
    crd = crd.replace("futureField: {type: integer}", "method: {type: string}")
    backup = BACKUP.replace("futureField: 1", "method: plugin")
    settings = Settings(versions={"cnpg": "1.20.0"})
    assert [item.at for item in findings_of({"backup.yaml": backup}, ["IML903"], settings)] == ["method"]
    assert findings_of({"backup.yaml": backup, "crds/backup.yaml": crd}, ["IML903"], settings) == []


def test_a_chart_that_is_newer_than_all_known_may_know_more() -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cnpg}
spec: {chart: {spec: {chart: cloudnative-pg, version: VERSION}}}
"""
    for version, count in (("0.29.0", 1), ("0.99.0", 0)):
        files = {"backup.yaml": BACKUP, "operator.yaml": release.replace("VERSION", version)}
        assert len(findings_of(files, ["IML903"])) == count
