"""The laws of the way back into the Immich chart: get what was set, and no other component changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chart_files import POD, chart, variables
from hypothesis import example, given
from hypothesis import strategies as st
from release_files import key_of, outcomes

from immichlint.findings.change import REMOVED, Effect

ML = "immich-machine-learning"
CONTAINERS = {"0.9.3": ML, "0.12.0": "main"}
names = st.sampled_from(["A", "B", "HF_HOME", "TRANSFORMERS_CACHE", "REDIS_HOSTNAME"])
texts = st.sampled_from(["x", "1", "true", "a: b", "# c", "", "/cache"])
versions = st.sampled_from(sorted(CONTAINERS))


def env(version: str, name: str) -> tuple[str, ...]:
    return (*POD, "containers", f"[name={CONTAINERS[version]}]", "env", f"[name={name}]", "value")


def first(text: str, *effects: tuple[tuple[str, ...], Any]) -> str:
    """The release after the best way that does nothing but what was meant; fails where none does."""
    files = {"release.yaml": text}
    key = key_of(files, "Deployment", ML)
    seen = []
    for changed, problem in outcomes(files, [Effect(key, route, value) for route, value in effects]):
        if not problem:
            return changed.get("release.yaml", text)
        seen.append(problem)
    raise AssertionError(seen)


def block(version: str, inner: str) -> str:
    """Values for the container of one block, in the layout of a version."""
    steps = ["controllers:", "main:", "containers:", "main:"] if version == "0.12.0" else []
    depth = len(steps)
    head = "".join(f"{'  ' * level}{step}\n" for level, step in enumerate(steps))
    return head + "".join(f"{'  ' * depth}{line}\n" for line in inner.splitlines())


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def env_of(found: dict[str, str], *, listed: bool) -> str:
    if not found:
        return ""
    if listed:
        return "env:\n" + "".join(f"  - {{name: {k}, value: {json.dumps(v)}}}\n" for k, v in found.items())
    return "env:\n" + "".join(f"  {k}: {json.dumps(v)}\n" for k, v in found.items())


variables_ = st.dictionaries(names, texts, max_size=2)


@given(versions, variables_, variables_, st.booleans(), st.booleans(), names, texts)
@example("0.12.0", {"A": "x"}, {}, True, False, "HF_HOME", "/cache")
@example("0.9.3", {}, {"A": "x"}, False, True, "HF_HOME", "/cache")
def test_a_variable(
    version: str, shared: dict[str, str], own: dict[str, str], shared_list: bool, own_list: bool, name: str, value: str
) -> None:
    top = env_of(shared, listed=shared_list)
    mine = env_of(own, listed=own_list)
    values = block(version, top) if top else ""
    values += "machine-learning:\n" + indented(block(version, mine)) if mine else ""
    text = chart(values, version)
    had = variables(text, ML).get(name)
    after = first(text, (env(version, name), value))
    assert variables(after, ML)[name] == value
    assert first(after, (env(version, name), value)) == after
    if had == value:
        assert after == text


@pytest.mark.parametrize(
    ("version", "added"),
    [
        ("0.9.3", "    machine-learning:\n      env:\n        HF_HOME: /cache\n"),
        (
            "0.12.0",
            "    machine-learning:\n      controllers:\n        main:\n          containers:\n            main:\n"
            "              env:\n                HF_HOME: /cache\n",
        ),
    ],
)
def test_what_the_chart_says_alone_gets_a_block_of_its_component(version: str, added: str) -> None:
    text = chart("", version)
    assert first(text, (env(version, "HF_HOME"), "/cache")) == text + added


@given(
    versions,
    st.dictionaries(st.sampled_from(["runAsUser", "fsGroup", "runAsNonRoot"]), st.integers(1, 3), max_size=2),
    st.sampled_from(["shared", "own", "controller", "nowhere"]),
    st.sampled_from(["", "defaultPodOptionsStrategy: merge\n"]),
)
def test_a_pod_option(version: str, found: dict[str, int], where: str, strategy: str) -> None:
    context = json.dumps(found)
    if version == "0.9.3":
        line, strategy = f"podSecurityContext: {context}\n", ""
    elif where == "controller":
        line = f"controllers: {{main: {{pod: {{securityContext: {context}}}}}}}\n"
    else:
        line = f"defaultPodOptions: {{securityContext: {context}}}\n"
    values = {"shared": line, "nowhere": ""}.get(where, f"machine-learning:\n  {line}")
    text = chart(strategy + values, version)
    wanted = ((*POD, "securityContext", "runAsUser"), 1000)
    after = first(text, wanted)
    assert first(after, wanted) == after


@pytest.mark.parametrize(
    ("version", "values", "added"),
    [
        (
            "0.12.0",
            "machine-learning:\n  defaultPodOptions:\n    securityContext:\n      fsGroup: 1000\n",
            "          runAsUser: 1000\n",
        ),
        (
            "0.12.0",
            "machine-learning:\n  controllers:\n    main:\n"
            "      pod:\n        securityContext:\n          fsGroup: 1\n",
            "              runAsUser: 1000\n",
        ),
        ("0.9.3", "machine-learning:\n  podSecurityContext:\n    fsGroup: 1000\n", "        runAsUser: 1000\n"),
    ],
)
def test_a_user_is_set_where_such_options_are(version: str, values: str, added: str) -> None:
    text = chart(values, version)
    assert first(text, ((*POD, "securityContext", "runAsUser"), 1000)) == text + added


@pytest.mark.parametrize("version", sorted(CONTAINERS))
def test_an_empty_volume_with_its_mount(version: str) -> None:
    text = chart("machine-learning:\n  enabled: true\n", version)
    main = (*POD, "containers", f"[name={CONTAINERS[version]}]")
    after = first(
        text,
        ((*POD, "volumes", "[name=tmp]"), {"emptyDir": {}}),
        ((*main, "volumeMounts", "[mountPath=/tmp]"), {"name": "tmp", "mountPath": "/tmp"}),
    )
    assert "      persistence:\n        tmp:\n" in after


@pytest.mark.parametrize("version", sorted(CONTAINERS))
def test_the_image_of_one_component(version: str) -> None:
    text = chart(block(version, "image: {tag: v2.0.0}\n"), version)
    image = (*POD, "containers", f"[name={CONTAINERS[version]}]", "image")
    after = first(text, (image, "ghcr.io/immich-app/immich-machine-learning:v2.1.0"))
    assert "image: {tag: v2.0.0}\n" in after
    assert after.count("v2.1.0") == 1


@pytest.mark.parametrize("version", sorted(CONTAINERS))
@pytest.mark.parametrize(("name", "place"), [("REDIS_HOSTNAME", ""), ("A", "shared"), ("A", "own"), ("A", "both")])
def test_a_variable_goes(version: str, name: str, place: str) -> None:
    inner = block(version, "env:\n  A: x\n  Z: z\n")
    values = inner if place in ("shared", "both") else ""
    values += "machine-learning:\n" + indented(inner) if place in ("own", "both") else ""
    text = chart(values, version)
    route = env(version, name)[:-1]
    assert name not in variables(first(text, (route, REMOVED)), ML)


@pytest.mark.parametrize("version", sorted(CONTAINERS))
def test_what_the_template_sets_cannot_be_emptied(version: str) -> None:
    files = {"release.yaml": chart("", version)}
    route = (*POD, "containers", f"[name={CONTAINERS[version]}]", "startupProbe", "failureThreshold")
    made = list(outcomes(files, [Effect(key_of(files, "Deployment", ML), route, 0)]))
    assert len(made) == 1
    assert made[0][0] == {}
    assert "failureThreshold itself where the values say nothing" in made[0][1]


def test_a_variable_of_a_hardcoded_file_cannot_go() -> None:
    text = chart("", "0.12.0").replace("{persistence:", "{existingConfiguration: mine, persistence:")
    files = {"release.yaml": text}
    key = key_of(files, "Deployment", "immich-server")
    route = env("0.12.0", "IMMICH_CONFIG_FILE")[:-1]
    problems = [problem for _, problem in outcomes(files, [Effect(key, route, REMOVED)])]
    assert len(problems) == 1
    assert "the chart sets" in problems[0]
