"""What is built into the wheel: the rules, compiled."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from immichlint.rules.catalogue import rules_folder
from immichlint.rules.compiled import rules_from
from immichlint.rules.compiled_texts import texts_from
from immichlint.rules.rule_file import load, rule_files

HOOK = Path(__file__).parents[2] / "hatch_build.py"


def built(root: Path, version: str) -> dict[str, Path]:
    """The files that the hook adds to a wheel, by their path in it."""
    pytest.importorskip("hatchling")
    spec = spec_from_file_location("hatch_build", HOOK)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    added: dict[str, Any] = {"force_include": {}}
    before = list(sys.path)
    module.CompiledRules(str(root), {}, None, None, str(root / "dist"), "wheel").initialize(version, added)
    assert sys.path == before
    return {inside: Path(path) for path, inside in added["force_include"].items()}


def test_a_wheel_has_the_rules_compiled(tmp_path: Path) -> None:
    first, second = rule_files(rules_folder())[:2]
    (tmp_path / "rules").mkdir()
    for path in (second, first):
        shutil.copy(path, tmp_path / "rules")
    added = built(tmp_path, "standard")
    rules = rules_from(json.loads(added["immichlint/_rules/compiled.json"].read_bytes()))
    texts = texts_from(json.loads(added["immichlint/_rules/compiled-texts.json"].read_bytes()))
    assert [(rule, texts[rule.id]) for rule in rules] == [load(first), load(second)]


def test_an_editable_installation_reads_the_rule_files(tmp_path: Path) -> None:
    assert built(tmp_path, "editable") == {}
