"""Small kustomizations, one feature each: what is generated, copied and plugged in, and names that others refer to."""

from typing import Final

from kustomize_cases import CLUSTER, DEPLOYMENT, SMALL_CASES, layers, overlay

_MAP: Final = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: b, n: '5', u: 'x:y:z'}}\n"
_KEYS: Final = "{apiVersion: v1, kind: Secret, metadata: {name: keys}, stringData: {b: c}}\n"
_USER: Final = DEPLOYMENT.replace(
    "- {name: library, emptyDir: {}}",
    "- {name: library, configMap: {name: made}}\n        - {name: s, secret: {secretName: sealed}}",
)
_BINDING: Final = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bind}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
  - {kind: ServiceAccount, name: runner, namespace: old}
  - {kind: ServiceAccount, name: default, namespace: old}
  - {kind: ServiceAccount, name: other, namespace: old}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: runner, namespace: old}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}, rules: []}
"""


def _made(text: str, **files: str) -> dict[str, str]:
    return {**overlay(text, _USER, _MAP), **{name.replace("__", "."): body for name, body in files.items()}}


def _copied(source: str, target: str, *bases: str) -> dict[str, str]:
    return overlay(
        f"replacements: [{{source: {{{source}}}, targets: [{{{target}}}]}}]\n", DEPLOYMENT, CLUSTER, _MAP, *bases
    )


_SETTING: Final = "kind: ConfigMap, name: settings, fieldPath: data.%s"
_POD: Final = "spec.template.spec.containers"
_PLUG: Final = "{apiVersion: builtin, kind: %s, metadata: {name: p}, %s}"
_LABEL_PLUG: Final = "labels: {x: y}, fieldSpecs: [{path: metadata/labels, create: true}]"


def _plugged(kind: str, config: str, **files: str) -> dict[str, str]:
    text = "transformers: [plug.yaml]\n"
    return {**_made(text, **files), "plug.yaml": _PLUG % (kind, config) + "\n"}


FURTHER_CASES: Final[dict[str, dict[str, str]]] = {
    "generated: literals": _made("configMapGenerator: [{name: made, literals: [a=1, b='x y', 'c=\"q\"', d=]}]\n"),
    "generated: env file": _made(
        "configMapGenerator: [{name: made, envs: [some.env]}]\n", some__env="# x\nA=b\n\n  C=d=e\nF\r\nG='h'\n"
    ),
    "generated: one env file": _made("configMapGenerator: [{name: made, env: some.env}]\n", some__env="A=b"),
    "generated: files": _made(
        "configMapGenerator: [{name: made, files: [a.conf, other=a.conf]}]\n", a__conf="---\na: <b> & é\n"
    ),
    "generated: secret": _made(
        "secretGenerator: [{name: sealed, literals: [a=b], files: [long.txt], type: x/y}]\n",
        long__txt="0123456789" * 20,
    ),
    "generated: without hash": _made(
        "configMapGenerator: [{name: made, literals: [a=1]}]\ngeneratorOptions: {disableNameSuffixHash: true}\n"
    ),
    "generated: options": _made(
        "configMapGenerator: [{name: made, literals: [a=1], options: {labels: {a: own}, immutable: true}}]\n"
        "generatorOptions: {labels: {a: all, b: all}, annotations: {c: d}}\n"
    ),
    "generated: empty": _made("configMapGenerator: [{name: made}]\nsecretGenerator: [{name: sealed}]\n"),
    "generated: into what is written": _made(
        "configMapGenerator: [{name: settings, behavior: merge, literals: [a=c, z=1]}]\n"
    ),
    "generated: in place of what is written": _made(
        "configMapGenerator: [{name: settings, behavior: replace, literals: [z=1]}]\n"
    ),
    "generated: merged over a layer": layers(
        "configMapGenerator: [{name: made, literals: [a=1, b=2]}]\nnamePrefix: p-\n",
        "configMapGenerator: [{name: made, behavior: merge, literals: [b=3, c=4]}]\n",
    ),
    "generated: merged without a hash": layers(
        "configMapGenerator: [{name: made, literals: [a=1]}]\n",
        "configMapGenerator: [{name: made, behavior: merge, literals: [b=3], options: {disableNameSuffixHash: true}}]",
    ),
    "generated: another exists": _made("configMapGenerator: [{name: settings, literals: [a=c]}]\n"),
    "generated: none to merge into": _made("configMapGenerator: [{name: none, behavior: merge, literals: [a=c]}]\n"),
    "generated: patched": _made(
        "configMapGenerator: [{name: made, literals: [a=1]}]\n"
        "patches: [{target: {name: made}, patch: '- {op: add, path: /data/p, value: q}'}]\n"
    ),
    "generated: no key": _made("configMapGenerator: [{name: made, literals: [a]}]\n"),
    "names in custom fields": {
        **layers(
            "namePrefix: p-\nconfigurations: [names.yaml]\n",
            "images: [{name: busybox, newTag: '9'}]\n",
            base__names="nameReference:\n"
            "  - {kind: Cluster, fieldSpecs: [{path: spec/cluster/name, kind: ScheduledBackup}]}\n",
        ),
        "base/base.yaml": f"{CLUSTER}---\n{{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, "
        "metadata: {name: daily}, spec: {cluster: {name: pg}}}\n",
    },
    "names of two bases": {
        "kustomization.yaml": "resources: [one, two]\nnamePrefix: all-\n",
        **{
            f"{name}/{file}": text
            for name in ("one", "two")
            for file, text in (
                ("kustomization.yaml", f"resources: [base.yaml]\nnamePrefix: {name}-\n"),
                ("base.yaml", f"{_USER.replace('made', 'settings')}---\n{_MAP}"),
            )
        },
    },
    "names in bindings": overlay("namePrefix: a-\nnamespace: new\n", _BINDING),
    "local objects leave": overlay(
        "",
        _MAP.replace("{name: settings}", "{name: a, annotations: {config.kubernetes.io/local-config: 'true'}}"),
        _KEYS,
    ),
    "words of yaml 1.1": overlay(
        "", _MAP.replace("n: '5'", "n: on, y: no").replace("{name: settings}", "{name: a, annotations: {x: off, y: 5}}")
    ),
    "words of yaml 1.1 behind brackets, quotes and anchors": overlay(
        "",
        _MAP.replace("n: '5'", 'n: &a no, "y":yes').replace("{name: settings}", "{name: a, finalizers: [on]}"),
    ),
    "annotations of nothing": overlay(
        "namespace: x\n", _MAP.replace("{name: settings}", "{name: a, annotations: {}, labels: {}}")
    ),
    "fields in other letters": overlay("namesuffix: -x\nCOMMONLABELS: {a: b}\n", _MAP),
    "image by a pattern": overlay("images: [{name: 'bus.*', newTag: '2'}]\n"),
    "image in a custom field": {
        **overlay(
            "configurations: [c.yaml]\nimages: [{name: x, newTag: '2'}]\n",
            CLUSTER.replace("spec:", "spec:\n  imageName: x:1"),
        ),
        "c.yaml": "images: [{path: spec/imageName, kind: Cluster}]\n",
    },
    "old image field": overlay("imageTags: [{name: busybox, newTag: '2'}]\n"),
    "name changed by a patch": overlay(
        "patches: [{target: {kind: ConfigMap}, options: {allowNameChange: true}, "
        "patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: made}}'}]\n",
        _USER.replace("name: made", "name: settings"),
        _MAP,
    ),
    "labels and templates of a volume claim": overlay(
        "labels: [{pairs: {a: b}, includeTemplates: true}]\n",
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, "
        "spec: {template: {spec: {}}, volumeClaimTemplates: [{metadata: {name: d}}]}}\n",
    ),
    "labels in further fields": overlay(
        "labels: [{pairs: {a: b}, fields: [{path: spec/l, kind: Cluster, create: true}]}]\n"
    ),
    "copied: into an item": _copied(
        _SETTING % "a", f"select: {{kind: Deployment}}, fieldPaths: ['{_POD}.[name=main].image']"
    ),
    "copied: a part": _copied(
        f"{_SETTING % 'u'}, options: {{delimiter: ':', index: 1}}",
        f"select: {{kind: Deployment}}, fieldPaths: ['{_POD}.*.image'], options: {{delimiter: ':', index: 1}}",
    ),
    "copied: before": _copied(
        _SETTING % "a",
        f"select: {{name: server}}, fieldPaths: ['{_POD}.0.image'], options: {{delimiter: /, index: -1}}",
    ),
    "copied: behind": _copied(
        _SETTING % "a", f"select: {{name: server}}, fieldPaths: ['{_POD}.0.image'], options: {{delimiter: /, index: 9}}"
    ),
    "copied: a number": _copied(_SETTING % "n", "select: {kind: Cluster}, fieldPaths: [spec.instances]"),
    "copied: no number": _copied(_SETTING % "a", "select: {kind: Cluster}, fieldPaths: [spec.instances]"),
    "copied: made": _copied(
        _SETTING % "a", "select: {kind: Cluster}, fieldPaths: ['spec.new.[name=x].y', spec.z], options: {create: true}"
    ),
    "copied: not made": _copied(_SETTING % "a", "select: {kind: Cluster}, fieldPaths: [spec.new]"),
    "copied: a mapping": _copied(
        "kind: Cluster, fieldPath: spec.postgresql.parameters", "select: {kind: ConfigMap}, fieldPaths: [data]"
    ),
    "copied: names": _copied(
        "kind: Cluster", "select: {kind: Deployment}, fieldPaths: ['metadata.labels.[x.y/z]'], options: {create: true}"
    ),
    "copied: rejected": _copied(
        _SETTING % "a", f"select: {{}}, reject: [{{kind: Cluster}}, {{name: settings}}], fieldPaths: ['{_POD}.0.image']"
    ),
    "copied: from nothing": _copied("kind: Secret", "select: {kind: Cluster}, fieldPaths: [spec.instances]"),
    "copied: from a file": {
        **overlay("replacements: [{path: r.yaml}]\n", CLUSTER, _MAP),
        "r.yaml": f"- source: {{{_SETTING % 'n'}}}\n"
        "  targets: [{select: {kind: Cluster}, fieldPaths: [spec.instances]}]\n",
    },
    "plugged: labels": _plugged("LabelTransformer", _LABEL_PLUG),
    "plugged: inline": _made(f"transformers:\n  - |-\n    {_PLUG % ('LabelTransformer', _LABEL_PLUG)}\n"),
    "plugged: from a folder": {
        **_made("transformers: [plugs]\n"),
        "plugs/kustomization.yaml": "resources: [plug.yaml]\n",
        "plugs/plug.yaml": _PLUG % ("LabelTransformer", _LABEL_PLUG),
    },
    "plugged: annotations": _plugged(
        "AnnotationsTransformer", "annotations: {x: y}, fieldSpecs: [{path: metadata/annotations, create: true}]"
    ),
    "plugged: prefix": _plugged("PrefixTransformer", "prefix: p-, fieldSpecs: [{path: metadata/name}]"),
    "plugged: prefix of a kind": _plugged(
        "PrefixSuffixTransformer", "prefix: p-, suffix: -s, fieldSpecs: [{path: metadata/name, kind: ConfigMap}]"
    ),
    "plugged: image": _plugged("ImageTagTransformer", "imageTag: {name: busybox, newTag: '7'}"),
    "plugged: replicas": _plugged(
        "ReplicaCountTransformer",
        "replica: {name: server, count: 4}, fieldSpecs: [{path: spec/replicas, kind: Deployment, create: true}]",
    ),
    "plugged: patch": _plugged(
        "PatchTransformer", "target: {kind: Deployment}, path: p.yaml", p__yaml="- {op: add, path: /spec/x, value: 1}"
    ),
    "plugged: json patch": _plugged(
        "PatchJson6902Transformer",
        "target: {version: v1, kind: ConfigMap, name: settings}, jsonOp: '- {op: add, path: /data/x, value: w}'",
    ),
    "plugged: merge patch": _plugged(
        "PatchStrategicMergeTransformer",
        "paths: [p.yaml]",
        p__yaml="{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {m: n}}",
    ),
    "plugged: replacement": _plugged(
        "ReplacementTransformer",
        f"replacements: [{{source: {{{_SETTING % 'a'}}}, "
        f"targets: [{{select: {{kind: Deployment}}, fieldPaths: ['{_POD}.0.image']}}]}}]",
    ),
    "plugged: generator": {
        **_made("generators: [g.yaml]\n"),
        "g.yaml": "{apiVersion: builtin, kind: SecretGenerator, metadata: {name: sealed}, literals: [a=b]}\n---\n"
        "{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: settings}, behavior: merge, literals: [q=r]}",
    },
    "plugged: namespace": {
        **overlay("transformers: [plug.yaml]\n", _BINDING, _MAP),
        "plug.yaml": "{apiVersion: builtin, kind: NamespaceTransformer, metadata: {name: p, namespace: new}, "
        "setRoleBindingSubjects: allServiceAccounts, unsetOnly: true}\n",
    },
    "plugged: unknown": _plugged("Unknown", "a: b"),
}

CASES: Final = {**SMALL_CASES, **FURTHER_CASES}
"""All of them. Their results, as `kubectl kustomize` gave them, are fixtures."""
