"""What runs beside what: references are resolved inside one cluster, and not between alternatives."""

from __future__ import annotations

import pytest
from gitops_files import application, database, flux, listing, picture_of

from immichlint.stack.beside import neighbours


def beside(files: dict[str, str]) -> dict[str, set[str]]:
    found = picture_of(files).environments
    return {
        item.name: {found[index].name for index in indices}
        for item, indices in zip(found, neighbours(found), strict=True)
    }


def test_overlays_of_one_base_are_alternatives() -> None:
    files = {"base/db.yaml": database(), "base/kustomization.yaml": listing("db.yaml")}
    files |= {f"overlays/{name}/kustomization.yaml": listing("../../base") for name in ("prod", "test")}
    assert beside(files) == {"overlays/prod": set(), "overlays/test": set()}


def test_overlays_that_give_names_of_their_own_run_beside_each_other() -> None:
    files = {"base/db.yaml": database(), "base/kustomization.yaml": listing("db.yaml")}
    for name in ("a", "b"):
        files[f"overlays/{name}/kustomization.yaml"] = f"{listing('../../base')}namePrefix: {name}-\n"
    assert beside(files) == {"overlays/a": {"overlays/b"}, "overlays/b": {"overlays/a"}}


def test_clusters_are_never_joined() -> None:
    files = {"base/db.yaml": database()}
    files |= {f"clusters/{name}/db.yaml": flux(f"db-{name}", "./base") for name in ("prod", "test")}
    found = beside(files)
    assert found["db-prod"] == found["db-test"] == set()


def test_what_flux_applies_in_one_cluster_is_there_together() -> None:
    shared = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared, namespace: immich}\n"
    files = {
        "component/kustomization.yaml": "kind: Component\nresources: [shared.yaml]\n",
        "component/shared.yaml": shared,
    }
    for name in ("one", "two"):
        files[f"apps/{name}/db.yaml"] = database(f"immich-{name}")
        files[f"apps/{name}/kustomization.yaml"] = f"{listing('db.yaml')}components: [../../component]\n"
        files[f"flux/{name}.yaml"] = flux(name, f"./apps/{name}")
    assert "two" in beside(files)["one"]


@pytest.mark.parametrize(
    ("server", "joined"), [("https://kubernetes.default.svc", True), ("https://far.example", False)]
)
def test_applications_of_one_destination(server: str, joined: bool) -> None:
    files = {
        "apps/a/db.yaml": database("immich-a"),
        "apps/b/db.yaml": database("immich-b"),
        "argo/a.yaml": application("a", "apps/a"),
        "argo/b.yaml": application("b", "apps/b").replace("https://kubernetes.default.svc", server),
    }
    assert ("b" in beside(files)["a"]) is joined
