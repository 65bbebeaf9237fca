"""Which objects a patch is for, and what stays unknown where it is merged."""

from __future__ import annotations

import pytest
from gitops_files import repository_of

from immichlint.gitops.kustomize.build import build
from immichlint.gitops.kustomize.strategic import strategic_merge
from immichlint.gitops.manifest import Manifest
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.trees.tree import Layer, Map, Seq, get, plain
from immichlint.yamltree.compose import compose
from immichlint.yamltree.place import DocumentId

OBJECTS = """\
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: photos}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: jobs, namespace: photos}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: web, namespace: photos}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: web, namespace: photos}}
---
{apiVersion: aaa.example/v1, kind: Deployment, metadata: {name: web, namespace: photos}}
---
{apiVersion: zzz.example/v1, kind: Deployment, metadata: {name: web, namespace: photos}}
"""


def built(objects: str, patches: str) -> tuple[Manifest, ...]:
    """What a kustomization with these patches, a YAML list in flow style, makes of some objects."""
    files = {"kustomization.yaml": f"resources: [o.yaml]\npatches: {patches}\n", "o.yaml": objects}
    return build(repository_of(files), "").manifests


def patched(objects: str, patches: str) -> list[str]:
    """The objects that got `spec.on`."""
    return [
        f"{item.api_version} {item.kind} {item.namespace}/{item.name}"
        for item in built(objects, patches)
        if get(item.tree, ("spec", "on")) is not None
    ]


def a_patch(identity: str, more: str = "") -> str:
    return f"[{{patch: '{{{identity}, spec: {{on: true}}}}'{more}}}]"


WEB = "apiVersion: apps/v1, kind: Deployment, metadata: {name: web}"


def test_a_patch_without_the_namespace_is_for_the_object_that_is_called_so() -> None:
    """kustomize refuses it; what is meant is the one object of this kind, group and name."""
    assert patched(OBJECTS, a_patch(WEB)) == ["apps/v1 Deployment photos/web"]


def test_an_object_of_exactly_this_identity_is_meant_alone() -> None:
    objects = f"{OBJECTS}---\n{{{WEB}}}\n"
    assert patched(objects, a_patch(WEB)) == ["apps/v1 Deployment /web"]
    exact = WEB.replace("web}", "web, namespace: photos}")
    assert patched(objects, a_patch(exact)) == ["apps/v1 Deployment photos/web"]


def test_a_patch_for_another_namespace_is_for_none_of_these() -> None:
    assert patched(OBJECTS, a_patch(WEB.replace("web}", "web, namespace: music}"))) == []


def test_a_selector_counts_and_not_what_the_patch_is_called() -> None:
    objects = f"{OBJECTS}---\n{{{WEB}}}\n"
    assert patched(objects, a_patch(WEB, ", target: {name: jobs}")) == ["apps/v1 Deployment photos/jobs"]


@pytest.mark.parametrize(
    ("identity", "more", "layers"),
    [
        (WEB, ", target: {kind: Deployment}", [Layer.BASE]),
        (WEB.replace("web}", "web, labels: {a: b}}"), ", target: {kind: Deployment}", [Layer.BASE, Layer.PATCH]),
        (WEB, "", [Layer.BASE, Layer.PATCH]),
    ],
)
def test_a_name_in_a_patch_with_a_target_is_no_part_of_the_metadata(
    identity: str, more: str, layers: list[Layer]
) -> None:
    (found,) = built(f"{{{WEB}}}\n", a_patch(identity, more))
    metadata = get(found.tree, ("metadata",))
    assert metadata is not None and [write.layer for write in metadata.writes] == layers


@pytest.mark.parametrize("name", ["we[", "*", "web)"])
def test_a_selector_that_is_no_pattern_selects_nothing(name: str) -> None:
    assert patched(OBJECTS, a_patch(WEB, f', target: {{name: "{name}"}}')) == []


def test_a_pattern_fits_the_whole_name() -> None:
    assert patched(OBJECTS, a_patch(WEB, ", target: {kind: D.*, name: we}")) == []
    assert patched(OBJECTS, a_patch(WEB, ", target: {kind: D.*, group: apps, name: w.b|job.}")) == [
        "apps/v1 Deployment photos/web",
        "apps/v1 Deployment photos/jobs",
        "apps/v1 DaemonSet photos/web",
    ]


@pytest.mark.parametrize(
    ("options", "name"), [("true", "site"), ("false", "web"), ("1", "web"), ("'true'", "web"), ("null", "web")]
)
def test_a_name_is_changed_only_where_that_is_allowed(options: str, name: str) -> None:
    patch = a_patch(WEB.replace("web", "site"), f", target: {{name: web}}, options: {{allowNameChange: {options}}}")
    (found,) = built(f"{{{WEB}}}\n", patch)
    assert found.name == name
    assert get(found.tree, ("spec", "on")) is not None


def test_a_directive_that_there_is_not_leaves_the_object_unsettled() -> None:
    (found,) = built(f"{{{WEB}}}\n", a_patch(f"$patch: zzz, {WEB}"))
    assert found.unsettled == "a patch does not apply: there is no `$patch: zzz`"


@pytest.mark.parametrize("text", ["[just, words]", "[{op: add, path: /spec}]"])
def test_a_list_that_is_no_json_patch_leaves_the_object_unsettled(text: str) -> None:
    (found,) = built(f"{{{WEB}}}\n", f"[{{patch: '{text}', target: {{kind: Deployment}}}}]")
    assert found.unsettled.startswith("a JSON patch does not apply: ")


NO_KEYS: dict[str, tuple[str, ...]] = {}


@pytest.mark.parametrize(("base", "patch"), [("helm", None), (None, "flux"), ("helm", "flux")])
def test_what_may_have_more_keys_may_have_them_when_patched(base: str | None, patch: str | None) -> None:
    merged = strategic_merge(Map({}, (), open=base), Map({}, (), open=patch), NO_KEYS)
    assert merged is not None and merged.open == (base or patch)


@pytest.mark.parametrize(("base", "patch"), [("helm", None), (None, "flux"), (None, None)])
def test_a_list_that_may_have_more_items_may_have_them_when_patched(base: str | None, patch: str | None) -> None:
    fields = Map({"env": Seq([], (), base)}, ()), Map({"env": Seq([], (), patch)}, ())
    merged = strategic_merge(*fields, {"env": ("name",)})
    assert merged is not None
    env = merged.items["env"]
    assert isinstance(env, Seq) and env.open == (base or patch)


@pytest.mark.parametrize(
    ("base", "patch"),
    [
        ("[{port: 1}]", "[{protocol: TCP}]"),
        ("[{protocol: TCP}]", "[{port: 1}]"),
        ("[{port: 1}, {protocol: TCP}]", "[{port: 2}]"),
        ("[1]", "[{port: 1}]"),
        ("[{port: 1}]", "[1]"),
    ],
)
def test_a_list_whose_items_lack_the_key_is_replaced(base: str, patch: str) -> None:
    """A field may be called as one that has a merge key, and be another."""
    merged = strategic_merge(_ports(base), _ports(patch), {"ports": ("containerPort", "port")})
    assert merged is not None and plain(merged) == plain(_ports(patch))


def _ports(text: str) -> Map:
    tree = grow(compose(SourceText(f"ports: {text}"))[0], DocumentId("a.yaml", 0))
    assert isinstance(tree, Map)
    return tree


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "a?" * 40 + "b", ".*" * 20 + "b", "(" * 500, "(a|a|a|a)" * 9 + "b", "a{99999999999}", "a**"],
)
def test_a_pattern_that_may_take_for_ever_leaves_open_whom_a_patch_is_for(pattern: str) -> None:
    named = f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {'a' * 200}}}}}\n"
    (made,) = built(named, f"[{{target: {{name: '{pattern}'}}, patch: '{{{WEB}, spec: {{on: true}}}}'}}]")
    assert get(made.tree, ("spec", "on")) is None
    assert ("may take for ever" in made.unsettled) == (pattern != "a**")


@pytest.mark.parametrize("pattern", ["web|jobs", "(web|jobs)", "w.*", "[a-w]+", "w[^)*+]{2}", r"we\w?", "(we)?b"])
def test_patterns_that_people_write_are_computed(pattern: str) -> None:
    assert "apps/v1 Deployment photos/web" in patched(OBJECTS, a_patch(WEB, f", target: {{name: '{pattern}'}}"))
