"""Values as new YAML in a style."""

from __future__ import annotations

from immichlint.yamltree.lookup import Data
from immichlint.yamltree.quoting import double_quoted, literal_body, scalar_text
from immichlint.yamltree.style import Style


def key_text(key: str, style: Style, *, flow: bool) -> str:
    """A mapping key."""
    if style.json:
        return double_quoted(key)
    return scalar_text(key, style.quote, flow=flow)


def flow(value: Data, style: Style) -> str:
    """A value on one line, as it stands inside a flow collection."""
    if isinstance(value, dict):
        if not value:
            return "{}"
        entries = ", ".join(flow_entry(key, item, style) for key, item in value.items())
        return f"{{{style.braces}{entries}{style.braces}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(item, style) for item in value)}]"
    return scalar_text(value, style.quote, flow=True, always=style.json or style.always)


def flow_entry(key: str, value: Data, style: Style) -> str:
    """An entry of a flow mapping."""
    return f"{key_text(key, style, flow=True)}: {flow(value, style)}"


def wide_flow(value: Data, indent: int, style: Style) -> str:
    """A value as JSON is usually laid out, every entry on a line of its own; `indent` is its line's."""
    if not value or not isinstance(value, (dict, list)):
        return flow(value, style)
    inside = indent + style.step
    pad = "\n" + " " * inside
    if isinstance(value, dict):
        entries = [f"{key_text(k, style, flow=True)}: {wide_flow(v, inside, style)}" for k, v in value.items()]
        return f"{{{pad}{(',' + pad).join(entries)}\n{' ' * indent}}}"
    items = [wide_flow(item, inside, style) for item in value]
    return f"[{pad}{(',' + pad).join(items)}\n{' ' * indent}]"


def inline(value: Data, indent: int, style: Style) -> str:
    """A scalar or an empty collection behind a key or a dash; `indent` is the column of what holds it."""
    if isinstance(value, str) and "\n" in value:
        literal = literal_body(value) if style.literal else None
        if literal is not None:
            header, lines = literal
            pad = " " * (indent + style.step)
            return "\n".join([header, *(pad + line if line else "" for line in lines)])
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return scalar_text(value, style.quote, flow=False, always=style.always)


def entry(key: str, value: Data, indent: int, style: Style) -> str:
    """An entry of a block mapping whose keys stand at column `indent`: whole lines, without the last line end."""
    head = f"{' ' * indent}{key_text(key, style, flow=False)}:"
    if value and isinstance(value, dict):
        return f"{head}\n{block(value, indent + style.step, style)}"
    if value and isinstance(value, list):
        return f"{head}\n{block(value, indent + style.dash, style)}"
    return f"{head} {inline(value, indent, style)}"


def item(value: Data, indent: int, style: Style, width: int = 2) -> str:
    """An item of a block sequence whose dash stands at column `indent`, its content `width` further on."""
    dash = " " * indent + "-".ljust(width)
    if value and isinstance(value, (dict, list)):
        return dash + block(value, indent + width, style)[indent + width :]
    return dash + inline(value, indent, style)


def block(value: Data, indent: int, style: Style) -> str:
    """A collection that is not empty as block lines at column `indent`, without the last line end."""
    if isinstance(value, dict):
        return "\n".join(entry(key, content, indent, style) for key, content in value.items())
    assert isinstance(value, list)
    return "\n".join(item(content, indent, style) for content in value)
