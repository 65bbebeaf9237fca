"""The server: what its rules leave alone, and when their fixes are safe."""

from __future__ import annotations

import pytest
from harness import DEFAULTS, findings_of, fixed, mended, repository_of, rules_of

from immichlint.facts import load
from immichlint.findings.change import Safety
from immichlint.findings.finding import Finding
from immichlint.rules.judged import judge_repository

SERVER = "ghcr.io/immich-app/immich-server"


def deployment(container: str = "", *, tag: str = "v3.3.6", name: str = "server", pod: str = "", spec: str = "") -> str:
    """A Deployment of a server in flow style; texts are put into its container, its pod and its spec."""
    return (
        f"---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: immich}}, spec: {{{spec} "
        f"template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{pod} containers: [{{name: {name}, "
        f"image: '{SERVER}:{tag}', {container}}}]}}}}}}}}\n"
    )


def service(ports: str, rest: str = "", *, name: str = "server") -> str:
    return (
        f"---\n{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: immich}}, "
        f"spec: {{selector: {{app: server}}, ports: [{ports}], {rest}}}}}\n"
    )


def findings(text: str, rule: str) -> list[Finding]:
    return list(judge_repository(repository_of({"m.yaml": text}), rules_of([rule]), DEFAULTS).findings)


def safety(text: str, rule: str) -> Safety | None:
    found = findings(text, rule)
    assert len(found) == 1
    change = found[0].change
    return change.safety if change is not None else None


PROBE = "livenessProbe: {httpGet: {path: %s, port: %s}}"
HTTP = "ports: [{name: http, containerPort: 3001}],"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (deployment(PROBE % ("/api/server/ping", 3001)), 1),
        (deployment(f"{HTTP} {PROBE % ('/api/server/ping', 'http')}"), 1),
        (deployment("ports: [{containerPort: 3001}]"), 0),
        (deployment("ports: [{containerPort: 3001}]") + service("{port: 80, targetPort: 3001}"), 1),
        (deployment(tag="v3") + service("{port: 3001}"), 0),
        (deployment() + service("{port: 3001}"), 1),
        (deployment() + service("{port: 3001, targetPort: 2283}"), 0),
        (deployment() + service("{port: 8081, name: metrics}"), 0),
        (deployment(f"{HTTP} env: [{{name: IMMICH_PORT, value: '3001'}}]"), 0),
        (deployment(f"{HTTP} envFrom: [{{secretRef: {{name: elsewhere}}}}]"), 0),
        (deployment(f"{HTTP} env: [{{name: IMMICH_WORKERS_INCLUDE, value: microservices}}]"), 0),
        (deployment(HTTP, tag="v1.117.0"), 0),
    ],
)
def test_the_port_of_another_version(text: str, count: int) -> None:
    assert len(findings(text, "IML301")) == count


def test_a_sidecar_may_have_the_port() -> None:
    pod = "initContainers: [{name: kiosk, image: kiosk, restartPolicy: Always, ports: [{containerPort: 3001}]}],"
    assert not findings(deployment(pod=pod) + service("{port: 80, targetPort: 3001}"), "IML301")


def test_the_port_of_a_node_is_for_a_person_to_see_to() -> None:
    text = deployment(HTTP)
    assert safety(text + service("{port: 80, targetPort: http}"), "IML301") is Safety.SAFE
    assert safety(text + service("{port: 80, targetPort: http}", "type: NodePort"), "IML301") is Safety.UNSAFE
    policy = (
        "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: allow, namespace: immich}, "
        "spec: {podSelector: {}, ingress: [{ports: [{port: 3001}]}]}}\n"
    )
    assert safety(text + policy, "IML301") is Safety.UNSAFE


def test_the_service_keeps_its_own_port() -> None:
    after = fixed({"m.yaml": deployment() + service("{port: 3001}")}, ["IML301"])["m.yaml"]
    assert "{port: 3001, targetPort: 2283}" in after


@pytest.mark.parametrize(
    ("path", "port", "tag", "severity"),
    [
        ("/api/server-info/ping", 2283, "v1.118.0", "error"),
        ("/api/server-info/version", 2283, "v3.3.6", "error"),
        ("/server-info/ping", 2283, "v3.3.6", "warning"),
        ("/server/ping", 2283, "v3.3.6", "warning"),
        ("/api/server-info/ping", 2283, "v1.117.0", None),
        ("/api/server-information", 2283, "v3.3.6", None),
        ("/server-info/ping", 8081, "v3.3.6", None),
        ("/api/server-info/ping", 2283, "release", None),
        ("${PROBE}", 2283, "v3.3.6", None),
    ],
)
def test_the_path_of_a_probe(path: str, port: int, tag: str, severity: str | None) -> None:
    found = findings(deployment(PROBE % (path, port), tag=tag), "IML302")
    assert [item.severity.value for item in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("probes", "seconds"),
    [
        ("livenessProbe: {tcpSocket: {port: 2283}}", 30),
        ("livenessProbe: {tcpSocket: {port: 2283}, initialDelaySeconds: 60, periodSeconds: 20}", 120),
        ("livenessProbe: {tcpSocket: {port: 2283}, initialDelaySeconds: 300}", None),
        (
            "livenessProbe: {tcpSocket: {port: 2283}}, startupProbe: {tcpSocket: {port: 2283}, failureThreshold: 29}",
            290,
        ),
        (
            "livenessProbe: {tcpSocket: {port: 2283}}, startupProbe: {tcpSocket: {port: 2283}, failureThreshold: 30}",
            None,
        ),
        (
            "livenessProbe: {tcpSocket: {port: 2283}}, startupProbe: {tcpSocket: {port: 2283}, periodSeconds: '${P}'}",
            None,
        ),
        ("readinessProbe: {tcpSocket: {port: 2283}}", None),
    ],
)
def test_the_time_to_start(probes: str, seconds: int | None) -> None:
    found = findings(deployment(probes), "IML303")
    assert len(found) == (seconds is not None)
    assert all(f" {seconds} seconds to start" in item.message for item in found)


def test_a_startup_probe_that_is_too_short_fails_more_often() -> None:
    text = deployment(
        "livenessProbe: {exec: {command: [ping]}}, startupProbe: {exec: {command: [ping]}, periodSeconds: 7}"
    )
    assert "periodSeconds: 7, failureThreshold: 43" in fixed({"m.yaml": text}, ["IML303"])["m.yaml"]


ENV = "env: [{name: %s, value: '%s'}]"


@pytest.mark.parametrize(
    ("name", "value", "tag", "after"),
    [
        ("LOG_LEVEL", "simple", "v2.7.5", "name: IMMICH_LOG_LEVEL, value: 'log'"),
        ("LOG_LEVEL", "chatty", "v2.7.5", ""),
        ("HOST", "0.0.0.0", "v1.119.0", "name: IMMICH_HOST, value: '0.0.0.0'"),
        ("SERVER_PORT", "3001", "v1.106.1", "name: IMMICH_PORT, value: '3001'"),
        ("IMMICH_JOB_METRICS", "true", "v3.3.6", "name: IMMICH_TELEMETRY_INCLUDE, value: 'job'"),
        ("IMMICH_METRICS", "false", "v3.3.6", ""),
        ("IMMICH_LOG_LEVEL", "info", "v3.3.6", "name: IMMICH_LOG_LEVEL, value: 'log'"),
        ("IMMICH_TELEMETRY_INCLUDE", "true", "v3.3.6", "name: IMMICH_TELEMETRY_INCLUDE, value: 'all'"),
    ],
)
def test_what_a_variable_is_called_now(name: str, value: str, tag: str, after: str) -> None:
    text = deployment(ENV % (name, value), tag=tag)
    assert len(findings(text, "IML306")) == 1
    made = fixed({"m.yaml": text}, ["IML306"])["m.yaml"]
    assert after in made if after else name not in made
    assert not findings(made, "IML306")


def test_two_that_become_one_are_for_a_person() -> None:
    both = "env: [{name: IMMICH_API_METRICS, value: 'true'}, {name: IMMICH_JOB_METRICS, value: 'true'}]"
    assert safety(deployment(both), "IML306") is Safety.UNSAFE
    taken = "env: [{name: LOG_LEVEL, value: log}, {name: IMMICH_LOG_LEVEL, value: warn}]"
    assert safety(deployment(taken), "IML306") is Safety.UNSAFE


@pytest.mark.parametrize(
    ("container", "count"),
    [
        (ENV % ("LOG_LEVEL", "log"), 1),
        ("env: [{name: LOG_LEVEL, value: log}, {name: OTHER, value: 'x-$(LOG_LEVEL)'}]", 0),
        ("command: [sh, -c, 'echo $LOG_LEVEL; exec start.sh'], " + ENV % ("LOG_LEVEL", "log"), 0),
        (ENV % ("NODE_ENV", "production"), 0),
        (ENV % ("NODE_ENV", "development"), 1),
        (ENV % ("IMMICH_LOG_LEVEL", "$(LEVEL)"), 0),
        (ENV % ("TZ", "UTC"), 0),
    ],
)
def test_variables_that_something_else_may_read(container: str, count: int) -> None:
    assert len(findings(deployment(container), "IML306")) == count


def test_a_source_of_several_environments_is_one_finding() -> None:
    config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: immich}, data: {LOG_LEVEL: log}}\n"
    source = "envFrom: [{configMapRef: {name: c}}]"
    files = {
        "one/m.yaml": config + deployment(source),
        "two/m.yaml": deployment(source, name="jobs").removeprefix("---\n"),
    }
    assert len(findings_of(files, ["IML306"])) == 1
    after = fixed(files, ["IML306"])["one/m.yaml"]
    assert "IMMICH_LOG_LEVEL: log" in after and " LOG_LEVEL" not in after.replace("{LOG", " LOG")


def test_a_host_is_renamed_only_where_it_is_one() -> None:
    text = deployment(ENV % ("DB_HOST", "postgres"))
    assert not mended({"m.yaml": text}, ["IML307"]).texts
    there = text + service("{port: 5432}", name="postgres")
    assert "name: DB_HOSTNAME, value: 'postgres'" in fixed({"m.yaml": there}, ["IML307"])["m.yaml"]


MEDIA = "volumeMounts: [{name: photos, mountPath: %s}]"
NFS = "volumes: [{name: photos, nfs: {server: nas, path: /photos}}],"


@pytest.mark.parametrize(
    ("container", "pod", "tag", "count"),
    [
        ("", "", "v3.3.6", 1),
        ("", "", "release", 1),
        (MEDIA % "/data", NFS, "release", 0),
        (MEDIA % "/data", NFS, "v1.136.0", 1),
        (MEDIA % "/usr/src/app/upload", NFS, "v3.3.6", 0),
        (MEDIA % "/usr/src/app", NFS, "v3.3.6", 0),
        (MEDIA % "/data/library", NFS, "v3.3.6", 0),
        (MEDIA % "/database", NFS, "v3.3.6", 1),
        (f"{MEDIA % '/photos'}, {ENV % ('IMMICH_MEDIA_LOCATION', '/photos')}", NFS, "v3.3.6", 0),
        (f"{MEDIA % '/data'}, {ENV % ('IMMICH_MEDIA_LOCATION', '/photos')}", NFS, "v3.3.6", 1),
        (f"{MEDIA % '/photos'}, envFrom: [{{secretRef: {{name: elsewhere}}}}]", NFS, "v3.3.6", 0),
        ("volumeMounts: '${MOUNTS}'", "", "v3.3.6", 0),
        ("command: [immich-admin, list-users]", "", "v3.3.6", 0),
    ],
)
def test_where_the_photos_are(container: str, pod: str, tag: str, count: int) -> None:
    assert len(findings(deployment(container, pod=pod, tag=tag), "IML304")) == count


def test_a_job_keeps_no_photos() -> None:
    text = deployment().replace("kind: Deployment", "kind: Job").replace("apps/v1", "batch/v1")
    assert not findings(text, "IML304")


@pytest.mark.parametrize(
    ("container", "count"),
    [
        ("command: [start.sh, immich]", 1),
        ("command: [/bin/bash, -c, start.sh]", 0),
        ("command: [node, dist/main]", 1),
        ("args: ['${ARGS}']", 0),
        ("command: [start.sh, microservices]", 0),
    ],
)
def test_commands(container: str, count: int) -> None:
    assert len(findings(deployment(container), "IML311")) == count


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (("INCLUDE", "api"), ("INCLUDE", "api"), "`microservices`"),
        (("INCLUDE", "microservices"), ("EXCLUDE", "api"), "`api`"),
        (("INCLUDE", "api"), ("EXCLUDE", "api"), ""),
        (("INCLUDE", "api,microservices"), ("EXCLUDE", "api"), ""),
        (("INCLUDE", "api"), ("INCLUDE", "$(WORKERS)"), "no worker"),
    ],
)
def test_workers(one: tuple[str, str], other: tuple[str, str], says: str) -> None:
    texts = [
        deployment(ENV % (f"IMMICH_WORKERS_{word}", value), name=f"w{number}")
        for number, (word, value) in enumerate((one, other))
    ]
    found = findings("".join(texts), "IML312")
    assert [says in item.message for item in found] == ([True] if says and "$" not in other[1] else [])


def test_a_base_whose_volumes_a_component_gives_is_not_judged() -> None:
    text = deployment(MEDIA % "/data", pod="volumes: [{name: photos, emptyDir: {}}],").removeprefix("---\n")
    files = {"app/kustomization.yaml": "resources: [server.yaml]\n", "app/server.yaml": text}
    assert len(findings_of(files, ["IML305"])) == 1
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [claim.yaml]\n"
    files["app/components/claim/kustomization.yaml"] = component
    files["app/components/claim/claim.yaml"] = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: photos}\n"
    assert not findings_of(files, ["IML305"])
    files["site/kustomization.yaml"] = "resources: [../app]\ncomponents: [../app/components/claim]\n"
    assert len(findings_of(files, ["IML305"])) == 1


CLAIM = (
    "---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: photos, namespace: immich}, "
    "spec: {accessModes: [ReadWriteOnce], storageClassName: longhorn}}\n"
)
CLAIMED = "volumes: [{name: photos, persistentVolumeClaim: {claimName: photos}}],"


@pytest.mark.parametrize(
    ("pod", "spec", "messages"),
    [
        ("", "strategy: {type: Recreate},", ["both mount"]),
        ("affinity: {podAffinity: {}},", "strategy: {type: Recreate},", []),
        ("nodeName: one,", "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0}},", []),
        ("", "replicas: 0, strategy: {type: RollingUpdate},", ["both mount"]),
    ],
)
def test_a_claim_that_two_deployments_mount(pod: str, spec: str, messages: list[str]) -> None:
    text = "".join(
        deployment(MEDIA % "/data", name=name, pod=f"{pod} {CLAIMED}", spec=spec) for name in ("server", "workers")
    )
    found = findings(text + CLAIM, "IML309")
    assert len(found) == len(messages)
    assert all(part in item.message for part, item in zip(messages, found, strict=True))


def release(chart: str, version: str, values: str) -> str:
    """A HelmRelease of a chart with these values."""
    head = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: immich, namespace: photos}\nspec:\n"
        f"  chart: {{spec: {{chart: {chart}, version: {version}}}}}\n  values:\n"
    )
    return head + "".join(f"    {line}\n" for line in values.splitlines())


def test_containers_that_share_an_anchor_are_one_finding() -> None:
    values = "controllers:\n"
    for name, env in (("server", "&env\n          LOG_LEVEL: log"), ("workers", "*env")):
        image = f"{{repository: {SERVER}, tag: v3.3.6}}"
        values += f"  {name}:\n    containers:\n      app:\n        image: {image}\n        env: {env}\n"
    text = release("app-template", "4.6.2", values)
    found = findings(text, "IML306")
    assert len(found) == 1
    assert "Each of the containers app of Deployment immich-server and app of Deployment immich-workers" in (
        found[0].message
    )


def test_the_last_variable_goes_with_the_key_that_held_it() -> None:
    image = f"{{repository: {SERVER}, tag: v3.3.6}}"
    values = f"controllers:\n  server:\n    containers:\n      app:\n        image: {image}\n"
    text = release("app-template", "4.6.2", values)
    env = "            env:\n              IMMICH_IGNORE_MOUNT_CHECK_ERRORS: 'true'\n"
    assert fixed({"m.yaml": text + env}, ["IML316"])["m.yaml"] == text


def test_a_rename_does_not_wait_for_what_can_only_be_removed() -> None:
    text = deployment("env: [{name: LOG_LEVEL, value: verbose}, {name: PUBLIC_IMMICH_SERVER_URL, value: https://x}]")
    made = fixed({"m.yaml": text}, ["IML306"])["m.yaml"]
    assert "name: IMMICH_LOG_LEVEL" in made and "PUBLIC_" not in made


def test_what_is_removed_goes_where_machine_learning_has_it_too() -> None:
    values = (
        "image: {tag: v1.139.4}\n"
        "env:\n  DB_HOSTNAME: db\n  DISABLE_REVERSE_GEOCODING: 'false'\n"
        "immich: {persistence: {library: {existingClaim: photos}}}\n"
    )
    text = release("immich", "0.9.3", values)
    made = fixed({"m.yaml": text}, ["IML306"])["m.yaml"]
    assert made == text.replace("      DISABLE_REVERSE_GEOCODING: 'false'\n", "")


def test_a_rename_reaches_the_cache_that_has_the_variable_from_the_same_spot() -> None:
    values = (
        "controllers: {main: {containers: {main: {image: {tag: v2.7.5}, env: {LOG_LEVEL: verbose}}}}}\n"
        "valkey: {enabled: true}\n"
    )
    text = release("immich", "0.12.0", values)
    made = fixed({"m.yaml": text}, ["IML306"])["m.yaml"]
    assert made == text.replace("LOG_LEVEL", "IMMICH_LOG_LEVEL")


@pytest.mark.parametrize("given", [False, True])
def test_a_startup_probe_that_only_the_chart_switches_off(given: bool) -> None:
    own = "server: {probes: {startup: {enabled: false}}}\n" if given else ""
    text = release("immich", "0.7.0", f"redis: {{enabled: true}}\n{own}")
    assert len(findings(text, "IML303")) == 1
    after = fixed({"m.yaml": text}, ["IML303"])["m.yaml"]
    assert (after == text) is given
    assert given or not findings(after, "IML303")


def test_a_port_that_a_later_version_leaves_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = load("immich_server")
    rows = [facts["ports"][0], {**facts["ports"][1], "until": "3.0.0"}, {"port": 2300, "since": "3.0.0", "until": None}]
    monkeypatch.setitem(facts, "ports", rows)
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:VERSION
          livenessProbe: {httpGet: {path: /api/server/ping, port: 2283}}
"""
    (found,) = findings_of({"immich.yaml": text.replace("VERSION", "v3.3.6")}, ["IML301"])
    assert "listens on port 2300 (since v3.0.0)" in found.message and "its liveness probe names 2283:" in found.message
    assert findings_of({"immich.yaml": text.replace("VERSION", "v2.7.5")}, ["IML301"]) == []
    (found,) = findings_of({"immich.yaml": text.replace("VERSION", "v1.117.0")}, ["IML301"])
    assert "(2283 came with v1.118.0)" in found.message
