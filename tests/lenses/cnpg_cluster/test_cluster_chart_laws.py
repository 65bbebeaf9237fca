"""The laws of the way back into the `cluster` chart: get what was set, set once, and nothing else changes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from release_files import key_of, outcomes
from test_cluster_chart import BACKUPS, release

from immichlint.findings.change import Effect

FIELDS = {
    ("spec", "instances"): st.integers(1, 3),
    ("spec", "storage", "size"): st.sampled_from(["10Gi", "20Gi"]),
    ("spec", "backup", "retentionPolicy"): st.sampled_from(["14d", "30d", "4w"]),
}
values_ = st.fixed_dictionaries(
    {},
    optional={
        "storage": st.sampled_from(["storage: {size: 8Gi}", "storage:\n    size: 10Gi"]),
        "priority": st.just("priorityClassName: high"),
    },
)


@given(values_, st.sampled_from(["", "  retentionPolicy: 7d\n"]), st.sampled_from(sorted(FIELDS)), st.data())
def test_a_field(cluster: dict[str, str], kept: str, route: tuple[str, ...], data: st.DataObject) -> None:
    more = "".join(f"  {line}\n" for line in cluster.values())
    text = release(f"{INITDB_BLOCK}{more}{BACKUPS}{kept}")
    value = data.draw(FIELDS[route])
    after = first(text, route, value)
    assert first(after, route, value) == after
    untouched = [line for line in text.splitlines() if line in after.splitlines()]
    assert len(text.splitlines()) - len(untouched) <= 1


INITDB_BLOCK = "cluster:\n  instances: 2\n  initdb: {database: immich, owner: immich}\n"


def first(text: str, route: tuple[str, ...], value: Any) -> str:
    """The release after the best way that does nothing but what was meant; fails where none does."""
    files = {"release.yaml": text}
    seen = []
    for changed, problem in outcomes(files, [Effect(key_of(files, "Cluster", "immich-db-cluster"), route, value)]):
        if not problem:
            return changed.get("release.yaml", text)
        seen.append(problem)
    raise AssertionError(seen)
