"""Writes docs/rules from the rule files; with `--check` only says whether they differ."""

from __future__ import annotations

import sys
from pathlib import Path

from immichlint.rules.catalogue import all_rules, all_texts
from immichlint.rules.docs import pages

FOLDER = Path(__file__).parent.parent / "docs" / "rules"


def main() -> int:
    """Exit code 1 where `--check` finds a page that is not up to date."""
    wanted = pages(all_rules(), all_texts())
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    changed = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if "--check" in sys.argv[1:]:
        print("\n".join(changed) or "docs/rules is up to date")
        return 1 if changed else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], "utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"{len(changed)} of {len(wanted)} pages changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
