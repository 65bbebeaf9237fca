"""How far a change spreads: what is shared with applications that are not looked at is left alone."""

from __future__ import annotations

import pytest
from gitops_files import database, flux, listing, repository_of

from immichlint.gitops.picture import picture
from immichlint.gitops.spread import Spread
from immichlint.yamltree.place import DocumentId, Place

COMPONENT = {
    "components/size/kustomization.yaml": "kind: Component\npatches: [{path: patch.yaml, target: {kind: Cluster}}]\n",
    "components/size/patch.yaml": "kind: Cluster\nmetadata: {name: any}\nspec: {storage: {size: 9Gi}}\n",
}
APP = {
    **COMPONENT,
    "apps/db/cluster.yaml": database(),
    "apps/db/kustomization.yaml": f"{listing('cluster.yaml')}components: [../../components/size]\n",
    "flux/db.yaml": flux("db", "./apps/db"),
}
WIKI = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wiki}\ndata: {a: '${SIZE}'}\n"


def beyond(files: dict[str, str], place: Place) -> str:
    repository = repository_of(files)
    return Spread(repository, picture(repository, {}).environments).beyond(place)


def at(path: str, *route: str) -> Place:
    return Place(DocumentId(path, 0), route)


def test_what_only_immich_uses_is_its_own() -> None:
    assert beyond(APP, at("components/size/patch.yaml", "spec")) == ""
    assert beyond(APP, at("apps/db/cluster.yaml", "spec")) == ""


@pytest.mark.parametrize(
    "other",
    [
        {"apps/wiki/kustomization.yaml": f"{listing('wiki.yaml')}components: [../../components/size]\n"},
        {
            "apps/wiki/wiki.yaml": WIKI,
            "flux/wiki.yaml": flux("wiki", "./apps/wiki", "  components: [../../components/size]\n"),
        },
    ],
)
def test_a_component_that_another_application_uses(other: dict[str, str]) -> None:
    for name in ("patch.yaml", "kustomization.yaml"):
        assert name in beyond({**APP, **other}, at(f"components/size/{name}", "spec"))


def test_an_application_that_is_commented_out_counts_for_nothing() -> None:
    other = {
        "apps/wiki/kustomization.yaml": f"{listing('wiki.yaml')}components: [../../components/size]\n",
        "apps/kustomization.yaml": "resources:\n- db\n# - wiki\n",
    }
    assert beyond({**APP, **other}, at("components/size/patch.yaml", "spec")) == ""


PARENT = """\
  patches:
    - patch: |
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: %s}
        spec:
          patches:
            - patch: |
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: any}
                spec: {instances: 2}
              target: {kind: Cluster}
%s"""


@pytest.mark.parametrize(
    ("name", "target", "shared"),
    [
        ("any", "      target: {kind: Kustomization}\n", True),
        ("any", "      target: {kind: Kustomization, name: 'd.*'}\n", True),
        ("any", "      target: {kind: Kustomization, name: db}\n", False),
        ("db", "", False),
    ],
)
def test_a_patch_for_all_children_of_a_kustomization(name: str, target: str, shared: bool) -> None:
    files = {**APP, "root.yaml": flux("root", "./flux", PARENT % (name, target))}
    repository = repository_of(files)
    environments = picture(repository, {}).environments
    made = next(item for environment in environments for item in environment.manifests if item.kind == "Cluster")
    place = made.tree.items["spec"].items["instances"].writes[-1].place  # type: ignore[union-attr]
    assert place is not None
    assert len(place.document.hosts) == 2
    assert bool(Spread(repository, environments).beyond(place)) is shared


@pytest.mark.parametrize(("wiki", "shared"), [(WIKI, True), (WIKI.replace("SIZE", "OTHER"), False)])
def test_a_variable_that_others_use(wiki: str, shared: bool) -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {SIZE: 5Gi}\n"
    files = {**APP, "flux/settings.yaml": settings, "apps/wiki/wiki.yaml": wiki}
    assert bool(beyond(files, at("flux/settings.yaml", "data", "SIZE"))) is shared
