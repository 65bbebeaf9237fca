"""Where reports go."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import hand_made as made
import pytest

from immichlint.errors import UserError
from immichlint.report.settings import RenderSettings
from immichlint.report.sink import Target, deliver, parse_targets, rendered, write_file, write_stream


@pytest.mark.parametrize(
    ("specs", "targets"),
    [
        ((), (Target("text", None),)),
        (("json",), (Target("json", None),)),
        (("json=-",), (Target("json", None),)),
        (("sarif=out/a=b.sarif", "text"), (Target("sarif", Path("out/a=b.sarif")), Target("text", None))),
    ],
)
def test_targets(specs: tuple[str, ...], targets: tuple[Target, ...]) -> None:
    assert parse_targets(specs) == targets


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        (("yaml",), "There is no format `yaml`; the formats are concise, github, "),
        (("json", "text"), "`json` and `text` both go to standard output; .* `--format text=FILE`"),
        (("json=a", "sarif=a"), "`json` and `sarif` both go to a;"),
    ],
)
def test_targets_that_cannot_be(specs: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse_targets(specs)


def test_several_formats_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    json_file, text_file = tmp_path / "report.json", tmp_path / "report.txt"
    targets = (Target("json", json_file), Target("concise", None), Target("text", text_file))
    deliver(rendered(made.whole(), targets, RenderSettings(color=True)), targets)
    assert json.loads(json_file.read_text())["version"] == 1
    assert len(capsys.readouterr().out.splitlines()) == 15
    assert "\x1b" not in text_file.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "report.txt"]


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target, link = tmp_path / "real", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    before = target.stat().st_ino
    write_file(link, "new\n")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new\n")
    assert target.stat().st_ino != before


def test_a_device_is_written_to() -> None:
    write_file(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_file(target, "new \udcff")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("report", "old")]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be written to .*missing.*: No such file or directory"):
        write_file(tmp_path / "missing" / "report", "text")


def test_a_stream_without_unicode_gets_what_it_can_show() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write_stream(stream, "a…b\n")
    assert raw.getvalue() == b"a?b\n"


def test_one_file_by_two_names_is_one_target(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="`text` and `json` both go to"):
        parse_targets([f"text={tmp_path / 'report'}", f"json={tmp_path / 'folder' / '..' / 'report'}"])


def test_a_link_to_itself_is_no_bug(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    (target,) = parse_targets([f"json={loop}"])
    assert target.file == loop
    write_file(loop, "report")
    assert loop.read_text("utf-8") == "report"
