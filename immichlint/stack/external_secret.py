"""ExternalSecrets: which keys the Secret has that the External Secrets Operator makes of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from immichlint.stack.view import View
from immichlint.trees.tree import Leaf, Map, Seq, Tree

GROUP: Final = "external-secrets.io"


class ExternalSecret(View):
    """A request for a Secret from a store outside (external-secrets.io, API reference of ExternalSecretTarget).

    A template's data replaces what the store gives, unless it is merged; then the keys are not all known.
    """

    __slots__ = ()

    @property
    def secret_name(self) -> str:
        """The name of the Secret that it makes."""
        return self.field("spec", "target", "name").text or self.name

    @property
    def keys(self) -> Mapping[str, Tree]:
        """The keys of the Secret that are known, each with what is written for it: a literal text or a hole."""
        data = self.field("spec", "target", "template", "data").tree
        if isinstance(data, Map):
            return data.items
        found: dict[str, Tree] = {}
        field = self.field("spec", "data").tree
        for index in range(len(field.items)) if isinstance(field, Seq) else ():
            key = self.field("spec", "data", index, "secretKey")
            if key.text is not None and isinstance(key.tree, Leaf):
                found[key.text] = key.tree
        return found

    @property
    def is_templated(self) -> bool:
        """Whether the values are what the template's data says."""
        return isinstance(self.field("spec", "target", "template", "data").tree, Map)

    @property
    def open(self) -> str:
        """Why the Secret may have other keys too; empty where all are known."""
        why = f"the ExternalSecret {self.name} takes keys that are not listed"
        target = self.field("spec", "target")
        policy = self.field("spec", "target", "creationPolicy")
        if target.unknown or policy.unknown or policy.text == "Merge":
            return why
        template = self.field("spec", "target", "template")
        if template.unknown or not self.field("spec", "target", "template", "templateFrom").absent:
            return why
        if self.is_templated:
            data = self.field("spec", "target", "template", "data").tree
            merged = self.field("spec", "target", "template", "mergePolicy")
            settled = merged.absent or merged.text == "Replace"
            return "" if settled and isinstance(data, Map) and not data.open else why
        listed = self.field("spec", "data").tree
        if not self.field("spec", "dataFrom").absent or not isinstance(listed, Seq) or listed.open:
            return why
        return "" if len(self.keys) == len(listed.items) else why
