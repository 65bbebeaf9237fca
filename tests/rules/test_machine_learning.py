"""Machine learning: when its hardening is safe, what it takes along, and which user has which HOME."""

from __future__ import annotations

import pytest
from harness import DEFAULTS, Seen, findings_of, mended, repository_of, rules_of, seen

from immichlint.findings.change import Safety
from immichlint.findings.finding import Confidence, Finding
from immichlint.rules.judged import judge_repository

ML = "ghcr.io/immich-app/immich-machine-learning:v3.3.6"
HARDENING = ("IML201", "IML204", "IML205")


def deployment(container: str = "", pod: str = "", image: str = ML) -> str:
    """A Deployment of machine learning, in flow style; texts are put into the container and the pod."""
    return (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: ml, namespace: immich}, spec: {template: {spec: {"
        f"{pod} containers: [{{name: ml, image: '{image}', {container}}}]}}}}}}}}\n"
    )


CACHE = "volumeMounts: [{name: cache, mountPath: /cache}],"
EMPTY = "volumes: [{name: cache, emptyDir: {}}],"
CLAIMED = "volumes: [{name: cache, persistentVolumeClaim: {claimName: ml}}],"
VARIABLES = "env: [{name: HF_HOME, value: /cache}, {name: MPLCONFIGDIR, value: /cache/matplotlib}],"


def claim(storage_class: str, mode: str = "ReadWriteOnce", rest: str = "") -> str:
    return (
        "---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ml, namespace: immich},"
        f" spec: {{accessModes: [{mode}], storageClassName: {storage_class}, {rest}}}}}\n"
    )


def finding(text: str, rule: str) -> Finding:
    found = judge_repository(repository_of({"m.yaml": text}), rules_of([rule]), DEFAULTS).findings
    assert len(found) == 1
    return found[0]


def ids(text: str, *rules: str) -> list[str]:
    return [item.rule for item in findings_of({"m.yaml": text}, rules)]


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        (deployment(CACHE, EMPTY), Safety.SAFE),
        (deployment(), Safety.SAFE),
        (deployment(CACHE, CLAIMED) + claim("longhorn"), Safety.SAFE),
        (deployment(CACHE, CLAIMED) + claim("ceph-block", "ReadWriteOncePod"), Safety.SAFE),
        (deployment(CACHE, CLAIMED), Safety.UNSAFE),
        (deployment(CACHE, CLAIMED) + claim("longhorn", "ReadWriteMany"), Safety.UNSAFE),
        (deployment(CACHE, CLAIMED) + claim("longhorn", rest="volumeName: mine"), Safety.UNSAFE),
        (deployment(CACHE, CLAIMED) + claim("local-path"), Safety.UNSAFE),
        (deployment(CACHE, CLAIMED) + claim("nfs-client"), Safety.UNSAFE),
        (deployment(CACHE, CLAIMED) + claim("fast"), Safety.UNSAFE),
        (deployment(CACHE, EMPTY, f"{ML}-openvino"), Safety.UNSAFE),
        (deployment(f"{CACHE} resources: {{limits: {{nvidia.com/gpu: 1}}}}", EMPTY), Safety.UNSAFE),
        (deployment(f"{CACHE} resources: {{limits: {{memory: 4Gi}}}}", EMPTY), Safety.SAFE),
        (deployment(CACHE, f"runtimeClassName: nvidia, {EMPTY}"), Safety.UNSAFE),
        (deployment(f"{CACHE} securityContext: {{privileged: true}}", EMPTY), Safety.UNSAFE),
        (deployment(f"{CACHE} securityContext: {{capabilities: {{add: [SYS_NICE]}}}}", EMPTY), Safety.UNSAFE),
        (deployment(f"{CACHE} securityContext: {{capabilities: {{drop: [ALL]}}}}", EMPTY), Safety.SAFE),
        (deployment(f"{CACHE} command: [/bin/sh, -c, apt-get update]", EMPTY), Safety.UNSAFE),
        (deployment(f"{CACHE} env: [{{name: MPLCONFIGDIR, value: /config}}]", EMPTY), Safety.UNSAFE),
        (deployment(CACHE, f"initContainers: [{{name: chown, image: busybox}}], {EMPTY}"), Safety.UNSAFE),
        (
            deployment(
                "volumeMounts: [{name: cache, mountPath: /cache}, {name: photos, mountPath: /data}],",
                "volumes: [{name: cache, emptyDir: {}}, {name: photos, nfs: {server: nas, path: /photos}}],",
            ),
            Safety.UNSAFE,
        ),
        (
            deployment(
                "volumeMounts: [{name: cache, mountPath: /cache}, {name: cache, mountPath: /.cache, subPath: home}],",
                EMPTY,
            ),
            Safety.SAFE,
        ),
    ],
)
def test_the_hardening_is_safe_only_where_nothing_else_is_touched(text: str, safety: Safety) -> None:
    change = finding(text, "IML204").change
    assert change is not None
    assert change.safety is safety
    at_pod = {effect.route[3:] for effect in change.effects if effect.route[3:4] == ("securityContext",)}
    assert bool(at_pod) is (safety is Safety.SAFE)
    assert bool(change.after) is (safety is Safety.UNSAFE)


def test_a_storage_class_of_the_stack_says_more_than_its_name() -> None:
    storage = "---\n{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: {}}}, provisioner: {}}}\n"
    fast = deployment(CACHE, CLAIMED) + claim("fast") + storage.format("fast", "driver.longhorn.io")
    change = finding(fast, "IML204").change
    assert change is not None and change.safety is Safety.SAFE
    false = deployment(CACHE, CLAIMED) + claim("longhorn") + storage.format("longhorn", "nfs.csi.k8s.io")
    change = finding(false, "IML204").change
    assert change is not None and change.safety is Safety.UNSAFE


def test_where_no_cache_can_be_mounted_it_says_what_to_do() -> None:
    taken = deployment("", "volumes: [{name: cache, persistentVolumeClaim: {claimName: other}}],")
    found = finding(taken, "IML204")
    assert found.change is None
    assert "mount a writable volume for the models first" in found.no_fix


def test_the_hardening_leaves_nothing_that_it_could_have_settled() -> None:
    for text in (deployment(CACHE, EMPTY), deployment(), deployment(f"{CACHE} {VARIABLES}", EMPTY)):
        outcome = mended({"m.yaml": text}, ("IML202", "IML206", *HARDENING))
        assert outcome.judged.findings == ()
        assert outcome.refused == ()


def test_what_exists_is_kept() -> None:
    pod = f"securityContext: {{fsGroup: 568, runAsGroup: 100}}, {EMPTY}"
    text = deployment(f"{CACHE} env: [{{name: MPLCONFIGDIR, value: /cache/mine}}]", pod)
    after = mended({"m.yaml": text}, HARDENING).texts["m.yaml"].text
    assert "fsGroup: 568, runAsGroup: 100, runAsNonRoot: true, runAsUser: 1000" in after
    assert "value: /cache/mine" in after and "/cache/matplotlib" not in after


def after(text: str) -> str:
    change = finding(text, "IML204").change
    assert change is not None
    return change.after


def test_the_cache_changes_hands_before() -> None:
    node = after(deployment(CACHE, "volumes: [{name: cache, hostPath: {path: /srv/models}}],"))
    assert "Before this is applied, chown the directory `/srv/models` on the node" in node
    assert "wiping it is not enough" in node
    assert "chown the directory `/models` on the NFS server" in after(
        deployment(CACHE, "volumes: [{name: cache, nfs: {server: nas, path: /models}}],")
    )
    assert "wiping it is not enough" in after(deployment(CACHE, CLAIMED) + claim("nfs-client"))
    volume = "---\n{apiVersion: v1, kind: PersistentVolume, metadata: {name: mine}, spec: {hostPath: {path: /srv}}}\n"
    assert "wiping it is not enough" in after(deployment(CACHE, CLAIMED) + claim("", rest="volumeName: mine") + volume)
    assert "or wipe it" in after(deployment(CACHE, CLAIMED) + claim("fast"))
    both = "volumeMounts: [{name: cache, mountPath: /cache}, {name: cache, mountPath: /.cache, subPath: home}],"
    assert "`chown -R 1000:1000 /cache /.cache`" in after(deployment(both, CLAIMED))


def test_a_group_that_root_wrote_past_does_not_help() -> None:
    pod = "securityContext: {fsGroup: 568, fsGroupChangePolicy: WORD}, " + CLAIMED
    always, once = (
        deployment(CACHE, pod.replace("WORD", word)) + claim("longhorn") for word in ("Always", "OnRootMismatch")
    )
    assert finding(always, "IML204").change.safety is Safety.SAFE  # type: ignore[union-attr]
    assert "chown" in after(once)


@pytest.mark.parametrize(
    ("resource", "render"), [("gpu.intel.com/i915", True), ("amd.com/gpu", True), ("nvidia.com/gpu", False)]
)
def test_the_render_group_is_named_only_where_its_device_is(resource: str, render: bool) -> None:
    text = after(deployment(f"{CACHE} resources: {{limits: {{{resource}: 1}}}}", EMPTY))
    assert "can open its device" in text
    assert ("/dev/dri" in text) is render


def test_a_device_is_no_data() -> None:
    mounts = "volumeMounts: [{name: cache, mountPath: /cache}, {name: dri, mountPath: /dev/dri}],"
    volumes = "volumes: [{name: cache, emptyDir: {}}, {name: dri, hostPath: {path: /dev/dri}}],"
    text = after(deployment(mounts, volumes))
    assert "/dev/dri" in text and "what else is mounted" not in text


def server(security: str, namespace: str = "immich", name: str = "server") -> str:
    text = deployment("", f"securityContext: {{{security}}},", "ghcr.io/immich-app/immich-server:v3.3.6")
    return "---\n" + text.replace("{name: ml, namespace: immich}", f"{{name: {name}, namespace: {namespace}}}")


@pytest.mark.parametrize(
    ("servers", "decisions", "expected"),
    [
        ("", {}, (1000, 1000, 1000)),
        ("", {"uid": 2000}, (2000, 2000, 2000)),
        ("", {"uid": 2000, "gid": 3000}, (2000, 3000, 3000)),
        (server("runAsUser: 568"), {}, (568, 568, 568)),
        (server("runAsUser: 568"), {"uid": 2000, "gid": 3000}, (568, 3000, 3000)),
        (server("runAsUser: 1026, runAsGroup: 100, fsGroup: 101"), {"uid": 2000}, (1026, 100, 101)),
        (server("runAsUser: 0, runAsGroup: 0"), {}, (1000, 1000, 1000)),
        (server("runAsUser: '${PUID}'"), {"uid": 2000}, (2000, 2000, 2000)),
        (server("runAsUser: 568", "other"), {}, (1000, 1000, 1000)),
        (server("runAsUser: 568") + server("runAsUser: 569", name="api"), {}, (1000, 1000, 1000)),
    ],
)
def test_the_user_is_the_stacks_own(servers: str, decisions: dict[str, int], expected: tuple[int, int, int]) -> None:
    settings = DEFAULTS._replace(decisions=decisions)
    repository = repository_of({"m.yaml": deployment(CACHE, EMPTY) + servers})
    (found,) = judge_repository(repository, rules_of(["IML204"]), settings).findings
    assert found.change is not None
    given = {effect.route[-1]: effect.value for effect in found.change.effects if "securityContext" in effect.route}
    assert tuple(given[key] for key in ("runAsUser", "runAsGroup", "fsGroup")) == expected
    assert f"`runAsUser: {expected[0]}`" in found.message and f"user {expected[0]}," in found.change.title


def test_a_digest_is_the_registrys_to_tell() -> None:
    digest = f"sha256:{'0' * 64}"
    text = deployment(image=ML + f"@{digest}") + server("").replace("v3.3.6", "v3.3.7")
    found = finding(text, "IML207")
    assert found.change is None and found.severity == "error"
    assert found.no_fix == "The image is pinned by a digest; take that of v3.3.7 from the registry, or drop the digest."


def test_without_a_cache_volume_none_is_spoken_of() -> None:
    message = finding(deployment(), "IML201").message
    assert "in the container's own layer" in message and "cache volume" not in message


@pytest.mark.parametrize(
    ("limit", "small"), [("1Gi", True), ("512Mi", True), ("9.5G", True), ("10Gi", False), ("20G", False)]
)
def test_a_small_emptydir_evicts_the_pod(limit: str, small: bool) -> None:
    text = deployment(CACHE, f"volumes: [{{name: cache, emptyDir: {{sizeLimit: {limit}}}}}],")
    assert ("the pod is evicted" in finding(text, "IML203").message) is small


def test_findings_of_one_container_belong_together() -> None:
    text = deployment(CACHE, EMPTY)
    assert finding(text, "IML201").together == finding(text, "IML204").together != ""


def test_a_mutating_policy_makes_it_less_sure() -> None:
    policy = (
        "---\n{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: p}, spec: {rules: [{name: r, mutate: "
        "{patchStrategicMerge: {spec: {securityContext: {+(runAsNonRoot): true}}}}}]}}\n"
    )
    assert finding(deployment() + policy, "IML204").confidence is Confidence.MEDIUM
    assert finding(deployment() + policy.replace("mutate", "validate"), "IML204").confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("user", "image", "expected"),
    [
        ("runAsUser: 1000", ML, ["IML205"]),
        ("runAsUser: 1000", f"{ML}-rocm", []),
        ("runAsUser: 65534", ML, []),
        ("runAsUser: 0", ML, []),
        ("runAsNonRoot: true", ML, []),
    ],
)
def test_home_is_the_root_folder_for_users_that_the_image_does_not_know(
    user: str, image: str, expected: list[str]
) -> None:
    text = deployment(f"{CACHE} {VARIABLES}", f"securityContext: {{{user}}}, {EMPTY}", image)
    assert ids(text, "IML205") == expected


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ("[]", ["`HF_HOME` and `MPLCONFIGDIR`"]),
        ("[{name: HF_XET_CACHE, value: /cache/xet}]", ["`MPLCONFIGDIR`"]),
        ("[{name: HF_HUB_DISABLE_XET, value: '1'}]", ["`MPLCONFIGDIR`"]),
        ("[{name: HF_HUB_DISABLE_XET, value: 'false'}]", ["`HF_HOME` and `MPLCONFIGDIR`"]),
        ("[{name: XDG_CACHE_HOME, value: /cache}]", ["`MPLCONFIGDIR`"]),
        ("[{name: XDG_CACHE_HOME, value: /cache}, {name: XDG_CONFIG_HOME, value: /cache}]", []),
        ("[{name: HOME, value: /cache/home}]", []),
        ("[{name: HOME, value: /home/me}]", ["`HF_HOME` and `MPLCONFIGDIR`"]),
        ("[{name: HOME, value: '${HOME_OF_ML}'}]", []),
        ("[{name: HOME, valueFrom: {secretKeyRef: {name: s, key: k}}}]", []),
    ],
)
@pytest.mark.parametrize("user", [0, 1000])
def test_a_default_that_serves_is_not_missing(env: str, missing: list[str], user: int) -> None:
    text = deployment(f"{CACHE} env: {env},", f"securityContext: {{runAsUser: {user}}}, {EMPTY}")
    found = findings_of({"m.yaml": text}, ["IML201"])
    assert [item.message.partition(" is not")[0].partition(" are not")[0] for item in found] == missing
    assert all(item.severity == ("error" if user else "warning") for item in found)


def test_of_a_user_that_is_not_known_nothing_is_claimed() -> None:
    found = finding(deployment(CACHE, f"securityContext: {{runAsUser: '${{PUID}}'}}, {EMPTY}"), "IML201")
    assert "Who runs it is not written here" in found.message
    assert "/root" not in found.message
    assert found.severity == "warning"


def test_old_images_read_one_more() -> None:
    old = deployment(CACHE, EMPTY, ML.replace("v3.3.6", "v1.130.3"))
    assert "`HF_HOME`, `TRANSFORMERS_CACHE` and `MPLCONFIGDIR`" in finding(old, "IML201").message


def versions(*images: str, env: str = "") -> list[Seen]:
    text = "---\n".join(
        deployment(env, image=f"ghcr.io/immich-app/immich-{image}").replace("name: ml,", f"name: m{index},")
        for index, image in enumerate(images)
    )
    repository = repository_of({"m.yaml": text})
    return seen(repository, judge_repository(repository, rules_of(["IML207"]), DEFAULTS).findings)


def test_versions_are_compared_only_where_they_are_certain() -> None:
    assert [item.at for item in versions("server:v3.3.6", "machine-learning:v3.3.5-cuda")] == ["v3.3.5-cuda"]
    assert versions("server:v3.3.6", "machine-learning:v3.3.6-cuda") == []
    assert versions("server:v3.3", "machine-learning:v3.3.5") == []
    assert versions("server:v3.3.6", "server:v3.3.4", "machine-learning:v3.3.5") == []
    assert versions("machine-learning:v3.3.5", "machine-learning:v3.3.6") == []


def test_two_servers_are_two_workers_only_where_they_say_so() -> None:
    workers = "env: [{name: IMMICH_WORKERS_INCLUDE, value: api}],"
    assert [item.at for item in versions("server:v3.3.6", "server:v3.3.5", env=workers)] == ["v3.3.5"]
    assert versions("server:v3.3.6", "server:v3.3.5") == []


def test_a_digest_is_not_guessed() -> None:
    digest = "sha256:" + "a" * 64
    text = (
        deployment(image=f"{ML}@{digest}")
        + "---\n"
        + deployment(image="ghcr.io/immich-app/immich-server:v3.3.5").replace("name: ml,", "name: server,")
    )
    found = finding(text, "IML207")
    assert found.change is None and "digest" in found.no_fix


def test_the_worker_of_another_environment_is_asked_only_where_it_is_the_only_one() -> None:
    def stack(name: str, component: str, version: str) -> dict[str, str]:
        image = f"ghcr.io/immich-app/immich-{component}:{version}"
        return {
            f"{name}/kustomization.yaml": "resources: [m.yaml]\n",
            f"{name}/m.yaml": deployment(image=image).replace("name: ml,", f"name: {name},"),
        }

    one = {**stack("ml", "machine-learning", "v3.3.5"), **stack("server", "server", "v3.3.6")}
    assert [item.file for item in findings_of(one, ["IML207"])] == ["ml/m.yaml"]
    assert findings_of({**one, **stack("other", "server", "v3.3.4")}, ["IML207"]) == []


def test_variables_that_a_default_gives_come_along_as_they_are_written() -> None:
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ml}\nspec:\n"
        "  chart: {spec: {chart: app-template, version: 4.1.1}}\n  values:\n    controllers:\n      ml:\n"
        "        defaultContainerOptions:\n          env:\n            TZ: ${TIMEZONE}\n        containers:\n"
        "          app:\n            image: {repository: ghcr.io/immich-app/immich-machine-learning, tag: v2.7.5}\n"
        "    persistence:\n      cache: {type: emptyDir}\n"
    )
    after = mended({"m.yaml": text}, ["IML201"]).texts["m.yaml"].text
    assert after.count("TZ: ${TIMEZONE}\n") == 2
    assert "HF_HOME: /cache\n" in after
