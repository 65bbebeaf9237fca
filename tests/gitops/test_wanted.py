"""What is read of what applies Immich: folders that its own kustomizations and their components list, and no others."""

from __future__ import annotations

from gitops_files import database, environment_of, flux, listing, picture_of

COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
COPY = (
    "apiVersion: volsync.backube/v1alpha1\nkind: ReplicationSource\n"
    "metadata: {name: '${APP}-copy'}\nspec: {sourcePVC: '${APP}'}\n"
)
APP = {"apps/photos/cluster.yaml": database()}
SUBSTITUTED = "  postBuild: {substitute: {APP: photos}}\n"


def kinds(files: dict[str, str], more: str = "") -> list[tuple[str, str]]:
    applied = {"flux/photos.yaml": flux("photos", "./apps/photos", SUBSTITUTED + more)}
    made = environment_of({**APP, **files, **applied}, "photos")
    return [(manifest.kind, manifest.name) for manifest in made.manifests]


def test_folders_that_the_files_own_kustomization_lists() -> None:
    files = {
        "apps/photos/kustomization.yaml": listing("cluster.yaml", "../../templates/volsync"),
        "templates/volsync/kustomization.yaml": listing("../restic"),
        "templates/restic/kustomization.yaml": listing("copy.yaml"),
        "templates/restic/copy.yaml": COPY,
    }
    assert kinds(files) == [("Cluster", "immich-db"), ("ReplicationSource", "photos-copy")]


def test_folders_that_a_component_lists() -> None:
    files = {
        "apps/photos/kustomization.yaml": listing("cluster.yaml"),
        "components/volsync/kustomization.yaml": COMPONENT + listing("./backup"),
        "components/volsync/backup/kustomization.yaml": listing("../restic"),
        "components/volsync/restic/kustomization.yaml": listing("copy.yaml"),
        "components/volsync/restic/copy.yaml": COPY,
    }
    found = kinds(files, "  components: [../../components/volsync]\n")
    assert found == [("Cluster", "immich-db"), ("ReplicationSource", "photos-copy")]


def test_folders_with_what_a_generator_takes() -> None:
    files = {
        "apps/photos/kustomization.yaml": listing("cluster.yaml"),
        "apps/kustomization.yaml": listing("photos", "other"),
        "apps/other/kustomization.yaml": listing("copy.yaml")
        + "configMapGenerator: [{name: v, files: [a=values.yaml]}]\n",
        "apps/other/values.yaml": "database: immich\n",
        "apps/other/copy.yaml": COPY,
        "flux/apps.yaml": flux("apps", "./apps", SUBSTITUTED),
    }
    found = picture_of({**APP, **files})
    (made,) = found.environments
    assert [manifest.kind for manifest in made.manifests] == ["Cluster", "ReplicationSource", "ConfigMap"]
    assert not found.drafts


def test_no_folders_of_other_applications() -> None:
    files = {
        "apps/kustomization.yaml": listing("photos", "other"),
        "apps/photos/kustomization.yaml": listing("cluster.yaml"),
        "apps/photos/cluster.yaml": database(),
        "apps/other/kustomization.yaml": listing("copy.yaml"),
        "apps/other/copy.yaml": COPY,
        "flux/apps.yaml": flux("apps", "./apps", SUBSTITUTED),
    }
    assert [manifest.kind for manifest in environment_of(files, "apps").manifests] == ["Cluster"]


def test_no_appliers_of_other_applications() -> None:
    files = {
        "apps/kustomization.yaml": "namePrefix: my-\n" + listing("photos.yaml", "other.yaml"),
        "apps/photos.yaml": flux("photos", "./photos"),
        "apps/other.yaml": flux("other", "./other"),
        "photos/cluster.yaml": database(),
        "other/kustomization.yaml": listing("copy.yaml"),
        "other/copy.yaml": COPY,
        "flux/apps.yaml": flux("apps", "./apps"),
    }
    found = {item.name: [manifest.name for manifest in item.manifests] for item in picture_of(files).environments}
    # A prefix of names needs all that is listed; what another application's Kustomization applies is nobody's answer.
    assert found == {"apps": ["my-photos", "my-other"], "my-photos": ["immich-db"]}
