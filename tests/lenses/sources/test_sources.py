"""Every way to write a release: seen alike, pointed at where it is written, and mended there."""

from __future__ import annotations

from textwrap import indent

import pytest
from release_files import outcomes
from source_files import (
    APPLICATION,
    CHART_SOURCE,
    FLUX,
    FORMS,
    VALUES,
    deeper,
    learning,
    pointed_at,
    repository_of,
    stacks_of,
)

from immichlint.findings.change import REMOVED, Effect
from immichlint.fixing.rounds import mend
from immichlint.repo.repository import Repository
from immichlint.rules.catalogue import all_rules
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Settings

CONTAINER = ("spec", "template", "spec", "containers", "[name=main]")


@pytest.mark.parametrize("name", FORMS)
def test_what_it_makes(name: str) -> None:
    found = learning(FORMS[name].files)
    manifest = found.object.manifest
    assert (manifest.kind, manifest.name, manifest.namespace) == ("Deployment", "immich", "photos")
    assert found.field("image").text == "ghcr.io/immich-app/immich-machine-learning:v2.0.0"
    assert found.object.computed


@pytest.mark.parametrize(
    ("name", "target", "release"),
    [
        ("immich", "photos", "photos-immich"),
        ("immich" + 41 * "x", "", "immich" + 41 * "x"),
        ("of-the-family-immich", "a-namespace-that-is-rather-long-for-photos",
         "a-namespace-that-is-rather-long-for-phot-d3952cf94c2b"),
    ],
)  # fmt: skip
def test_what_flux_calls_a_release(name: str, target: str, release: str) -> None:
    spec = f"spec:\n  targetNamespace: {target}\n" if target else "spec:\n"
    head = FLUX.replace("name: immich", f"name: {name}").replace("spec:\n", spec, 1)
    found = learning({"release.yaml": f"{head}  values:\n{indent(VALUES, '    ')}"})
    assert found.object.manifest.name == release


@pytest.mark.parametrize("name", FORMS)
def test_where_it_is_written(name: str) -> None:
    files, file = FORMS[name]
    path, line, text = pointed_at(files, learning(files).variable("TZ").place)
    assert (path, text) == (file, "UTC")
    assert files[file].splitlines()[line - 1].strip() == "TZ: UTC # kept"


@pytest.mark.parametrize("name", FORMS)
def test_a_variable_is_added_beside_the_others(name: str) -> None:
    files, file = FORMS[name]
    effect = Effect(learning(files).object.key, (*CONTAINER, "env", "[name=HF_HOME]", "value"), "/cache")
    changed, problem = next(outcomes(files, [effect]))
    assert not problem
    line = next(line for line in files[file].splitlines(keepends=True) if "TZ: UTC" in line)
    pad = line[: len(line) - len(line.lstrip())]
    assert changed == {file: files[file].replace(line, f"{line}{pad}HF_HOME: /cache\n")}


@pytest.mark.parametrize("name", FORMS)
def test_a_value_is_changed_and_removed_where_it_stands(name: str) -> None:
    files, file = FORMS[name]
    key = learning(files).object.key
    image = "ghcr.io/immich-app/immich-machine-learning:v3.0.0"
    changed, problem = next(outcomes(files, [Effect(key, (*CONTAINER, "image"), image)]))
    assert (changed, problem) == ({file: files[file].replace("v2.0.0", "v3.0.0")}, "")
    changed, problem = next(outcomes(files, [Effect(key, (*CONTAINER, "env", "[name=TZ]"), REMOVED)]))
    assert not problem
    assert "TZ" not in changed[file]


def test_an_application_that_another_applies_is_expanded_once() -> None:
    files = {
        "root.yaml": APPLICATION.replace("name: immich", "name: root") + "    path: apps # immich\n",
        "apps/immich.yaml": f"{APPLICATION}{CHART_SOURCE}    helm:\n      valuesObject:\n{deeper(VALUES, 8)}",
    }
    found = learning(files)
    assert found.object.environment == "immich"
    effect = Effect(found.object.key, (*CONTAINER, "env", "[name=HF_HOME]", "value"), "/cache")
    changed, problem = next(outcomes(files, [effect]))
    assert (list(changed), problem) == (["apps/immich.yaml"], "")


def test_destinations_that_differ_do_not_run_beside_each_other() -> None:
    application = f"{APPLICATION}{CHART_SOURCE}    helm:\n      valuesObject:\n{deeper(VALUES, 8)}"
    elsewhere = application.replace("https://kubernetes.default.svc", "https://far.example").replace(
        "name: immich, ", "name: far, "
    )
    stacks = {stack.name: stack for stack in stacks_of({"a.yaml": application, "b.yaml": elsewhere})}
    assert stacks["far"] not in stacks["immich"].others
    same = stacks_of({"a.yaml": application, "b.yaml": application.replace("name: immich, ", "name: far, ")})
    assert {stack.name for stack in same if stack in same[0].others} == {"far", ""} - {same[0].name}


def test_a_finding_and_its_fix_are_inside_the_block_scalar() -> None:
    values = VALUES.replace("v2.0.0", "v3.0.0") + (
        "  server:\n    containers:\n      main:\n"
        "        image: {repository: ghcr.io/immich-app/immich-server, tag: v3.1.0}\n"
    )
    files = {"app.yaml": f"{APPLICATION}{CHART_SOURCE}    helm:\n      values: |\n{deeper(values, 8)}"}
    rules = tuple(rule for rule in all_rules() if rule.id == "IML207")

    def judge(repository: Repository) -> Judged:
        return judge_repository(repository, rules, Settings())

    judged = judge(repository_of(files))
    (finding,) = judged.findings
    assert pointed_at(files, finding.place) == ("app.yaml", 18, "v3.0.0")
    mended = mend(judged, lambda one: True, judge, lambda rule: frozenset())
    assert mended.texts["app.yaml"].text == files["app.yaml"].replace("v3.0.0", "v3.1.0")
