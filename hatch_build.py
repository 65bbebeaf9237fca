"""Compiles the rule files when a wheel is built, so that an installed immichlint reads no YAML to know its rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `immichlint/_rules/compiled.json` and the texts beside it to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into the build folder; an editable installation reads the rule files themselves."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        try:
            from immichlint.rules.compiled import compile_rules
        finally:
            sys.path.remove(self.root)
        folder = root / "build"
        folder.mkdir(exist_ok=True)
        for name, content in compile_rules(root / "rules").items():
            (folder / name).write_text(content, "utf-8")
            build_data["force_include"][str(folder / name)] = f"immichlint/_rules/{name}"
