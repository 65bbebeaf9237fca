"""What lies over what, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from in_memory import repository_of
from release_files import outcomes
from source_files import (
    APPLICATION,
    CHART,
    CHART_SOURCE,
    CONFIG_MAP,
    FLUX,
    FLUX_PACKED,
    VALUES,
    deeper,
    learning,
    pointed_at,
    stacks_of,
)

from immichlint.findings.change import REMOVED, Effect
from immichlint.gitops.flux.charts import chart_here
from immichlint.gitops.manifest import manifests
from immichlint.lenses.sources.parameter import route_of, typed

MAIN = ("spec", "template", "spec", "containers", "[name=main]")
ENV = "controllers.ml.containers.main.env"


def env(**variables: str) -> str:
    """Values that set variables of the container."""
    inner = "".join(f"          {name}: {value}\n" for name, value in variables.items())
    return f"controllers:\n  ml:\n    containers:\n      main:\n        env:\n{inner}"


def config_map(name: str, values: str) -> str:
    return CONFIG_MAP.replace("immich-values", name) + deeper(values, 4)


def flux(sources: str, values: str = VALUES) -> str:
    inline = f"  values:\n{deeper(values, 4)}" if values else ""
    return f"{FLUX}  valuesFrom:\n{deeper(sources, 4)}{inline}"


def values_of(files: Mapping[str, str], *names: str) -> list[object]:
    """The values of variables; `?` where one is not known."""
    found = [learning(files).variable(name) for name in names]
    return ["?" if item.state == "unknown" else None if item.absent else item.text for item in found]


def test_values_from_lie_over_each_other_in_order_and_below_the_inline_values() -> None:
    files = {
        "hr.yaml": flux("- {kind: ConfigMap, name: one}\n- {kind: ConfigMap, name: two}\n"),
        "one.yaml": config_map("one", env(A="one", B="one", C="one", TZ="one", IMMICH_HOST="one")),
        "two.yaml": config_map("two", env(B="two", IMMICH_HOST="null")),
    }
    assert values_of(files, "A", "B", "TZ", "IMMICH_HOST", "D") == ["one", "two", "UTC", None, None]
    assert learning(files).variable("IMMICH_HOST").state == "absent"
    assert pointed_at(files, learning(files).variable("B").place)[0] == "two.yaml"


def test_lists_are_replaced() -> None:
    listed = "controllers: {ml: {containers: {main: {args: [a, b]}}}}\n"
    files = {
        "hr.yaml": flux("- {kind: ConfigMap, name: one}\n", VALUES + "        args: [c]\n"),
        "one.yaml": config_map("one", listed),
    }
    assert learning(files).field("args", 0).text == "c"
    assert learning(files).field("args", 1).absent


def test_what_a_secret_gives_is_unknown_and_what_lies_over_it_is_not() -> None:
    files = {
        "hr.yaml": flux("- {kind: ConfigMap, name: one}\n- {kind: Secret, name: hidden}\n"),
        "one.yaml": config_map("one", env(A="one")),
    }
    assert values_of(files, "A", "TZ", "HF_HOME") == ["?", "UTC", "?"]
    assert learning(files).field("image").text == "ghcr.io/immich-app/immich-machine-learning:v2.0.0"


@pytest.mark.parametrize("more", ["", ", optional: true"])
def test_a_source_that_is_not_in_the_repository_may_set_anything(more: str) -> None:
    files = {"hr.yaml": flux(f"- {{kind: ConfigMap, name: elsewhere{more}}}\n")}
    found = learning(files).variable("HF_HOME")
    assert found.state == "unknown"
    assert "ConfigMap elsewhere, which is not in the repository" in found.why


def test_a_target_path_sets_one_value() -> None:
    sources = (
        f"- {{kind: Secret, name: hidden, valuesKey: token, targetPath: {ENV}.HF_TOKEN}}\n"
        f"- {{kind: ConfigMap, name: one, valuesKey: home, targetPath: {ENV}.HF_HOME}}\n"
    )
    files = {
        "hr.yaml": flux(sources),
        "one.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: photos}\ndata: {home: /cache}\n",
    }
    assert values_of(files, "HF_TOKEN", "HF_HOME", "OTHER") == ["?", "/cache", None]
    assert learning(files).variable("OTHER").state == "absent"
    assert pointed_at(files, learning(files).variable("HF_HOME").place) == ("one.yaml", 4, "/cache")
    effect = Effect(learning(files).object.key, (*MAIN, "env", "[name=HF_HOME]", "value"), "/models")
    assert next(outcomes(files, [effect])) == ({"one.yaml": files["one.yaml"].replace("/cache", "/models")}, "")


def test_flux_substitutes_into_the_values_of_a_config_map() -> None:
    files = {
        "ks.yaml": """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: immich, namespace: flux-system}
spec: {path: ./app, postBuild: {substitute: {ZONE: Europe/Berlin}}}
""",
        "app/kustomization.yaml": "resources: [hr.yaml, one.yaml]\n",
        "app/hr.yaml": flux("- {kind: ConfigMap, name: one}\n", ""),
        "app/one.yaml": config_map("one", VALUES.replace("UTC", "${ZONE}").replace('"3003"', '"${PORT}"')),
    }
    assert values_of(files, "TZ", "IMMICH_PORT") == ["Europe/Berlin", "?"]
    assert pointed_at(files, learning(files).variable("TZ").place)[::2] == ("ks.yaml", "Europe/Berlin")


HELM = """\
    helm:
      valueFiles: [$here/low.yaml, $here/high.yaml]
      values: |
        ignored: true
      valuesObject:
        controllers: {ml: {containers: {main: {env: {B: object, C: object}}}}}
      parameters:
        - {name: controllers.ml.containers.main.env.C, value: parameter}
        - {name: controllers.ml.pod.securityContext.runAsUser, value: "1000"}
"""


def argo(helm: str = HELM) -> dict[str, str]:
    return {
        "app.yaml": f"{APPLICATION}{CHART_SOURCE}{helm}",
        "low.yaml": VALUES,
        "high.yaml": env(A="high", B="high", C="high"),
    }


def test_argo_lays_parameters_over_the_object_over_files() -> None:
    files = argo()
    assert values_of(files, "TZ", "A", "B", "C") == ["UTC", "high", "object", "parameter"]
    found = [pointed_at(files, learning(files).variable(name).place)[::2] for name in ("A", "C")]
    assert found == [("high.yaml", "high"), ("app.yaml", "parameter")]


def test_a_parameter_is_written_as_a_text_and_taken_away_as_a_whole() -> None:
    files = argo()
    key = learning(files).object.key
    user = ("spec", "template", "spec", "securityContext", "runAsUser")
    assert next(outcomes(files, [Effect(key, user, 568)])) == (
        {"app.yaml": files["app.yaml"].replace('"1000"', '"568"')},
        "",
    )
    effect = Effect(key, (*MAIN, "env", "[name=C]", "value"), "other")
    assert next(outcomes(files, [effect])) == ({"app.yaml": files["app.yaml"].replace("parameter}", "other}")}, "")
    changed, _ = next(outcomes(files, [Effect(key, (*MAIN, "env", "[name=C]"), REMOVED)]))
    assert changed["app.yaml"] == files["app.yaml"].replace(
        "        - {name: controllers.ml.containers.main.env.C, value: parameter}\n", ""
    )


@pytest.mark.parametrize(("more", "known"), [("", False), ("\n      ignoreMissingValueFiles: true", True)])
def test_a_values_file_that_is_not_there(more: str, known: bool) -> None:
    helm = HELM.replace("$here/low.yaml, ", "$here/low.yaml, $here/gone.yaml, ").replace(
        "\n      values:", f"{more}\n      values:"
    )
    assert values_of(argo(helm), "TZ", "A") == (["UTC", "high"] if known else ["?", "high"])
    assert (learning(argo(helm)).variable("HF_HOME").state == "absent") is known


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("a[1][2]", ("a", 1, 2)),
        (r"a\.b.c", ("a.b", "c")),
        ("[0]", None),
        ("a[x]", None),
        ("a[99999999]", None),
        ("", None),
    ],
)
def test_paths(path: str, route: tuple[str | int, ...] | None) -> None:
    assert route_of(path) == route


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("null", None), ("0", 0), ("-12", -12), ("007", "007"), ("1.5", "1.5"), ("yes", "yes"), ("", "")],
)
def test_types_of_parameters(text: str, value: object) -> None:
    assert typed(text) == value
    assert type(typed(text)) is type(value)


def umbrella(values: str, chart: str = CHART) -> dict[str, str]:
    return {"photos/Chart.yaml": chart, "photos/values.yaml": values}


def test_an_umbrella_that_nothing_releases_may_get_more_values() -> None:
    files = umbrella(f"immich:\n{deeper(VALUES, 2)}")
    found = learning(files)
    assert found.object.environment == "photos"
    assert not found.object.computed
    assert values_of(files, "TZ", "HF_HOME") == ["UTC", "?"]


def test_an_application_says_more_than_the_umbrella() -> None:
    helm = "    helm: {parameters: [{name: immich.controllers.ml.containers.main.env.TZ, value: Asia/Tokyo}]}\n"
    files = umbrella(f"immich:\n{deeper(VALUES, 2)}")
    files["app.yaml"] = f"{APPLICATION}    path: photos\n    repoURL: https://github.com/a/b\n{helm}"
    assert values_of(files, "TZ") == ["Asia/Tokyo"]
    assert learning(files).object.computed


def test_a_condition_switches_a_dependency_off() -> None:
    chart = CHART.replace("alias: immich", "alias: immich, condition: 'other.on, immich.enabled'")
    values = f"immich:\n  enabled: false\n{deeper(VALUES, 2)}"
    assert not [item for stack in stacks_of(umbrella(values, chart)) for item in stack.containers]
    assert learning(umbrella(values.replace("false", "true"), chart))


def test_a_chart_with_a_kustomization_is_none() -> None:
    files = {**umbrella(f"immich:\n{deeper(VALUES, 2)}"), "photos/kustomization.yaml": "resources: []\n"}
    assert not [item for stack in stacks_of(files) for item in stack.containers]


def inflating(more: str = "", entry: str = "") -> dict[str, str]:
    return {
        "photos/kustomization.yaml": "helmCharts:\n  - name: app-template\n    version: 4.1.1\n"
        "    releaseName: immich\n    namespace: photos\n    repo: https://a/b\n"
        f"    valuesFile: low.yaml\n{entry}{more}",
        "photos/low.yaml": VALUES,
        "photos/high.yaml": env(A="high"),
    }


@pytest.mark.parametrize(
    ("how", "found"),
    [("", ["UTC", "inline"]), ("merge", ["UTC", "inline"]), ("replace", ["inline", "inline"])],
)
def test_inline_values_of_a_chart_that_kustomize_inflates(how: str, found: list[str]) -> None:
    merge = f"    valuesMerge: {how}\n" if how else ""
    inline = env(TZ="inline", A="inline") if how else env(A="inline")
    if how == "replace":
        inline = VALUES.replace("TZ: UTC # kept", "TZ: inline\n          A: inline")
    entry = f"{merge}    valuesInline:\n{deeper(inline, 6)}"
    assert values_of(inflating(entry=entry), "TZ", "A") == found


def test_additional_values_files_lie_on_top() -> None:
    entry = "    additionalValuesFiles: [high.yaml]\n    valuesInline:\n" + deeper(env(A="inline"), 6)
    assert values_of(inflating(entry=entry), "TZ", "A") == ["UTC", "high"]


@pytest.mark.parametrize(
    "more",
    [
        "images: [{name: ghcr.io/immich-app/immich-machine-learning, newTag: v9.0.0}]\n",
        "namePrefix: my-\n",
        "patches: [{target: {kind: Deployment}, patch: '[]'}]\n",
        "components: [../gone]\n",
    ],
)
def test_what_a_kustomization_changes_after_rendering_leaves_nothing_known(more: str) -> None:
    files = inflating(more)
    (stack,) = [stack for stack in stacks_of(files) if stack.name == "photos"]
    assert all(item.manifest.unsettled and not item.computed for item in stack.objects)
    (container,) = stack.components("machine-learning")
    assert container.name == ""
    assert container.field("image").unknown
    assert container.variable("HF_HOME").unknown
    assert container.pod.field("enableServiceLinks").unknown


def test_patches_of_other_objects_leave_a_chart_alone() -> None:
    more = "patches: [{target: {kind: Ingress}, patch: '[]'}]\n"
    assert learning(inflating(more)).field("image").known


def test_values_that_nothing_refers_to() -> None:
    found = learning({"immich/values.yaml": VALUES})
    assert not found.object.computed
    assert found.field("image").text == "ghcr.io/immich-app/immich-machine-learning:v2.0.0"
    assert found.variable("HF_HOME").state == "unknown"
    assert found.field("livenessProbe").unknown
    assert not [s for s in stacks_of({"wiki/values.yaml": "controllers: {a: {}} # immich\n"}) if s.workloads]


def beside(options: str, *folders: str) -> dict[str, str]:
    """A release, and kustomizations of other applications that generate the ConfigMap of its values."""
    files = {
        "kustomization.yaml": "resources: [app, base]\n",
        "app/kustomization.yaml": "resources: [hr.yaml]\n",
        "app/hr.yaml": flux("- {kind: ConfigMap, name: shared}\n"),
        "base/kustomization.yaml": "resources: [cm.yaml]\n",
        "base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n",
    }
    for folder in folders:
        listed = f"configMapGenerator: [{{name: shared, files: [values.yaml]}}]\n{options}"
        files |= {f"{folder}/kustomization.yaml": listed, f"{folder}/values.yaml": env(A="one", B="'${ZONE}'")}
    return files


def test_what_another_application_generates_without_a_hash_is_found() -> None:
    files = beside("generatorOptions: {disableNameSuffixHash: true}\n", "base")
    assert values_of(files, "A", "B", "TZ", "D") == ["one", "?", "UTC", None]
    assert pointed_at(files, learning(files).variable("A").place)[0] == "base/values.yaml"


def test_what_is_generated_with_a_hash_or_twice_is_not_known() -> None:
    hashless = "generatorOptions: {disableNameSuffixHash: true}\n"
    for files in (beside("", "base"), beside(hashless, "base", "other")):
        assert values_of(files, "A", "TZ") == ["?", "UTC"]


def packed(more: str = "", source: str = "") -> dict[str, str]:
    """A HelmRelease of a chart of the repository. `more`: of its `spec`; `source`: another one than `flux-system`."""
    release = FLUX_PACKED.replace("name: flux-system}", f"name: {source or 'flux-system'}}}{more}")
    return {
        "hr.yaml": release,
        "charts/photos/Chart.yaml": CHART,
        "charts/photos/values.yaml": "immich:\n" + deeper(f"{VALUES}          A: own\n", 2),
        "charts/photos/big.yaml": f"immich:\n{deeper(VALUES, 2)}",
    }


def test_the_values_of_a_chart_of_the_repository_give_way_to_the_files_that_are_listed() -> None:
    assert values_of(packed(), "A", "TZ", "D") == ["own", "UTC", None]
    assert values_of(packed(", valuesFiles: [./charts/photos/big.yaml]"), "A", "TZ") == [None, "UTC"]
    assert values_of(packed(", valuesFiles: [charts/photos/big.yaml, missing.yaml]"), "A", "TZ") == ["?", "?"]


def test_what_a_chart_of_the_repository_makes_by_itself_is_applied_with_it() -> None:
    cluster = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: immich-db}\nspec: {instances: 1}\n"
    files = {**packed(), "charts/photos/templates/db.yaml": cluster}
    (stack,) = stacks_of(files)
    assert [(item.name, item.namespace) for item in stack.clusters] == [("immich-db", "photos")]


def test_a_chart_that_is_switched_off_makes_nothing() -> None:
    files = packed()
    files["charts/photos/Chart.yaml"] = CHART.replace("alias: immich,", "alias: immich, condition: immich.enabled,")
    files["charts/photos/values.yaml"] += "  enabled: false\n"
    assert not [item for stack in stacks_of(files) for item in stack.containers]


def test_a_chart_that_flux_installs_is_released_once() -> None:
    files = {path.replace("charts/photos", "apps/immich"): text for path, text in packed().items()}
    files["apps/immich/release.yaml"] = files.pop("hr.yaml").replace("charts/photos", "apps/immich")
    files |= {
        "apps/kustomization.yaml": "resources: [immich/release.yaml]\n",
        "ks.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps, prune: true}\n",
    }
    (stack,) = stacks_of(files)
    assert (stack.environment.engine, stack.environment.name) == ("flux", "apps")
    assert learning(files).object.manifest.namespace == "photos"


def test_a_chart_of_the_same_path_in_another_repository_is_not_this_one() -> None:
    files = packed(source="charts")
    files["source.yaml"] = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: charts}\n"
        "spec: {url: https://github.com/x/charts}\n---\n"
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system}\n"
        "spec: {url: https://github.com/me/home}\n"
    )
    for remotes, folder in (((), "charts/photos"), (("git@github.com:me/home.git",), None)):
        repository = repository_of(files, *remotes)
        (release,) = manifests(repository.read("hr.yaml"))
        assert chart_here(repository, release) == folder
