"""Which texts may name a folder: what is ruled out by its bytes is not parsed."""

from __future__ import annotations

import pytest

from immichlint.gitops.spread import paths_in


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("path: ./apps/immich/app\n", True),
        ('path: "apps/immich/app/"\n', True),
        ("{path: /apps/immich/app, prune: true}\n", True),
        ("path: ./apps/immich//app\n", True),
        ("path: ./apps/immich/x/../app\n", True),
        ("path: ./apps/other\n  components:\n    - ../immich/app\n", True),
        ("path: ./apps/other\n  components: [../immich/app]\n", True),
        ("path: ./apps/immich\n  components: [app]\n", True),
        ("path: ./apps/immich/app-2\n", False),
        ("path: ./apps/immich/app/sub\n", False),
        ("path: ./apps/wiki/app\n", False),
        ("  path: ./apps/wiki/app\n  components:\n    - ../../../components/volsync\n", False),
        ("at: &it ../immich/app\n  path: ./apps/other\n  components:\n    - *it\n", True),
        ("name: &app app-2\n  APP: *app\n  path: ./apps/wiki/app\n  components:\n    - ../components/volsync\n", False),
        ("# https://schemas.example.com/app\npath: ./apps/wiki\n", False),
    ],
)
def test_what_may_name_a_folder(text: str, named: bool) -> None:
    assert paths_in(text.encode()).may_name("apps/immich/app") is named


def test_the_root_may_be_written_in_any_way() -> None:
    assert paths_in(b"path: ./\n").may_name("")
