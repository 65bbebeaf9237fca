"""The files of one ordinary application in a Flux repository: its text, in the shapes that people write."""

from typing import NamedTuple

from homeops.dice import Dice

SCHEMAS = "https://kubernetes-schemas.example.org"
ENV_NAMES = (
    "LOG_LEVEL", "BASE_URL", "DATA_DIR", "WORKERS", "SMTP_HOST", "SMTP_PORT", "SMTP_FROM", "AUTH_METHOD",
    "SESSION_TIMEOUT", "ENABLE_METRICS", "DISABLE_TELEMETRY", "THEME", "DEFAULT_LOCALE", "CACHE_SIZE_MB",
    "UPLOAD_LIMIT", "TRUSTED_PROXIES", "OIDC_ISSUER", "OIDC_CLIENT_ID", "FEATURE_FLAGS", "RETRY_SECONDS",
)  # fmt: skip
ENV_VALUES = ("info", '"true"', '"30"', "/config", "https://auth.${SECRET_DOMAIN}", '"8"', "smtp-relay.network", "auto")


class App(NamedTuple):
    """An application: its namespace, its name, and which of `options.WRITERS` it has."""

    namespace: str
    name: str
    options: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"kubernetes/apps/{self.namespace}/{self.name}"


def lines(items: list[str], indent: int) -> str:
    """Joins `items` as lines, each below `indent` spaces."""
    return "".join(f"{' ' * indent}{item}\n" for item in items)


def kustomization(resources: list[str]) -> str:
    """A kustomization.yaml that lists `resources`."""
    return f"""---
# yaml-language-server: $schema=https://json.schemastore.org/kustomization
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
{lines([f"- ./{resource}" for resource in resources], 2)}"""


def namespace_kustomization(namespace: str, apps: list[str]) -> str:
    """The kustomization.yaml of a namespace's folder: its namespace and the ks.yaml of each application."""
    return f"""---
# yaml-language-server: $schema=https://json.schemastore.org/kustomization
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {namespace}
components:
  - ../../components/common
resources:
  - ./namespace.yaml
{lines([f"- ./{app}/ks.yaml" for app in apps], 2)}"""


def namespace_manifest(namespace: str) -> str:
    """The Namespace of a folder of applications."""
    return f"""---
apiVersion: v1
kind: Namespace
metadata:
  name: {namespace}
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
    volsync.backube/privileged-movers: "true"
  labels:
    pod-security.kubernetes.io/enforce: privileged
"""


def flux_kustomization(
    name: str, namespace: str, path: str, depends_on: list[str], substitute: dict[str, str], backed_up: bool
) -> str:
    """One document of a ks.yaml: the Flux Kustomization that applies `path`."""
    components = "  components:\n    - ../../../../components/volsync\n" if backed_up else ""
    depends = "  dependsOn:\n" + lines([f"- name: {other}" for other in depends_on], 4) if depends_on else ""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/kustomize.toolkit.fluxcd.io/kustomization_v1.json
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: &app {name}
  namespace: &namespace {namespace}
spec:
  commonMetadata:
    labels:
      app.kubernetes.io/name: *app
{components}{depends}  interval: 1h
  path: ./{path}
  postBuild:
    substitute:
      APP: *app
{lines([f"{key}: {value}" for key, value in substitute.items()], 6)}\
    substituteFrom:
      - kind: Secret
        name: cluster-secrets
  prune: true
  retryInterval: 2m
  sourceRef:
    kind: GitRepository
    name: flux-system
    namespace: flux-system
  targetNamespace: *namespace
  timeout: 5m
  wait: false
"""


def oci_repository(name: str) -> str:
    """The OCIRepository of an application's chart."""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/source.toolkit.fluxcd.io/ocirepository_v1.json
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: {name}
spec:
  interval: 1h
  layerSelector:
    mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip
    operation: copy
  ref:
    tag: 4.3.0
  url: oci://ghcr.io/bjw-s-labs/helm/app-template
"""


def helm_release(app: App, dice: Dice) -> str:
    """The HelmRelease of an ordinary application on app-template."""
    key = f"{app.path}/helmrelease"
    port = 3000 + dice.below(f"{key}/port", 6000)
    names = dice.ranked(f"{key}/env", ENV_NAMES)[: 3 + dice.below(f"{key}/count", 10)]
    env = [f"{name}: {dice.pick(f'{key}/{name}', ENV_VALUES)}" for name in names]
    version = f"{dice.below(f'{key}/major', 9)}.{dice.below(f'{key}/minor', 40)}.{dice.below(f'{key}/patch', 12)}"
    tunnel = f"""
        initContainers:
          tunnel:
            image:
              repository: ghcr.io/example/tunnel
              tag: v3.40.0@sha256:{dice.hex(f"{key}/tunnel")}
            restartPolicy: Always # a native sidecar
            env:
              FIREWALL_OUTBOUND_SUBNETS: 10.42.0.0/16,10.43.0.0/16
            envFrom:
              - secretRef:
                  name: tunnel-secret
            securityContext:
              capabilities: {{ add: ["NET_ADMIN"] }}"""
    claim = f"existingClaim: {app.name}" if "pvc" in app.options else 'existingClaim: "{{ .Release.Name }}"'
    config = f"""
      config-file:
        type: configMap
        name: {app.name}-config
        globalMounts:
          - path: /config/config.yaml
            subPath: config.yaml
            readOnly: true"""
    return f"""---
# yaml-language-server: $schema={SCHEMAS}/helm.toolkit.fluxcd.io/helmrelease_v2.json
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: &app {app.name}
spec:
  interval: 1h
  chartRef:
    kind: OCIRepository
    name: {app.name}
  install:
    remediation:
      retries: -1
  upgrade:
    cleanupOnFail: true
    remediation:
      retries: 3
  values:
    controllers:
      {app.name}:
        replicas: 1
        strategy: {dice.pick(f"{key}/strategy", ("Recreate", "RollingUpdate"))}
        annotations:
          reloader.stakater.com/auto: "true"{tunnel if dice.below(f"{key}/tunnel", 8) == 0 else ""}
        containers:
          app:
            image:
              repository: ghcr.io/example/{app.name}
              tag: {version}@sha256:{dice.hex(f"{key}/image")}
            env:
              TZ: Europe/Berlin
              APP__PORT: &port {port}
{lines(env, 14)}\
            envFrom:
              - secretRef:
                  name: {app.name}-secret
            probes:
              liveness: &probes
                enabled: true
                custom: true
                spec:
                  httpGet:
                    path: {dice.pick(f"{key}/probe", ("/ping", "/healthz", "/api/health"))}
                    port: *port
                  initialDelaySeconds: 0
                  periodSeconds: 10
                  timeoutSeconds: 1
                  failureThreshold: 3
              readiness: *probes
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities: {{ drop: ["ALL"] }}
            resources:
              requests:
                cpu: {dice.pick(f"{key}/cpu", ("10m", "50m", "100m"))}
              limits:
                memory: {dice.pick(f"{key}/memory", ("256Mi", "512Mi", "2Gi"))}
    defaultPodOptions:
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: {{ type: RuntimeDefault }}
    service:
      app:
        ports:
          http:
            port: *port
    route:
      app:
        annotations:
          gethomepage.dev/enabled: "true"
          gethomepage.dev/group: {app.namespace}
        hostnames: ["{{{{ .Release.Name }}}}.${{SECRET_DOMAIN}}"]
        parentRefs:
          - name: {dice.pick(f"{key}/gateway", ("internal", "external"))}
            namespace: network
            sectionName: https
    persistence:
      config:
        {claim}{config if "configmap" in app.options else ""}
      tmpfs:
        type: emptyDir
        medium: Memory
        globalMounts:
          - path: /tmp
            subPath: tmp
"""
