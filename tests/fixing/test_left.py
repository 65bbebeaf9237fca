"""What was not mended: the sentences for each reason, with the option or the decision that would mend it."""

from __future__ import annotations

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Confidence, Finding, Severity
from immichlint.findings.report import FixPreview, Located, Region
from immichlint.fixing.rounds import Refused
from immichlint.fixing.summary import left
from immichlint.text import Position, Span
from immichlint.yamltree.place import in_text

REGION = Region("apps/a.yaml", Span(0, 1), Position(7, 3), Position(7, 4))


def located(change: Change | None = None, refusal: str = "", no_fix: str = "") -> Located:
    finding = Finding(
        "IML111", "x", Severity.ERROR, Confidence.HIGH, "m", in_text("apps/a.yaml", 0, 1), change=change, no_fix=no_fix
    )
    fix = FixPreview(change.safety.value, change.title, "", (), refusal) if change is not None else None
    return Located(finding, REGION, (), (), "/", "f", 1, "d", fix)


UNSAFE = Change("write `retentionPolicy: 30d`", Safety.UNSAFE, decision="retention")
SAFE = Change("write `immediate: false`", Safety.SAFE)


def test_an_unsafe_fix_names_its_option_and_its_decision() -> None:
    assert left([located(UNSAFE), located(UNSAFE._replace(decision=""))]) == (
        "not mended: apps/a.yaml:7 IML111: `--fix --unsafe-fixes` would write `retentionPolicy: 30d`, which is unsafe;"
        " with `retention` under `decisions` in .immichlint.yaml it is safe",
        "not mended: apps/a.yaml:7 IML111: `--fix --unsafe-fixes` would write `retentionPolicy: 30d`, which is unsafe",
    )


def test_a_safe_fix_that_somebody_declined() -> None:
    assert left([located(SAFE)]) == ("not mended: apps/a.yaml:7 IML111: `--fix` would write `immediate: false`",)


def test_no_fix_says_what_to_do_instead() -> None:
    assert left([located(no_fix="choose a bucket"), located()]) == (
        "not mended: apps/a.yaml:7 IML111: choose a bucket",
        "not mended: apps/a.yaml:7 IML111: there is no fix for it",
    )


def test_a_refusal_has_the_reason_of_the_attempt_before_that_of_the_preview() -> None:
    tried = located(SAFE, refusal="it is a template")
    assert left([tried]) == ("cannot mend: apps/a.yaml:7 IML111: it is a template",)
    assert left([tried], [Refused(tried.finding, "it is encrypted")]) == (
        "cannot mend: apps/a.yaml:7 IML111: it is encrypted",
    )
