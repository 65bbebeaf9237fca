"""What is told of stacks: all of one Immich together, what may still change, and what nothing applies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from in_memory import repository_of

from immichlint.findings.overview import overview
from immichlint.findings.overview.model import Overview, StackView, Where
from immichlint.stack.inputs import Inputs
from immichlint.stack.stack import stacks

NOW = datetime(2027, 1, 31, 12, tzinfo=UTC)
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: immich-server, namespace: photos}
spec:
  template:
    metadata: {labels: {app: immich}}
    spec:
      containers:
        - name: main
          image: ghcr.io/immich-app/immich-server:v2.3.1@sha256:ab
          env:
            - {name: DB_HOSTNAME, value: immich-db-rw.databases.svc}
            - {name: DB_PASSWORD, value: hunter2}
            - {name: REDIS_HOSTNAME, value: valkey}
            - {name: REDIS_PASSWORD, value: hunter2}
          ports: [{name: http, containerPort: 2283}]
          volumeMounts: [{name: library, mountPath: /data}]
      volumes:
        - {name: library, persistentVolumeClaim: {claimName: library}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: immich, namespace: photos}
spec: {selector: {app: immich}, ports: [{port: 80, targetPort: http}]}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: immich, namespace: photos}
spec:
  rules:
    - host: photos.example.org
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: immich, port: {number: 80}}}}]}
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: library, namespace: photos}
spec: {accessModes: [ReadWriteMany], storageClassName: nfs, resources: {requests: {storage: 1Ti}}}
"""
CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: immich-db, namespace: databases}
spec:
  instances: 3
  imageName: ghcr.io/tensorchord/cloudnative-vectorchord:16.9-0.4.3
  storage: {size: 20Gi, storageClass: local-path}
  backup: {barmanObjectStore: {destinationPath: 's3://backups'}, retentionPolicy: 30d}
"""
BACKUP = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly, namespace: databases}
spec: {schedule: '0 0 3 * * *', cluster: {name: immich-db}}
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: immich, namespace: photos}
spec:
  chart: {spec: {chart: app-template, version: 3.7.3, sourceRef: {kind: HelmRepository, name: bjw-s}}}
  values:
    controllers:
      server:
        containers: {main: {image: {repository: ghcr.io/immich-app/immich-server, tag: v2.1.0}}}
"""


def flux(name: str, path: str) -> str:
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}, namespace: flux-system}}\n"
        f"spec: {{path: ./{path}, prune: true, sourceRef: {{kind: GitRepository, name: flux-system}}}}\n"
    )


def listing(*names: str, more: str = "") -> str:
    return f"{KUSTOMIZATION}resources:\n" + "".join(f"  - {name}\n" for name in names) + more


def told(files: Mapping[str, str]) -> Overview:
    repository = repository_of(files)
    picture, found = stacks(repository)
    return overview(Inputs(repository, picture, found), NOW)


def only(files: Mapping[str, str]) -> StackView:
    (view,) = told(files).stacks
    return view


PLAIN = {
    "apps/kustomization.yaml": listing("server.yaml", "net.yaml", "claim.yaml"),
    "apps/server.yaml": SERVER,
    "apps/net.yaml": f"{SERVICE}---\n{INGRESS}",
    "apps/claim.yaml": CLAIM,
    "databases/kustomization.yaml": listing("db.yaml"),
    "databases/db.yaml": f"{CLUSTER}---\n{BACKUP}",
    "flux/apps.yaml": flux("apps", "apps"),
    "flux/databases.yaml": flux("databases", "databases"),
}


def test_what_two_environments_apply_is_one_stack() -> None:
    view = only(PLAIN)
    assert (view.name, view.engine) == ("apps", "flux")
    assert view.namespaces == ("photos", "databases")
    assert [(item.applier, item.folders, item.prunes) for item in view.applied] == [
        ("Kustomization flux-system/apps", ("apps",), True),
        ("Kustomization flux-system/databases", ("databases",), True),
    ]


def test_components_have_their_images_and_where_they_are_written() -> None:
    (server,) = only(PLAIN).components
    assert (server.image, server.tag, server.version) == ("ghcr.io/immich-app/immich-server", "v2.3.1", "v2.3.1")
    assert (server.workload, server.name, server.container) == ("Deployment", "immich-server", "main")
    assert server.where == Where("apps/server.yaml", 10)


def test_the_database_with_its_backups() -> None:
    (database,) = only(PLAIN).databases
    assert (database.name, database.confidence, database.postgresql) == ("immich-db", "high", "16")
    assert (database.vectorchord, database.instances, database.size) == ("0.4.3", "3", "20Gi")
    (archive,) = database.archives
    assert (archive.method, archive.destination, archive.retention) == ("barmanObjectStore", "s3://backups", "30d")
    (schedule,) = database.schedules
    assert schedule.words == "daily at 03:00"
    assert schedule.next == datetime(2027, 2, 1, 3, tzinfo=UTC)
    assert database.window.since == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert "from 2027-01-01 12:00 UTC (30d ago)" in database.window.words
    assert "kustomize.toolkit.fluxcd.io/prune" in database.guard


def test_storage_routes_and_references() -> None:
    view = only(PLAIN)
    (volume,) = view.volumes
    assert (volume.name, volume.media, volume.storage_class, volume.size) == ("library", True, "nfs", "1Ti")
    assert (volume.modes, volume.protection) == (("ReadWriteMany",), "")
    (way,) = view.ways
    assert (way.hosts, way.service, way.port, way.reaches) == (("photos.example.org",), "immich", "80", ("server",))
    (connection,) = view.connections
    assert (connection.to, connection.host) == ("cache", "valkey")
    assert [(item.state, item.kind, item.name) for item in view.references.open] == [("missing", "Service", "valkey")]
    assert view.references.found == 3  # the claim, the database's Service, the backup's Cluster


def test_no_secret_is_told() -> None:
    assert "hunter2" not in repr(told(PLAIN))


def test_the_clock_changes_nothing_but_moments() -> None:
    repository = repository_of(PLAIN)
    inputs = Inputs(repository, *stacks(repository))
    later = overview(inputs, NOW.replace(year=2030))
    assert later.stacks[0].databases[0].schedules[0].next == datetime(2030, 2, 1, 3, tzinfo=UTC)
    assert later.stacks[0].components == overview(inputs, NOW).stacks[0].components


def test_what_a_missing_component_may_change_is_told_as_written() -> None:
    files = {
        "kustomization.yaml": listing("release.yaml", more="components: [../shared/valkey]\n"),
        "release.yaml": RELEASE,
    }
    view = only(files)
    assert [(item.component, item.tag) for item in view.components] == [("server", "v2.1.0")]
    assert any("../shared/valkey" in item.why and "as written" in item.why for item in view.unknown)


def test_a_chart_that_refuses_its_values_is_named() -> None:
    release = RELEASE.replace("app-template, version: 3.7.3", "immich, version: 0.12.0").replace(
        "    controllers:\n      server:\n        containers: {main: {image: {repository: "
        "ghcr.io/immich-app/immich-server, tag: v2.1.0}}}\n",
        "    postgresql: {enabled: true}\n    image: {tag: v1.122.0}\n",
    )
    found = told({"release.yaml": release})
    assert "`postgresql`" in " ".join(item.why for item in found.named)


def test_what_is_commented_out_is_a_draft_with_its_components() -> None:
    files = {
        "apps/kustomization.yaml": f"{KUSTOMIZATION}resources:\n  - other.yaml\n  # - immich\n",
        "apps/other.yaml": CLUSTER.replace("immich", "other"),
        "apps/immich/kustomization.yaml": listing("release.yaml", more="images: []\n"),
        "apps/immich/release.yaml": RELEASE,
    }
    found = told(files)
    assert found.stacks == ()
    (idle,) = found.drafts
    assert (idle.why, idle.kustomization) == ("commented out", "apps/kustomization.yaml")
    assert idle.files == ("apps/immich/release.yaml",)
    assert idle.objects == ("HelmRelease immich",)
    assert [(item.component, item.tag, item.where) for item in idle.components] == [
        ("server", "v2.1.0", Where("apps/immich/release.yaml", 9))
    ]


def test_what_was_put_away_is_a_draft_with_its_components() -> None:
    found = told({"old/archive/immich/server.yaml": SERVER})
    (idle,) = found.drafts
    assert idle.why == "put away"
    assert [(item.tag, item.where) for item in idle.components] == [
        ("v2.3.1", Where("old/archive/immich/server.yaml", 10))
    ]


def test_a_draft_does_not_claim_what_is_applied_beside_it() -> None:
    other = SERVER.replace("immich-server, namespace", "immich-old, namespace").replace("v2.3.1", "v1.100.0")
    files = {"kustomization.yaml": listing("server.yaml"), "server.yaml": SERVER, "old.yaml": other}
    found = told(files)
    assert [item.tag for item in found.stacks[0].components] == ["v2.3.1"]
    (idle,) = found.drafts
    assert idle.why == "not listed"
    assert [item.tag for item in idle.components] == ["v1.100.0"]


def test_what_only_names_immich_is_told() -> None:
    template = SERVER.replace("ghcr.io/immich-app/immich-server:v2.3.1@sha256:ab", "'{{ .image }}'")
    found = told({"server.yaml": template, "service.yaml": SERVICE})
    assert found.stacks == ()
    assert [(item.what, item.why) for item in found.named] == [
        ("Deployment immich-server", "its image is not known: it is a template"),
        ("Service immich", ""),
    ]


def test_a_cache_of_the_namespace_is_only_perhaps_immichs() -> None:
    valkey = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: valkey, namespace: photos}\n"
        "spec: {template: {spec: {containers: [{name: main, image: 'valkey/valkey:8'}]}}}\n"
    )
    unsaid = SERVER.replace("{name: REDIS_HOSTNAME, value: valkey}", "{name: REDIS_URL, valueFrom: {secretKeyRef: {}}}")
    (cache,) = [item for item in only({"a.yaml": f"{unsaid}---\n{valkey}"}).components if item.component == "cache"]
    assert cache.perhaps
    named = valkey.replace("name: valkey", "name: immich-valkey")
    (cache,) = [item for item in only({"a.yaml": f"{unsaid}---\n{named}"}).components if item.component == "cache"]
    assert not cache.perhaps


def test_a_job_that_dumps_is_no_database() -> None:
    job = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: immich-dump, namespace: photos}\nspec: {jobTemplate: "
        "{spec: {template: {spec: {containers: [{name: main, image: 'postgres:18'}]}}}}}\n"
    )
    assert [item.component for item in only({"a.yaml": f"{SERVER}---\n{job}"}).components] == ["server"]


def test_a_cache_in_an_environment_of_its_own_is_part_of_the_stack() -> None:
    valkey = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: valkey, namespace: photos}\n"
        "spec: {template: {metadata: {labels: {app: valkey, of: immich}}, spec: {containers: [{name: main, image: "
        "'valkey/valkey:8'}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: valkey, namespace: photos}\n"
        "spec: {selector: {app: valkey}, ports: [{port: 6379}]}\n"
    )
    server = SERVER.replace("value: valkey}", "value: valkey.photos.svc.cluster.local}")
    files = {
        **PLAIN,
        "apps/server.yaml": server,
        "cache/immich.yaml": valkey,
        "cache/kustomization.yaml": listing("immich.yaml"),
        "flux/cache.yaml": flux("cache", "cache"),
    }
    view = only(files)
    assert [(item.component, item.tag, item.perhaps) for item in view.components if item.component == "cache"] == [
        ("cache", "8", "")
    ]
    assert view.connections == ()
    assert "cache" in [item.name for item in view.applied]


def test_a_cluster_beside_a_server_whose_host_is_not_known_is_named() -> None:
    unsaid = SERVER.replace("value: immich-db-rw.databases.svc}", "valueFrom: {secretKeyRef: {name: db, key: host}}}")
    one = CLUSTER.replace("immich-db, namespace: databases", "pg, namespace: photos")
    two = CLUSTER.replace("immich-db", "wiki")
    (connection, _) = only({"a.yaml": f"{unsaid}---\n{one}---\n{two}"}).connections
    assert connection.why.startswith("its host is not known: DB_HOSTNAME: ")
    assert connection.why.endswith("; in its namespace is the Cluster pg")


def test_the_catalog_says_which_postgresql_it_is() -> None:
    image = "imageName: ghcr.io/tensorchord/cloudnative-vectorchord:16.9-0.4.3"
    catalog = "imageCatalogRef: {apiGroup: postgresql.cnpg.io, kind: ClusterImageCatalog, name: elsewhere, major: 18}"
    (database,) = only({**PLAIN, "databases/db.yaml": CLUSTER.replace(image, catalog)}).databases
    assert (database.postgresql, database.image) == ("18", "")
