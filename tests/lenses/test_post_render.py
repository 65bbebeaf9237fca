"""Post-renderers of a HelmRelease: what they patch is what reaches the cluster."""

from __future__ import annotations

from release_files import IMAGE, stacks_of

from immichlint.stack.image import SERVER

TEXT = f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: immich, namespace: photos}}
spec:
  chart: {{spec: {{chart: app-template, version: 3.7.3, sourceRef: {{kind: HelmRepository, name: bjw-s}}}}}}
  postRenderers:
    - kustomize:
        RENDERER
  values:
    controllers:
      server:
        containers:
          app:
            image: {IMAGE}
"""
PATCHES = """\
patches:
          - target: {kind: Deployment}
            patch: |
              - op: add
                path: /spec/template/spec/hostNetwork
                value: true"""


def test_a_patch_reaches_the_workload_and_says_where_it_is_written() -> None:
    (stack,) = stacks_of({"release.yaml": TEXT.replace("RENDERER", PATCHES)})
    (server,) = stack.components(SERVER)
    field = server.pod.field("hostNetwork")
    assert field.value is True
    assert field.place is not None and field.place.document.path == "release.yaml"


def test_what_is_no_patch_leaves_the_workload_unknown() -> None:
    (stack,) = stacks_of({"release.yaml": TEXT.replace("RENDERER", "images: [{name: x, newTag: v1}]")})
    workload = next(item for item in stack.workloads if item.name == "immich")
    assert workload.field("spec", "template", "spec", "hostNetwork").unknown
