"""Images and quantities: which registry, which tag moves, how much."""

from __future__ import annotations

import pytest

from immichlint.checks.image_tags import is_floating
from immichlint.stack.image import parse_image
from immichlint.stack.quantity import amount


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("redis", "redis"),
        ("bitnami/redis:7", "bitnami/redis"),
        ("docker.io/bitnami/redis@sha256:1", "bitnami/redis"),
        ("index.docker.io/library/redis", "library/redis"),
        ("ghcr.io/immich-app/immich-server:v1", ""),
        ("registry:5000/redis:7", ""),
        ("localhost/redis", ""),
    ],
)
def test_the_path_on_docker_hub(text: str, path: str) -> None:
    assert parse_image(text).hub_path == path


@pytest.mark.parametrize(
    ("text", "floats"),
    [
        ("ghcr.io/immich-app/immich-server", True),
        ("ghcr.io/immich-app/immich-server:release", True),
        ("ghcr.io/immich-app/immich-server:v3", True),
        ("ghcr.io/immich-app/immich-server:2.7", True),
        ("ghcr.io/immich-app/immich-machine-learning:v3-cuda", True),
        ("ghcr.io/immich-app/immich-machine-learning:openvino", False),
        ("ghcr.io/immich-app/immich-server:v3.3.6", False),
        ("ghcr.io/immich-app/immich-server:v3.0.0-rc.1", False),
        ("ghcr.io/immich-app/immich-server:pr-1234", False),
        ("ghcr.io/immich-app/immich-server:release@sha256:1", False),
        ("ghcr.io/immich-app/immich-server:?", False),
        ("valkey/valkey:9", False),
        ("valkey/valkey:alpine", True),
        ("redis:7.4-alpine", False),
        ("redis", True),
    ],
)
def test_which_tags_move(text: str, floats: bool) -> None:
    assert is_floating(parse_image(text)) is floats


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1Gi", 2**30),
        ("512M", 512e6),
        ("1.5Gi", 1.5 * 2**30),
        (4096, 4096),
        ("1e3", None),
        ("lots", None),
        (True, None),
    ],
)
def test_quantities(text: object, value: float | None) -> None:
    assert amount(text) == value
