"""Small kustomizations, one feature each: patches, namespaces, names, images, labels."""

from typing import Final

DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  template:
    spec:
      containers:
        - name: main
          image: ghcr.io/immich-app/immich-server:v2.0.0
          args: [a, b]
          env:
            - {name: ONE, value: "1"}
            - {name: TWO, value: "2"}
          ports:
            - {containerPort: 2283, name: http}
          volumeMounts:
            - {name: library, mountPath: /data}
        - name: sidecar
          image: busybox:1
      volumes:
        - {name: library, emptyDir: {}}
      tolerations:
        - {key: a, operator: Exists}
"""
CLUSTER: Final = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg, labels: {tier: db}}
spec:
  instances: 2
  plugins:
    - {name: barman-cloud.cloudnative-pg.io, enabled: true}
  postgresql:
    parameters: {a: "1", b: "2"}
    shared_preload_libraries: [vchord.so]
"""
CONTAINER: Final = "spec: {template: {spec: {containers: [%s]}}}"
_HEAD: Final = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: server}\n"
_PG: Final = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg}\n"


def _patched(patch: str, base: str = DEPLOYMENT, head: str = _HEAD) -> dict[str, str]:
    kustomization = "resources: [base.yaml]\npatches: [{path: patch.yaml}]\n"
    return {"kustomization.yaml": kustomization, "base.yaml": base, "patch.yaml": head + patch}


def _container(item: str) -> dict[str, str]:
    return _patched(CONTAINER % item)


def _pod(text: str) -> dict[str, str]:
    return _patched(f"spec: {{template: {{spec: {{{text}}}}}}}")


def _json(operations: str, base: str = DEPLOYMENT, target: str = "kind: Deployment") -> dict[str, str]:
    lines = "".join(f"      {line}\n" for line in operations.strip().splitlines())
    text = f"resources: [base.yaml]\npatches:\n  - target: {{{target}}}\n    patch: |\n{lines}"
    return {"kustomization.yaml": text, "base.yaml": base}


def overlay(text: str, *bases: str) -> dict[str, str]:
    return {
        "kustomization.yaml": f"resources: [base.yaml]\n{text}",
        "base.yaml": "---\n".join(bases or (DEPLOYMENT, CLUSTER)),
    }


def layers(base: str, overlay: str, **more: str) -> dict[str, str]:
    return {
        "kustomization.yaml": f"resources: [base]\n{overlay}",
        "base/kustomization.yaml": f"resources: [base.yaml]\n{base}",
        "base/base.yaml": f"{DEPLOYMENT}---\n{CLUSTER}",
        **{name.replace("__", "/") + ".yaml": text for name, text in more.items()},
    }


_PREFIXED: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  template:
    spec:
      serviceAccountName: runner
      imagePullSecrets: [{name: pull}]
      containers:
        - name: main
          image: busybox
          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: pull}}]
          env:
            - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
            - {name: B, valueFrom: {secretKeyRef: {name: pull, key: a}}}
            - {name: C, valueFrom: {secretKeyRef: {name: elsewhere, key: a}}}
      volumes:
        - {name: a, persistentVolumeClaim: {claimName: library}}
        - {name: b, configMap: {name: settings}}
        - {name: c, secret: {secretName: pull}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: b}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: library}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: runner}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: photos}}
"""
_LABELLED: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  selector: {matchLabels: {app: server}}
  template: {metadata: {labels: {app: server}}}
---
apiVersion: v1
kind: Service
metadata: {name: server}
spec: {selector: {app: server}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: server}
spec: {podSelector: {matchLabels: {app: server}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: job}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: "busybox:1"}]}}}}}
"""

SMALL_CASES: Final[dict[str, dict[str, str]]] = {
    "env item changed": _container('{name: main, env: [{name: TWO, value: "3"}]}'),
    "env item added": _container('{name: main, env: [{name: THREE, value: "3"}]}'),
    "env items added and changed": _container(
        '{name: main, env: [{name: X, value: x}, {name: TWO, value: "3"}, {name: Z, value: z}]}'
    ),
    "env item to valueFrom": _container(
        "{name: main, env: [{name: TWO, value: null, valueFrom: {fieldRef: {fieldPath: a}}}]}"
    ),
    "env item deleted": _container("{name: main, env: [{name: ONE, $patch: delete}]}"),
    "env replaced": _container("{name: main, env: [{$patch: replace}, {name: X, value: x}]}"),
    "env item replaced beside another": _container(
        "{name: main, env: [{name: ONE, $patch: replace}, {name: X, value: x}]}"
    ),
    "env null": _container("{name: main, env: null}"),
    "env empty": _container("{name: main, env: []}"),
    "env added where there was none": _container('{name: sidecar, env: [{name: B, value: "1"}, {name: A}]}'),
    "args replaced": _container("{name: main, args: [c]}"),
    "container added": _container("{name: third, image: busybox}"),
    "container deleted": _container("{name: sidecar, $patch: delete}"),
    "container replaced": _container("{name: main, $patch: replace, image: other}"),
    "containers in another order": _container("{name: sidecar, tty: true}, {name: main, tty: true}"),
    "port of the same number": _container("{name: main, ports: [{containerPort: 2283, name: web}]}"),
    "port added": _container("{name: main, ports: [{containerPort: 8081, name: metrics}]}"),
    "mount of the same path": _container("{name: main, volumeMounts: [{name: other, mountPath: /data}]}"),
    "mount added": _container("{name: main, volumeMounts: [{name: library, mountPath: /more}]}"),
    "volume changed in kind": _pod("volumes: [{name: library, emptyDir: null, persistentVolumeClaim: {claimName: x}}]"),
    "volume gets a second source": _pod("volumes: [{name: library, persistentVolumeClaim: {claimName: x}}]"),
    "volume replaced": _pod("volumes: [{name: library, $patch: replace, persistentVolumeClaim: {claimName: x}}]"),
    "volume with retained keys": _pod(
        "volumes: [{name: library, $retainKeys: [name, nfs], nfs: {server: a, path: /}}]"
    ),
    "tolerations replaced": _pod("tolerations: [{key: b}]"),
    "node selector added": _pod("nodeSelector: {a: b, c: null}"),
    "security context added": _pod("securityContext: {runAsUser: 1000, fsGroup: null}"),
    "init container added": _pod("initContainers: [{name: wait, image: busybox}]"),
    "null of what is not there": _patched("spec: {replicas: null, paused: true}"),
    "object deleted": _patched("$patch: delete"),
    "object replaced": _patched("$patch: replace\nspec: {replicas: 1}"),
    "mapping replaced": _patched("spec: {template: {$patch: replace, metadata: {labels: {a: b}}}}"),
    "mapping deleted": _patched("spec: {template: {spec: {$patch: delete}}}"),
    "element order given": _container(
        "{name: main, $setElementOrder/env: [{name: TWO}, {name: ONE}], env: [{name: ONE, value: x}]}"
    ),
    "primitive deleted from a list": _container("{name: main, $deleteFromPrimitiveList/args: [a]}"),
    "custom resource: list replaced": _patched("spec: {plugins: [{name: other}]}", CLUSTER, _PG),
    "custom resource: mapping merged": _patched("spec: {postgresql: {parameters: {b: null, c: '3'}}}", CLUSTER, _PG),
    "custom resource: list null": _patched("spec: {plugins: null}", CLUSTER, _PG),
    "custom resource: list with replace": _patched("spec: {plugins: [{$patch: replace}, {name: x}]}", CLUSTER, _PG),
    "custom resource: mapping replaced": _patched("spec: {postgresql: {$patch: replace, a: 1}}", CLUSTER, _PG),
    "custom resource: empty mapping": _patched("spec: {postgresql: {}}", CLUSTER, _PG),
    "patch of another version of a group": _patched("spec: {replicas: 2}", head=_HEAD.replace("apps/v1", "apps/v1")),
    "json: add a key": _json("- {op: add, path: /spec/replicas, value: 2}"),
    "json: add over a key": _json("- {op: add, path: /spec/template/spec/volumes/0/name, value: x}"),
    "json: add an item at the end": _json(
        "- {op: add, path: /spec/template/spec/containers/0/env/-, value: {name: X}}"
    ),
    "json: add an item before": _json("- {op: add, path: /spec/template/spec/containers/0/env/0, value: {name: X}}"),
    "json: add below what is missing": _json("- {op: add, path: /spec/strategy/type, value: Recreate}"),
    "json: replace": _json("- {op: replace, path: /spec/template/spec/containers/0/env/1/value, value: x}"),
    "json: remove a key": _json("- {op: remove, path: /spec/template/spec/volumes}"),
    "json: remove an item": _json("- {op: remove, path: /spec/template/spec/containers/0/env/0}"),
    "json: move": _json("- {op: move, from: /spec/template/spec/volumes, path: /spec/template/spec/others}"),
    "json: copy": _json(
        "- {op: copy, from: /spec/template/spec/containers/0/env/0, path: /spec/template/spec/containers/0/env/-}"
    ),
    "json: test that holds": _json("- {op: test, path: /kind, value: Deployment}\n- {op: add, path: /a, value: 1}"),
    "json: tilde escapes": _json(
        "- {op: add, path: /metadata/annotations, value: {}}\n"
        "- {op: add, path: /metadata/annotations/a~1b~0c, value: x}"
    ),
    "json: two operations": _json(
        "- {op: remove, path: /spec/template/spec/containers/0/env/0}\n"
        "- {op: replace, path: /spec/template/spec/containers/0/env/0/value, value: x}"
    ),
    "json: in JSON": _json('[{"op": "add", "path": "/spec/replicas", "value": 2}]'),
    "target by name pattern": _json("- {op: add, path: /spec/x, value: 1}", CLUSTER, "name: p.*"),
    "target by part of a name": _json("- {op: add, path: /spec/x, value: 1}", CLUSTER, "name: p"),
    "target by label": _json("- {op: add, path: /spec/x, value: 1}", CLUSTER, "labelSelector: tier=db"),
    "target by label that is not there": _json(
        "- {op: add, path: /spec/x, value: 1}", CLUSTER, "labelSelector: tier!=db"
    ),
    "target by label in a set": _json(
        "- {op: add, path: /spec/x, value: 1}", CLUSTER, 'labelSelector: "tier in (db, x)"'
    ),
    "target by label outside a set": _json(
        "- {op: add, path: /spec/x, value: 1}", CLUSTER, 'labelSelector: "tier notin (db, x)"'
    ),
    "target by two labels": _json(
        "- {op: add, path: /spec/x, value: 1}", CLUSTER, 'labelSelector: "tier in (db, x), !other"'
    ),
    "target by group": _json("- {op: add, path: /spec/x, value: 1}", CLUSTER, "group: postgresql.cnpg.io, version: v1"),
    "target by another kind": _json("- {op: add, path: /spec/x, value: 1}", CLUSTER, "kind: Pooler"),
    "merge patch with a target": overlay(
        "patches:\n  - target: {kind: Cluster}\n    patch: |\n"
        "      {apiVersion: x/v1, kind: Any, metadata: {name: any, labels: {a: b}}, spec: {instances: 3}}\n"
    ),
    "two patches": overlay(
        "patches:\n  - target: {kind: Cluster}\n    patch: |\n      - {op: replace, path: /spec/instances, value: 3}\n"
        "  - target: {kind: Cluster}\n    patch: |\n      - {op: test, path: /spec/instances, value: 3}\n"
    ),
    "old strategic merge field": {
        **_container('{name: main, env: [{name: TWO, value: "3"}]}'),
        "kustomization.yaml": "resources: [base.yaml]\npatchesStrategicMerge: [patch.yaml]\n",
    },
    "namespace": overlay("namespace: photos\n"),
    "namespace over a namespace": overlay(
        "namespace: photos\n", DEPLOYMENT.replace("server}", "server, namespace: old}")
    ),
    "namespace of a namespace": overlay(
        "namespace: photos\n",
        "{apiVersion: v1, kind: Namespace, metadata: {name: old}}\n",
        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}}\n",
    ),
    "prefix and suffix": overlay("namePrefix: a-\nnameSuffix: -b\n", _PREFIXED),
    "patch by the name before the prefix": layers(
        "namePrefix: a-\n", "patches: [{path: patch.yaml}]\n", patch=_PG + "spec: {instances: 3}\n"
    ),
    "target by the name before the prefix": layers(
        "namePrefix: a-\n",
        "patches: [{patch: '- {op: add, path: /spec/a, value: 1}', target: {name: pg}}]\n"
        "replicas: [{name: server, count: 2}]\n",
    ),
    "patch by the namespace before": layers(
        "namespace: one\n", "namespace: two\npatches: [{path: patch.yaml}]\n", patch=_PG + "spec: {instances: 3}\n"
    ),
    "image tag": overlay("images: [{name: ghcr.io/immich-app/immich-server, newTag: v2.1.0}]\n"),
    "image name": overlay("images: [{name: busybox, newName: mirror/busybox}]\n"),
    "image digest": overlay("images: [{name: busybox, digest: 'sha256:abc'}]\n"),
    "image name, tag and digest": overlay("images: [{name: busybox, newName: b, newTag: '2', digest: 'sha256:abc'}]\n"),
    "image without a tag": overlay(
        "images: [{name: busybox, newTag: '2'}]\n", DEPLOYMENT.replace("busybox:1", "busybox")
    ),
    "image with a digest": overlay(
        "images: [{name: busybox, newTag: '2'}]\n", DEPLOYMENT.replace("busybox:1", "busybox:1@sha256:abc")
    ),
    "image with a port": overlay(
        "images: [{name: 'host:5000/a', newTag: '2'}]\n", DEPLOYMENT.replace("busybox:1", "host:5000/a:1")
    ),
    "image of another name": overlay("images: [{name: box, newTag: '2'}]\n"),
    "two images": overlay("images: [{name: busybox, newName: b}, {name: b, newTag: '2'}]\n"),
    "replicas": overlay("replicas: [{name: server, count: 0}]\n"),
    "replicas of another": overlay(
        "replicas: [{name: server, count: 3}]\n", DEPLOYMENT, CLUSTER.replace("pg", "server")
    ),
    "common labels": overlay("commonLabels: {a: b}\n", _LABELLED),
    "common annotations": overlay("commonAnnotations: {a: b}\n", _LABELLED),
    "labels": overlay("labels: [{pairs: {a: b}}]\n", _LABELLED),
    "labels in selectors": overlay("labels: [{pairs: {a: b}, includeSelectors: true}]\n", _LABELLED),
    "labels in templates": overlay("labels: [{pairs: {a: b}, includeTemplates: true}]\n", _LABELLED),
    "two layers": layers("namespace: one\n", "namespace: two\nreplicas: [{name: server, count: 2}]\n"),
    "patch over a patch": layers(
        "patches: [{patch: '- {op: add, path: /spec/a, value: 1}', target: {kind: Cluster}}]\n",
        "patches: [{patch: '- {op: replace, path: /spec/a, value: 2}', target: {kind: Cluster}}]\n",
    ),
    "component": layers(
        "",
        "components: [part]\npatches: [{patch: '- {op: test, path: /spec/a, value: 1}', target: {kind: Cluster}}]\n",
        part__kustomization="apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n"
        "patches: [{patch: '- {op: add, path: /spec/a, value: 1}', target: {kind: Cluster}}]\n",
        part__more="{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: more}, spec: {}}\n",
    ),
    "patch of all in a namespace": layers(
        "namespace: one\n",
        "patches: [{patch: '- {op: add, path: /spec/a, value: 1}', target: {namespace: one}}]\n",
    ),
    "list of objects": {
        "kustomization.yaml": "resources: [base.yaml]\nnamespace: photos\n",
        "base.yaml": "apiVersion: v1\nkind: List\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n",
    },
}
