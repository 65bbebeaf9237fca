"""What a run says where there is little to judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from immichlint.session import CheckRequest, check

PROXY = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: immich}\nspec: {ports: [{port: 2283}]}\n---\n"
    "apiVersion: v1\nkind: Endpoints\nmetadata: {name: immich}\nsubsets: [{addresses: [{ip: 10.0.0.2}]}]\n"
)
SERVER = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server}\n"
    "spec: {template: {spec: {containers: [{name: a, image: 'ghcr.io/immich-app/immich-server:v2.7.5'}]}}}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Service\n", "there was nothing to judge"),
        (PROXY, "`immichlint stack` shows what names it"),
        (SERVER, ""),
    ],
)
def test_what_was_not_found_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    notes = check(CheckRequest(paths=(tmp_path,), root=tmp_path, no_cache=True)).report.notes
    assert len(notes) == bool(said)
    assert all(said in note for note in notes)


def test_that_no_rule_judged_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVER, "utf-8")
    (tmp_path / ".immichlint.yaml").write_text("version: 1\nignore: [IML1]\n", "utf-8")
    request = CheckRequest(paths=(tmp_path,), root=tmp_path, no_cache=True, select=("IML101",))
    assert check(request).report.notes == ("No rule judged: what `ignore` takes out is all that was selected.",)
    assert check(request._replace(select=("IML101", "IML2"))).report.notes == ()


def test_a_path_of_which_nothing_is_read_is_said(tmp_path: Path) -> None:
    for folder in ("apps", "old"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text(SERVER, "utf-8")
    (tmp_path / ".gitignore").write_text("old/\n", "utf-8")

    def notes(*paths: str) -> tuple[str, ...]:
        request = CheckRequest(paths=tuple(tmp_path / path for path in paths), root=tmp_path, no_cache=True)
        return check(request).report.notes

    assert notes("apps", "old", "apps/a.yaml") == ("No file that is read lies in `old`.",)
    assert notes("old/a.yaml") == ("No file that is read lies in `old/a.yaml`.",)
    assert notes("old", "") == ()


VALUES = "immich: {persistence: {library: {existingClaim: library}}}\nserver: {enabled: true}\n"
CHART = "{apiVersion: v2, name: x, version: 1.0.0, dependencies: [{name: immich, version: 0.13.1}]}\n"
RELEASED = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: photos}
  source: {repoURL: "https://git.example/me/home", path: charts/immich}
"""


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"charts/immich/Chart.yaml": CHART, "charts/immich/values.yaml": "immich: {}\n"}, "charts/immich/Chart.yaml"),
        ({"a/values.yaml": VALUES}, "a/values.yaml"),
        ({f"{name}/immich-values.yaml": VALUES for name in "abcd"}, "c/immich-values.yaml and 1 more"),
        ({"charts/immich/Chart.yaml": CHART, "charts/immich/values.yaml": "", "app.yaml": RELEASED}, ""),
        ({"x/Chart.yaml": CHART.replace("immich", "paperless"), "server.yaml": SERVER}, ""),
    ],
)  # fmt: skip
def test_values_to_which_there_may_be_more_are_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    notes = check(CheckRequest(paths=(tmp_path,), root=tmp_path, no_cache=True)).report.notes
    assert [note for note in notes if "Nothing here releases" in note and said in note] == [*notes][: bool(said)]
