"""The check of variables that Kubernetes sets for Services."""

from __future__ import annotations

from collections.abc import Iterator

from immichlint.facts import load
from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.image import SERVER
from immichlint.stack.services import Service
from immichlint.stack.stack import Stack
from immichlint.trees.tree import get, texts
from immichlint.yamltree.place import Place

_OPTION = "enableServiceLinks"


def collision(container: Container, context: Context) -> Iterator[Claim]:
    """IML308: a Service's name makes a variable that Immich reads as a port (I§2.7)."""
    links = container.pod.field(_OPTION)
    if links.unknown or links.value is False:
        return
    found = list(_colliding(container, context.stack))
    if not found:
        return
    said = ", ".join(f"`{variable}=tcp://…` for the Service `{service.name}`" for service, variable in found)
    why = "" if links.place is not None else ", which is the default"
    names = " and ".join(variable for _, variable in found)
    reader = _reader(container)
    change = Change("set `enableServiceLinks: false`", Safety.SAFE, (container.pod.effect(_OPTION, value=False),))
    part = "The server" if container.component == SERVER else "Machine learning"
    yield Claim(
        f"Service links are on{why}: Kubernetes sets {said} in {container.label}. {part} reads {names} as a port "
        "number and does not start, from the first restart after that Service exists. Write "
        "`enableServiceLinks: false`.",
        links.place or _nearest(container),
        related=tuple(Related(service.object.name_place, f"the Service {service.name}") for service, _ in found),
        change=None if reader else change,
        no_fix=f"the pod reads `{reader}`, which Kubernetes sets for a Service, too" if reader else "",
    )


def fills(container: Container, stack: Stack, variable: str) -> bool:
    """Whether Kubernetes would set a variable for a Service if the container did not set it itself."""
    if container.pod.field(_OPTION).value is False:
        return False
    rows = load("service_links")["services"].items()
    names = [name for name, row in rows if row["variable"] == variable and container.component in row["components"]]
    return any(_service(stack, name, container.namespace) is not None for name in names)


def _nearest(container: Container) -> Place:
    """Where to point: the key of the pod's spec, or the release where its chart says that links are on."""
    option = container.pod.field(_OPTION)
    return container.object.name_place if option.known else container.pod.nearest(_OPTION)


def _colliding(container: Container, stack: Stack) -> Iterator[tuple[Service, str]]:
    image = container.image
    version = image.version if image is not None else None
    for name, row in load("service_links")["services"].items():
        variables = [container.variable(item) for item in (row["variable"], *row["unless"])]
        known = all(variable.absent for variable in variables)
        if container.component in row["components"] and known and not (version and version < tuple(row["since"])):
            service = _service(stack, name, container.namespace)
            if service is not None:
                yield service, row["variable"]


def _service(stack: Stack, name: str, namespace: str) -> Service | None:
    """The Service of a name in a namespace for which Kubernetes sets variables: one with an address of its own."""
    for other in (stack, *stack.others):
        for service in other.services:
            headless, kind = service.field("spec", "clusterIP"), service.type
            same = service.namespace == namespace and (bool(namespace) or other is stack)
            has_address = not headless.unknown and headless.text != "None" and not kind.unknown
            if service.name == name and same and has_address and kind.text != "ExternalName":
                return service
    return None


def _reader(container: Container) -> str:
    """The name of a variable of service links that a text of the pod reads; empty where there is none."""
    pod = get(container.tree, container.pod.route)
    facts = load("service_links")
    for text in texts(pod):
        for word in _words(text):
            if word.endswith(tuple(facts["read_by_name"])) and word not in facts["always_set"]:
                return word
    return ""


def _words(text: str) -> list[str]:
    """The words of a text that may be names of variables."""
    return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
