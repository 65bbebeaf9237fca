"""The examples of a user's rules, run as the tests that they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from immichlint.findings.locate import locate
from immichlint.fixing.rounds import mend
from immichlint.named_tuple import NamedTuple
from immichlint.repo.files import File, Files
from immichlint.repo.repository import Repository
from immichlint.rules.catalogue import UserRule
from immichlint.rules.judged import Judged, judge_repository
from immichlint.rules.model import Settings
from immichlint.rules.rule_text import Example, Expected


class _Seen(NamedTuple):
    """A finding as an example expects it. `at`: the text that is pointed at."""

    file: str
    line: int
    at: str
    severity: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line} of {self.file}, `{self.at}`: {self.message}"


def troubles(own: UserRule) -> Iterator[str]:
    """A sentence for each example of a rule that does not hold."""
    for example in own.text.bad:
        yield from (f"{example.title}: {trouble}" for trouble in _bad(own, example))
    for example in own.text.good:
        found = _seen(_judge(own, _repository(example.files)))
        yield from (f"{example.title}: this good example has a finding at {seen}" for seen in found)


def _bad(own: UserRule, example: Example) -> Iterator[str]:
    judged = _judge(own, _repository(example.files))
    left = _seen(judged)
    for expected in example.findings:
        meant = next((seen for seen in left if _is_meant(expected, seen)), None)
        if meant is None:
            yield f"no finding at `{expected.at}` is as the example says."
        else:
            left.remove(meant)
    yield from (f"the example does not tell of the finding at {seen}" for seen in left)
    wanted = {**example.files, **example.fixed} if example.fixed is not None else None
    wanted = dict(example.files) if example.unfixed else wanted
    if wanted is not None:
        yield from _unlike(_fixed(own, judged, example.files), wanted)


def _unlike(made: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[str]:
    for path, text in wanted.items():
        if made.get(path) != text:
            yield f"after the fix {path} is not as the example says, but:\n{made.get(path, '')}"


def _is_meant(expected: Expected, seen: _Seen) -> bool:
    return (
        expected.at == seen.at
        and expected.line in (0, seen.line)
        and expected.file in ("", seen.file)
        and expected.severity in ("", seen.severity)
        and all(words in seen.message for words in expected.says)
    )


def _repository(files: Mapping[str, str]) -> Repository:
    return Repository(Files(File(path, text.encode()) for path, text in files.items()))


def _judge(own: UserRule, repository: Repository) -> Judged:
    return judge_repository(repository, (own.rule,), Settings())


def _seen(judged: Judged) -> list[_Seen]:
    found = []
    for finding in judged.findings:
        region = locate(judged.repository, finding.place)
        source = judged.repository.read(finding.place.document.path).source
        if region is not None and source is not None:
            at = source.text[region.span.start : region.span.end]
            found.append(_Seen(region.file, region.start.line, at, finding.severity.value, finding.message))
    return sorted(found)


def _fixed(own: UserRule, judged: Judged, files: Mapping[str, str]) -> dict[str, str]:
    made = mend(judged, lambda finding: True, lambda repository: _judge(own, repository), lambda rule: frozenset())
    return {**files, **{path: source.encode().decode() for path, source in made.texts.items()}}
