"""Where a finding points that only the chart's defaults cause."""

from __future__ import annotations

import pytest
from chart_files import chart
from in_memory import stacks_of

from immichlint.stack.container import Container
from immichlint.yamltree.lookup import Route


def ml_container(text: str) -> Container:
    found = stacks_of({"release.yaml": text})
    return next(item for stack in found for item in stack.containers if item.name == "immich-machine-learning")


BLOCK: Route = ("spec", "values", "machine-learning")


@pytest.mark.parametrize("version", ["0.9.3", "0.12.0"])
def test_what_only_the_chart_says_points_at_the_release(version: str) -> None:
    found = ml_container(chart("", version))
    assert found.name_place.route == ("metadata", "name")
    assert found.nearest("env").route == ("metadata", "name")
    assert found.field("image").place is None


@pytest.mark.parametrize("version", ["0.9.3", "0.12.0"])
def test_a_component_that_is_written_is_pointed_at(version: str) -> None:
    found = ml_container(chart("machine-learning:\n  enabled: true\n", version))
    assert (found.name_place.route, found.name_place.key) == (BLOCK, True)
    assert (found.nearest("env").route, found.nearest("env").key) == (BLOCK, True)


def test_values_of_the_user_keep_their_places() -> None:
    text = chart(
        "controllers: {main: {containers: {main: {image: {tag: v2.5.0}}}}}\n"
        "machine-learning: {controllers: {main: {containers: {main: {env: {HF_HOME: /cache}}}}}}\n",
        "0.12.0",
    )
    found = ml_container(text)
    main: Route = ("controllers", "main", "containers", "main")
    place = found.variable("HF_HOME").place
    assert place is not None
    assert place.route == (*BLOCK, *main, "env", "HF_HOME")
    assert found.name_place.route == (*BLOCK, *main)
    image = found.field("image").writes[-1].place
    assert image is not None
    assert image.route == ("spec", "values", *main, "image", "tag")


def test_the_layer_and_the_chart_of_a_default_are_known() -> None:
    node = ml_container(chart("", "0.12.0")).field("env", 0, "value")
    assert node.writes[-1].layer.value == "chart default"
    assert node.writes[-1].detail == "immich 0.12.0"
