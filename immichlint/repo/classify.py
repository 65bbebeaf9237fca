"""What kind of text a file is, told from its name and its bytes before anything is parsed."""

from __future__ import annotations

from typing import Final

OURS: Final = (b"immich", b"cnpg.io")
"""What a file that is judged names: Immich, or an API group of CloudNativePG or of its barman plugin."""

KUSTOMIZATION_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_KIND: Final = (b"kind:", b'kind"', b"kind'", b"kind ")
_NO_KIND: Final = (*KUSTOMIZATION_NAMES, "Chart.yaml", "values", "helmfile")
"""What is in the names of files that need no kind."""
_SURE_MARKS: Final = (b"{{", b"{%", b"<%", b"#{", b"#%")
_TEMPLATE_MARKS: Final = (*_SURE_MARKS, b"[[")
"""What stands in templates; the last one is also a list in a list."""
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
"""What a file in UTF-16 begins with."""
_ENCRYPTED_STARTS: Final = (b"\x00GITCRYPT", b"$ANSIBLE_VAULT", b"age-encryption.org", b"-----BEGIN PGP")
IGNORE_MARK: Final = b"immichlint:"
"""What a file contains that ignores a finding in a comment."""


def parent(path: str) -> str:
    """The folder that a file or a folder of the repository lies in; the root is the empty name."""
    return path.rpartition("/")[0]


def is_ours(raw: bytes) -> bool:
    """Whether a file's bytes name Immich or CloudNativePG, in UTF-16 too: such a file cannot be read, and that is
    said. Where only a variable does (`IMMICH_TOKEN`), another application has it."""
    if raw.startswith(UTF_16):
        raw = raw.decode("utf-16", errors="ignore").encode("utf-8", errors="ignore")
    return any(mark in raw for mark in OURS) or b"Immich" in raw


def is_json_data(path: str, raw: bytes) -> bool:
    """Whether a file is JSON that no cluster takes: a dashboard, a catalogue, a patch, settings of other tools."""
    return path.endswith(".json") and b"apiVersion" not in raw and "values" not in path.rpartition("/")[2]


def is_data(path: str, raw: bytes) -> bool:
    """Whether a file holds nothing that can be applied, as far as a glance tells: JSON data, a compose file. Who refers
    to it may read it all the same."""
    if is_json_data(path, raw):
        return True
    name = path.rpartition("/")[2]
    if any(mark in raw for mark in _KIND) or any(mark in name for mark in _NO_KIND) or raw.startswith(UTF_16):
        return False
    return name.endswith(".json") or not any(mark in raw for mark in _SURE_MARKS)


def is_kustomization(path: str) -> bool:
    """Whether a file is a kustomization by its name."""
    return path.rpartition("/")[2] in KUSTOMIZATION_NAMES


def is_encrypted(raw: bytes) -> bool:
    """Whether a file as a whole is encrypted (git-crypt, Ansible Vault, age, PGP)."""
    return raw.startswith(_ENCRYPTED_STARTS)


def looks_templated(raw: bytes) -> bool:
    """Whether a file that is no YAML has marks of a template engine (Helm, Jinja, gomplate, makejinja)."""
    return any(mark in raw for mark in _TEMPLATE_MARKS)
