"""The floor: what any linter of this kind pays before it has an opinion.

Run as a script it imports click and ruamel.yaml with its C parser, walks a tree, reads the bytes of every YAML
file, and prints how many files and bytes there were.
"""

import os
import sys

YAML_SUFFIXES = (".yaml", ".yml")
SKIPPED = frozenset({".git", ".venv", "node_modules"})


def read_yaml_files(root: str) -> tuple[int, int]:
    """The number of YAML files below `root`, and their size together in bytes; links to folders are left out."""
    files = size = 0
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED:
                        folders.append(entry.path)
                elif entry.name.endswith(YAML_SUFFIXES) and entry.is_file():
                    with open(entry.path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib is not in the floor
                        size += len(file.readall())
                    files += 1
    return files, size


if __name__ == "__main__":
    import _ruamel_yaml  # noqa: F401
    import click  # noqa: F401
    import ruamel.yaml  # noqa: F401

    print(*read_yaml_files(sys.argv[1]))
