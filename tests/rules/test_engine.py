"""What the engine makes of a claim: one finding of all environments that share it, as sure and as long as may be."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from harness import DEFAULTS, repository_of

from immichlint.findings.change import Safety
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.rules.judged import judge_repository
from immichlint.rules.model import FixSpec, Profile, Rule, Settings
from immichlint.rules.targets import Targets
from immichlint.stack.releases import ChartRelease

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: greeting, namespace: immich}, data: {text: %s}}\n"


def rule(message: str = "It says {value}.", target: str = "object", **where: object) -> Rule:
    """A rule that wants no text in a ConfigMap's data, and empties it."""
    assertion = {"properties": {"data": {"properties": {"text": {"const": ""}}}}}
    fix = FixSpec("empty it", "safe", {"data/text": ""})
    at = "data/text"
    severity, profile = Severity.ERROR, Profile.MINIMAL
    return Rule("OWN001", "text", "", severity, profile, target, where, "", assertion, message, at, {}, fix, ())


def judged(files: Mapping[str, str], *rules: Rule, settings: Settings = DEFAULTS) -> tuple[Finding, ...]:
    return judge_repository(repository_of(files), rules, settings).findings


@pytest.mark.parametrize("length", [1, 1_999, 2_000])
def test_a_message_of_two_thousand_characters_is_whole(length: int) -> None:
    text = "x" * length
    (found,) = judged({"a.yaml": CONFIG % text}, rule("{value}"))
    assert found.message == text


@pytest.mark.parametrize("length", [2_001, 5_000])
def test_of_a_longer_message_the_beginning_and_the_end_are_said(length: int) -> None:
    first, last = "b" * 1_000, "e" * 1_000
    text = f"{first}{'m' * (length - 2_000)}{last}"
    (found,) = judged({"a.yaml": CONFIG % text}, rule("{value}"))
    assert found.message == f"{first} … {last}"


def overlay(*resources: str, more: str = "") -> str:
    return f"resources: [{', '.join(resources)}]\n{more}"


BASE = {"base/config.yaml": CONFIG % "hello", "base/kustomization.yaml": overlay("config.yaml")}


def test_one_environment_needs_no_name() -> None:
    (found,) = judged({**BASE, "home/kustomization.yaml": overlay("../base")}, rule())
    assert found.environments == ()


def test_what_environments_share_is_one_finding_that_names_them() -> None:
    """Overlays of one base are alternatives: what is wrong in the base is wrong in each of them, and fixed once."""
    files = {**BASE, **{f"{name}/kustomization.yaml": overlay("../base") for name in ("home", "lab", "test")}}
    (found,) = judged(files, rule())
    assert found.environments == ("home", "lab", "test")
    assert found.change is not None
    assert {(effect.route, effect.value) for effect in found.change.effects} == {(("data", "text"), "")}
    assert len({effect.object for effect in found.change.effects}) == 3


def test_what_one_environment_has_alone_names_that_one() -> None:
    patch = "patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: greeting}, data: {text: bye}}'}]\n"
    files = {
        **BASE,
        "home/kustomization.yaml": overlay("../base"),
        "lab/kustomization.yaml": overlay("../base", more=patch),
    }
    found = judged(files, rule())
    assert {(item.message, item.place.document.path, item.environments) for item in found} == {
        ("It says hello.", "base/config.yaml", ("home",)),
        ("It says bye.", "lab/kustomization.yaml", ("lab",)),
    }


def test_environments_that_run_beside_each_other_are_one_for_the_reader() -> None:
    other = {"other/secret.yaml": "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: immich}}\n"}
    other["other/kustomization.yaml"] = overlay("secret.yaml")
    (found,) = judged({**BASE, **other}, rule())
    assert found.environments == ()


def test_an_environment_beside_some_of_the_others_is_named() -> None:
    """Three environments, of which two are alternatives and the third runs beside either."""
    files = {**BASE, **{f"{name}/kustomization.yaml": overlay("../base") for name in ("home", "lab")}}
    files |= {"other/config.yaml": (CONFIG % "hi").replace("greeting", "other")}
    files |= {"other/kustomization.yaml": overlay("config.yaml")}
    found = judged(files, rule())
    assert {(item.message, item.environments) for item in found} == {
        ("It says hello.", ("home", "lab")),
        ("It says hi.", ()),
    }


def test_what_nothing_applies_belongs_to_no_environment() -> None:
    files = {**BASE, "base/draft.yaml": (CONFIG % "draft").replace("greeting", "draft")}
    files |= {f"{name}/kustomization.yaml": overlay("../base") for name in ("home", "lab")}
    assert [item.message for item in judged(files, rule())] == ["It says hello."]
    found = judged(files, rule(idle=True))
    assert {(item.message, item.environments) for item in found} == {
        ("It says hello.", ("home", "lab")),
        ("It says draft.", ()),
    }


def test_rules_that_compare_wait_for_an_earlier_revision_and_hold_up_no_other() -> None:
    compared = rule("It changed.", compared=True)
    plain = rule()._replace(id="OWN002")
    files = {"a.yaml": CONFIG % "hello"}
    assert [item.rule for item in judged(files, compared, plain)] == ["OWN002"]
    found = judge_repository(repository_of(files), (compared, plain), DEFAULTS, before=()).findings
    assert [item.rule for item in found] == ["OWN001", "OWN002"]


def test_the_configuration_sets_the_severity_of_a_rule() -> None:
    files = {"a.yaml": CONFIG % "hello"}
    assert [item.severity for item in judged(files, rule())] == [Severity.ERROR]
    settings = Settings(severities={"OWN001": Severity.INFO})
    assert [item.severity for item in judged(files, rule(), settings=settings)] == [Severity.INFO]


SERVER = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: immich-server, namespace: immich}, spec: {template: "
    "{spec: {containers: [{name: main, image: 'ghcr.io/immich-app/immich-server:v3.3.6'}]}}}}\n"
)
CLUSTER = (
    "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: postgres, namespace: immich},"
    " spec: {instances: 1}}\n"
)


def test_what_is_only_guessed_is_no_error_unless_the_configuration_says_so() -> None:
    """The only Cluster while nothing says where the database is: it is the server's with low confidence."""
    wants = {"properties": {"spec": {"properties": {"instances": {"const": 2}}}}}
    own = rule("One instance.", "cluster", immich=True)._replace(assertion=wants, at="spec/instances", fix=None)
    files = {"a.yaml": f"{SERVER}---\n{CLUSTER}"}
    (found,) = judged(files, own)
    assert (found.confidence, found.severity) == (Confidence.LOW, Severity.WARNING)
    (found,) = judged(files, own, settings=Settings(severities={"OWN001": Severity.ERROR}))
    assert (found.confidence, found.severity) == (Confidence.LOW, Severity.ERROR)
    (found,) = judged({"a.yaml": f"{SERVER}---\n{CLUSTER}".replace("name: postgres", "name: immich")}, own)
    assert found.confidence is Confidence.LOW
    (found,) = judged({"a.yaml": CLUSTER}, own._replace(where={}))
    assert (found.confidence, found.severity) == (Confidence.HIGH, Severity.ERROR)


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: immich}
spec:
  chart: {spec: {chart: app-template, version: %s, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  values:
    controllers:
      main:
        containers:
          main:
            image: {repository: ghcr.io/immich-app/immich-server, tag: v3.3.6}
            env: {IMMICH_LOG_LEVEL: shout}
"""
RENDER = "Render the release and look at the result: the templates of this version of its chart are not known."


@pytest.mark.parametrize(
    ("version", "confidence", "safety", "after"),
    [("4.3.0", Confidence.HIGH, Safety.SAFE, ""), ("99.0.0", Confidence.MEDIUM, Safety.UNSAFE, RENDER)],
)
def test_a_fix_through_a_chart_whose_templates_are_not_known_is_looked_at(
    version: str, confidence: Confidence, safety: Safety, after: str
) -> None:
    wants = {"properties": {"spec": {"properties": {"replicas": {"const": 3}}}}}
    own = rule("One replica.", kind="Deployment")._replace(
        assertion=wants, at="spec/replicas", fix=FixSpec("run three", "safe", {"spec/replicas": 3})
    )
    (found,) = judged({"a.yaml": RELEASE % version}, own)
    assert found.confidence is confidence
    assert found.change is not None
    assert (found.change.safety, found.change.after) == (safety, after)
    unsafe = own._replace(fix=FixSpec("run three", "unsafe", {"spec/replicas": 3}, "Look at it."))
    (found,) = judged({"a.yaml": RELEASE % version}, unsafe)
    assert found.change is not None
    assert (found.change.safety, found.change.after) == (Safety.UNSAFE, "Look at it.")


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({"kind": "ConfigMap"}, 1),
        ({"kind": ["Secret", "ConfigMap"], "group": ""}, 1),
        ({"kind": "Secret"}, 0),
        ({"group": ["apps", "batch"]}, 0),
        ({"has": "data/text"}, 1),
        ({"has": ["spec/x", "data/text"]}, 1),
        ({"has": ["spec/x", "data/other"]}, 0),
        ({"component": "server"}, 0),
    ],
)
def test_what_a_rule_judges_is_narrowed_by_where(where: Mapping[str, object], count: int) -> None:
    assert len(judged({"a.yaml": CONFIG % "hello"}, rule(**where))) == count


@pytest.mark.parametrize(
    ("name", "cluster", "confidence"),
    [
        ("nightly", "immich-db", Confidence.MEDIUM),
        ("immich-nightly", "db", Confidence.MEDIUM),
        ("immich", "immich", Confidence.MEDIUM),
        ("nightly", "db", None),
    ],
)
def test_a_schedule_of_a_cluster_from_elsewhere_is_immich_s_by_a_name(
    name: str, cluster: str, confidence: Confidence | None
) -> None:
    backup = (
        f"{{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {{name: {name}, namespace: x}},"
        f" spec: {{schedule: 0 0 3 * * *, cluster: {{name: {cluster}}}}}}}\n"
    )
    wants = {"properties": {"spec": {"properties": {"schedule": {"const": ""}}}}}
    own = rule("It runs.", "scheduled-backup", immich=True)._replace(assertion=wants, at="spec/schedule", fix=None)
    assert [item.confidence for item in judged({"a.yaml": backup}, own)] == [confidence] * (confidence is not None)
    everything = judged({"a.yaml": backup}, own, settings=Settings(everything=True))
    assert [item.confidence for item in everything] == [confidence or Confidence.LOW]


ROUTE = (
    "---\n{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: {0}, namespace: immich}}, spec: {{rules:"
    " [{{http: {{paths: [{{backend: {{service: {{name: {0}, port: {{number: 80}}}}}}}}]}}}}]}}}}\n"
    "---\n{{apiVersion: v1, kind: Service, metadata: {{name: {0}, namespace: immich}},"
    " spec: {{selector: {{app: {0}}}, ports: [{{port: 80}}]}}}}\n"
)


def test_of_the_routes_those_to_a_server_are_judged() -> None:
    labelled = SERVER.replace("{template: {", "{template: {metadata: {labels: {app: immich-server}}, ")
    learning = labelled.replace("immich-server", "immich-machine-learning")
    files = {"a.yaml": "---\n".join([labelled, learning]) + "".join(map(ROUTE.format, NAMES))}
    wants = {"properties": {"spec": {"required": ["tls"]}}}
    own = rule("{name} has no TLS.", "route")._replace(assertion=wants, at="spec", fix=None)
    assert [item.message for item in judged(files, own)] == ["immich-server has no TLS."]


NAMES = ("immich-server", "immich-machine-learning")


def test_of_the_releases_those_of_immich_are_judged_where_they_are_known() -> None:
    def releases(files: Mapping[str, str]) -> list[str]:
        found = judge_repository(repository_of(files), (), DEFAULTS).stacks
        return [
            item.release.manifest.name
            for _, targets in Targets(found, DEFAULTS).of(rule("{name}", "release"))
            for item in targets
            if isinstance(item, ChartRelease)
        ]

    files = {"a.yaml": f"{RELEASE}---\n{REDIS}" % "4.3.0"}
    assert releases(files) == ["immich"]
    refused = "patches: [{target: {name: immich}, patch: '[{op: remove, path: /x}]'}]\n"
    assert releases({**files, "kustomization.yaml": overlay("a.yaml", more=refused)}) == []


REDIS = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: redis, namespace: immich}
spec:
  chart: {spec: {chart: redis, version: 20.0.0, sourceRef: {kind: HelmRepository, name: bitnami}}}
"""
