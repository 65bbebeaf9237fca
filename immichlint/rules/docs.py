"""The pages of rules, in Markdown: for the documentation, `explain` and SARIF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from immichlint.rules.facts_table import facts_table
from immichlint.rules.model import Rule
from immichlint.rules.rule_text import ONLY_FILE, Example, Expected, ParameterText, RuleText

TARGET_WORDS: Final[Mapping[str, str]] = {
    "stack": "everything that is applied together",
    "object": "every object",
    "workload": "every workload",
    "container": "every container that runs as long as its pod",
    "part": "every container of Immich's that runs: its components, and the cache and the database that they use",
    "image": "every container of Immich's that runs, and every CloudNativePG Cluster",
    "any-container": "every container, init containers included",
    "cluster": "every CloudNativePG Cluster",
    "scheduled-backup": "every ScheduledBackup",
    "object-store": "every ObjectStore",
    "route": "what leads requests from outside to the server",
    "release": "the releases of charts that deploy Immich",
    "destination": "every Cluster and every ObjectStore",
    "database": "every Cluster, and every database of Immich's that is a plain workload",
    "custom-resource": "every custom resource",
    "repository": "the repository as a whole",
}
_CATEGORIES: Final[Mapping[str, str]] = {
    "1": "Database backups",
    "2": "Machine learning",
    "3": "Server",
    "4": "Database",
    "5": "Storage",
    "6": "Images and versions",
    "7": "Security and exposure",
    "8": "GitOps and exposure",
    "9": "Input",
}
_BUILT_IN: Final = "IML"
_OTHER: Final = "Other"
_HEAD: Final = ("| Rule | Name | Severity | Profile | What it finds |", "|---|---|---|---|---|")
_EDITED: Final = "<!-- Made from the rule files by tools/rule_docs.py; edit those. -->"


def help_markdown(rule: Rule, text: RuleText) -> str:
    """A rule's whole page: what it does and why, its parameters, examples and references."""
    return "\n\n".join(_parts(rule, text)) + "\n"


def pages(rules: Sequence[Rule], texts: Mapping[str, RuleText]) -> dict[str, str]:
    """The pages of the documentation by file name: one for each rule, and the index, `README.md`."""
    made = {f"{rule.id}.md": f"{_EDITED}\n{help_markdown(rule, texts[rule.id])}" for rule in rules}
    return {"README.md": index(rules), **made}


def index(rules: Sequence[Rule]) -> str:
    """The list of all rules, by category."""
    lines = [_EDITED, "# Rules", ""]
    lines += [
        "Severity: `error` is broken now or data at risk, `warning` is worth fixing, `info` is good to know.",
        "Profiles contain each other: `minimal`, then `recommended` (the default), then `strict`.",
    ]
    category = ""
    for rule in rules:
        here = category_of(rule)
        if here != category:
            category = here
            lines += [
                "",
                f"## {here}",
                "",
                "| Rule | Name | Severity | Profile | What it finds |",
                "|---|---|---|---|---|",
            ]
        lines.append(
            f"| [{rule.id}]({rule.id}.md) | `{rule.name}` | {rule.severity} | {rule.profile} | {_cell(rule.title)} |"
        )
    return "\n".join(lines) + "\n"


def category_of(rule: Rule) -> str:
    """What a rule is about, by its id."""
    return _CATEGORIES.get(rule.id[3:4], _OTHER) if rule.id.startswith(_BUILT_IN) else _OTHER


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _parts(rule: Rule, text: RuleText) -> Iterator[str]:
    yield f"# {rule.id} {rule.name}"
    yield f"**{rule.title}**"
    yield f"Severity: {rule.severity}. Profile: {rule.profile}. Judges {_judged(rule)}."
    yield text.rationale.strip()
    if rule.fix is not None:
        title = rule.fix.title.replace("{kind}", "object")
        yield f"**Fix** ({rule.fix.safety}): {title}. {rule.fix.after}".rstrip()
    if rule.leads_to:
        yield f"After the fix, {_names(rule.leads_to)} may have something to say."
    if text.parameters:
        yield "## Parameters"
        yield "\n".join(map(_parameter, text.parameters))
    if text.bad:
        yield "## What it finds"
        for example in text.bad:
            yield from _bad(example, rule)
    if text.good:
        yield "## What is right"
        for example in text.good:
            yield f"### {example.title}"
            yield from _files(example.files)
    for table in text.tables:
        yield f"## {table.title}"
        yield facts_table(table)
    if text.references:
        yield "## References"
        yield "\n".join(f"- [{item.title}]({item.url})" for item in text.references)
    yield f"Ignore one finding with `# immichlint: ignore[{rule.id}] why` on its line or the line above."


def _judged(rule: Rule) -> str:
    words = TARGET_WORDS[rule.target]
    if "component" in rule.where:
        words = f"{words} of the component {_either(rule.where['component'])}"
    if "kind" in rule.where:
        words = f"{words} of the kind {_either(rule.where['kind'])}"
    return f"{words} that Immich uses" if rule.where.get("immich") else words


def _either(names: str | Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in ([names] if isinstance(names, str) else names))


def _parameter(item: ParameterText) -> str:
    from json import dumps

    default = dumps(item.default, ensure_ascii=False)
    return f"- `{item.name}` ({item.type}, default `{default}`): {item.description.strip()}"


def _bad(example: Example, rule: Rule) -> Iterator[str]:
    yield f"### {example.title}"
    if example.before is not None:
        yield "Before:"
        yield from _files(example.before)
        yield "Now:"
    yield from _files(example.files)
    yield "\n".join(_finding(item, rule) for item in example.findings)
    if example.fixed is not None:
        yield "After the fix:"
        yield from _files(example.fixed)
    elif example.unfixed:
        yield "There is no fix here: what to do is for a person to decide."


def _finding(item: Expected, rule: Rule) -> str:
    what = f"{item.severity or rule.severity} at {_code(item.at)}"
    where = f" in `{item.file}`" if item.file else ""
    line = f", line {item.line}" if item.line else ""
    says = f": … {' … '.join(item.says)} …" if item.says else ""
    return f"- {item.rule}, {what}{where}{line}{says}"


def _code(text: str) -> str:
    """Inline code, whatever the text holds."""
    if not text:
        return "an empty value"
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _files(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        if path != ONLY_FILE or len(files) > 1:
            yield f"`{path}`:"
        yield _fenced(text)


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}yaml\n{text}{end}{fence}"


def _names(ids: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(ids[:-1]), ids[-1])))
