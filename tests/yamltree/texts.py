"""Generated YAML texts in many styles."""

import json

from hypothesis import strategies as st

KEYS = ("name", "env", "TZ", "größe", "a-b", "x.y/z", "spec", "value", "日本")
STRINGS = (
    "x", "on", "12", "0 0 * * *", "it's", 'say "hi"', "a: b", "# no comment", "é✓ 日本", "tab\there", "",
    "null", "- x", "http://h:1/p?q#f", "{{ x }}", "${V:=x}", " padded ", "two\nlines", "three\nlines\n\nand\n",
)  # fmt: skip
scalars = st.one_of(st.sampled_from(STRINGS), st.booleans(), st.none(), st.integers(-9, 99), st.just(1.5))
keys = st.sampled_from(KEYS)
json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)


class Writer:
    """Writes a value as YAML, every choice of style drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.step = draw(st.sampled_from((2, 4)))
        self.dash = draw(st.sampled_from((0, self.step)))
        self.anchors = 0

    def coin(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def scalar(self, value: object, flow: bool) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        style = self.draw(st.sampled_from("'\"p"))
        plain = value in ("x", "é✓ 日本") or (value in ("0 0 * * *", "it's", "http://h:1/p?q#f") and not flow)
        if style == "p" and plain:
            return value
        if style == "'" and "\n" not in value:
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=self.coin(2))

    def flow(self, value: object) -> str:
        if isinstance(value, dict):
            space = self.draw(st.sampled_from(("", " ")))
            body = ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {self.flow(v)}" for k, v in value.items())
            return f"{{{space}{body}{space}}}" if body else "{}"
        if isinstance(value, list):
            return f"[{', '.join(map(self.flow, value))}]"
        return self.scalar(value, flow=True)

    def tail(self) -> str:
        return self.draw(st.sampled_from(("", "", "", " # c", "  # it's a\ttab: \"'", " ")))

    def above(self, pad: str) -> list[str]:
        return self.draw(st.sampled_from(([], [], [], [f"{pad}# über: x"], [""], ["", f"{pad}# - a", f"{pad}#"])))

    def anchor(self) -> str:
        if not self.coin(8):
            return ""
        self.anchors += 1
        return f" &a{self.anchors}"

    def under(self, head: str, value: object, column: int, inner: int) -> list[str]:
        """A value behind a key or a dash that stands at a column."""
        anchor = self.anchor()
        if isinstance(value, (dict, list)) and value and not self.coin(4):
            indent = inner if isinstance(value, dict) or inner != column + self.step else column + self.dash
            return [f"{head}{anchor}{self.tail()}", *self.block(value, indent)]
        if isinstance(value, str) and "\n" in value and self.coin(2):
            chomp = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") else ""
            body = value.removesuffix("\n").split("\n")
            pad = " " * (column + self.step)
            return [f"{head}{anchor} |{chomp}", *(pad + line if line else "" for line in body)]
        return [f"{head}{anchor} {self.flow(value)}{self.tail()}"]

    def block(self, value: object, indent: int) -> list[str]:
        pad = " " * indent
        lines: list[str] = []
        if isinstance(value, dict):
            for key, child in value.items():
                lines += self.above(pad)
                name = json.dumps(key, ensure_ascii=False) if self.coin(5) else key
                lines += self.under(f"{pad}{name}:", child, indent, indent + self.step)
        else:
            assert isinstance(value, list)
            for child in value:
                lines += self.above(pad)
                if isinstance(child, dict) and child and self.coin(2):
                    inside = self.block(child, indent + 2)
                    first = next(n for n, line in enumerate(inside) if line.strip() and line.strip()[0] != "#")
                    lines += [pad + "- " + inside[first].lstrip(" "), *inside[first + 1 :]]
                else:
                    lines += self.under(f"{pad}-", child, indent, indent + 2)
        return lines


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A YAML text of one or two documents whose roots are mappings."""
    writer = Writer(draw)
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        value = draw(st.dictionaries(keys, json_values, min_size=1, max_size=4))
        lines = [writer.flow(value)] if writer.coin(8) else writer.block(value, 0)
        parts.append("\n".join(lines))
    text = "\n---\n".join(parts)
    if draw(st.booleans()):
        text = "---\n" + text
    if draw(st.booleans()):
        text += "\n"
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text
