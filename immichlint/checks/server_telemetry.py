"""The check of metrics: what collects them, and what makes them (I§2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from immichlint.findings.change import Change, Safety
from immichlint.findings.finding import Related
from immichlint.rules.model import Claim, Context
from immichlint.stack.container import Container
from immichlint.stack.server import Server, is_long_running
from immichlint.stack.stack import Stack
from immichlint.stack.version_facts import telemetry_ports, variable_facts
from immichlint.stack.view import View
from immichlint.trees.field import look
from immichlint.trees.tree import Map

_INCLUDE: Final = "IMMICH_TELEMETRY_INCLUDE"
_MONITORS: Final = ("ServiceMonitor", "PodMonitor", "VMServiceScrape", "VMPodScrape")
_OTHERS: Final = ("ScrapeConfig", "VMScrapeConfig", "VMStaticScrape", "Probe", "PrometheusAgent", "Alloy")


def without_effect(container: Container, context: Context) -> Iterator[Claim]:
    """IML318: metrics are collected that nobody makes, or made and collected by nobody."""
    server = Server(container)
    since = variable_facts()[_INCLUDE].since
    if not is_long_running(container) or server.version is None or since is None or server.version < since:
        return
    variable = container.variable(_INCLUDE)
    monitor = _monitor(container, context.stack)
    if variable.absent and monitor is not None:
        yield Claim(
            f"The {monitor.object.manifest.kind} {monitor.name} collects the metrics of {container.label}, which makes "
            f"none: `{_INCLUDE}` is not set, so nothing listens on the ports {_ports()}.",
            monitor.object.name_place,
            related=(Related(container.name_place, "the server"),),
            change=Change(
                f"set `{_INCLUDE}` to `all`",
                Safety.SAFE,
                (container.effect("env", f"[name={_INCLUDE}]", "value", value="all"),),
            ),
        )
    elif (
        variable.known
        and variable.text
        and variable.place is not None
        and monitor is None
        and not _may_be_collected(container, context.stack)
    ):
        yield Claim(
            f"`{_INCLUDE}` is `{variable.text}` in {container.label}, and nothing in the repository collects its "
            f"metrics: no ServiceMonitor or PodMonitor selects it, and no annotation asks for it.",
            variable.place,
            no_fix="Add a ServiceMonitor or a PodMonitor, or leave the variable out.",
        )


def _ports() -> str:
    return " and ".join(map(str, telemetry_ports()))


def _monitor(container: Container, stack: Stack) -> View | None:
    """What collects the metrics of a server: it selects its pods, or a Service that does."""
    labels = _labels(container)
    for there in (stack, *stack.others):
        for item in there.objects:
            view = View(item)
            if item.manifest.kind not in _MONITORS or view.namespace != container.namespace:
                continue
            if item.manifest.kind in ("PodMonitor", "VMPodScrape"):
                if labels is not None and _selects(view, labels):
                    return view
                continue
            for service in there.services:
                mine = any(workload.object.key == container.object.key for workload in service.workloads)
                own = service.field("metadata", "labels").tree
                if mine and isinstance(own, Map) and not own.open and _selects(view, own):
                    return view
    return None


def _labels(container: Container) -> Map | None:
    tree = look(container.tree, (*container.pod.route[:-1], "metadata", "labels")).tree
    return tree if isinstance(tree, Map) and not tree.open else None


def _selects(monitor: View, labels: Map) -> bool:
    """Whether a monitor certainly selects what has these labels: by matchLabels alone."""
    wanted = monitor.field("spec", "selector", "matchLabels").tree
    if (
        not isinstance(wanted, Map)
        or not wanted.items
        or not monitor.field("spec", "selector", "matchExpressions").absent
    ):
        return False
    return all(
        look(wanted, (key,)).value is not None and look(wanted, (key,)).value == look(labels, (key,)).value
        for key in wanted.items
    )


def _may_be_collected(container: Container, stack: Stack) -> bool:
    """Whether something may collect the metrics that is not certain to: any monitor of the namespace, scraping by
    other kinds, an annotation, or a chart that is not computed."""
    for there in (stack, *stack.others):
        for item in there.objects:
            kind = item.manifest.kind
            if kind in _OTHERS or (kind in _MONITORS and item.manifest.namespace in ("", container.namespace)):
                return True
            if kind == "HelmRelease" or item.chart:
                return True
            if "prometheus.io" in "".join(_annotations(View(item))):
                return True
    return False


def _annotations(view: View) -> Iterator[str]:
    for route in (("metadata", "annotations"), ("spec", "template", "metadata", "annotations")):
        tree = view.field(*route).tree
        yield from tree.items if isinstance(tree, Map) else ()
