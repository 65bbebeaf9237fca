"""The laws of the ways back: get what was set, setting what is there is no edit, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from release_files import IMAGE, key_of, outcomes, release, server

from immichlint.findings.change import REMOVED, Effect
from immichlint.lenses.plain import PlainWriter
from immichlint.text import SourceText
from immichlint.trees.grow import grow
from immichlint.trees.tree import Map
from immichlint.yamltree.compose import compose
from immichlint.yamltree.place import DocumentId

POD = ("spec", "template", "spec")
MAIN = (*POD, "containers", "[name=main]")
names = st.sampled_from(["A", "B", "HF_HOME", "on"])
texts = st.sampled_from(["x", "1", "true", "a b", "a: b", "# c", "", "'q'", "/cache"])
spellings = st.sampled_from(["short", "value", "list"])


def variables(found: Mapping[str, str], spelling: str) -> str:
    if not found:
        return ""
    if spelling == "list":
        return "env:\n" + "".join(f"  - name: {json.dumps(k)}\n    value: {json.dumps(v)}\n" for k, v in found.items())
    wrapped = {k: f"{{value: {json.dumps(v)}}}" if spelling == "value" else json.dumps(v) for k, v in found.items()}
    return "env:\n" + "".join(f"  {json.dumps(k)}: {v}\n" for k, v in wrapped.items())


def first(files: Mapping[str, str], kind: str, name: str, *effects: tuple[tuple[str | int, ...], Any]) -> str:
    """The text of the file after the best way that does nothing but what was meant; fails where none does."""
    key = key_of(files, kind, name)
    wanted = [Effect(key, route, value) for route, value in effects]
    seen = []
    for changed, problem in outcomes(files, wanted):
        if not problem:
            return {**files, **changed}[next(iter(files))]
        seen.append(problem)
    raise AssertionError(seen)


def env(name: str) -> tuple[str, ...]:
    return (*MAIN, "env", f"[name={name}]", "value")


@given(st.dictionaries(names, texts, max_size=3), spellings, names, texts, st.booleans())
@example({"A": "x"}, "list", "B", "x", True)
@example({"A": "x"}, "value", "B", "x", True)
def test_a_variable_of_a_release(found: dict[str, str], spelling: str, name: str, value: str, by_default: bool) -> None:
    inner = variables(found, spelling)
    default = "defaultContainerOptions:\n" + "".join(f"  {line}\n" for line in inner.splitlines())
    values = server("", controller=default) if by_default and inner else server(inner)
    files = {"release.yaml": release(values)}
    after = first(files, "Deployment", "immich", (env(name), value))
    again = {"release.yaml": after}
    assert first(again, "Deployment", "immich", (env(name), value)) == after
    if found.get(name) == value:
        assert after == files["release.yaml"]


@given(
    st.dictionaries(st.sampled_from(["runAsUser", "fsGroup", "runAsNonRoot"]), st.integers(0, 3), max_size=3),
    st.sampled_from(["", "defaultPodOptionsStrategy: overwrite\n", "defaultPodOptionsStrategy: merge\n"]),
    st.booleans(),
    st.sampled_from(["runAsUser", "seccompProfile"]),
)
def test_a_pod_option_of_one_of_two_controllers(common: dict[str, int], strategy: str, own: bool, option: str) -> None:
    more = f"{strategy}defaultPodOptions:\n  securityContext: {common}\n" if common else ""
    other = f"  other:\n    containers: {{main: {{image: {IMAGE}}}}}\n"
    controller = "pod: {securityContext: {supplementalGroups: [44]}}" if own else ""
    files = {"release.yaml": release(server("", controller=controller) + other + more.replace("'", ""))}
    value: Any = 1000 if option == "runAsUser" else {"type": "RuntimeDefault"}
    wanted = ((*POD, "securityContext", option), value)
    after = first(files, "Deployment", "immich-server", wanted)
    assert first({"release.yaml": after}, "Deployment", "immich-server", wanted) == after


OPTIONS = {"securityContext": ("runAsUser", "privileged"), "resources": ("limits", "requests")}


@given(
    st.sampled_from(sorted(OPTIONS)),
    st.sampled_from(["", "overwrite", "merge"]),
    st.data(),
    st.booleans(),
)
def test_an_option_of_one_of_two_containers(option: str, strategy: str, data: st.DataObject, aliased: bool) -> None:
    """Whatever the default mapping has stays in effect for both containers, in all strategies.

    One that has its mapping through an alias is extended, and what the anchor defines stays for the other.
    """
    keys = st.sampled_from(OPTIONS[option])
    some = st.dictionaries(keys, st.sampled_from([1, 2]) if option == "securityContext" else st.just({"cpu": 1}))
    common, own, other = data.draw(some), data.draw(some), data.draw(some)
    lines = [f"defaultContainerOptionsStrategy: {strategy}"] if strategy else []
    lines += ["defaultContainerOptions:", f"  {option}: {json.dumps(common)}"] if common else []
    mine = f"{option}: &mine {json.dumps(own)}" if own else ""
    aliased = aliased and bool(own)
    theirs = f", {option}: {'*mine' if aliased else json.dumps(other)}" if other or aliased else ""
    second = f"      second: {{image: {IMAGE}{theirs}}}\n"
    files = {"release.yaml": release(server(mine, controller="\n".join(lines)) + second)}
    key = data.draw(keys)
    value: Any = 7 if option == "securityContext" else {"cpu": 7}
    container = (*POD, "containers", "[name=second]") if aliased else MAIN
    wanted = ((*container, option, key), value)
    after = first(files, "Deployment", "immich", wanted)
    assert first({"release.yaml": after}, "Deployment", "immich", wanted) == after


@given(st.dictionaries(names, texts, min_size=1, max_size=3), st.sampled_from(["short", "value"]), names, texts)
def test_variables_that_two_controllers_share(found: dict[str, str], spelling: str, name: str, value: str) -> None:
    """An anchor: one controller gets a variable, the other keeps what it has."""
    inner = variables(found, spelling).replace("env:", "env: &env", 1)
    other = f"  other:\n    containers: {{main: {{image: {IMAGE}, env: *env}}}}\n"
    files = {"release.yaml": release(server(inner) + other)}
    after = first(files, "Deployment", "immich-other", (env(name), value))
    assert first({"release.yaml": after}, "Deployment", "immich-other", (env(name), value)) == after
    if found.get(name) != value:
        assert files["release.yaml"].partition("  other:")[0] == after.partition("  other:")[0]


def test_a_list_that_two_controllers_share_is_refused() -> None:
    other = f"  other:\n    containers: {{main: {{image: {IMAGE}, env: *env}}}}\n"
    values = server(variables({"A": "x"}, "list").replace("env:", "env: &env")) + other
    files = {"release.yaml": release(values)}
    effect = Effect(key_of(files, "Deployment", "immich-other"), env("A"), "y")
    made = list(outcomes(files, [effect]))
    assert made
    assert all(not changed and "is shared through an anchor" in problem for changed, problem in made)


def test_the_siblings_of_a_default_mapping_come_along() -> None:
    common = "defaultPodOptions: {securityContext: {runAsUser: 1000, fsGroup: 1000}}\n"
    other = f"  other:\n    containers: {{main: {{image: {IMAGE}}}}}\n"
    files = {"release.yaml": release(server("") + other + common)}
    after = first(files, "Deployment", "immich-server", ((*POD, "securityContext", "runAsNonRoot"), True))
    assert "fsGroup: 1000\n" in after
    assert "runAsUser: 1000\n" in after
    assert after.count("runAsNonRoot") == 1
    assert common.strip() in after


def test_the_only_controller_gets_its_option_where_such_options_are() -> None:
    common = "defaultPodOptions:\n  securityContext:\n    runAsUser: 1000\n"
    files = {"release.yaml": release(server("") + common)}
    after = first(files, "Deployment", "immich", ((*POD, "securityContext", "runAsNonRoot"), True))
    assert after == files["release.yaml"] + "        runAsNonRoot: true\n"


def test_an_option_of_the_default_container_options_is_set_for_one_container_only() -> None:
    values = (
        server(
            "",
            controller="defaultContainerOptions:\n  securityContext: {runAsUser: 1000, privileged: false}",
        )
        + f"      second: {{image: {IMAGE}}}\n"
    )
    files = {"release.yaml": release(values)}
    after = first(files, "Deployment", "immich", ((*MAIN, "securityContext", "readOnlyRootFilesystem"), True))
    assert "runAsUser: 1000\n" in after
    assert "privileged: false\n" in after


@pytest.mark.parametrize("spelling", ["short", "value", "list"])
def test_a_variable_goes(spelling: str) -> None:
    files = {"release.yaml": release(server(variables({"A": "a", "B": "b"}, spelling)))}
    key = key_of(files, "Deployment", "immich")
    effect = Effect(key, (*MAIN, "env", "[name=B]"), REMOVED)
    good = [changed for changed, problem in outcomes(files, [effect]) if not problem]
    assert good
    assert '"B"' not in good[0]["release.yaml"]
    assert '"A"' in good[0]["release.yaml"]


def test_a_tag_is_changed_and_the_repository_is_not() -> None:
    files = {"release.yaml": release(server(""))}
    after = first(files, "Deployment", "immich", ((*MAIN, "image"), "ghcr.io/immich-app/immich-server:v2.1.0"))
    assert after == files["release.yaml"].replace("v2.0.0", "v2.1.0")


def test_an_empty_volume_with_its_mount() -> None:
    files = {"release.yaml": release(server(""))}
    after = first(
        files,
        "Deployment",
        "immich",
        ((*POD, "volumes", "[name=tmp]"), {"emptyDir": {}}),
        ((*MAIN, "volumeMounts", "[mountPath=/tmp]"), {"name": "tmp", "mountPath": "/tmp"}),
    )
    assert "persistence:" in after


PLAIN_ENV = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server}\nspec:\n  template:\n    spec:\n"
    "      containers:\n        - name: main\n          image: a/immich-server:b\n%s"
)


@given(st.dictionaries(names, texts, max_size=3), names, texts)
def test_a_variable_of_a_plain_manifest(found: dict[str, str], name: str, value: str) -> None:
    inner = "".join(f"          {line}\n" for line in variables(found, "list").splitlines())
    files = {"immich-server.yaml": PLAIN_ENV % inner}
    after = first(files, "Deployment", "server", (env(name), value))
    assert first({"immich-server.yaml": after}, "Deployment", "server", (env(name), value)) == after
    if found.get(name) == value:
        assert after == files["immich-server.yaml"]


xyz = st.sampled_from("xyz")
values_ = st.recursive(
    st.sampled_from(["a", 1, True, "x y"]),
    lambda below: (
        st.dictionaries(st.sampled_from("xyz"), below, min_size=1, max_size=3) | st.lists(below, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from("xyz"), values_, max_size=3),
    st.lists(st.sampled_from("xyz"), min_size=1, max_size=3),
    values_,
)
def test_a_field_of_a_custom_resource(spec: dict[str, Any], route: list[str], value: Any) -> None:
    text = f"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {{name: pg}}\nspec: {json.dumps(spec)}\n"
    node: Any = spec
    for step in route[:-1]:
        node = node.get(step, {}) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        return
    files = {"pg.yaml": text}
    wanted = (("spec", *route), value)
    after = first(files, "Cluster", "pg", wanted)
    assert first({"pg.yaml": after}, "Cluster", "pg", wanted) == after


def test_no_file_no_way() -> None:
    tree = grow(compose(SourceText("a: {b: 1}\n"))[0], DocumentId("a.yaml", 0))
    assert isinstance(tree, Map)
    bare = Map({"a": Map({}, ())}, ())
    assert "no file" in str(next(PlainWriter(bare).ways([Effect("", ("a", "b"), 1)])))
