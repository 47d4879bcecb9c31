"""The starting architecture stands on the map and is wired as a player could have wired it."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.spec import Role, StageSpec
from stages.checks.names import unknown
from stages.finding import Finding
from stages.keypath import one_of


def map_places(stage: StageSpec) -> Iterator[Finding]:
    """Every node stands on a cell of the map, alone."""
    taken: dict[tuple[int, int], str] = {}
    for index, node in enumerate(stage.nodes):
        if not 0 <= node.x < stage.width:
            yield Finding(("nodes", index, "x"), "outside the map.", f"a whole number from 0 to {stage.width - 1}")
        if not 0 <= node.y < stage.height:
            yield Finding(("nodes", index, "y"), "outside the map.", f"a whole number from 0 to {stage.height - 1}")
        if (node.x, node.y) in taken:
            message = f'"{taken[node.x, node.y]}" already stands at x = {node.x}, y = {node.y}.'
            yield Finding(("nodes", index), message, "a free cell")
        taken.setdefault((node.x, node.y), node.key)


def zones(stage: StageSpec) -> Iterator[Finding]:
    """Every zone lies on the map, and no cell in two of them."""
    for index, zone in enumerate(stage.zones):
        for key, start, extent, edge in (
            ("width", zone.x, zone.width, stage.width),
            ("height", zone.y, zone.height, stage.height),
        ):
            if start + extent > edge:
                message = f"reaches beyond the map, which has {edge} cells that way."
                yield Finding(("zones", index, key), message, f"a whole number from 1 to {max(edge - start, 1)}")
        for other in stage.zones[:index]:
            apart_x = zone.x >= other.x + other.width or other.x >= zone.x + zone.width
            apart_y = zone.y >= other.y + other.height or other.y >= zone.y + zone.height
            if not (apart_x or apart_y):
                yield Finding(("zones", index), f'overlaps the zone "{other.id}".', "cells of its own")


def one_source(stage: StageSpec) -> Iterator[Finding]:
    """Requests come from exactly one node."""
    sources = [kind.id for kind in stage.node_kinds if kind.role is Role.SOURCE]
    placed = [index for index, node in enumerate(stage.nodes) if node.kind in sources]
    if not placed:
        allowed = f"one node of kind {one_of(sources)}" if sources else 'a node of a kind with role = "source"'
        yield Finding(("nodes",), "there is no source of traffic among the nodes.", allowed)
    for index in placed[1:]:
        yield Finding(("nodes", index), "a second source of traffic.", "exactly one source")


def wires(stage: StageSpec) -> Iterator[Finding]:
    """Wires join existing nodes, are legal for their kinds, are drawn once and form no circle."""
    nodes = {node.key: node for node in stage.nodes}
    kinds = {kind.id: kind for kind in stage.node_kinds}
    drawn: set[tuple[str, str]] = set()
    led: set[str] = set()
    for index, wire in enumerate(stage.wires):
        ends = (wire.source, wire.target)
        missing = [(end, key) for end, key in zip(("source", "target"), ends, strict=True) if key not in nodes]
        for end, key in missing:
            yield unknown(("wires", index, end), key, nodes, "node")
        if missing:
            continue
        caller, callee = nodes[wire.source].kind, nodes[wire.target].kind
        if wire.source == wire.target:
            yield Finding(("wires", index), "a node cannot call itself.", "two different nodes")
        elif ends in drawn:
            yield Finding(("wires", index), "this wire is drawn twice.", "one wire for each pair")
        elif caller in kinds and callee in kinds and callee not in kinds[caller].may_call:
            allowed = f'from a "{caller}" to {one_of(kinds[caller].may_call)}'
            yield Finding(("wires", index), f'a "{caller}" may not call a "{callee}".', allowed)
        elif caller in kinds and kinds[caller].single_target and wire.source in led:
            yield Finding(("wires", index), f'a "{caller}" leads to one node only.', f'one wire from "{wire.source}"')
        drawn.add(ends)
        led.add(wire.source)
    yield from _circle(stage, set(nodes))


def _circle(stage: StageSpec, keys: set[str]) -> Iterator[Finding]:
    calls: TopologicalSorter[str] = TopologicalSorter()
    for wire in stage.wires:
        if wire.source != wire.target and {wire.source, wire.target} <= keys:
            calls.add(wire.target, wire.source)
    try:
        calls.prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        yield Finding(("wires",), f"the wires form a circle: {circle}.", "calls that end somewhere")
