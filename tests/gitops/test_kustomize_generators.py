"""Generated ConfigMaps and Secrets: where their values are written, what is not known of them, and changing them."""

from __future__ import annotations

import pytest
from gitops_files import repository_of

from immichlint.findings.change import REMOVED, Effect
from immichlint.findings.locate import locate
from immichlint.findings.masks import masked, secret_spans
from immichlint.fixing.effects import difference, effective_data, expected
from immichlint.fixing.texts import texts
from immichlint.gitops.kustomize.build import build
from immichlint.gitops.manifest import Manifest
from immichlint.stack.stack import stacks
from immichlint.trees.field import look
from immichlint.yamltree.ops import Refusal

KUSTOMIZATION = """\
namespace: photos
resources: [server.yaml]
configMapGenerator:
  - name: settings
    literals:
      - TZ=UTC
      - LOG='verbose'
    envs: [some.env]
    files: [app.conf]
secretGenerator:
  - name: keys
    literals: [DB_PASSWORD=hunter2]
    files: [token.txt]
"""
SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server}
spec:
  template:
    spec:
      containers:
        - name: server
          image: ghcr.io/immich-app/immich-server:v2.0.0
          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys}}]
"""
FILES = {
    "kustomization.yaml": KUSTOMIZATION,
    "server.yaml": SERVER,
    "some.env": "# what it is\n\n  PORT=2283\nHOST=immich\n",
    "app.conf": "first\nsecond\n",
    "token.txt": "geheim",
}


def made(files: dict[str, str], kind: str) -> Manifest:
    (found,) = (item for item in build(repository_of(files), "").manifests if item.kind == kind)
    return found


@pytest.mark.parametrize(
    ("key", "path", "line", "text"),
    [
        ("TZ", "kustomization.yaml", 6, "UTC"),
        ("LOG", "kustomization.yaml", 7, "verbose"),
        ("PORT", "some.env", 3, "2283"),
        ("HOST", "some.env", 4, "immich"),
        ("app.conf", "app.conf", 1, "first"),
    ],
)
def test_a_value_is_where_it_is_written(key: str, path: str, line: int, text: str) -> None:
    place = look(made(FILES, "ConfigMap").tree, ("data", key)).place
    assert place is not None
    region = locate(repository_of(FILES), place)
    assert region is not None
    assert (region.file, region.start.line) == (path, line)
    assert FILES[path][region.span.start : region.span.end] == text


def test_what_refers_to_it_has_its_hash() -> None:
    name = made(FILES, "ConfigMap").name
    assert name.startswith("settings-")
    assert len(name) == len("settings-") + 10
    server = made(FILES, "Deployment").tree
    assert (
        look(server, ("spec", "template", "spec", "containers", 0, "envFrom", 0, "configMapRef", "name")).text == name
    )
    assert made(FILES, "ConfigMap").names == (name, "settings", "settings")


def test_a_generated_secret_has_its_keys_and_no_values() -> None:
    secret = made(FILES, "Secret")
    for key in ("DB_PASSWORD", "token.txt"):
        field = look(secret.tree, ("data", key))
        assert field.unknown
        assert field.why == "it is data of a generated Secret"
    assert look(secret.tree, ("data", "OTHER")).absent
    assert secret.name.startswith("keys-")


def test_a_file_that_is_not_there_leaves_the_keys_open_and_is_missing() -> None:
    built = build(repository_of({path: text for path, text in FILES.items() if path != "app.conf"}), "")
    assert [(item.path, item.route) for item in built.missing] == [("app.conf", ("configMapGenerator", 0, "files", 0))]
    (settings,) = (item for item in built.manifests if item.kind == "ConfigMap")
    assert look(settings.tree, ("data", "TZ")).text == "UTC"
    assert look(settings.tree, ("data", "app.conf")).unknown
    assert settings.name == "settings"


def test_a_file_of_a_secret_may_be_made_where_it_is_applied() -> None:
    built = build(repository_of({path: text for path, text in FILES.items() if path != "token.txt"}), "")
    assert built.missing == ()
    (secret,) = (item for item in built.manifests if item.kind == "Secret")
    assert look(secret.tree, ("data", "token.txt")).unknown


def test_what_is_encrypted_is_not_known() -> None:
    files = {**FILES, "some.env": "PORT=ENC[AES256_GCM,data:x]\nsops_version=3\n"}
    settings = made(files, "ConfigMap")
    assert look(settings.tree, ("data", "PORT")).why == "it is encrypted"
    assert look(settings.tree, ("data", "sops_version")).absent
    assert settings.name == "settings"


@pytest.mark.parametrize("literals", ["[KEY]", "[=x]", "[A=1, A=2]"])
def test_what_kustomize_refuses_is_not_settled(literals: str) -> None:
    text = f"configMapGenerator: [{{name: settings, literals: {literals}}}]\n"
    assert made({"kustomization.yaml": text}, "ConfigMap").unsettled.startswith(
        "ConfigMap settings cannot be generated"
    )


def outcome(key: str, value: object) -> tuple[dict[str, str], str]:
    """What the first way to change a value of the ConfigMap changes, and what is different from what was meant."""
    repository = repository_of(FILES)
    found = stacks(repository)[1]
    (settings,) = (item for stack in found for item in stack.objects if item.manifest.kind == "ConfigMap")
    effect = Effect(settings.key, ("data", key), value)  # type: ignore[arg-type]
    way = next(settings.ways([effect]))
    if isinstance(way, Refusal):
        return {}, way.reason
    new = texts(repository, way)
    if isinstance(new, Refusal):
        return {}, new.reason
    after = stacks(repository.with_texts(new))[1]
    changed = {path: source.encode().decode() for path, source in new.items()}
    differing = difference(expected(effective_data(found), [effect]), effective_data(after))
    return changed, differing.said if differing is not None else ""


def test_a_literal_is_changed_in_the_kustomization() -> None:
    assert outcome("TZ", "Europe/Berlin") == (
        {"kustomization.yaml": KUSTOMIZATION.replace("TZ=UTC", "TZ=Europe/Berlin")},
        "",
    )
    changed, problem = outcome("LOG", "debug")
    assert (changed, problem) == ({"kustomization.yaml": KUSTOMIZATION.replace("'verbose'", "'debug'")}, "")
    changed, problem = outcome("TZ", REMOVED)
    assert (changed, problem) == ({"kustomization.yaml": KUSTOMIZATION.replace("      - TZ=UTC\n", "")}, "")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("PORT", "80", "data/PORT is not edited: it is text of some.env, which is no manifest"),
        ("app.conf", "x", "data/app.conf is not edited: it is text of app.conf, which is no manifest"),
        ("NEW", "x", "no file of the repository is the place where data/NEW could be written"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_a_reason(key: str, value: object, reason: str) -> None:
    changed, said = outcome(key, value)
    assert reason in said, changed


def test_nothing_shows_what_a_secret_is_made_of() -> None:
    repository = repository_of(FILES)
    reading = repository.read("kustomization.yaml")
    shown = masked(KUSTOMIZATION, 0, secret_spans(reading))
    assert "hunter2" not in shown
    assert "DB_PASSWORD=*******" in shown
    assert "TZ=UTC" in shown
    place = look(made(FILES, "Secret").tree, ("data", "token.txt")).place
    assert place is None


def test_a_generator_that_is_an_object_is_masked_too() -> None:
    text = "{apiVersion: builtin, kind: SecretGenerator, metadata: {name: keys}, literals: [A=geheim]}\n"
    assert "geheim" not in masked(text, 0, secret_spans(repository_of({"g.yaml": text}).read("g.yaml")))
