"""The first configuration: sound as it is written, and with all that is off switched on."""

from __future__ import annotations

import re

import pytest

from immichlint.config.model import Config
from immichlint.config.parsing import parse
from immichlint.config.starter import HOOK, HOOK_FILE, Found, starter
from immichlint.text import SourceText

FULL = Found(
    ("server: x in Deployment immich-server", "y" * 300),
    ("1 x IML101 cnpg-schedule-five-fields",),
    "IML105",
    "ScheduledBackup//immich-daily",
    568,
    0,
)


@pytest.mark.parametrize("found", [Found(), FULL])
def test_it_says_nothing_but_the_version(found: Found) -> None:
    config = parse(SourceText(starter(found)), "starter")
    assert config._replace(origin=Config().origin) == Config()


@pytest.mark.parametrize("found", [Found(), FULL])
def test_every_setting_can_be_switched_on(found: Found) -> None:
    config = parse(SourceText(re.sub(r"^#(?! \S|$)", "", starter(found), flags=re.M)), "starter")
    uid = found.uid or 1000
    assert config.decisions == {"retention": "30d", "uid": uid, "gid": uid}
    assert [(ignore.rules, ignore.object) for ignore in config.ignores] == [((found.rule,), found.object)]
    assert (config.profile, config.fail_on, config.baseline) == ("recommended", "error", ".immichlint-baseline.json")
    assert set(config.versions) == {"cnpg", "kubernetes"}
    assert config.excludes == ("archive/",)


def test_what_was_found_is_in_comments() -> None:
    text = starter(FULL)
    assert "# - server: x in Deployment immich-server\n" in text
    assert "# - 1 x IML101 cnpg-schedule-five-fields\n" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_hook_is_the_one_that_is_shipped_with_what_is_installed() -> None:
    from ruamel.yaml import YAML

    (entry,) = YAML(typ="safe").load(HOOK_FILE)["repos"]
    (hook,) = entry["hooks"]
    assert (entry["repo"], hook["entry"], hook["pass_filenames"]) == ("local", "immichlint check", False)
    assert HOOK in HOOK_FILE
