"""What a shell is offered."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete

from immichlint.cli.main import cli, run


def offered(*words: str) -> set[str]:
    """How the last word may go on."""
    made = ShellComplete(cli, {}, "immichlint", "_IMMICHLINT_COMPLETE")
    return {item.value for item in made.get_completions(list(words[:-1]), words[-1])}


def test_commands_and_the_options_of_the_default_one() -> None:
    assert {"check", "explain", "init", "stack"} <= offered("")
    assert offered("expl") == {"explain"}
    assert offered("--unsafe") == {"--unsafe-fixes"}
    assert offered("apps", "--unsafe") == {"--unsafe-fixes"}
    assert "--version" in offered("--v")


def test_formats_rules_and_choices() -> None:
    assert offered("--format", "git") == {"github", "gitlab"}
    assert offered("check", "--fail-on", "w") == {"warning"}
    assert offered("--select", "IML2,IML10") >= {"IML2,IML101", "IML2,IML102"}
    assert offered("explain", "cnpg-schedule-five") == {"cnpg-schedule-five-fields"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told(shell: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", None)
    assert run(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "_IMMICHLINT_COMPLETE" in text
    assert f"{shell}_complete" in text


def test_no_other_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "csh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err
