"""Whether what an object names is there: found, elsewhere, absent or unknown."""

from __future__ import annotations

import pytest
from stack_files import server, stacks_of

from immichlint.stack.backups import CNPG
from immichlint.stack.sought import Absent, Elsewhere, Found, Sought, Unknown
from immichlint.stack.stack import Stack

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s}\nspec: {ports: [{port: 6379}]}\n"
CLUSTER = (
    "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: %s, namespace: %s}\nspec: {instances: 1}\n"
)
RELEASE = (
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: %s, namespace: %s}\n"
    "spec: {chart: {spec: {chart: %s, version: 1.0.0}}, values: {%s}}\n"
)


def stack(*documents: str, **files: str) -> Stack:
    """The stack of Immich's server and some documents, beside other files, named like `redis_yaml`."""
    found = stacks_of(
        {"immich.yaml": "---\n".join((server(), *documents))}
        | {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    )
    return next(item for item in found if item.components("server"))


def service(found: Stack, name: str, namespace: str = "photos") -> Sought:
    return found.seek("Service", "", namespace, name)


def test_an_object_of_the_stack() -> None:
    answer = service(stack(SERVICE % ("redis", "photos")), "redis")
    assert isinstance(answer, Found) and not answer.made
    assert answer.view.name == "redis"


def test_nothing_makes_it() -> None:
    answer = service(stack(SERVICE % ("immich-redis", "photos")), "immich-rediss")
    assert answer == Absent(("immich-redis",))


def test_another_namespace_has_it() -> None:
    answer = service(stack(SERVICE % ("redis", "databases")), "redis")
    assert isinstance(answer, Elsewhere)
    assert answer.view.namespace == "databases"


def test_a_namespace_that_nobody_says_may_be_the_same() -> None:
    unsaid = (SERVICE % ("redis", "x")).replace(", namespace: x", "")
    assert isinstance(service(stack(unsaid), "redis"), Found)
    assert isinstance(service(stack(SERVICE % ("redis", "x")), "redis", ""), Found)


@pytest.mark.parametrize("name", ["pg-rw", "pg-ro", "pg-r"])
def test_the_services_of_a_cluster(name: str) -> None:
    answer = service(stack(CLUSTER % ("pg", "photos")), name)
    assert isinstance(answer, Found) and answer.made
    assert answer.view.object.manifest.kind == "Cluster"
    assert isinstance(service(stack(CLUSTER % ("pg", "databases")), name), Elsewhere)


def test_what_a_cluster_does_not_make_is_absent_with_what_it_does() -> None:
    answer = service(stack(CLUSTER % ("immich-pg", "photos")), "immich-pgg-rw")
    assert isinstance(answer, Absent)
    assert "immich-pg-rw" in answer.names


def test_a_cluster_of_a_wrong_name() -> None:
    answer = stack(CLUSTER % ("immich-postgres", "photos")).seek("Cluster", CNPG, "photos", "imich-postgres")
    assert answer == Absent(("immich-postgres",))


def test_the_secret_of_an_external_secret() -> None:
    external = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: pull, namespace: photos}\n"
        "spec: {target: {name: keys}, data: []}\n"
    )
    found = stack(external)
    answer = found.seek("Secret", "", "photos", "keys")
    assert isinstance(answer, Found) and answer.made
    assert isinstance(found.seek("Secret", "", "photos", "pull"), Absent)


def test_a_secret_that_is_made_in_the_namespaces_which_selectors_choose() -> None:
    """Kustomize and Argo CD write their namespace into what lies in none: it says nothing of what is made."""
    chosen = (
        "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\n"
        "metadata: {name: keys, namespace: external-secrets}\n"
        "spec: {namespaceSelectors: [{matchLabels: {photos: yes}}], externalSecretSpec: {target: {name: keys}}}\n"
    )
    answer = stack(chosen).seek("Secret", "", "photos", "keys")
    assert isinstance(answer, Found) and answer.made


@pytest.mark.parametrize(("into", "answer"), [("photos", Found), ("music", Elsewhere)])
def test_a_secret_that_is_made_in_the_namespace_which_its_maker_names(into: str, answer: type) -> None:
    doppler = (
        "apiVersion: secrets.doppler.com/v1alpha1\nkind: DopplerSecret\nmetadata: {name: x, namespace: doppler}\n"
        f"spec: {{managedSecret: {{name: keys, namespace: {into}}}}}\n"
    )
    assert isinstance(stack(doppler).seek("Secret", "", "photos", "keys"), answer)


@pytest.mark.parametrize(
    "maker",
    [
        RELEASE % ("redis", "photos", "redis", ""),
        RELEASE % ("cache", "photos", "redis", "fullnameOverride: redis"),
        RELEASE % ("cache", "photos", "./charts/cache", ""),
        "apiVersion: cache.example.com/v1\nkind: Redis\nmetadata: {name: redis, namespace: photos}\n",
        "apiVersion: cache.example.com/v1\nkind: Redis\nmetadata: {name: x}\nspec: {serviceName: redis-master}\n",
        (SERVICE % ("redis-master", "photos")).replace("redis-master", "'${NAME}'"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
def test_what_may_be_made_is_unknown(maker: str, apart: bool) -> None:
    if apart and ("charts/cache" in maker or "${NAME}" in maker):
        pytest.skip("only what is applied with it is judged by more than its name")
    found = stack(apps__redis_yaml=maker) if apart else stack(maker)
    assert isinstance(service(found, "redis-master"), Unknown)


DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: redises.example.com}\n"
    "spec: {group: example.com, names: {kind: Redis}}\n"
)


@pytest.mark.parametrize(
    ("beside", "makes"),
    [
        ("", False),
        ("---\napiVersion: example.com/v1\nkind: Redis\nmetadata: {name: redis}\n", True),
        ('---\n{"apiVersion": "example.com/v1", "kind": "Redis", "metadata": {"name": "redis"}}\n', True),
        ("---\nkind: Redis\n'apiVersion': example.com/v1\nmetadata: {name: redis}\n", True),
    ],
)
def test_definitions_of_kinds_make_nothing(beside: str, makes: bool) -> None:
    answer = service(stack(crds_yaml=f"# for redis\n{DEFINITION}{beside}"), "redis-leader")
    assert isinstance(answer, Unknown if makes else Absent)


def test_a_chart_of_another_namespace_makes_nothing_here() -> None:
    assert isinstance(service(stack(RELEASE % ("redis", "other", "redis", "")), "redis-master"), Absent)


def test_a_file_that_the_picture_does_not_hold_may_be_applied() -> None:
    answer = service(stack(redis_yaml=SERVICE % ("redis", "photos")), "redis")
    assert isinstance(answer, Unknown)
    assert answer.why == "redis.yaml defines it, and nothing tells whether that is applied"
    assert [item.name for item in answer.manifests] == ["redis"]


def test_a_template_that_names_it_is_not_read() -> None:
    text = "kind: Service\n{{- if .x }}\nmetadata: {name: redis}\n{{- end }}\n"
    assert isinstance(service(stack(chart__templates__redis_yaml=text), "redis"), Unknown)


@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [immich.yaml, gone.yaml]\n",
        "resources: [immich.yaml, 'https://example.com/redis.yaml']\n",
        "resources: [immich.yaml]\ngenerators: [plugin.yaml]\n",
    ],
)
def test_a_kustomization_that_is_not_all_known(kustomization: str) -> None:
    found = stack(kustomization_yaml=kustomization, redis_yaml=SERVICE % ("redis", "photos"))
    assert isinstance(service(found, "immich-redis"), Unknown)


def test_a_prefix_may_lead_to_the_name() -> None:
    files = {
        "cache__kustomization_yaml": "namePrefix: immich-\nresources: [redis.yaml]\n",
        "cache__redis_yaml": SERVICE % ("redis", "photos"),
    }
    assert isinstance(service(stack(**files), "immich-redis"), Unknown)


def test_a_generated_secret() -> None:
    text = "resources: [immich.yaml]\nsecretGenerator: [{name: keys, literals: [a=b]}]\n"
    assert not isinstance(stack(kustomization_yaml=text).seek("Secret", "", "photos", "keys"), Absent)
    assert isinstance(stack(kustomization_yaml=text).seek("Secret", "", "photos", "others"), Absent)


def test_folders_of_other_repositories() -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: infra, namespace: flux}\n"
        "spec: {path: ./infra, sourceRef: {kind: GitRepository, name: other}%s}\n"
    )
    assert isinstance(service(stack(flux_yaml=flux % ""), "redis"), Unknown)
    assert isinstance(service(stack(flux_yaml=flux % ", targetNamespace: photos"), "redis"), Unknown)
    assert isinstance(service(stack(flux_yaml=flux % ", targetNamespace: infra"), "redis"), Absent)


def test_what_is_copied_between_namespaces() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys, namespace: other%s}\n"
    mark = ", annotations: {reflector.v1.k8s.emberstack.com/reflection-allowed: 'true'}"
    assert isinstance(stack(secret % "").seek("Secret", "", "photos", "keys"), Elsewhere)
    assert isinstance(stack(secret % mark).seek("Secret", "", "photos", "keys"), Unknown)


def test_a_policy_that_generates_secrets() -> None:
    policy = (
        "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: sync}\n"
        "spec: {rules: [{generate: {kind: Secret, name: '{{request.object.metadata.name}}'}}]}\n"
    )
    found = stack(policy_yaml=policy)
    assert isinstance(found.seek("Secret", "", "photos", "keys"), Unknown)
    assert isinstance(service(found, "redis"), Absent)
