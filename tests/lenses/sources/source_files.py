"""Repositories in memory in which a release of machine learning is written in one of many ways."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import Final, NamedTuple

from in_memory import repository_of, stacks_of

from immichlint.findings.locate import locate
from immichlint.stack.container import Container
from immichlint.yamltree.place import Place

VALUES: Final = """\
controllers:
  ml:
    containers:
      main:
        image:
          repository: ghcr.io/immich-app/immich-machine-learning
          tag: v2.0.0
        env:
          IMMICH_PORT: "3003"
          TZ: UTC # kept
"""
"""Values of app-template."""

FLUX: Final = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: app-template, version: 4.1.1, sourceRef: {kind: HelmRepository, name: bjw-s}}}
"""
FLUX_PACKED: Final = FLUX.replace(
    "chart: app-template, version: 4.1.1, sourceRef: {kind: HelmRepository, name: bjw-s}",
    "chart: ./charts/photos, sourceRef: {kind: GitRepository, name: flux-system}",
)
"""The HelmRelease of a chart of this repository."""
CONFIG_MAP: Final = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: immich-values, namespace: photos}
data:
  values.yaml: |
"""
APPLICATION: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  destination: {namespace: photos, server: "https://kubernetes.default.svc"}
  source:
"""
CHART_SOURCE: Final = """\
    chart: app-template
    repoURL: https://bjw-s-labs.github.io/helm-charts
    targetRevision: 4.1.1
"""
SOURCES: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: immich, namespace: argocd}
spec:
  destination: {namespace: photos, name: in-cluster}
  sources:
"""
CHART: Final = """\
apiVersion: v2
name: photos
version: 0.0.0
dependencies:
  - {name: app-template, version: 4.1.1, alias: immich, repository: "https://bjw-s-labs.github.io/helm-charts"}
"""


def deeper(text: str, by: int) -> str:
    """The text with its lines indented."""
    return indent(text, " " * by)


class Form(NamedTuple):
    """A way to write the release: its files, and the one that holds the values."""

    files: Mapping[str, str]
    file: str


FORMS: Final[dict[str, Form]] = {
    "HelmRelease": Form({"hr.yaml": f"{FLUX}  values:\n{deeper(VALUES, 4)}"}, "hr.yaml"),
    "valuesFrom": Form(
        {
            "hr.yaml": f"{FLUX}  valuesFrom:\n    - {{kind: ConfigMap, name: immich-values}}\n",
            "values.yaml": CONFIG_MAP + deeper(VALUES, 4),
        },
        "values.yaml",
    ),
    "configMapGenerator": Form(
        {
            "app/hr.yaml": f"{FLUX}  valuesFrom: [{{kind: ConfigMap, name: immich-values}}]\n",
            "app/kustomization.yaml": "resources: [hr.yaml]\nconfigurations: [names.yaml]\nconfigMapGenerator:\n"
            "  - name: immich-values\n    files: [values.yaml=helm/immich.yaml]\n",
            "app/names.yaml": "nameReference:\n  - {kind: ConfigMap, version: v1, fieldSpecs: []}\n",
            "app/helm/immich.yaml": VALUES,
        },
        "app/helm/immich.yaml",
    ),
    "HelmRelease of a chart of the repository": Form(
        {
            "hr.yaml": FLUX_PACKED,
            "charts/photos/Chart.yaml": CHART,
            "charts/photos/values.yaml": f"immich:\n{deeper(VALUES, 2)}",
        },
        "charts/photos/values.yaml",
    ),
    "HelmRelease of a chart of the repository, with values": Form(
        {
            "hr.yaml": f"{FLUX_PACKED}  values:\n    immich:\n{deeper(VALUES, 6)}",
            "charts/photos/Chart.yaml": CHART,
            "charts/photos/values.yaml": "immich: {controllers: {ml: {containers: {main: {env: {LANG: C}}}}}}\n",
        },
        "hr.yaml",
    ),
    "valuesObject": Form(
        {"app.yaml": f"{APPLICATION}{CHART_SOURCE}    helm:\n      valuesObject:\n{deeper(VALUES, 8)}"}, "app.yaml"
    ),
    "helm.values": Form(
        {"app.yaml": f"{APPLICATION}{CHART_SOURCE}    helm:\n      values: |\n{deeper(VALUES, 8)}"}, "app.yaml"
    ),
    "OCI artifact": Form(
        {
            "apps/immich.yaml": SOURCES
            + """\
    - path: .
      repoURL: oci://ghcr.io/bjw-s-labs/helm/app-template
      targetRevision: 4.1.1
      helm: {valueFiles: [$here/values/immich.yaml]}
    - {repoURL: "https://github.com/a/b.git", ref: here}
""",
            "values/immich.yaml": VALUES,
        },
        "values/immich.yaml",
    ),
    "valueFiles": Form(
        {
            "apps/immich.yaml": SOURCES
            + """\
    - chart: app-template
      repoURL: https://bjw-s-labs.github.io/helm-charts
      targetRevision: 4.1.1
      helm: {valueFiles: [$here/values/immich.yaml]}
    - {repoURL: "https://github.com/a/b.git", ref: here}
""",
            "values/immich.yaml": VALUES,
        },
        "values/immich.yaml",
    ),
    "ApplicationSet": Form(
        {
            "set.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
    - list: {elements: [{app: immich, space: photos}]}
  template:
    metadata: {name: "{{app}}"}
    spec:
      destination: {namespace: "{{ .space }}", name: in-cluster}
      source:
        chart: app-template
        repoURL: https://bjw-s-labs.github.io/helm-charts
        targetRevision: 4.1.1
        helm: {valueFiles: ["$values/values/{{app}}.yaml"]}
""",
            "values/immich.yaml": VALUES,
        },
        "values/immich.yaml",
    ),
    "umbrella": Form(
        {
            "apps/immich.yaml": f"{APPLICATION}    path: charts/photos\n    repoURL: https://github.com/a/b.git\n",
            "charts/photos/Chart.yaml": CHART,
            "charts/photos/values.yaml": f"immich:\n{deeper(VALUES, 2)}",
        },
        "charts/photos/values.yaml",
    ),
    "helmCharts": Form(
        {
            "photos/kustomization.yaml": "namespace: photos\nhelmCharts:\n"
            "  - {name: app-template, version: 4.1.1, releaseName: immich, valuesFile: immich.yaml,"
            ' repo: "https://bjw-s-labs.github.io/helm-charts"}\n',
            "photos/immich.yaml": VALUES,
        },
        "photos/immich.yaml",
    ),
    "valuesInline": Form(
        {
            "photos/kustomization.yaml": "namespace: photos\nhelmCharts:\n"
            "  - name: app-template\n    version: 4.1.1\n    releaseName: immich\n    repo: https://a/b\n"
            f"    valuesInline:\n{deeper(VALUES, 6)}",
        },
        "photos/kustomization.yaml",
    ),
    "helmfile": Form(
        {
            "helmfile.yaml": "releases:\n  - {name: immich, namespace: photos, chart: bjw-s/app-template,"
            " version: 4.1.1, values: [immich.yaml]}\n",
            "immich.yaml": VALUES,
        },
        "immich.yaml",
    ),
}


def learning(files: Mapping[str, str]) -> Container:
    """The one container of machine learning."""
    found = [item for stack in stacks_of(files) for item in stack.components("machine-learning")]
    assert len(found) == 1
    return found[0]


def pointed_at(files: Mapping[str, str], place: Place | None) -> tuple[str, int, str]:
    """The file, the line and the text that a place is."""
    assert place is not None
    region = locate(repository_of(files), place)
    assert region is not None
    text = files[region.file]
    return region.file, region.start.line, text[region.span.start : region.span.end]
