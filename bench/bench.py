"""Measures immichlint against the floor, yamllint and checkov, in one run on one tree. See bench/README.md."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import report
import scale
from floor import read_yaml_files
from measure import BenchError, Command, Measure, measure, run
from tree import repository, write

import tools

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
NOT_INHERITED = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "GITHUB_ACTIONS", "FORCE_COLOR")


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--files", type=int, default=1500, metavar="N", help="size of the generated repository (1500)")
    source.add_argument("--path", type=Path, metavar="DIR", help="measure this tree instead of a generated one")
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated repository (0)")
    parser.add_argument("--runs", type=int, default=9, help="rounds; yamllint and checkov run in every third (9)")
    parser.add_argument("--skip", default="", metavar="TOOL,…", help="leave out: checkov, yamllint")
    parser.add_argument("--immichlint", metavar="CMD", help="how to run immichlint (this Python, -m immichlint)")
    parser.add_argument("--no-cache", action="store_true", help="measure immichlint only cold, without its cache")
    parser.add_argument("--scale", action="store_true", help="then generated repositories of 1,000 to 20,000 files")
    parser.add_argument("--json", action="store_true", help="print JSON, with every sample")
    options = parser.parse_args(argv)
    options.skip = {name for name in options.skip.split(",") if name}
    if unknown := options.skip - set(tools.TOOLS):
        parser.error(f"--skip knows {', '.join(tools.TOOLS)}, not {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    if options.scale and options.no_cache:
        parser.error("--scale measures with a cache and without")
    if options.path and not options.path.is_dir():
        parser.error(f"--path {options.path} is no directory")
    return options


def environment(cache: Path) -> dict[str, str]:
    """The environment of every measured command: no colours, no debugging, and a cache of this run's own."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return inherited | {"XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"}


def supports_no_cache(immichlint: Sequence[str], env: dict[str, str]) -> bool:
    """Whether immichlint's help, or its check command's, names --no-cache."""
    helps = (
        subprocess.run(
            [*immichlint, *words, "--help"], capture_output=True, text=True, cwd=CHECKOUT, env=env, check=False
        )
        for words in ((), ("check",))
    )
    return any("--no-cache" in shown.stdout for shown in helps)


def commands(
    immichlint: tuple[str, ...], tree: str, wanted: Sequence[str], cacheless: bool, warm: bool
) -> list[Command]:
    """What is measured, in the order of the first round."""
    cold = Command("immichlint --no-cache", (*immichlint, "--no-cache", tree))
    return [
        Command("import click", (sys.executable, "-c", "import click")),
        Command("immichlint --version", (*immichlint, "--version")),
        Command("floor", (sys.executable, str(HERE / "floor.py"), tree)),
        *([Command("immichlint", (*immichlint, tree))] if warm else []),
        *([cold] if cacheless else []),
        *(tools.command(tool, tree) for tool in wanted),
    ]


def scaling(immichlint: tuple[str, ...], tree: str) -> list[Command]:
    """What is measured on trees of several sizes."""
    return [item for item in commands(immichlint, tree, (), True, True) if item.name in scale.NAMES]


def show_progress(text: str) -> None:
    """Shows `text` on a terminal's last line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def bench(options: argparse.Namespace, scratch: Path) -> None:
    """Measures as `options` say and prints the report."""
    if options.path:
        root, title = options.path.resolve(), str(options.path)
    else:
        root, title = scratch / "home-ops", f"generated repository, seed {options.seed}"
        write(repository(options.files, options.seed), root)
    wanted = [tool for tool in tools.TOOLS if tool not in options.skip]
    tools.install(wanted)
    versions = tools.versions(wanted)
    env = environment(scratch / "cache")
    immichlint = tuple(shlex.split(options.immichlint)) if options.immichlint else (sys.executable, "-m", "immichlint")
    if shutil.which(immichlint[0]) is None:
        raise BenchError(f"there is no program {immichlint[0]} to run immichlint with")
    cacheless = supports_no_cache(immichlint, env)
    if options.no_cache and not cacheless:
        raise BenchError("this immichlint has no option --no-cache: leave it out here, too")

    def measured(taking_turns: Sequence[Command]) -> list[Measure]:
        return measure(taking_turns, options.runs, partial(run, cwd=CHECKOUT, env=env), show_progress)

    measures = measured(commands(immichlint, str(root), wanted, cacheless, warm=not options.no_cache))
    tree = report.Tree(title, *read_yaml_files(str(root)))
    scaled = (
        scale.scale(scratch, options.seed, lambda path: scaling(immichlint, path), measured) if options.scale else []
    )
    show_progress("")
    if options.json:
        found = report.as_json(tree, measures, versions) | {"scale": scale.as_json(scaled)}
        print(json.dumps(found, indent=2))
    else:
        print("\n".join([*report.as_lines(tree, measures, versions), *(scale.as_lines(scaled) if scaled else ())]))


def main() -> int:
    """Runs the benchmark; 2 where it cannot be made."""
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="immichlint-bench-") as scratch:
            bench(options, Path(scratch))
    except (BenchError, ValueError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
