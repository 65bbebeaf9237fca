"""Specs and strategic merge patches of them: by hand, one feature each, and generated."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st


class Case(NamedTuple):
    """A patch of an object's `spec`; of a Deployment both are of its pod."""

    kind: str
    base: Any
    patch: Any


def kustomization(cases: list[Case]) -> dict[str, str]:
    """A kustomization in which the nth object, called dn, is patched."""
    return {
        "kustomization.yaml": "resources: [base.yaml]\npatches: [{path: patch.yaml}]\n",
        "base.yaml": "\n---\n".join(_object(index, case.kind, case.base) for index, case in enumerate(cases)) + "\n",
        "patch.yaml": "\n---\n".join(_object(index, case.kind, case.patch) for index, case in enumerate(cases)) + "\n",
    }


def _object(index: int, kind: str, made: Any) -> str:
    spec = {"template": {"spec": made}} if kind == "Deployment" else made
    version = "apps/v1" if kind == "Deployment" else "postgresql.cnpg.io/v1"
    return json.dumps({"apiVersion": version, "kind": kind, "metadata": {"name": f"d{index}"}, "spec": spec})


NAMES = ("one", "two", "three")
scalars = st.sampled_from(["a", "b", "c"])
small = st.dictionaries(st.sampled_from(["x", "y"]), scalars | st.none(), max_size=2)


def items(key: str, fields: dict[str, st.SearchStrategy[Any]], names: tuple[Any, ...], *, patch: bool) -> Any:
    """Lists of items with distinct keys; those of a patch may be deletions."""
    optional = {**fields, "$patch": st.just("delete")} if patch else fields
    item = st.fixed_dictionaries({key: st.sampled_from(names)}, optional=optional)
    return st.lists(item, max_size=3, unique_by=lambda made: made[key])


def pods(*, patch: bool) -> st.SearchStrategy[Any]:
    env = items("name", {"value": st.sampled_from(["1", "2"])}, NAMES, patch=patch)
    mounts = items("mountPath", {"name": st.just("v"), "readOnly": st.booleans()}, ("/a", "/b"), patch=patch)
    ports = items("containerPort", {"name": st.sampled_from(NAMES)}, (80, 81), patch=patch)
    fields = {
        "env": env | st.none() if patch else env,
        "volumeMounts": mounts,
        "ports": ports,
        "args": st.lists(st.sampled_from("ab"), max_size=2),
        "resources": small if patch else small.map(lambda made: {k: v for k, v in made.items() if v is not None}),
    }
    tolerations = st.lists(st.fixed_dictionaries({"key": st.sampled_from(NAMES)}), min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {"containers": items("name", fields, NAMES, patch=patch)},
        optional={"tolerations": tolerations, "nodeSelector": small if patch else st.just({"x": "a"})},
    )


def specs(*, patch: bool, depth: int = 2) -> st.SearchStrategy[Any]:
    """Specs of a custom resource, in which the same key has the same type everywhere."""
    below = specs(patch=patch, depth=depth - 1) if depth else st.just({})
    words: st.SearchStrategy[Any] = st.sampled_from(["a", "b", 1, True])
    word = words | st.none() if patch else words
    item = st.fixed_dictionaries({"name": st.sampled_from(["p", "q"])}, optional={"x": word})
    fields: dict[str, st.SearchStrategy[Any]] = {
        "x": word,
        "y": word,
        "mapping": below | st.none() if patch else below,
        "words": st.lists(words, max_size=2),
        "items": st.lists(item, max_size=2),
    }
    if patch:
        fields |= {"words": fields["words"] | st.none(), "$patch": st.sampled_from(["delete", "replace"])}
    return st.fixed_dictionaries({}, optional=fields)


GENERATED: Final = st.builds(Case, st.just("Deployment"), pods(patch=False), pods(patch=True)) | st.builds(
    Case, st.just("Cluster"), specs(patch=False), specs(patch=True)
)

_BY_HAND: Final[list[tuple[str, Any, Any]]] = [
    ("Cluster", {"a": "1", "m": {"a": "1"}, "l": ["1"]}, {"a": 2, "m": {"$patch": "replace", "a": True}, "l": [2]}),
    ("Cluster", {"a": 1, "b": True}, {"a": "2", "b": "x"}),
    (
        "Deployment",
        {"containers": [{"name": "a", "env": [{"name": "b", "value": "1"}]}]},
        {"containers": [{"name": "a", "env": [{"name": "b", "value": 2}]}]},
    ),
    (
        "Cluster",
        {"a": {"b": 1}},
        {
            "a": {
                "$patch": "replace",
                "c": {"d": None, "e": {"$patch": "delete"}},
                "l": [{"x": None}, {"$patch": "delete", "y": 1}],
            }
        },
    ),
    ("Cluster", {}, {"a": {"$patch": "replace", "c": None}}),
    ("Cluster", {}, {"a": {"$patch": "delete", "c": 1}}),
    ("Cluster", {}, {"a": {"b": {"$patch": "delete", "c": 1}, "d": 1}}),
    ("Cluster", {}, {"l": [{"x": None, "m": {"y": None}}, {"$patch": "delete", "z": 1}]}),
    ("Cluster", {"l": [{"x": 1}]}, {"l": [{"x": None, "m": {"y": None}}, {"$patch": "delete", "z": 1}]}),
    ("Cluster", {"l": [{"x": 1}]}, {"l": [{"$patch": "delete", "x": 1}]}),
    ("Cluster", {}, {"l": [{"$patch": "replace"}, {"z": 1}]}),
    ("Cluster", {}, {"l": [{"$patch": "delete", "z": 1}]}),
    ("Cluster", {}, {"l": [{"a": 1, "$patch": "merge", "z": {"$patch": "delete"}}]}),
    ("Cluster", {"l": [{"a": 1}]}, {"l": [{"a": 1, "$patch": "merge", "z": {"$patch": "delete"}}]}),
    (
        "Deployment",
        {"containers": [{"name": "m"}]},
        {"containers": [{"name": "m", "env": [{"name": "A", "value": None}, {"name": "B", "valueFrom": {"x": None}}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "m", "env": [{"name": "A", "value": "1"}]}]},
        {
            "containers": [
                {"name": "m", "env": [{"name": "A", "value": None}, {"name": "B", "valueFrom": {"x": None}, "y": None}]}
            ]
        },
    ),
    (
        "Deployment",
        {},
        {"containers": [{"name": "n", "image": None, "env": [{"name": "A", "value": None, "$patch": "delete"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "o"}]},
        {
            "containers": [
                {
                    "name": "n",
                    "image": None,
                    "args": [{"x": None}],
                    "env": [{"name": "A", "value": None}, {"name": "B", "$patch": "delete"}],
                }
            ]
        },
    ),
    (
        "Deployment",
        {"containers": [{"name": "o", "env": [{"name": "X"}]}]},
        {"containers": [{"name": "o", "$patch": "merge", "env": [{"$patch": "merge", "name": "X", "value": "1"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "o"}]},
        {"containers": [{"name": "n", "$patch": "merge", "env": [{"$patch": "replace"}, {"name": "X", "value": "1"}]}]},
    ),
    ("Deployment", {"tolerations": [{"key": "o"}]}, {"tolerations": [{"key": None, "x": 1, "m": {"y": None}}]}),
    ("Deployment", {}, {"tolerations": [{"key": None, "x": 1, "m": {"y": None}}]}),
    ("Cluster", {"a": 1}, {"$patch": "merge", "b": 2}),
    ("Cluster", {"a": 1}, {"$patch": "delete"}),
    ("Cluster", {"a": {"b": 1}}, {"a": {"$patch": "nonsense", "b": 2}}),
    ("Cluster", {"l": [{"name": "p", "a": 1}]}, {"l": []}),
    ("Deployment", {"containers": [{"name": "o"}]}, {"containers": []}),
    ("Cluster", {"a": 1}, {"a": {"b": 1}}),
    ("Cluster", {"a": 1}, {"a": [1]}),
    ("Cluster", {"a": {"b": 1}}, {"a": [1]}),
    ("Cluster", {"a": {"b": 1}}, {"a": "x"}),
    ("Cluster", {"a": [1]}, {"a": {"b": 1}}),
    ("Cluster", {"a": [1]}, {"a": "x"}),
    ("Cluster", {"a": None}, {"a": {"b": 1}}),
    ("Cluster", {"a": None}, {"a": [1]}),
    ("Cluster", {"a": 1}, {"a": {"$patch": "delete"}}),
    ("Cluster", {"a": 1}, {"a": {"$patch": "replace", "b": 1}}),
    ("Cluster", {"a": [1]}, {"a": {"$patch": "delete"}}),
    ("Cluster", {"a": {}}, {"a": "x"}),
    ("Cluster", {"a": []}, {"a": {"b": 1}}),
    ("Cluster", {"a": ""}, {"a": {"b": 1}}),
    ("Cluster", {}, {"a": {"b": {"$patch": "delete"}}}),
    ("Deployment", {"containers": [{"name": "o"}]}, {"containers": [{"name": "n", "env": [{"$patch": "replace"}]}]}),
    (
        "Deployment",
        {"containers": [{"name": "o", "ports": [{"containerPort": 1}]}]},
        {
            "containers": [
                {"name": "n", "$patch": "replace", "ports": [{"containerPort": 2, "$patch": "replace", "name": None}]},
                {"name": "o", "ports": [{"containerPort": 3, "$patch": "replace"}]},
            ]
        },
    ),
    (
        "Deployment",
        {"containers": [{"name": "o", "env": [{"name": "a"}]}]},
        {
            "containers": [
                {
                    "name": "o",
                    "env": [{"$patch": "replace"}, {"name": "a", "value": None}, {"name": "b", "$patch": "delete"}],
                }
            ]
        },
    ),
    (
        "Deployment",
        {"containers": [{"name": "o", "env": {"A": "x"}}]},
        {"containers": [{"name": "o", "env": [{"name": "A"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "delete"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "delete"}, {"name": "B"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}, {"name": "C"}]}]},
        {"containers": [{"name": "c", "env": [{"name": "B"}, {"$patch": "delete"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "merge"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "merge"}, {"name": "B"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "other"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "other"}, {"name": "B"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "replace"}, {"name": "B"}, {"name": "A", "value": "1"}]}]},
    ),
    (
        "Deployment",
        {"containers": [{"name": "c", "env": [{"name": "A"}]}]},
        {"containers": [{"name": "c", "env": [{"$patch": "replace"}]}]},
    ),
    ("Cluster", {"a": 1}, {"$patch": "other", "a": 2}),
]
BY_HAND: Final = [Case(*case) for case in _BY_HAND]
