"""The interactive fix, asked and answered without a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from immichlint.errors import UserError
from immichlint.findings.asking import Answer, Key, Question
from immichlint.session import CheckRequest, Outcome, check

SLICE = Path(__file__).parent.parent / "fixtures" / "slice"
RULES = ("IML101", "IML105", "IML126", "IML201", "IML203", "IML204", "IML207")
"""What the slice is made for: other rules may have fixes for it too."""


class Scripted:
    """Gives the answers of a script, and remembers the offers."""

    def __init__(self, answers: Iterable[str]) -> None:
        self._answers = iter(answers)
        self.offers: list[Question] = []
        self.said: list[str] = []

    def __call__(self, offer: Question) -> Answer:
        self.offers.append(offer)
        key, _, reason = next(self._answers).partition(" ")
        return Answer(Key(key), reason)

    @property
    def rules(self) -> list[str]:
        return [offer.located.finding.rule for offer in self.offers]

    def fix(self, repository: Path, **options: object) -> Outcome:
        request = CheckRequest((repository,), root=repository, select=RULES, fix=True, interactive=True)._replace(
            **options
        )
        return check(request, say=self.said.append, ask=self)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the slice that may be changed."""
    return Path(shutil.copytree(SLICE, tmp_path / "slice"))


def texts(repository: Path) -> dict[str, bytes]:
    return {path.relative_to(repository).as_posix(): path.read_bytes() for path in repository.rglob("*.yaml")}


def changed(repository: Path) -> set[str]:
    old = texts(SLICE)
    return {path for path, text in texts(repository).items() if old.get(path) != text}


def test_each_fix_is_offered_once_in_reading_order_and_nothing_is_written(repository: Path) -> None:
    person = Scripted("nnnnn")
    outcome = person.fix(repository)
    spots = [(offer.located.region.file, offer.located.region.start.line) for offer in person.offers]
    assert person.rules == ["IML204", "IML207", "IML201", "IML105", "IML101"]
    assert spots == sorted(spots)
    assert [offer.more for offer in person.offers] == [4, 3, 2, 1, 0]
    assert (changed(repository), person.said) == (set(), [])
    assert [sentence.split(": ")[0] for sentence in outcome.fixed] == ["not mended"] * 7


def test_an_accepted_fix_is_written_before_the_next_offer(repository: Path) -> None:
    seen: list[set[str]] = []

    def ask(offer: Question) -> Answer:
        seen.append(changed(repository))
        return Answer(Key.YES)

    check(CheckRequest((repository,), root=repository, select=RULES, fix=True, interactive=True), ask=ask)
    patch, chart, backup = "overlay/patch.yaml", "base/helmrelease.yaml", "overlay/scheduled-backup.yaml"
    assert seen == [set(), {patch}, {patch, chart}, {patch, chart, backup}]


def test_a_fix_that_another_made_moot_is_not_offered(repository: Path) -> None:
    """Running as a user brings the caches along, so that IML201 is gone after IML204."""
    person = Scripted("ynnn")
    person.fix(repository)
    assert person.rules == ["IML204", "IML207", "IML105", "IML101"]


def test_after_all_was_accepted_a_second_run_offers_nothing(repository: Path) -> None:
    Scripted("yyyy").fix(repository)
    before = texts(repository)
    person = Scripted("")
    assert person.fix(repository).exit_code == 0
    assert (person.offers, person.said, texts(repository)) == ([], [], before)


def test_what_is_accepted_one_by_one_is_what_all_at_once_makes(repository: Path, tmp_path: Path) -> None:
    Scripted("yyyy").fix(repository)
    other = Path(shutil.copytree(SLICE, tmp_path / "other"))
    check(CheckRequest((other,), root=other, select=RULES, fix=True, unsafe_fixes=True))
    assert texts(repository) == texts(other)


def test_quitting_leaves_what_was_accepted_and_asks_no_more(repository: Path) -> None:
    person = Scripted("yq")
    outcome = person.fix(repository)
    assert changed(repository) == {"overlay/patch.yaml"}
    assert person.said == ["mended: base/helmrelease.yaml:14 IML204: run as user 1000, with the caches in `/cache`."]
    assert outcome.exit_code == 1


def test_an_interruption_says_what_was_done(repository: Path) -> None:
    person = Scripted("y")

    def ask(offer: Question) -> Answer:
        if person.offers:
            raise KeyboardInterrupt
        return person(offer)

    request = CheckRequest((repository,), root=repository, select=RULES, fix=True, interactive=True)
    with pytest.raises(KeyboardInterrupt):
        check(request, say=person.said.append, ask=ask)
    assert changed(repository) == {"overlay/patch.yaml"}
    assert [sentence[:37] for sentence in person.said] == ["mended: base/helmrelease.yaml:14 IML2"]


def test_all_of_a_rule_goes_on_without_asking(repository: Path) -> None:
    second = (repository / "overlay/scheduled-backup.yaml").read_text().replace("immich-daily", "immich-nightly")
    with (repository / "overlay/scheduled-backup.yaml").open("a") as stream:
        stream.write(f"---\n{second}")
    person = Scripted("nnnnan")
    person.fix(repository)
    assert person.rules == ["IML204", "IML207", "IML201", "IML105", "IML101", "IML105"]
    assert (repository / "overlay/scheduled-backup.yaml").read_text().count('schedule: "0 0 0 * * *"') == 2
    assert len(person.said) == 2


def test_an_unsafe_fix_is_never_accepted_with_all_of_its_rule(repository: Path) -> None:
    person = Scripted("naq")
    person.fix(repository)
    assert person.rules == ["IML204", "IML207", "IML207"]
    assert [offer.remark for offer in person.offers] == [
        "",
        "",
        "This fix is unsafe, and such are decided one by one.",
    ]
    assert changed(repository) == set()


def test_more_context_until_there_is_no_more(repository: Path) -> None:
    person = Scripted("dddq")
    person.fix(repository)
    lines = [offer.diff.count("\n ") for offer in person.offers]
    assert lines[0] == 3 < lines[1] < lines[2] == lines[3]
    assert [offer.remark for offer in person.offers] == ["", "", "", "There is nothing more to show."]


def test_an_ignore_is_written_in_place_of_the_fix(repository: Path) -> None:
    person = Scripted(["n", "n", "n", "n", "i hourly on purpose"])
    outcome = person.fix(repository)
    backup = (SLICE / "overlay/scheduled-backup.yaml").read_text()
    expected = backup.replace("  schedule:", "  # immichlint: ignore[IML101] hourly on purpose\n  schedule:")
    assert (repository / "overlay/scheduled-backup.yaml").read_text() == expected
    assert changed(repository) == {"overlay/scheduled-backup.yaml"}
    assert person.said == ["ignored: overlay/scheduled-backup.yaml:6 IML101: hourly on purpose"]
    assert outcome.report.summary.ignored == 1
    again = Scripted("nnnn")
    again.fix(repository)
    assert "IML101" not in again.rules


def test_of_two_that_are_alike_each_is_decided(repository: Path) -> None:
    """Two comments that ignore nothing have one fingerprint."""
    backup = repository / "overlay/scheduled-backup.yaml"
    comment = "# immichlint: ignore[IML102] why\n"
    text = backup.read_text().replace("  backupOwnerReference", f"  {comment}  backupOwnerReference")
    backup.write_text(comment + text)
    person = Scripted("ny")
    person.fix(repository, paths=(backup,), select=("IML102", "IML905"))
    assert person.rules == ["IML905", "IML905"]
    assert backup.read_text() == comment + text.replace(f"  {comment}", "")


TWO_READINGS = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: immich-daily}
spec: {schedule: "0 0 12 * *", cluster: {name: immich-db}, immediate: false}
"""
BARE = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: immich-db
spec:
  bootstrap: {initdb: {database: immich, owner: immich}}
"""


def test_a_choice_is_one_of_several_fixes_and_then_offered_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TWO_READINGS)
    person = Scripted(["decide 0 0 12 * * *", "y"])
    outcome = person.fix(tmp_path, select=("IML101",))
    first, second = person.offers
    assert first.prompt is not None
    assert [(item.value, item.words.rpartition("which is ")[2]) for item in first.prompt.choices] == [
        ("0 0 0 12 * *", "crontab(5)'s reading"),
        ("0 0 12 * * *", "CNPG's reading"),
    ]
    assert (first.diff, first.located.fix, second.safe, second.prompt) == ("", None, True, None)
    assert '+spec: {schedule: "0 0 12 * * *",' in second.diff
    assert (tmp_path / "a.yaml").read_text() == TWO_READINGS.replace("0 0 12 * *", "0 0 12 * * *")
    assert person.said == ["mended: a.yaml:4 IML101: write `0 0 12 * * *`: it runs daily at 12:00."]
    assert outcome.fixed == ()


@pytest.mark.parametrize("script", [["n"], ["q"], ["decide 0 0 12 * * *", "n"], ["decide 0 0 12 * * *", "q"]])
def test_what_a_person_does_not_decide_stays(tmp_path: Path, script: list[str]) -> None:
    (tmp_path / "a.yaml").write_text(TWO_READINGS)
    person = Scripted(script)
    outcome = person.fix(tmp_path, select=("IML101",))
    assert (len(person.offers), (tmp_path / "a.yaml").read_text()) == (len(script), TWO_READINGS)
    assert outcome.fixed[0].endswith("which is unsafe; on a terminal `--fix` asks about it")


def test_what_is_asked_can_be_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TWO_READINGS)
    Scripted(["i noon is meant"]).fix(tmp_path, select=("IML101",))
    assert "# immichlint: ignore[IML101] noon is meant\n" in (tmp_path / "a.yaml").read_text()


def test_texts_are_asked_for_until_they_make_sense(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BARE)
    (tmp_path / ".immichlint.yaml").write_text("version: 1\ndecisions: {backup_endpoint: 'https://s3.example.org'}\n")
    person = Scripted(["decide /mnt", "decide s3://b/i", "decide AKIAIOSFODNN7EXAMPLE", "decide immich-backup", "y"])
    person.fix(tmp_path, select=("IML112",))
    asked = [(offer.prompt.name if offer.prompt else "", offer.remark[:12], offer.further) for offer in person.offers]
    assert asked == [
        ("backup_path", "", False),
        ("backup_path", "That is not ", False),
        ("backup_secret", "", True),
        ("backup_secret", "That is not ", True),
        ("", "", False),
    ]
    assert not person.offers[-1].safe
    text = (tmp_path / "a.yaml").read_text()
    assert "destinationPath: s3://b/i\n    endpointURL: https://s3.example.org\n" in text
    assert "AKIA" not in text + "".join(map(str, person.offers))


@pytest.mark.parametrize("script", [["decide "], ["decide s3://b/i", "decide ", "decide "], ["decide s3://b/i", "q"]])
def test_an_empty_text_skips_the_fix_unless_it_means_something(tmp_path: Path, script: list[str]) -> None:
    (tmp_path / "a.yaml").write_text(BARE)
    person = Scripted(script)
    outcome = person.fix(tmp_path, select=("IML112",))
    assert (len(person.offers), (tmp_path / "a.yaml").read_text()) == (len(script), BARE)
    assert "`backup_path`" in outcome.fixed[0]
    assert outcome.fixed[0].endswith("under `decisions` in .immichlint.yaml; `--fix` on a terminal asks for them")


def test_what_cannot_be_written_is_not_asked_about(tmp_path: Path) -> None:
    """A chart makes the Cluster, so that no ObjectStore can be written beside it."""
    (tmp_path / "a.yaml").write_text(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: immich-db, namespace: photos}\n"
        "spec:\n  chart: {spec: {chart: cluster, version: 0.8.1, sourceRef: {kind: HelmRepository, name: cnpg}}}\n"
        "  values: {cluster: {initdb: {database: immich, owner: immich}}}\n"
    )
    person = Scripted([])
    assert [item.finding.rule for item in person.fix(tmp_path, select=("IML112",)).report.findings] == ["IML112"]
    assert person.offers == []


def test_only_what_was_asked_for_is_offered(repository: Path) -> None:
    person = Scripted("nn")
    person.fix(repository, paths=(repository / "overlay/scheduled-backup.yaml",))
    assert person.rules == ["IML105", "IML101"]


def test_a_file_that_changed_meanwhile_is_not_overwritten(repository: Path) -> None:
    """The person edits the file in the editor while the question stands."""
    patch = repository / "overlay/patch.yaml"

    def ask(offer: Question) -> Answer:
        patch.write_text(patch.read_text() + "# mine\n")
        return Answer(Key.YES)

    request = CheckRequest((repository,), root=repository, select=RULES, fix=True, interactive=True)
    with pytest.raises(UserError, match=r"overlay/patch\.yaml has changed since it was read"):
        check(request, ask=ask)
    assert patch.read_text() == (SLICE / "overlay/patch.yaml").read_text() + "# mine\n"


def test_a_diff_beside_a_secret_shows_less_context_and_not_the_secret(repository: Path) -> None:
    backup = repository / "overlay/scheduled-backup.yaml"
    named = "  name: immich-daily\n"
    backup.write_text(backup.read_text().replace(named, f"{named}  annotations:\n    DB_PASSWORD: hunter2\n"))
    person = Scripted("ndq")
    person.fix(repository, paths=(backup,))
    diffs = [offer.diff for offer in person.offers]
    assert [offer.notes for offer in person.offers] == [(), (), ()]
    assert diffs[1].split("\n")[3:6] == ["@@ -7,5 +7,5 @@", " spec:", '-  schedule: "0 0 * * *"  # daily']
    assert person.offers[2].remark == "There is nothing more to show."


def test_a_change_of_a_line_with_a_secret_is_left_out_with_a_note(repository: Path) -> None:
    backup = repository / "overlay/scheduled-backup.yaml"
    backup.write_text(backup.read_text().replace("# daily", "# postgres://immich:hunter2@db"))
    person = Scripted("nn")
    person.fix(repository, paths=(backup,))
    note = "overlay/scheduled-backup.yaml: a part of the change would show a secret and is left out here."
    assert (person.offers[1].diff, person.offers[1].notes) == ("", (note,))


def test_changes_that_git_does_not_have_are_said_before_the_answer(repository: Path) -> None:
    (repository / ".git").mkdir()
    person = Scripted("q")
    person.fix(repository)
    note = "overlay/patch.yaml has changes that are neither staged nor committed; the fix comes on top of them."
    assert person.offers[0].notes == (note,)
