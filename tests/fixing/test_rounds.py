"""Mending in rounds: what holds is done, what does not is undone and told, and then nothing more changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from in_memory import repository_of

from immichlint.findings.change import Change, Effect, Safety
from immichlint.findings.finding import Confidence, Finding, ObjectRef, Severity
from immichlint.fixing.rounds import Mended, Round, mend
from immichlint.repo.repository import Repository
from immichlint.rules.judged import Judged
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import Stack, stacks
from immichlint.trees.field import look
from immichlint.yamltree.lookup import Data, Route

Rule = Callable[[Stack], Iterable[Finding]]


def rule(
    name: str,
    route: Route,
    wanted: Data,
    *,
    of: Callable[[str], bool] = lambda key: True,
    when: Callable[[object], bool] = lambda value: True,
    severity: Severity = Severity.WARNING,
) -> Rule:
    """A rule that wants a value at a route of every Cluster whose key it is for."""

    def judge(stack: Stack) -> Iterable[Finding]:
        for item in stack.of("Cluster", "postgresql.cnpg.io"):
            field = look(item.manifest.tree, route)
            if of(item.key) and field.value != wanted and when(field.value):
                change = Change("set it", Safety.SAFE, (Effect(item.key, route, wanted),))
                place = field.place or item.name_place
                yield Finding(name, name, severity, Confidence.HIGH, f"{item.key} is wrong", place, change=change)

    return judge


def judged(repository: Repository, rules: Iterable[Rule]) -> Judged:
    picture, found = stacks(repository)
    findings = tuple(finding for stack in found for judge in rules for finding in judge(stack))
    return Judged(repository, Inputs(repository, picture, found), findings)


def mended(files: Mapping[str, str], *rules: Rule, leads_to: frozenset[str] = frozenset()) -> Mended:
    return mend(
        judged(repository_of(files), rules),
        lambda finding: True,
        lambda repository: judged(repository, rules),
        lambda name: leads_to,
    )


def after(files: Mapping[str, str], made: Mended) -> dict[str, str]:
    return {**files, **{path: source.encode().decode() for path, source in made.texts.items()}}


def cluster(name: str, spec: str = "  instances: 1\n") -> str:
    return f"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: {name}\nspec:\n{spec}"


INSTANCES: Route = ("spec", "instances")


def test_all_that_hold_are_done_at_once_and_then_nothing_changes() -> None:
    files = {"a.yaml": cluster("one") + "---\n" + cluster("two"), "b.yaml": cluster("three")}
    two = rule("two", INSTANCES, 2)
    made = mended(files, two)
    mended_files = after(files, made)
    assert [finding.rule for finding in made.applied] == ["two"] * 3
    assert mended_files == {path: text.replace("instances: 1", "instances: 2") for path, text in files.items()}
    again = mended(mended_files, two)
    assert (again.applied, again.texts, again.refused) == ((), {}, ())


def test_what_a_fix_uncovers_is_mended_in_the_next_round() -> None:
    steps = [rule(f"to-{n}", INSTANCES, n, when=lambda value, n=n: value == n - 1) for n in (2, 3, 4)]  # type: ignore[misc]
    made = mended({"a.yaml": cluster("one")}, *steps, leads_to=frozenset({"to-2", "to-3", "to-4"}))
    assert [finding.rule for finding in made.applied] == ["to-2", "to-3", "to-4"]
    assert after({}, made) == {"a.yaml": cluster("one", "  instances: 4\n")}


def test_rules_that_undo_each_other_end_after_ten_rounds() -> None:
    up = rule("up", INSTANCES, 2, when=lambda value: value == 1)
    down = rule("down", INSTANCES, 1, when=lambda value: value == 2)
    made = mended({"a.yaml": cluster("one")}, up, down, leads_to=frozenset({"up", "down"}))
    assert len(made.applied) == 10


def test_a_new_finding_that_is_not_announced_is_refused() -> None:
    up = rule("up", INSTANCES, 2, when=lambda value: value == 1)
    high = rule("high", INSTANCES, 1, when=lambda value: value == 2)
    made = mended({"a.yaml": cluster("one")}, up, high)
    assert not made.applied and not made.texts
    assert [item.reason for item in made.refused] == ["it would lead to high (high)"]


def test_a_finding_that_only_moves_is_not_new() -> None:
    def moving(stack: Stack) -> Iterable[Finding]:
        for item in stack.of("Cluster", "postgresql.cnpg.io"):
            place = look(item.manifest.tree, INSTANCES).place or item.name_place
            yield Finding("x", "x", Severity.WARNING, Confidence.HIGH, "it has no standby", place)

    made = mended({"a.yaml": cluster("one", "  storage: {}\n")}, rule("two", INSTANCES, 2), moving)
    assert [finding.rule for finding in made.applied] == ["two"]


def test_a_fix_that_only_moves_its_own_finding_is_refused() -> None:
    def moved(stack: Stack) -> Iterable[Finding]:
        for item in stack.of("Cluster", "postgresql.cnpg.io"):
            place = look(item.manifest.tree, INSTANCES).place or item.name_place
            change = Change("set it", Safety.SAFE, (Effect(item.key, INSTANCES, 2),))
            yield Finding("x", "x", Severity.WARNING, Confidence.HIGH, "it has no standby", place, change=change)

    made = mended({"a.yaml": cluster("one", "  storage: {}\n")}, moved)
    assert not made.applied
    assert [item.reason for item in made.refused] == ["it would lead to x (x)"]


def test_a_new_finding_of_less_severity_is_no_reason() -> None:
    up = rule("up", INSTANCES, 2, when=lambda value: value == 1)
    high = rule("high", INSTANCES, 3, when=lambda value: value == 2, severity=Severity.INFO)
    made = mended({"a.yaml": cluster("one")}, up, high)
    assert [finding.rule for finding in made.applied] == ["up", "high"]


def test_what_one_uncovers_is_not_held_against_another() -> None:
    files = {"a.yaml": cluster("one") + "---\n" + cluster("two")}
    grave = rule("grave", INSTANCES, 2, of=lambda key: "one" in key, severity=Severity.ERROR)
    slight = rule("slight", INSTANCES, 2, of=lambda key: "two" in key, severity=Severity.INFO)

    def uncovered(stack: Stack) -> Iterable[Finding]:
        for item in stack.of("Cluster", "postgresql.cnpg.io"):
            if "one" in item.key and look(item.manifest.tree, INSTANCES).value == 2:
                yield Finding("new", "new", Severity.WARNING, Confidence.HIGH, "it is new", item.name_place)

    for rules in ((grave, slight, uncovered), (slight, grave, uncovered)):
        before = judged(repository_of(files), rules)
        made = Round(before, lambda repository, rules=rules: judged(repository, rules), lambda name: frozenset())  # type: ignore[misc]
        made.solve(before.findings)
        assert [finding.rule for finding, _ in made.accepted] == [finding.rule for finding in before.findings]
        assert not made.refused


def test_one_that_does_not_hold_does_not_stop_the_others() -> None:
    files = {f"{name}.yaml": cluster(name) for name in ("a", "b", "c", "d", "e")}
    up = rule("up", INSTANCES, 2, when=lambda value: value == 1)
    high = rule("high", INSTANCES, 1, of=lambda key: key.endswith("|c"), when=lambda value: value == 2)
    made = mended(files, up, high)
    assert len(made.applied) == 4
    assert sorted(made.texts) == ["a.yaml", "b.yaml", "d.yaml", "e.yaml"]
    assert [item.finding.message for item in made.refused] == ["|postgresql.cnpg.io/v1|Cluster||c is wrong"]


def test_what_uncovers_something_is_told_by_the_object_that_is_spoken_of() -> None:
    files = {f"{name}.yaml": cluster(name) for name in ("a", "b", "c", "d", "e", "f", "g", "h")}

    def about(judge: Rule) -> Rule:
        def with_object(stack: Stack) -> Iterable[Finding]:
            for item in judge(stack):
                yield item._replace(object=ObjectRef("postgresql.cnpg.io/v1", "Cluster", "", item.message.split()[0]))

        return with_object

    up = rule("up", INSTANCES, 2, when=lambda value: value == 1)
    high = rule("high", INSTANCES, 1, of=lambda key: key.endswith("|c"), when=lambda value: value == 2)
    rules = (about(up), about(high))
    tried: list[Repository] = []

    def judge(repository: Repository) -> Judged:
        tried.append(repository)
        return judged(repository, rules)

    before = judged(repository_of(files), rules)
    made = Round(before, judge, lambda name: frozenset())
    made.solve(before.findings)
    assert [item.finding.object.name for item in made.refused if item.finding.object] == [
        "|postgresql.cnpg.io/v1|Cluster||c"
    ]
    assert len(made.accepted) == 7
    assert len(tried) == 3, "all; those that are not to blame; then that one beside them"


def test_the_use_of_an_anchor_is_written_out() -> None:
    files = {"a.yaml": cluster("one", "  minSyncReplicas: &one 1\n  instances: *one\n")}
    made = mended(files, rule("two", INSTANCES, 2))
    assert after(files, made) == {"a.yaml": files["a.yaml"].replace("*one", "2")}


def test_what_an_anchor_defines_for_others_is_not_changed() -> None:
    files = {"a.yaml": cluster("one", "  instances: &one 1\n  minSyncReplicas: *one\n")}
    made = mended(files, rule("two", INSTANCES, 2))
    assert not made.texts
    assert [item.reason for item in made.refused] == ["it would also change spec/minSyncReplicas of Cluster/one"]


def test_what_helm_rendered_is_not_changed_where_it_will_be_rendered_again() -> None:
    rendered = f"---\n# Source: db/templates/cluster.yaml\n\n# the database\n{cluster('one')}"
    own = f"---\n# Source: a book\n{cluster('two')}"
    files = {"a.yaml": rendered + own}
    made = mended(files, rule("two", INSTANCES, 2))
    assert after(files, made) == {"a.yaml": rendered + own.replace("instances: 1", "instances: 2")}
    (refused,) = made.refused
    assert refused.reason == (
        "Helm rendered it from db/templates/cluster.yaml and will write over it: change its values instead"
    )
    before = judged(repository_of(files), [rule("two", INSTANCES, 2)])
    judge = lambda repository: judged(repository, [rule("two", INSTANCES, 2)])  # noqa: E731
    anyway = mend(before, lambda finding: True, judge, lambda name: frozenset(), rendered=True)
    assert after(files, anyway) == {"a.yaml": (rendered + own).replace("instances: 1", "instances: 2")}


def overlays(patch_of_b: str = "") -> dict[str, str]:
    """A base in two overlays; b sets the value itself."""
    return {
        "base/kustomization.yaml": "resources: [pg.yaml]\n",
        "base/pg.yaml": cluster("pg", "  storage: {size: 1Gi}\n"),
        "a/kustomization.yaml": "resources: [../base]\nnamespace: a\npatches: [{path: patch.yaml}]\n",
        "a/patch.yaml": cluster("pg", "  storage: {size: 2Gi}\n"),
        "b/kustomization.yaml": "resources: [../base]\nnamespace: b\n" + patch_of_b,
    }


def is_a(key: str) -> bool:
    return key.startswith("a|")


def test_a_field_of_one_overlay_is_set_in_its_own_patch() -> None:
    files = overlays()
    made = mended(files, rule("two", INSTANCES, 2, of=is_a))
    assert list(made.texts) == ["a/patch.yaml"]
    assert after(files, made)["a/patch.yaml"] == files["a/patch.yaml"] + "  instances: 2\n"


def test_a_field_that_the_base_decides_is_not_changed_for_one_overlay() -> None:
    files = overlays()
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    files["a/kustomization.yaml"] = "resources: [../base]\nnamespace: a\n"
    made = mended(files, rule("two", INSTANCES, 2, of=is_a))
    assert not made.texts
    assert [item.reason for item in made.refused] == ["it would also change spec/instances of Cluster/b/pg"]


def test_what_writes_the_field_that_must_not_change_is_tried_apart() -> None:
    files = overlays()
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    files["a/kustomization.yaml"] = "resources: [../base]\nnamespace: a\n"
    files |= {f"{number}.yaml": cluster(f"own-{number}") for number in range(7)}
    rules = (
        rule("two", INSTANCES, 2, of=is_a),
        rule("debug", ("spec", "logLevel"), "debug", of=lambda key: "|own-" in key),
    )
    tried: list[Repository] = []

    def judge(repository: Repository) -> Judged:
        tried.append(repository)
        return judged(repository, rules)

    made = mend(judged(repository_of(files), rules), lambda finding: True, judge, lambda name: frozenset())
    assert ([item.rule for item in made.applied], len(made.refused)) == (["debug"] * 7, 1)
    # All; those that write another field; and once more the one that alone wrote it, when the others are made.
    assert len(tried) == 3


def test_changes_that_cover_one_another_hold_though_a_third_does_not() -> None:
    files = overlays()
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n  logLevel: info\n")
    files["a/kustomization.yaml"] = "resources: [../base]\nnamespace: a\n"
    files["b/kustomization.yaml"] = "resources: [../base]\nnamespace: b\n"
    rules = (
        rule("two-in-a", INSTANCES, 2, of=is_a),
        rule("two-in-b", INSTANCES, 2, of=lambda key: not is_a(key)),
        rule("debug-in-a", ("spec", "logLevel"), "debug", of=is_a),
    )
    made = mended(files, *rules)
    assert sorted(item.rule for item in made.applied) == ["two-in-a", "two-in-b"]
    assert [item.reason for item in made.refused] == ["it would also change spec/logLevel of Cluster/b/pg"]
    assert "instances: 2" in after(files, made)["base/pg.yaml"]


def test_two_that_write_the_same_field_for_one_overlay_are_not_tried_apart() -> None:
    files = overlays() | {"c.yaml": cluster("own")}
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    files["a/kustomization.yaml"] = "resources: [../base]\nnamespace: a\n"
    rules = tuple(rule(name, INSTANCES, 2, of=is_a) for name in ("two", "more-than-one"))
    rules += (rule("debug", ("spec", "logLevel"), "debug", of=lambda key: "|own" in key),)
    tried: list[Repository] = []

    def judge(repository: Repository) -> Judged:
        tried.append(repository)
        return judged(repository, rules)

    made = mend(judged(repository_of(files), rules), lambda finding: True, judge, lambda name: frozenset())
    assert ([item.rule for item in made.applied], len(made.refused)) == (["debug"], 2)
    # All; the one that writes elsewhere; and the two once more when that is made.
    assert len(tried) == 3


def test_who_wrote_only_what_a_patch_overwrites_is_not_to_blame() -> None:
    files = overlays() | {"patched/patch.yaml": cluster("pg", "  instances: 5\n")}
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    files["patched/kustomization.yaml"] = "resources: [../base]\npatches: [{path: patch.yaml}]\n"
    files["a/kustomization.yaml"] = "resources: [../base]\nnamespace: a\n"
    files |= {f"{name}/kustomization.yaml": f"resources: [../patched]\nnamespace: {name}\n" for name in "bc"}
    rules = (rule("two", INSTANCES, 2, of=is_a), rule("three", INSTANCES, 3, of=lambda key: key.startswith("b|")))
    made = mended(files, *rules)
    assert [item.rule for item in made.applied] == ["two"]
    assert [item.reason for item in made.refused] == ["it would also change spec/instances of Cluster/c/pg"]
    assert list(made.texts) == ["base/pg.yaml"]


def test_copies_of_an_object_beside_it_have_no_environment_to_be_named() -> None:
    files = {f"{name}.yaml": cluster("pg") for name in ("one", "two")}
    made = mended(files, rule("two", INSTANCES, 2))
    assert not made.applied
    assert {item.reason for item in made.refused} == {"it would also change spec/instances of Cluster/pg"}


def test_what_failed_among_others_is_tried_in_its_other_ways() -> None:
    files = overlays() | {"c.yaml": cluster("own")}
    rules = (
        rule("debug", ("spec", "logLevel"), "debug", of=is_a),
        rule("two", INSTANCES, 2, of=lambda key: "|own" in key),
    )
    tried: list[Repository] = []

    def judge(repository: Repository) -> Judged:
        tried.append(repository)
        return judged(repository, rules)

    before = judged(repository_of(files), rules)._replace(into_base=True)
    made = mend(before, lambda finding: True, judge, lambda name: frozenset())
    assert sorted(item.rule for item in made.applied) == ["debug", "two"]
    assert sorted(made.texts) == ["a/patch.yaml", "c.yaml"]
    # Both, which would write to the base and so reach b; the other alone; this one in its second way.
    assert len(tried) == 3


def test_a_field_that_the_base_decides_is_changed_there_for_both() -> None:
    files = overlays()
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    made = mended(files, rule("two", INSTANCES, 2))
    assert list(made.texts) == ["base/pg.yaml"]
    assert len(made.applied) == 2


def test_a_field_that_a_patch_decides_is_changed_in_the_patch() -> None:
    files = overlays()
    files["a/patch.yaml"] = cluster("pg", "  instances: 3\n")
    files["base/pg.yaml"] = cluster("pg", "  instances: 1\n")
    made = mended(files, rule("two", INSTANCES, 2, of=is_a))
    assert after(files, made)["a/patch.yaml"] == files["a/patch.yaml"].replace("3", "2")
    assert list(made.texts) == ["a/patch.yaml"]


def test_a_json_patch_is_a_place_too() -> None:
    files = {
        "base/kustomization.yaml": "resources: [pg.yaml]\npatches:\n  - target: {kind: Cluster}\n    patch: |\n"
        "      - op: replace\n        path: /spec/instances\n        value: 3\n",
        "base/pg.yaml": cluster("pg", "  instances: 1\n"),
    }
    made = mended(files, rule("two", INSTANCES, 2))
    assert after(files, made)["base/kustomization.yaml"] == files["base/kustomization.yaml"].replace("3", "2")
    assert list(made.texts) == ["base/kustomization.yaml"]


def test_a_template_and_what_is_encrypted_are_not_edited() -> None:
    for value, why in (("'{{ .Values.instances }}'", "it is a template"), ("ENC[AES256_GCM,x]", "it is encrypted")):
        made = mended({"a.yaml": cluster("one", f"  instances: {value}\n")}, rule("two", INSTANCES, 2))
        assert not made.texts
        assert [item.reason for item in made.refused] == [f"spec/instances is not edited: {why}"]
