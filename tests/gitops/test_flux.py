"""Flux: who applies what, where, in which cluster, and with what on top."""

from __future__ import annotations

import pytest
from gitops_files import database, environment_of, flux, listing, only, picture_of, repository_of, size_of

from immichlint.gitops.cluster import cluster_of, may_be_one
from immichlint.gitops.environment import Idle, Lack
from immichlint.gitops.manifest import text_at
from immichlint.gitops.picture import picture
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import stacks
from immichlint.trees.field import look

APP = {"apps/db/cluster.yaml": database(), "apps/db/kustomization.yaml": listing("cluster.yaml")}
PATCHED = """\
  patches:
    - patch: |
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: any}
        spec:
          targetNamespace: photos
          postBuild: {substitute: {SIZE: 9Gi}}
      target: {group: kustomize.toolkit.fluxcd.io, kind: Kustomization}
"""


def names(files: dict[str, str]) -> list[str]:
    return [item.name for item in picture_of(files).environments]


def test_what_a_kustomization_writes_over_its_folder() -> None:
    more = (
        "  targetNamespace: photos\n  namePrefix: my-\n  nameSuffix: -a\n"
        "  commonMetadata: {labels: {team: home}, annotations: {note: x}}\n"
        "  patches: [{patch: '{kind: Cluster, apiVersion: postgresql.cnpg.io/v1, metadata: {name: immich-db},"
        " spec: {instances: 3}}'}]\n"
    )
    made = only(environment_of({**APP, "flux/db.yaml": flux("db", "./apps/db", more)}, "db"), "Cluster")
    assert (made.namespace, made.name) == ("photos", "my-immich-db-a")
    assert text_at(made.tree, "metadata", "labels", "team") == "home"
    assert text_at(made.tree, "metadata", "annotations", "note") == "x"
    assert made.tree.items["spec"].items["instances"].value == 3  # type: ignore[union-attr]


def test_it_takes_the_place_of_the_folders_own_affixes() -> None:
    own = listing("cluster.yaml") + ("namePrefix: old-\nnameSuffix: -b\n")
    image = "postgresql.cnpg.io/v1, metadata: {name: immich-db}, spec: {imageName: 'pg:17'}"
    files = {"apps/db/kustomization.yaml": own, "apps/db/cluster.yaml": f"{{kind: Cluster, apiVersion: {image}}}\n"}
    for more, name in (("", "old-immich-db-b"), ("  namePrefix: my-\n", "my-immich-db-b")):
        made = only(environment_of({**files, "flux/db.yaml": flux("db", "./apps/db", more)}, "db"), "Cluster")
        assert made.name == name


def test_an_image_of_its_own_takes_the_place_of_the_folders() -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: immich}, spec: {containers: [{name: a, image: 'pg:17'}]}}\n"
    own = listing("pod.yaml") + ("images: [{name: pg, newName: here/pg}, {name: other, newTag: '1'}]\n")
    files = {"apps/db/kustomization.yaml": own, "apps/db/pod.yaml": pod}
    for more, image in (("", "here/pg:17"), ("  images: [{name: pg, newTag: '18'}]\n", "pg:18")):
        made = only(environment_of({**files, "flux/db.yaml": flux("db", "./apps/db", more)}, "db"), "Pod")
        assert look(made.tree, ("spec", "containers", 0, "image")).value == image


def test_a_parent_patches_and_substitutes_its_children() -> None:
    files = {
        "apps/db/cluster.yaml": database(size="'${SIZE}'"),
        "apps/kustomization.yaml": listing("ks.yaml"),
        "apps/ks.yaml": flux("${APP}-db", "./apps/db"),
        "flux/apps.yaml": flux("apps", "apps", f"{PATCHED}  postBuild: {{substitute: {{APP: immich}}}}\n"),
    }
    made = environment_of(files, "immich-db")
    assert size_of(made) == "9Gi"
    assert only(made, "Cluster").namespace == "photos"


def test_a_component_may_bring_a_kustomization() -> None:
    files = {
        **APP,
        "apps/app/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: immich}\n",
        "component/kustomization.yaml": "kind: Component\nresources: [ks.yaml]\n",
        "component/ks.yaml": flux("${APP}-db", "./apps/db"),
        "flux/app.yaml": flux(
            "immich",
            "./apps/app",
            "  components: [../../component]\n  postBuild: {substitute: {APP: immich}}\n",
        ),
    }
    assert {"immich", "immich-db"} <= set(names(files))


def test_a_folder_without_kustomization_is_applied_as_a_whole() -> None:
    files = {
        "apps/db/cluster.yaml": database(),
        "apps/more/kustomization.yaml": listing("backup.yaml"),
        "apps/more/backup.yaml": database("immich-more"),
        "apps/more/draft.yaml": database("immich-draft"),
        "flux/all.yaml": flux("all", "./apps"),
    }
    found = picture_of(files)
    (made,) = found.environments
    assert [item.name for item in made.manifests] == ["immich-db", "immich-more"]
    assert [item.path for item in found.drafts] == ["apps/more/draft.yaml"]


@pytest.mark.parametrize(("entry", "why"), [("# - db.yaml\n", Idle.COMMENTED), ("", Idle.UNLISTED)])
def test_what_the_parent_leaves_out_is_a_draft(entry: str, why: Idle) -> None:
    files = {
        **APP,
        "flux/kustomization.yaml": f"resources:\n- other.yaml\n{entry}",
        "flux/other.yaml": flux("other", "./other"),
        "flux/db.yaml": flux("immich-db", "./apps/db"),
        "root.yaml": flux("flux-system", "./flux"),
    }
    found = picture_of(files)
    assert "immich-db" not in names(files)
    assert {item.path: item.why for item in found.drafts} == {"apps/db/cluster.yaml": why, "flux/db.yaml": why}
    assert {item.kustomization for item in found.drafts} == {"flux/kustomization.yaml"}


@pytest.mark.parametrize(("more", "made"), [("", ["db"]), ("namespace: test\n", ["apps", "db"])])
def test_a_list_of_what_flux_applies_makes_nothing_of_its_own(more: str, made: list[str]) -> None:
    files = {**APP, "apps/kustomization.yaml": listing("db") + more, "flux/db.yaml": flux("db", "./overlays/db")}
    files["overlays/db/kustomization.yaml"] = listing("../../apps/db") + "namespace: photos\n"
    assert sorted(names(files)) == made


def test_each_cluster_has_its_own() -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {SIZE: %s}\n"
    files = {"base/cluster.yaml": database(size="'${SIZE}'")}
    for cluster, size in (("prod", "90Gi"), ("staging", "2Gi")):
        files[f"clusters/{cluster}/apps.yaml"] = flux(
            "apps", "./base", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
        )
        files[f"clusters/{cluster}/settings.yaml"] = settings % size
    found = {item.name: item for item in picture_of(files).environments if item.engine == "flux"}
    assert {item.cluster: size_of(item) for item in found.values()} == {
        "clusters/prod": "90Gi",
        "clusters/staging": "2Gi",
    }
    assert set(found) == {"apps (clusters/prod)", "apps (clusters/staging)"}


@pytest.mark.parametrize(
    ("files", "size", "why"),
    [
        ({"settings.env": "# sizes\nSIZE=90Gi\n"}, "90Gi", ""),
        ({}, "", "the ConfigMap settings (settings.env is not known: it is not there)"),
    ],
)
def test_what_a_kustomization_generates_is_substituted(files: dict[str, str], size: str, why: str) -> None:
    files["flux/apps.yaml"] = flux(
        "apps", "./base", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
    )
    files["flux/kustomization.yaml"] = (
        "resources: [apps.yaml]\nconfigMapGenerator:\n  - {name: settings, envs: [../settings.env]}\n"
        "generatorOptions: {disableNameSuffixHash: true}\n"
    )
    files["base/cluster.yaml"] = database(size="'${SIZE}'")
    found = environment_of(files, "apps")
    assert not found.undefined
    assert (size_of(found), found.variables.open) == (size, why)


def test_a_list_of_bases_that_flux_applies_by_overlays_is_not_applied() -> None:
    files = {
        "apps.yaml": flux("apps", "./apps/prod"),
        "apps/base/kustomization.yaml": listing("db"),
        "apps/base/db/kustomization.yaml": listing("cluster.yaml"),
        "apps/base/db/cluster.yaml": database(),
        "apps/prod/kustomization.yaml": "namespace: prod\n" + listing("../base/db"),
    }
    assert [item.engine for item in picture_of(files).environments] == ["flux"]
    files["apps/base/kustomization.yaml"] = listing("db", "more.yaml")
    files["apps/base/more.yaml"] = database("immich-more")
    assert [item.engine for item in picture_of(files).environments] == ["kustomize", "flux"]
    files["apps/base/kustomization.yaml"] = "namePrefix: restored-\n" + listing("db")
    assert [item.engine for item in picture_of(files).environments] == ["kustomize", "flux"]


def test_what_one_cluster_generates_is_not_anothers() -> None:
    written = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {OTHER: '1'}\n"
    more = "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
    files = {
        "base/cluster.yaml": database(size="'${SIZE}'"),
        "flux/home/apps.yaml": flux("apps", "./base", more),
        "flux/home/kustomization.yaml": (
            "resources: [apps.yaml]\nconfigMapGenerator:\n  - {name: settings, literals: [SIZE=90Gi]}\n"
        ),
        "flux/cloud/settings.yaml": written,
    }
    assert not environment_of(files, "apps").undefined


def test_roots_of_one_name_are_in_different_clusters() -> None:
    files = {"base/cluster.yaml": database()}
    files |= {f"kubernetes/{name}/flux.yaml": flux("apps", "./base") for name in ("main", "lab")}
    assert [item.cluster for item in picture_of(files).environments] == ["kubernetes/lab", "kubernetes/main"]


SOURCE = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: %s}\nspec: {url: '%s'}\n"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ssh://git@git.example/me/home.git", Lack.MISSING),
        ("https://git.example/me/other", Lack.FOREIGN),
    ],
)
def test_a_folder_that_is_not_here(url: str, why: Lack) -> None:
    files = {
        **APP,
        "flux/here.yaml": flux("here", "./apps/db"),
        "flux/there.yaml": flux("immich-there", "./apps/gone", source="that"),
        "flux/source.yaml": SOURCE % ("that", url),
        "flux/own.yaml": SOURCE % ("flux-system", "https://git.example/me/home"),
    }
    found = picture(repository_of(files, "git@git.example:me/home.git"), {})
    assert [(gap.manifest.name, gap.why, gap.path) for gap in found.gaps] == [("immich-there", why, "apps/gone")]


def test_a_folder_of_another_repository_is_not_ours() -> None:
    files = {
        **APP,
        "flux/there.yaml": flux("there", "./apps/db", source="that"),
        "flux/source.yaml": SOURCE % ("that", "https://git.example/me/other"),
        "flux/own.yaml": SOURCE % ("flux-system", "https://git.example/me/home"),
    }
    found = picture(repository_of(files, "https://git.example/me/home.git"), {})
    assert [gap.why for gap in found.gaps] == [Lack.FOREIGN]
    assert all(item.engine != "flux" for item in found.environments)


def test_a_mirror_is_this_repository() -> None:
    files = {
        **APP,
        "flux/db.yaml": flux("db", "./apps/db"),
        "flux/own.yaml": SOURCE % ("flux-system", "https://forgejo.lan/infra/home"),
    }
    found = picture(repository_of(files, "https://git.example/me/home"), {})
    assert not found.gaps
    assert "db" in [item.name for item in found.environments]


def test_kustomizations_that_apply_each_other_end() -> None:
    files = {
        **APP,
        "a/a.yaml": flux("a", "./b"),
        "b/b.yaml": flux("b", "./a"),
        "a/db.yaml": flux("db", "./apps/db"),
    }
    assert sorted(names(files)) == ["a", "b", "db"]


def test_the_root_of_a_flux_tree_applies_itself() -> None:
    files = {
        **APP,
        "clusters/home/flux-system/gotk-sync.yaml": flux("flux-system", "./clusters/home"),
        "clusters/home/flux-system/kustomization.yaml": listing("gotk-sync.yaml"),
        "clusters/home/apps.yaml": flux("apps", "./apps"),
    }
    assert sorted(names(files)) == ["apps", "flux-system"]


def test_a_kustomization_that_is_commented_out_starts_nothing() -> None:
    files = {
        **APP,
        "apps/immich/ks.yaml": flux("immich", "./apps/db"),
        "apps/kustomization.yaml": "resources:\n- ./other/ks.yaml\n# - ./immich/ks.yaml\n",
        "apps/other/ks.yaml": flux("other", "./other"),
    }
    found = picture_of(files)
    assert "immich" not in names(files)
    assert {item.why for item in found.drafts} == {Idle.COMMENTED}


@pytest.mark.parametrize(
    ("path", "cluster"),
    [
        ("clusters/prod/apps.yaml", "clusters/prod"),
        ("kubernetes/clusters/lab/flux/ks.yaml", "kubernetes/clusters/lab"),
        ("clusters/apps/immich.yaml", ""),
        ("clusters/common/ks.yaml", ""),
        ("clusters/prod.yaml", ""),
        ("kubernetes/apps/ks.yaml", ""),
    ],
)
def test_the_folder_of_a_cluster(path: str, cluster: str) -> None:
    assert cluster_of(path) == cluster


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("clusters/prod", "clusters/test", False),
        ("clusters/prod", "", True),
        ("in-cluster", "clusters/prod", True),
        ("in-cluster", "https://far.example", False),
        ("far", "clusters/prod", False),
    ],
)
def test_whether_two_clusters_may_be_one(one: str, other: str, answer: bool) -> None:
    assert may_be_one(one, other) is may_be_one(other, one) is answer


def test_what_is_applied_from_elsewhere_is_said() -> None:
    files = {**APP, "flux/db.yaml": flux("immich-db", "./apps/gone")}
    seen, found = stacks(repository_of(files))
    assert Inputs(repository_of(files), seen, found).unread == (
        (
            "flux/db.yaml",
            "what the Kustomization immich-db applies: its folder is not in this repository (`apps/gone`)",
        ),
    )


def test_a_kustomization_that_is_put_away_applies_nothing() -> None:
    files = {**APP, "flux/db.yaml": flux("db", "./apps/db"), ".archived/old.yaml": flux("immich", "./apps/immich")}
    seen = picture_of(files)
    assert [item.name for item in seen.environments] == ["db"]
    assert seen.gaps == ()
    assert [(item.path, item.why) for item in seen.drafts] == [(".archived/old.yaml", Idle.PUT_AWAY)]


def test_what_only_a_kustomization_that_is_put_away_leads_to_is_applied_by_nothing() -> None:
    seen = picture_of({**APP, "archive/db.yaml": flux("db", "./apps/db")})
    assert seen.environments == ()
    assert ("apps/db/cluster.yaml", Idle.UNREACHED) in [(item.path, item.why) for item in seen.drafts]


def test_a_base_beside_its_overlay_in_a_folder_without_a_kustomization_is_there_once() -> None:
    files = {
        "apps/base/immich/kustomization.yaml": listing("db.yaml"),
        "apps/base/immich/db.yaml": database(),
        "apps/home/kustomization.yaml": listing("../base/immich") + "commonLabels: {of: home}\n",
        "clusters/home/apps.yaml": flux("apps", "./apps"),
    }
    cluster = only(environment_of(files, "apps"), "Cluster")
    assert text_at(cluster.tree, "metadata", "labels", "of") == "home"
