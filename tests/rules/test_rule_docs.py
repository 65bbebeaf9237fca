"""The pages of the rules are made from the rule files, and up to date."""

from __future__ import annotations

from pathlib import Path

from own_rule import NAME, RULE

from immichlint.rules.catalogue import all_rules, all_texts
from immichlint.rules.docs import TARGET_WORDS, help_markdown, index, pages
from immichlint.rules.rule_file import load
from immichlint.rules.targets import REPOSITORY, TARGETS

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
TICKS = "`" * 3


def test_the_pages_are_up_to_date() -> None:
    wanted = pages(all_rules(), all_texts())
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    differing = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    assert not differing, "run `python tools/rule_docs.py`"


def test_a_page_says_what_a_reader_needs(tmp_path: Path) -> None:
    path = tmp_path / NAME
    parameters = "leads_to: [IML105]\nparameters:\n  most: {default: 6, type: integer, description: The most.}\n"
    references = 'references: [{title: Labels, url: "https://example.org/labels"}]\n'
    path.write_text(RULE.replace("rationale:", f"{parameters}{references}rationale:"))
    page = help_markdown(*load(path))
    for words in (
        "# OWN001 team-label-missing\n\n**The object does not say which team owns it**\n",
        "Severity: warning. Profile: recommended. Judges every object of the kind `Deployment` or `StatefulSet`.\n",
        "The alerting sends a message to the team",
        "**Fix** (safe): label the object as the platform team's.",
        "After the fix, IML105 may have something to say.",
        "- `most` (integer, default `6`): The most.",
        f"### No label\n\n{TICKS}yaml\napiVersion: apps/v1\nkind: Deployment\n",
        "- OWN001, warning at `labels`, line 5: … The Deployment `immich-server` has no label `team` …",
        f"After the fix:\n\n{TICKS}yaml\napiVersion: apps/v1\n",
        f"### A label\n\n{TICKS}yaml\n",
        "- [Labels](https://example.org/labels)",
        "`# immichlint: ignore[OWN001] why`",
    ):
        assert words in page


def test_what_an_example_holds_does_not_end_its_frame(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(RULE.replace("spec: {}", f"x: {TICKS}").replace("at: labels", "at: '`x`'"))
    page = help_markdown(*load(path))
    assert f"{TICKS}`yaml\n" in page
    assert "at `` `x` ``" in page


def test_the_index_lists_every_rule_once() -> None:
    rows = [line for line in index(all_rules()).splitlines() if line.startswith("| [")]
    assert [row[3:9] for row in rows] == [rule.id for rule in all_rules()]


def test_every_target_has_words() -> None:
    assert set(TARGET_WORDS) == {*TARGETS, REPOSITORY}
