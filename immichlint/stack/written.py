"""What a repository applies as it is written: with what a step that is not computed may still change."""

from __future__ import annotations

from collections.abc import Mapping

from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import stacks_of
from immichlint.yamltree.place import Place


def as_written(inputs: Inputs) -> tuple[Inputs, Mapping[Place, str]]:
    """The inputs with every value that is written taken as it is, and why those of some objects may still change, by
    the objects' homes. For people to read: no rule may judge by it."""
    environments = inputs.picture.environments
    changing = {item.home: item.unsettled for each in environments for item in each.manifests if item.unsettled}
    if not changing:
        return inputs, {}
    settled = tuple(
        each._replace(manifests=tuple(item._replace(unsettled="") for item in each.manifests)) for each in environments
    )
    picture = inputs.picture._replace(environments=settled)
    return Inputs(inputs.repository, picture, stacks_of(picture, inputs.repository)), changing
