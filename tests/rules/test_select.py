"""Which rules are judged with: the ladder of profiles, selections, and what is ignored."""

from __future__ import annotations

import pytest

from immichlint.errors import UserError
from immichlint.findings.finding import Severity
from immichlint.rules.model import Profile, Rule
from immichlint.rules.select import rules_for


def rule(key: str, name: str, profile: Profile) -> Rule:
    return Rule(key, name, "", Severity.ERROR, profile, "stack", {}, "", None, "", "", {}, None, ())


CATALOGUE = (
    rule("IML101", "schedule-five-fields", Profile.MINIMAL),
    rule("IML105", "immediate-unset", Profile.RECOMMENDED),
    rule("IML106", "no-first-backup", Profile.STRICT),
    rule("IML201", "cache-missing", Profile.MINIMAL),
    rule("OWN001", "team-label", Profile.RECOMMENDED),
)


def ids(profile: Profile, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[str]:
    return [item.id for item in rules_for(profile, select, ignore, CATALOGUE)]


def test_each_profile_contains_the_one_before() -> None:
    assert ids(Profile.MINIMAL) == ["IML101", "IML201"]
    assert ids(Profile.RECOMMENDED) == ["IML101", "IML105", "IML201", "OWN001"]
    assert ids(Profile.STRICT) == [item.id for item in CATALOGUE]


@pytest.mark.parametrize(
    ("select", "wanted"),
    [
        (("IML106",), ["IML106"]),
        (("no-first-backup",), ["IML106"]),
        (("IML1",), ["IML101", "IML105", "IML106"]),
        (("iml10",), ["IML101", "IML105", "IML106"]),
        (("team-label", "IML2"), ["IML201", "OWN001"]),
    ],
)
def test_a_selection_replaces_the_profile(select: tuple[str, ...], wanted: list[str]) -> None:
    assert ids(Profile.MINIMAL, select) == wanted


def test_what_is_ignored_goes_from_profile_and_selection() -> None:
    assert ids(Profile.STRICT, (), ("IML1", "team-label")) == ["IML201"]
    assert ids(Profile.MINIMAL, ("IML1",), ("immediate-unset",)) == ["IML101", "IML106"]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("immediate-unsett", "did you mean `immediate-unset`?"),
        (" Own-001", "did you mean `OWN001`?"),
        ("IML106x", "did you mean `IML106`?"),
        ("xyz", "`immichlint rules` lists them all."),
    ],
)
@pytest.mark.parametrize("ignored", [False, True])
def test_an_unknown_name_is_an_error_that_names_the_nearest(word: str, hint: str, ignored: bool) -> None:
    with pytest.raises(UserError) as caught:
        ids(Profile.MINIMAL, () if ignored else (word,), (word,) if ignored else ())
    assert str(caught.value) == f"No rule has the id, the name or the prefix `{word}`: {hint}"


def test_a_prefix_of_a_name_is_no_selector() -> None:
    with pytest.raises(UserError):
        ids(Profile.STRICT, ("cache",))
