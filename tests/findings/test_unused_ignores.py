"""Ignores in vain: which are told of, and what their removal leaves."""

from __future__ import annotations

import pytest
from ignoring import ALL, finding, heeded
from in_memory import repository_of

from immichlint.findings.finding import Finding, Severity
from immichlint.findings.ignores import StandingIgnore
from immichlint.findings.locate import locate
from immichlint.findings.report import Region
from immichlint.fixing.texts import texts
from immichlint.text import Position, Span


def vain(text: str, *findings: Finding, active: tuple[str, ...] = ALL) -> list[Finding]:
    return [item for item in heeded(text, findings, active=active).findings if item.rule == "IML905"]


def mended(text: str, *findings: Finding) -> str:
    ops = [op for item in vain(text, *findings) if item.change is not None for op in item.change.ops]
    made = texts(repository_of({"a.yaml": text}), ops)
    assert isinstance(made, dict)
    return made["a.yaml"].text if made else text


def test_an_ignore_in_vain_is_a_finding_at_the_comment() -> None:
    text = "a: 1  # immichlint: ignore[IML101] why\n"
    (found,) = vain(text)
    assert found.message == "This comment has nothing to ignore: `IML101` finds nothing on this line."
    assert (found.rule, found.name, found.severity) == ("IML905", "unused-ignore", Severity.WARNING)
    region = locate(repository_of({"a.yaml": text}), found.place)
    assert region is not None
    assert text[region.span.start : region.span.end] == "# immichlint: ignore[IML101] why"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# immichlint: ignore[IML1]\na: 1\n", "`IML1` finds nothing on the line below it."),
        ("# immichlint: ignore-file[IML101,IML102]\na: 1\n", "`IML101` and `IML102` find nothing in this file."),
        ("a: 1\n# immichlint: ignore[IML101]", "`IML101` finds nothing here, where nothing follows."),
        ("a: 1 # immichlint: ignore[IML300]\n", "`IML300` names no rule; `immichlint rules` lists them."),
        (
            "a: 1 # immichlint: ignore[cache-not-writeable]\n",
            "`cache-not-writeable` names no rule; did you mean `cache-not-writable`?",
        ),
        ("a: 1 # immichlint: ignore IML101\n", "This comment names no rule, so it ignores nothing."),
        ("a: 1 # immichlint: skip[IML101]\n", "`skip` is no word for immichlint, so this comment ignores nothing."),
    ],
)
def test_what_is_said(text: str, message: str) -> None:
    (found,) = vain(text)
    assert found.message.endswith(message)


def test_a_rule_that_did_not_judge_may_have_been_ignored() -> None:
    text = "a: 1 # immichlint: ignore[IML101]\n"
    assert vain(text, active=("IML102", "IML905")) == []
    assert vain(text.replace("IML101", "IML1"), active=("IML101", "IML905")) == []
    assert len(vain(text, active=("IML101", "IML905"))) == 1


def test_without_the_rule_nothing_is_said_and_all_is_ignored() -> None:
    result = heeded(
        "a: 1 # immichlint: ignore[IML1]\nb: 2 # immichlint: ignore[IML1]\n", [finding(("a",))], (), ALL[:-1]
    )
    assert (result.findings, len(result.ignored)) == ((), 1)


def test_an_ignore_in_vain_can_be_ignored() -> None:
    result = heeded("# immichlint: ignore-file[unused-ignore]\na: 1 # immichlint: ignore[IML101]\n", [])
    assert (result.findings, len(result.ignored)) == ((), 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1  # immichlint: ignore[IML102] x\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\n  # immichlint: ignore[IML102] x\nb: 2\n", "a: 1\nb: 2\n"),
        ("# immichlint: ignore-file[IML102]\r\na: 1\r\n", "a: 1\r\n"),
        ("a: 1\n# immichlint: ignore[IML102]", "a: 1\n"),
        ("a: 1 # keep # immichlint: ignore[IML102] x\n", "a: 1 # keep\n"),
        ("b: | # immichlint: ignore[IML102]\n  # immichlint: text\n", "b: |\n  # immichlint: text\n"),
        ("a: 1 # immichlint: ignore[IML101,IML102] x\n", "a: 1 # immichlint: ignore[IML101] x\n"),
        ("a: 1 # immichlint: ignore[IML102, IML101] x\n", "a: 1 # immichlint: ignore[IML101] x\n"),
        ("a: 1 # immichlint: ignore[IML102, IML101, IML201]\n", "a: 1 # immichlint: ignore[IML101]\n"),
        ("a: 1 # immichlint: ignore[IML102,IML201, IML101 , IML300]\n", "a: 1 # immichlint: ignore[IML101 ]\n"),
    ],
)
def test_what_is_in_vain_goes(before: str, after: str) -> None:
    assert mended(before, finding(("a",))) == after
    assert vain(after, finding(("a",))) == []


@pytest.mark.parametrize(
    "text",
    [
        "a: 1 # immichlint: ignore[IML102] x # keep\n",
        "a: 1 # immichlint: ignore[cache-not-writeable] x\n",
        "a: 1 # immichlint: ignore\n",
        "k: {{ x }}\n# immichlint: ignore-file[IML102]\n- {{ y\n",
    ],
)
def test_what_is_not_certain_stays_with_advice(text: str) -> None:
    (found,) = vain(text)
    assert found.change is None
    assert found.no_fix


def test_the_removal_of_a_comment_never_changes_a_value() -> None:
    text = "a: |+\n  one\n\n# immichlint: ignore-file[IML102]\n\nb: 2\n"
    assert vain(text)[0].change is None


REGION = Region("c.yaml", Span(0, 5), Position(1, 1), Position(1, 6))


def test_the_configuration_ignores_by_path_and_object() -> None:
    files = {"old/a.yaml": "a: 1\n", "new/a.yaml": "a: 1\n", "c.yaml": "rules: []\n"}
    findings = [finding(("a",), file="old/a.yaml"), finding(("a",), file="new/a.yaml")]

    def kept(**where: str) -> list[str]:
        result = heeded(files, findings, [StandingIgnore(("IML1",), "so", region=REGION, **where)])
        return [item.place.document.path for item in result.findings]

    assert kept() == []
    assert kept(path="old/") == ["new/a.yaml"]
    assert kept(path="old/**") == ["new/a.yaml"]
    assert kept(path="a.yaml") == []
    assert kept(object="ScheduledBackup/immich/*") == []
    assert kept(object="*/*/daily", path="new") == ["old/a.yaml"]
    assert kept(object="Cluster/immich/*") == ["old/a.yaml", "new/a.yaml", "c.yaml"]


def test_an_entry_of_the_configuration_in_vain_is_told() -> None:
    entry = StandingIgnore(("IML102",), "so", "old/**", "Cluster/*/*", REGION)
    (found,) = heeded({"c.yaml": "rules: []\n"}, [], [entry]).findings
    assert found.message == ("This ignore has nothing to ignore: `IML102` finds nothing in `old/**` on `Cluster/*/*`.")
    assert found.place.part == REGION.span
