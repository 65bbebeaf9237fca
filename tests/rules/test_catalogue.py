"""The catalogue: fast to load, compiled anew when a rule file changes, and never stopped by its cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_rule import NAME, RULE

from immichlint.cache.folder import cache_folder
from immichlint.errors import UserError
from immichlint.rules import compiled_cache
from immichlint.rules.catalogue import all_rules, rules_folder, text
from immichlint.rules.compiled import RULES, TEXTS, compile_rules, rules_from
from immichlint.rules.compiled_cache import compiled
from immichlint.rules.compiled_texts import texts_from
from immichlint.rules.rule_file import load, rule_files

CONTRACT = Path(__file__).parents[3] / "shared" / "RULES.md"
SEVERITIES = {"E": "error", "W": "warning", "i": "info"}
PROFILES = {"m": "minimal", "r": "recommended", "s": "strict"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one rule, and a cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / NAME).write_text(RULE)
    return rules


def titles(folder: Path) -> list[str]:
    return [rule.title for rule in compiled(folder, RULES, rules_from)]


def test_compiled_rules_are_what_the_files_say() -> None:
    loaded = {rule.id: (rule, words) for rule, words in map(load, rule_files(rules_folder()))}
    assert len(loaded) == len(rule_files(rules_folder())) == len(all_rules())
    assert {rule.id: (rule, text(rule.id)) for rule in all_rules()} == loaded
    assert [rule.id for rule in all_rules()] == sorted(loaded)


def test_a_declarative_rule_survives_compiling(folder: Path) -> None:
    made = compile_rules(folder)
    rule, words = load(folder / NAME)
    assert rules_from(json.loads(made[RULES])) == (rule,)
    assert texts_from(json.loads(made[TEXTS])) == {"OWN001": words}
    assert rule.fix is not None and rule.fix.set == {"metadata/labels/team": "platform"}


def test_the_second_time_no_rule_file_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = titles(folder)
    monkeypatch.setattr("immichlint.rules.compiled.compile_rules", None)
    assert titles(folder) == first
    assert compiled(folder, TEXTS, texts_from)["OWN001"].bad[0].title == "No label"


def test_a_changed_a_new_and_a_removed_file_are_seen(folder: Path) -> None:
    titles(folder)
    path = folder / NAME
    status = path.stat()
    path.write_text(RULE.replace("which team", "what team"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert titles(folder) == ["The object does not say what team owns it"]
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    path.with_name("OWN000-other-label.yaml").write_text(RULE.replace("OWN001", "OWN000"))
    assert len(titles(folder)) == 2
    path.unlink()
    assert len(titles(folder)) == 1


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"signature":[]}', b"\xff\xfe", None])
def test_a_damaged_cache_is_made_anew(folder: Path, damage: bytes | None) -> None:
    first = titles(folder)
    (entry,) = (path for path in (folder.parent / "cache" / "immichlint").iterdir() if path.name.endswith(f"-{RULES}"))
    sound = entry.read_bytes()
    entry.write_bytes(sound.replace(b'"warning"', b'"warming"') if damage is None else damage)
    assert titles(folder) == first
    assert entry.read_bytes() == sound


def test_a_cache_that_cannot_be_written_is_no_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "file"))
    assert len(titles(folder)) == 1


def test_the_cache_lies_where_the_user_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/paths/do/not/count")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "immichlint"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert cache_folder() == tmp_path / "there" / "immichlint"


def test_rules_shipped_compiled_need_no_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in compile_rules(folder).items():
        (folder / name).write_text(content)
    monkeypatch.setattr(compiled_cache, "_from_cache", None)
    (folder / NAME).write_text("not a rule any more")
    assert titles(folder) == ["The object does not say which team owns it"]


def test_a_broken_rule_file_is_named(folder: Path) -> None:
    (folder / NAME).write_text(RULE.replace("severity: warning", "severity: grave"))
    with pytest.raises(UserError, match=f"{NAME}:4: `severity` is"):
        titles(folder)


def test_loading_compiled_rules_imports_nothing_heavy() -> None:
    all_rules()
    heavy = ("jsonschema", "rich", "croniter", "difflib", "immichlint.rules.validate", "immichlint.rules.rule_file")
    program = f"import sys, immichlint.rules.catalogue as c; c.all_rules(); print(*set({heavy!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.skipif(not CONTRACT.is_file(), reason="the catalogue of rules is not beside this checkout")
def test_rules_are_those_of_the_contract() -> None:
    rows = [line.split(" | ") for line in CONTRACT.read_text("utf-8").splitlines() if line.startswith("| IML")]
    contract = {row[0].removeprefix("| "): row for row in rows}
    for rule in all_rules():
        _, name, severity, profile, *_ = contract[rule.id]
        assert rule.name == name
        assert rule.profile == PROFILES[profile.strip()]
        words = severity.replace(",", " ").replace(";", " ").split()
        named = {SEVERITIES[word] for word in words if word in SEVERITIES}
        assert rule.severity in (named or set(SEVERITIES.values()))
