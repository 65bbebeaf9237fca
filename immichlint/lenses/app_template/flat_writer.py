"""The way back for the flat layout: effective fields of a workload of app-template 1, as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from immichlint.findings.change import Effect
from immichlint.lenses.app_template.flat import lowered
from immichlint.lenses.app_template.writer import AppTemplateWriter, UntranslatableError
from immichlint.lenses.effective import Alternative
from immichlint.lenses.plain import PlainWriter
from immichlint.lenses.release import Release
from immichlint.named_tuple import NamedTuple
from immichlint.trees.tree import Map
from immichlint.yamltree.ops import Refusal


class FlatWriter(NamedTuple):
    """Writes effective fields of a release's workload into its flat values.

    `values`: as they are written; `seen`: the release with the same values in the later layout. `name`: of the
    container.
    """

    values: Map
    seen: Release
    name: str

    def ways(self, effects: Sequence[Effect]) -> Iterator[Alternative]:
        """The ways to write the fields; a refusal where the chart has no value for one of them."""
        try:
            translated = AppTemplateWriter(self.seen, "main").values(effects, shared=False)
            values = [own for effect in translated for own in lowered(effect, self.name)]
        except UntranslatableError as error:
            yield Refusal(str(error))
            return
        yield from PlainWriter(self.values).ways(values)
