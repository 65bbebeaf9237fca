"""The picture in the README."""

from __future__ import annotations

import runpy
from pathlib import Path
from xml.etree import ElementTree

import hand_made as made
import pytest

from immichlint.report.formats.text import render
from immichlint.report.paint import picture
from immichlint.report.settings import RenderSettings

TOOL = Path(__file__).parents[2] / "tools" / "readme_image.py"


def texts(svg: str) -> str:
    return "".join(ElementTree.fromstring(svg).itertext()).replace("\xa0", " ")


def test_a_picture_has_all_of_the_report() -> None:
    svg = picture(render(made.whole(), RenderSettings(width=90, color=True)), 90, "immichlint")
    assert "CloudNativePG reads them as second," in texts(svg)
    assert "versions.cnpg" in texts(svg)


def test_the_tool_draws_a_command_and_its_output(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "COLUMNS", "NO_COLOR"):
        monkeypatch.setenv(name, "")
    draw = runpy.run_path(str(TOOL))["draw"]
    drawn = texts(draw(["schedule", "0 3 * * *", "--from", "2027-01-01"]))
    assert "$ immichlint schedule '0 3 * * *' --from 2027-01-01" in drawn
    assert "2027-01-01T03:00:00Z" in drawn
    with pytest.raises(SystemExit, match="2"):
        draw(["--nonsense"])
