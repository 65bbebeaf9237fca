"""What a naive reader of single files takes for wrong, and is not: no rule says so, and says it where it is true."""

from __future__ import annotations

import pytest
from harness import findings_of
from naive_cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_what_only_looks_wrong(case: Case) -> None:
    assert findings_of(case.files, [case.rule]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_what_is_wrong(case: Case) -> None:
    assert {item.rule for item in findings_of({**case.files, **case.wrong}, [case.rule])} == {case.rule}
