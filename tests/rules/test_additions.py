"""New objects: written beside their neighbour, applied wherever that is, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness import mended, repository_of, rules_of

from immichlint.fixing.preview import previews
from immichlint.fixing.rounds import Mended
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Settings

CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-db
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
  backup: {barmanObjectStore: {destinationPath: "s3://backups/immich"}}
"""


def outcome(files: Mapping[str, str], rules: Iterable[str] = ("IML107",)) -> Mended:
    return mended(files, rules)


def made(files: Mapping[str, str]) -> dict[str, str]:
    return {path: source.text for path, source in outcome(files).texts.items()}


def test_two_kustomizations_that_list_the_neighbour_list_the_new_file_too() -> None:
    files = {
        "db/cluster.yml": CLUSTER,
        "one/kustomization.yaml": "namespace: one\nresources: [../db/cluster.yml]\n",
        "two/kustomization.yaml": "namespace: two\nresources:\n- ../db/cluster.yml\n- other.yaml\n",
        "two/other.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: two}\n",
    }
    found = made(files)
    assert set(found) == {"db/scheduled-backup.yml", "one/kustomization.yaml", "two/kustomization.yaml"}
    assert (
        found["one/kustomization.yaml"]
        == "namespace: one\nresources: [../db/cluster.yml, ../db/scheduled-backup.yml]\n"
    )
    assert found["two/kustomization.yaml"].endswith("- other.yaml\n- ../db/scheduled-backup.yml\n")


def test_what_is_added_to_a_base_of_two_environments_is_unsafe() -> None:
    base = {"base/cluster.yaml": CLUSTER, "base/kustomization.yaml": "resources: [cluster.yaml]\n"}
    one = {"one/kustomization.yaml": "namespace: one\nresources: [../base]\n"}
    two = {"two/kustomization.yaml": "namespace: two\nresources: [../base]\n"}
    assert [item.change.safety.value for item in outcome({**base, **one}).applied if item.change] == ["safe"]
    assert [item.change.safety.value for item in outcome({**base, **one, **two}).applied if item.change] == ["unsafe"]


def test_a_prefix_parts_the_names_and_the_new_object_names_the_cluster_as_it_is() -> None:
    files = {
        "base/cluster.yaml": CLUSTER,
        "base/kustomization.yaml": "resources: [cluster.yaml]\n",
        "home/kustomization.yaml": "namePrefix: home-\nresources: [../base]\n",
    }
    done = outcome(files)
    assert [item.change.safety.value for item in done.applied if item.change] == ["unsafe"]
    assert "cluster:\n    name: home-immich-db\n" in done.texts["base/scheduled-backup.yaml"].text


def test_environments_that_part_the_names_get_nothing() -> None:
    files = {
        "base/cluster.yaml": CLUSTER,
        "base/kustomization.yaml": "resources: [cluster.yaml]\n",
        "a/kustomization.yaml": "namePrefix: a-\nresources: [../base]\n",
        "b/kustomization.yaml": "namePrefix: b-\nresources: [../base]\n",
    }
    assert made(files) == {}


def test_a_list_gets_another_item() -> None:
    item = "\n".join(f"    {line}" if line else line for line in CLUSTER.splitlines())
    files = {"all.yaml": f"apiVersion: v1\nkind: List\nitems:\n  -{item[3:]}\n"}
    found = made(files)["all.yaml"]
    assert found.startswith(files["all.yaml"])
    assert "\n  - apiVersion: postgresql.cnpg.io/v1\n    kind: ScheduledBackup\n" in found


def test_a_variable_of_the_namespace_is_written_as_it_is() -> None:
    files = {
        "flux.yaml": (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: db}\n"
            "spec: {path: ./db, postBuild: {substitute: {NS: photos}}}\n"
        ),
        "db/cluster.yaml": CLUSTER.replace("name: immich-db\n", "name: immich-db\n  namespace: ${NS}\n"),
        "db/kustomization.yaml": "resources: [cluster.yaml]\n",
    }
    assert "  namespace: ${NS}\n" in made(files)["db/scheduled-backup.yaml"]


def test_a_name_that_is_taken_is_not_written_over() -> None:
    files = {
        "cluster.yaml": CLUSTER,
        "kustomization.yaml": "resources: [cluster.yaml]\n",
        "scheduled-backup.yaml": "# nothing yet\n",
    }
    assert set(made(files)) == {"kustomization.yaml", "scheduled-backup-immich-db-daily.yaml"}


def test_a_transformer_that_changes_what_is_added_is_seen() -> None:
    files = {
        "cluster.yaml": CLUSTER,
        "kustomization.yaml": (
            "resources: [cluster.yaml]\n"
            "patches:\n  - target: {kind: ScheduledBackup}\n"
            "    patch: '[{op: add, path: /spec/suspend, value: true}]'\n"
        ),
    }
    done = outcome(files)
    assert done.texts == {}
    assert "as it is written" in done.refused[0].reason


def test_a_preview_shows_the_new_file() -> None:
    files = {"cluster.yaml": CLUSTER, "kustomization.yaml": "resources: [cluster.yaml]\n"}
    rules = rules_of(["IML107"])

    def judge(repository: Repository) -> Judged:
        return judge_repository(repository, rules, Settings())

    judged = judge(repository_of(files))
    (preview,) = previews(judged, judged.findings, judge, lambda rule: frozenset())
    assert preview is not None
    assert [edit.region.file for edit in preview.edits] == ["kustomization.yaml", "scheduled-backup.yaml"]
    assert preview.edits[1].text.startswith("apiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\n")
