"""The panel of the hosts: how VMs are placed, what the storage bears, and the rack in which VMs are moved by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pygame

from engine.commands import Answer, Command, Place, Refused, SetPlacement
from engine.hosts.room import need_of
from engine.spec import HostingSpec, Placement
from engine.view import HostState, NodeView
from game.context import Context
from game.hud.hosts import words
from game.hud.hosts.chip import HEIGHT as CHIP
from game.hud.hosts.chip import ChipLook, VmChip, chip_width, look_of, paint_chip
from game.hud.hosts.strip import HEIGHT as STRIP
from game.hud.hosts.strip import HostStrip
from game.hud.hosts.unit import HostUnit
from game.hud.names import NodeNames
from game.session import Session
from game.ui.choice import Segmented
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.tooltip import draw_tooltip, tooltip_picture
from game.ui.widget import Panel
from game.view.naming import kind_name
from game.view.refusals import refusal_text

WIDTH = 372
SIDE = 14
HEADER = 40
LINE = 22
NAME = 84
GAP = 8
EDGE = 28
SLOP = 6
MANY = 4
CARRY = (pygame.MOUSEMOTION, pygame.MOUSEBUTTONUP, pygame.WINDOWLEAVE, pygame.WINDOWFOCUSLOST)


@dataclass(slots=True)
class Held:
    """A VM in the hand. over: the host under the pointer; answer: what moving it there would be answered."""

    chip: VmChip
    start: tuple[int, int]
    at: tuple[int, int]
    dragged: bool = False
    over: str = ""
    answer: Answer | None = None


class HostsPanel(Panel):
    """hosting: of the stage. on_command: does an act and returns the answer. on_choose: a VM was chosen."""

    def __init__(
        self,
        ctx: Context,
        session: Session,
        hosting: HostingSpec,
        on_command: Callable[[Command], Answer],
        on_choose: Callable[[int], None],
    ) -> None:
        super().__init__(ctx)
        self.session, self.hosting, self.on_command, self.on_choose = session, hosting, on_command, on_choose
        self.names = NodeNames(ctx.i18n, session.view)
        self.held: Held | None = None
        self.chosen = -1
        self.units: list[HostUnit] = []
        self._shape: object = None
        t = ctx.i18n.t
        self.title = self.add(Label(ctx, t("hosts.title"), "strong"))
        self.up = self.add(Label(ctx, "", "small", "muted", align="right"))
        tip = t("hosts.placement_tip")
        self.placing = self.add(Label(ctx, t("hosts.placement"), "small", "muted", tooltip=tip))
        ways = [(way.value, t(f"policy.placement.{way.value}")) for way in Placement]
        self.placement = self.add(Segmented(ctx, ways, session.view.placement.value, self._place_by, tooltip=tip))
        self.storage = self.add(Label(ctx, "", "small", "muted", tooltip=words.storage_tip(ctx.i18n, hosting)))
        ha, ha_tip = words.ha_line(ctx.i18n, hosting)
        self.ha = self.add(Label(ctx, ha, "small", "muted", tooltip=ha_tip))
        self.strip = self.add(HostStrip(ctx, session.view.hosts, self._reveal))
        self.scroll = self.add(Scroll(ctx))

    # -- following the world ------------------------------------------------------------------------------------------

    def refresh(self, selection: set[int]) -> None:
        """Follow the world and what is selected on the map (called ten times a second)."""
        view = self.session.view
        nodes = {node.id: node for node in view.nodes if node.host}
        chosen = next(iter(selection)) if len(selection) == 1 else -1
        self.chosen = chosen if chosen in nodes else -1
        self._head()
        if self._form() != self._shape:
            self._refill(nodes)
        for cell, unit, host in zip(self.strip.cells, self.units, view.hosts, strict=True):
            cell.show(host, unit.target)
            elsewhere = self.chosen >= 0 and nodes[self.chosen].host != host.id
            unit.show(host, view.storage, offer=elsewhere and math.isnan(nodes[self.chosen].migration))
            for chip in unit.chips:
                chip.set(look_of(nodes[chip.node], chip.node in selection))

    def _head(self) -> None:
        i18n, view = self.ctx.i18n, self.session.view
        up = sum(host.state is HostState.UP for host in view.hosts)
        tone = "muted" if up == len(view.hosts) else "error"
        self.up.set(i18n.t("hosts.up_of", up=up, total=len(view.hosts)), tone)
        self.placement.set_value(view.placement.value)
        if view.storage is not None:
            self.storage.set(*words.storage_line(i18n, self.hosting, view.storage))

    def _form(self) -> object:
        """What changes where things stand."""
        notes = tuple(unit.note[0] for unit in self.units)
        return tuple((host.id, host.nodes) for host in self.session.view.hosts), notes

    def _refill(self, nodes: Mapping[int, NodeView]) -> None:
        """Make the units anew; what was written at a unit's foot stays, and so does what is in the hand."""
        before = {unit.host.id: unit for unit in self.units}
        offset = self.scroll.offset
        self.scroll.remove_all()
        self.scroll.offset = 0
        self.units = []
        for host in self.session.view.hosts:
            chips = [self._chip(nodes[node]) for node in host.nodes if node in nodes]
            unit = self.scroll.add(HostUnit(self.ctx, host, chips, self._move_chosen))
            if host.id in before:
                unit.inherit(before[host.id])
            self.units.append(unit)
        self._stack()
        self.scroll.scroll_to(offset)
        self._shape = self._form()
        self.invalidate()

    def _chip(self, node: NodeView) -> VmChip:
        ctx, kind = self.ctx, self.session.stage.node_kind(node.kind)
        name = kind_name(ctx, kind.id, "small", self.px(NAME))
        count = self.names.number(node.id)
        name = f"{name} #{count}" if count else name
        return VmChip(ctx, node.id, kind.icon, name, self._grab, self.on_choose, lambda: self._tip(node.id))

    def _tip(self, node_id: int) -> str | None:
        i18n, view = self.ctx.i18n, self.session.view
        if node_id not in view.node_ids:
            return None
        node = view.node(node_id)
        size = next(size for size in self.session.stage.node_kind(node.kind).sizes if size.id == node.size)
        takes = i18n.t("hosts.vm.tip", cpu=words.number(size.cpu), memory=words.number(need_of(size).memory_gb))
        lines = [self.names.of(node_id)]
        if node.waits_for_host:
            lines.append(i18n.t("hosts.vm.waits", host=node.host))
        elif node.frozen:
            lines.append(i18n.t("hosts.vm.frozen"))
        elif not math.isnan(node.migration):
            lines.append(i18n.t("map.tip.migrating", value=round(node.migration * 100)))
        return "\n".join([*lines, takes])

    # -- place --------------------------------------------------------------------------------------------------------

    def layout(self, rect: pygame.Rect) -> None:
        """Head, settings, and the rack in what remains."""
        super().layout(rect)
        px = self.px
        left, width = rect.left + px(SIDE), rect.width - px(2 * SIDE)
        self.title.layout(pygame.Rect(left, rect.top, width // 2, px(HEADER)))
        self.up.layout(pygame.Rect(left + width // 2, rect.top, width - width // 2, px(HEADER)))
        y = rect.top + px(HEADER)
        self.placing.layout(pygame.Rect(left, y, px(100), px(30)))
        self.placement.layout(pygame.Rect(left + px(104), y, width - px(104), px(30)))
        y += px(36)
        for label in (self.storage, self.ha):
            label.layout(pygame.Rect(left, y, width, px(LINE)))
            y += px(LINE)
        y += px(6)
        self.strip.visible = len(self.strip.cells) >= MANY
        if self.strip.visible:
            self.strip.layout(pygame.Rect(left, y, width, px(STRIP)))
            y += px(STRIP + 8)
        self.scroll.layout(pygame.Rect(rect.left + px(2), y, rect.width - px(4), rect.bottom - y - px(2)))
        self._shape = None

    def _stack(self) -> None:
        area, y = self.scroll.rect, self.scroll.rect.top
        width = area.width - self.px(2 * GAP)
        for unit in self.units:
            height = unit.height_for(width)
            unit.layout(pygame.Rect(area.left + self.px(GAP), y, width, height))
            y += height + self.px(GAP)
        self.scroll.content = y - area.top

    def _reveal(self, host: str) -> None:
        """Scroll to the unit of a host."""
        self.scroll.reveal(next(unit.rect for unit in self.units if unit.host.id == host))

    # -- acts ---------------------------------------------------------------------------------------------------------

    def _place_by(self, policy: str) -> None:
        self.on_command(SetPlacement(policy))

    def _move_chosen(self, host: str) -> None:
        if self.chosen >= 0:
            self._move(self.chosen, host)

    def _move(self, node: int, host: str) -> None:
        """Ask for it; a refusal is written where the VM was to go."""
        answer = self.on_command(Place(node, host))
        unit = next(unit for unit in self.units if unit.host.id == host)
        if isinstance(answer, Refused):
            unit.say(refusal_text(self.ctx.i18n, answer), "error")

    # -- a VM in the hand ---------------------------------------------------------------------------------------------

    def _grab(self, chip: VmChip, pos: tuple[int, int]) -> None:
        self.held = Held(chip, pos, pos)

    def handle(self, event: pygame.event.Event) -> bool:
        """What is in the hand takes the pointer, wherever it goes; Esc puts it back."""
        if self.held is not None:
            if event.type in CARRY:
                return self._carry(self.held, event)
            if event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE:
                self._let_go()
                return True
        return super().handle(event)

    def _carry(self, held: Held, event: pygame.event.Event) -> bool:
        if event.type == pygame.MOUSEMOTION:
            held.at = event.pos
            held.dragged |= math.dist(held.at, held.start) > self.px(SLOP)
            if held.dragged:
                self._aim(held)
            return True
        self._let_go()
        if event.type != pygame.MOUSEBUTTONUP or event.button != 1:
            return False
        if not held.dragged:
            held.chip.activate()
        elif held.over:
            self._move(held.chip.node, held.over)
        return True

    def _aim(self, held: Held) -> None:
        """Ask what the host under the pointer would say."""
        over = self.strip.host_at(held.at)
        unit = next((unit for unit in self.units if unit.host.id == over or unit.shows(held.at)), None)
        over = unit.host.id if unit is not None and held.chip.node not in unit.host.nodes else ""
        if over != held.over:
            held.over = over
            held.answer = self.session.check(Place(held.chip.node, over)) if over else None
        tone = "error" if isinstance(held.answer, Refused) else "accent"
        for cell, one in zip(self.strip.cells, self.units, strict=True):
            one.aim(tone if one.host.id == over else "")
            cell.show(cell.host, one.target)

    def _let_go(self) -> None:
        self.held = None
        for unit in self.units:
            unit.aim("")

    def update(self, dt_s: float) -> None:
        """At the ends of the rack a VM in the hand scrolls it."""
        super().update(dt_s)
        if self.held is not None and self.held.dragged:
            area, y = self.scroll.rect, self.held.at[1]
            way = (y > area.bottom - self.px(EDGE)) - (y < area.top + self.px(EDGE))
            if way and area.collidepoint(self.held.at):
                self.scroll.scroll_to(self.scroll.offset + way * self.px(240 * dt_s))
                self._aim(self.held)

    def draw(self, surface: pygame.Surface) -> None:
        """The panel, and over it what is in the hand, with what the host below says to it."""
        super().draw(surface)
        if self.visible and self.held is not None and self.held.dragged:
            self._draw_held(surface, self.held)

    def _draw_held(self, surface: pygame.Surface, held: Held) -> None:
        ctx, px, t = self.ctx, self.px, self.ctx.i18n.t
        refused = held.answer if isinstance(held.answer, Refused) else None
        tone = "error" if refused else "accent"
        chip = pygame.Rect(0, 0, chip_width(ctx, held.chip.name), px(CHIP))
        chip.center = held.at
        look = ChipLook("x" if refused else "move", tone, 0, chosen=False)
        paint_chip(ctx, surface, chip, held.chip.kind_icon, held.chip.name, look, lit=True)
        said = (
            refusal_text(ctx.i18n, refused)
            if refused
            else t("hosts.drop" if held.over else "hosts.held", host=held.over)
        )
        draw_tooltip(ctx, surface, tooltip_picture(ctx, said), chip)
