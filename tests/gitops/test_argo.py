"""Argo CD: generators, an app of apps, and what a source's options change."""

from __future__ import annotations

import pytest
from gitops_files import application, database, environment_of, listing, only, picture_of

from immichlint.gitops.environment import Environment, Lack
from immichlint.gitops.manifest import text_at

SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  goTemplate: %s
  generators:
%s
  template:
    metadata: {name: '%s'}
    spec:
      destination: {server: 'https://kubernetes.default.svc', namespace: '%s'}
      source: {repoURL: 'https://git.example/me/home', path: '%s'}
"""
FOLDERS = {"apps/immich/db.yaml": database(), "apps/backup/db.yaml": database("immich-backup")}


def made_by(
    generators: str, name: str, namespace: str, path: str, files: dict[str, str] = FOLDERS, *, go: bool = False
) -> dict[str, Environment]:
    indented = "".join(f"    {line}\n" for line in generators.splitlines())
    text = SET % (str(go).lower(), indented, name, namespace, path)
    return {item.name: item for item in picture_of({**files, "argo/set.yaml": text}).environments if item.applier}


def test_a_list_of_elements() -> None:
    found = made_by("- list: {elements: [{app: immich}, {app: backup}]}", "{{app}}", "{{app}}", "apps/{{app}}")
    assert {name: only(item, "Cluster").namespace for name, item in found.items()} == {
        "immich": "immich",
        "backup": "backup",
    }


@pytest.mark.parametrize(
    ("name", "namespace", "path", "go"),
    [
        ("{{path.basename}}", "{{path[1]}}", "{{path}}", False),
        ("{{.path.basename}}", "{{ index .path.segments 1 }}", "{{ .path.path }}", True),
        ("{{.path.basenameNormalized}}", "{{ .path.basename }}", "{{.path.path}}", True),
    ],
)
def test_the_folders_of_a_git_generator(name: str, namespace: str, path: str, go: bool) -> None:
    generator = "- git: {repoURL: 'https://git.example/me/home', directories: [{path: apps/*}]}"
    found = made_by(generator, name, namespace, path, go=go)
    assert {item: only(found[item], "Cluster").namespace for item in found} == {"immich": "immich", "backup": "backup"}


@pytest.mark.parametrize(
    ("glob", "found"),
    [("**", True), ("**/**/*", True), ("apps/**", True), ("**/immich/**", True), ("**/x", False), ("apps", False),
     ("**/" * 40 + "x", False), ("*" * 40, False)],
)  # fmt: skip
def test_what_folders_a_pattern_means(glob: str, found: bool) -> None:
    generator = f"- git: {{repoURL: x, directories: [{{path: '{glob}'}}]}}"
    assert ("immich" in made_by(generator, "{{path.basename}}", "a", "{{path}}")) == found


def test_an_excluded_folder_is_left_out() -> None:
    generator = "- git: {repoURL: x, directories: [{path: apps/*}, {path: apps/backup, exclude: true}]}"
    assert list(made_by(generator, "{{path.basename}}", "a", "{{path}}")) == ["immich"]


def test_the_files_of_a_git_generator() -> None:
    files = {
        **FOLDERS,
        "config/one/config.yaml": "app: {name: immich, space: photos}\n",
        "config/two.json": '{"app": {"name": "backup", "space": "dumps"}}',
    }
    generator = "- git: {repoURL: x, files: [{path: config/**/*.yaml}, {path: 'config/*.json'}]}"
    found = made_by(generator, "{{app.name}}", "{{app.space}}", "apps/{{app.name}}", files)
    assert {name: only(item, "Cluster").namespace for name, item in found.items()} == {
        "immich": "photos",
        "backup": "dumps",
    }


def test_a_matrix_joins_two_generators() -> None:
    generator = (
        "- matrix:\n    generators:\n    - list: {elements: [{app: immich}]}\n"
        "    - list: {elements: [{stage: prod}, {stage: test}]}\n"
    )
    assert set(made_by(generator, "{{app}}-{{stage}}", "{{stage}}", "apps/{{app}}")) == {"immich-prod", "immich-test"}


def test_the_second_generator_of_a_matrix_uses_the_first() -> None:
    generator = (
        "- matrix:\n    generators:\n    - list: {elements: [{root: apps}]}\n"
        "    - git: {repoURL: x, directories: [{path: '{{root}}/immich'}]}\n"
    )
    assert list(made_by(generator, "{{path.basename}}", "a", "{{path}}")) == ["immich"]


def test_a_merge_overrides_by_key() -> None:
    generator = (
        "- merge:\n    mergeKeys: [app]\n    generators:\n"
        "    - list: {elements: [{app: immich, space: a}, {app: backup, space: a}]}\n"
        "    - list: {elements: [{app: backup, space: b}]}\n"
    )
    found = made_by(generator, "{{app}}", "{{space}}", "apps/{{app}}")
    assert {name: only(item, "Cluster").namespace for name, item in found.items()} == {"immich": "a", "backup": "b"}


@pytest.mark.parametrize("generator", ["- clusters: {}", "- clusters: {selector: {matchLabels: {env: prod}}}"])
def test_clusters_that_only_argo_cd_knows(generator: str) -> None:
    found = made_by(generator, "{{name}}-immich", "photos", "apps/immich")
    (item,) = found.values()
    assert only(item, "Cluster").namespace == "photos"


@pytest.mark.parametrize("generator", ["- plugin: {}", "- scmProvider: {}", "- list: {elements: []}\n  selector: {}"])
def test_what_others_decide_is_not_guessed(generator: str) -> None:
    assert made_by(generator, "{{name}}", "a", "apps/{{name}}") == {}


def test_an_app_of_apps() -> None:
    files = {
        **FOLDERS,
        "root.yaml": application("root", "argo"),
        "argo/immich.yaml": application("immich", "apps/immich"),
        "argo/later/backup.yaml": application("backup", "apps/backup"),
    }
    found = [item.name for item in picture_of(files).environments if item.applier]
    # The folder is not searched deeper than it says.
    assert found == ["root", "immich"]


PATCHES = "patches: [{{target: {{kind: Application}}, patch: {patch}}}]\n"


def test_a_parent_patches_the_applications_that_it_applies() -> None:
    patch = "'[{op: replace, path: /spec/destination/namespace, value: elsewhere}]'"
    files = {
        **FOLDERS,
        "root.yaml": application("root", "argo"),
        "argo/immich.yaml": application("immich", "apps/immich"),
        "argo/kustomization.yaml": listing("immich.yaml") + PATCHES.format(patch=patch),
    }
    assert only(environment_of(files, "immich"), "Cluster").namespace == "elsewhere"


OPTIONS = """\
    kustomize:
      namePrefix: my-
      namespace: there
      commonLabels: {team: home}
      images: ['ghcr.io/cloudnative-pg/postgresql=mirror.lan/pg:17.5']
      patches: [{target: {kind: Cluster}, patch: '[{op: add, path: /spec/instances, value: 3}]'}]
"""


def test_the_kustomize_options_of_a_source() -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: immich}\nspec: {template: {spec: {containers: ["
        "{name: a, image: 'ghcr.io/cloudnative-pg/postgresql:16'}]}}}\n"
    )
    files = {
        "apps/immich/db.yaml": database(),
        "apps/immich/app.yaml": deployment,
        "apps/immich/kustomization.yaml": listing("db.yaml", "app.yaml"),
        "argo/immich.yaml": application("immich", "apps/immich", OPTIONS),
    }
    made = environment_of(files, "immich")
    cluster, workload = only(made, "Cluster"), only(made, "Deployment")
    assert (cluster.namespace, cluster.name) == ("there", "my-immich-db")
    assert text_at(cluster.tree, "metadata", "labels", "team") == "home"
    assert cluster.tree.items["spec"].items["instances"].value == 3  # type: ignore[union-attr]
    image = text_at(workload.tree, "spec", "template", "spec", "containers", 0, "image")
    assert image == "mirror.lan/pg:17.5"
    assert not cluster.unsettled


def test_a_folder_that_has_its_own_application_is_not_applied_twice() -> None:
    files = {
        **FOLDERS,
        "kustomization.yaml": listing("apps/immich", "apps/backup", "argo/immich.yaml"),
        "apps/immich/kustomization.yaml": listing("db.yaml"),
        "apps/backup/kustomization.yaml": listing("db.yaml"),
        "argo/immich.yaml": application("immich", "apps/immich"),
    }
    found = {item.name: [made.name for made in item.manifests] for item in picture_of(files).environments}
    assert found == {".": ["immich-backup", "immich"], "immich": ["immich-db"]}


@pytest.mark.parametrize("clusters", [["main"], ["main", "test"]])
def test_an_application_of_a_folder_that_another_one_applies_is_where_that_is(clusters: list[str]) -> None:
    files = {
        "apps/db/cluster.yaml": database(),
        "apps/db-app.yaml": application("db", "apps/db"),
        "apps/kustomization.yaml": listing("db-app.yaml"),
        "top/apps.yaml": application("apps", "apps"),
        "top/kustomization.yaml": listing("apps.yaml"),
    }
    for cluster in clusters:
        files[f"clusters/{cluster}/argo/kustomization.yaml"] = listing("../../../top")
    found = [item for item in picture_of(files).environments if item.applier and item.applier.name == "db"]
    assert sorted(item.cluster for item in found) == [f"clusters/{name}" for name in clusters]


def test_a_source_that_is_not_here() -> None:
    files = {
        **FOLDERS,
        "argo/a.yaml": application("a", "apps/immich"),
        "argo/b.yaml": application("immich-b", "apps/gone"),
        "argo/c.yaml": application("immich-c", "apps/immich", url="https://git.example/me/other"),
    }
    found = picture_of(files, "https://git.example/me/home")
    assert [(gap.manifest.name, gap.why) for gap in found.gaps] == [
        ("immich-b", Lack.MISSING),
        ("immich-c", Lack.FOREIGN),
    ]


@pytest.mark.parametrize(("instance", "copied"), [("release-name", True), ("photos", False)])
def test_what_helm_rendered_for_no_release_is_there_to_be_looked_at(instance: str, copied: bool) -> None:
    """A release has a name: without one, `helm template` calls it so."""
    labels = f"labels: {{app.kubernetes.io/instance: {instance}}}"
    source = "---\n# Source: immich/templates/%s.yaml\n"
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: photos}\n"
    rendered = database(f"{instance}-immich").replace("metadata: {", f"metadata: {{{labels}, ")
    files = {
        "apps/db/cluster.yaml": database(),
        "argo/app.yaml": application("db", "apps/db"),
        "charts/immich.yaml": source % "db" + rendered + source % "claim" + claim,
    }
    assert ("charts/immich.yaml" in [item.path for item in picture_of(files).drafts]) is copied


@pytest.mark.parametrize(
    ("options", "made"),
    [
        ("", ["Database", "Cluster"]),
        ("directory: {include: db.yaml}", ["Cluster"]),
        ("directory: {include: '{other,db}.y{a,}ml'}", ["Cluster"]),
        ("directory: {include: '{db.yaml'}", []),
        ("directory: {exclude: '{Chart,kustomization,values}.yaml'}", ["Cluster", "Database"]),
        ("directory: {recurse: true}", ["Cluster", "Database"]),
        ("directory: {recurse: false, jsonnet: {}}", ["Database", "Cluster"]),
        ("kustomize: {namePrefix: my-}", ["Database", "Cluster"]),
        ("helm: {valueFiles: [values.yaml]}", ["Chart"]),
        ("helm: {releaseName: ''}", ["Database", "Cluster"]),
        ("helm: {releaseName: photos}, directory: {include: db.yaml}", ["Database", "Cluster"]),
    ],
)
def test_the_tool_whose_options_a_source_has_makes_the_objects(options: str, made: list[str]) -> None:
    more = "".join(f"    {line}\n" for line in options.replace("}, directory", "}\ndirectory").splitlines())
    files = {
        "immich/Chart.yaml": "{apiVersion: v2, name: x, version: 1.0.0, dependencies: [{name: immich, version: 1}]}",
        "immich/values.yaml": "immich: {immich: {persistence: {library: {existingClaim: library}}}}\n",
        "immich/db.yaml": database(),
        "immich/more.yaml": database().replace("Cluster", "Database"),
        "immich/kustomization.yaml": listing("more.yaml", "db.yaml"),
        "argo/immich.yaml": application("immich", "immich", more),
    }
    found = [item for item in picture_of(files).environments if item.applier]
    assert [manifest.kind for item in found for manifest in item.manifests] == made


def test_a_folder_without_what_the_named_tool_needs_is_read_as_it_lies_there() -> None:
    files = {**FOLDERS, "argo/immich.yaml": application("immich", "apps/immich", "    helm: {releaseName: photos}\n")}
    assert only(environment_of(files, "immich"), "Cluster").name == "immich-db"


GRAFANA = '{{- if eq .path.basename "grafana" }}\nspec: {destination: {namespace: monitoring}}\n'


@pytest.mark.parametrize(
    ("patch", "made"),
    [
        (GRAFANA + "{{- end }}", ["backup", "immich"]),
        (GRAFANA + '{{- else if eq .path.basename "cilium" }}\nspec: {source: {}}\n{{- end }}\n', ["backup", "immich"]),
        (GRAFANA + '{{- end }}\n{{ if eq .path.basename "immich" }}\nspec: {source: {}}\n{{ end }}', ["backup"]),
        (GRAFANA + "{{- else }}\nspec: {source: {}}\n{{- end }}", []),
        (GRAFANA + "{{ if .x }}\n{{ end }}\n{{- end }}", []),
        (GRAFANA + '{{- end }}\nspec: {destination: {namespace: "{{ .path.basename }}"}}', []),
        (GRAFANA, []),
        (GRAFANA.replace(".path.basename", ".unknown") + "{{- end }}", []),
        ("spec: {destination: {namespace: other}}", []),
        ("spec: {info: []}", ["backup", "immich"]),
    ],
)
def test_a_patch_of_the_template_that_is_for_other_elements_changes_nothing(patch: str, made: list[str]) -> None:
    generator = "    - git: {repoURL: 'https://git.example/me/home', directories: [{path: apps/*}]}\n"
    text = SET % ("true", generator, "{{.path.basename}}", "{{.path.basename}}", "{{.path.path}}")
    text += "  templatePatch: |\n" + "".join(f"    {line}\n" for line in patch.splitlines())
    found = picture_of({**FOLDERS, "argo/set.yaml": text}).environments
    assert sorted(item.name for item in found if item.applier) == made
