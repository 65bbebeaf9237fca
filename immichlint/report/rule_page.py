"""The page of a rule that `immichlint explain` prints."""

from __future__ import annotations

from immichlint.findings.report import RuleInfo
from immichlint.report.visible import visible


def render_page(rule: RuleInfo, width: int, *, color: bool) -> str:
    """The rule's page: its Markdown as it is, or set in type where there are colours."""
    page = "\n".join(map(visible, (rule.help or f"# {rule.id} {rule.name}\n\n{rule.rationale}").rstrip().split("\n")))
    if rule.url and rule.url not in page:
        page += f"\n\n{rule.url}"
    if not color:
        return page + "\n"
    from immichlint.report.paint import markdown

    return markdown(page, width)
