"""What the player does, from wherever it is done: passed on to the run, and answered with a sound or a reason."""

from __future__ import annotations

import pygame

from engine.commands import (
    Accepted,
    Answer,
    Build,
    Clone,
    Command,
    Connect,
    Disconnect,
    Operate,
    Redo,
    Refused,
    Resize,
    Restart,
    Sell,
    StartOperation,
    Undo,
)
from engine.spec import NodeKind
from engine.view import NodeView, Phase
from game.context import Context
from game.hud.inspector.page import Hands
from game.hud.shelf import Shelf
from game.hud.toasts import Toasts
from game.session import Session
from game.view.map import MapView
from game.view.refusals import refusal_text

SOUNDS: dict[type, str] = {
    Build: "place",
    Clone: "place",
    Connect: "wire",
    Disconnect: "wire",
    Sell: "sell",
    Undo: "undo",
    Redo: "undo",
    StartOperation: "place",
}


class Acts:
    """The hand of the player. `sounds` collects what is to be heard; the scene plays it once a frame."""

    def __init__(self, ctx: Context, session: Session, toasts: Toasts) -> None:
        self.ctx, self.session, self.toasts = ctx, session, toasts
        self.map = MapView(ctx, session, session.stage, self.pass_on)
        self.shelf = Shelf(session.stage, session.view)
        self.sounds: set[str] = set()

    @property
    def selection(self) -> set[int]:
        """The selected nodes that are still there."""
        return self.map.selection & set(self.session.view.node_ids)

    @property
    def hands(self) -> Hands:
        """What the inspector may set going."""
        shown = self.map
        return Hands(self.do, shown.delete, shown.arm_clone, shown.select_wire, self.jump)

    def pass_on(self, command: Command) -> Answer:
        """An act of the map, which shows a refusal itself."""
        watching = self.session.playing_back
        answer = self.session.apply(command)
        self.sounds.add(SOUNDS.get(type(command), "tick") if isinstance(answer, Accepted) else "refuse")
        if watching and isinstance(answer, Accepted):
            self.say("taken_over")
        return answer

    def do(self, command: Command) -> None:
        """An act from the dashboard; a refusal is shown at its node, or as a message."""
        answer = self.pass_on(command)
        if isinstance(answer, Refused):
            node = getattr(command, "node", -1)
            if node in self.session.view.node_ids:
                self.map.show_refusal(answer, node)
            else:
                self.toasts.say(refusal_text(self.ctx.i18n, answer), "warn")
        elif isinstance(command, Clone):
            self.map.select((answer.node,))
        elif isinstance(command, StartOperation):
            self.session.paused = False

    def say(self, key: str, tone: str = "accent") -> None:
        """A short message, the text `play.toast.<key>`."""
        self.toasts.say(self.ctx.i18n.t(f"play.toast.{key}"), tone)

    def take(self, kind: str) -> None:
        """Take a kind from the shop into the hand, or put it back."""
        if self.map.armed == kind:
            self.map.disarm()
        else:
            self.map.arm_build(kind)

    def jump(self, node: int) -> None:
        """Show a node of which the log speaks."""
        self.map.focus_node(node)

    def tool(self, action: str) -> None:
        """A tool of the shop: wire, fit, undo, redo or start."""
        match action:
            case "wire":
                self.map.arm_wire()
            case "fit":
                self.map.fit()
            case "undo":
                self.do(Undo())
            case "redo":
                self.do(Redo())
            case "start":
                self.do(StartOperation())

    def key(self, event: pygame.event.Event) -> bool:
        """An act by its key; True when it was one."""
        action = self.ctx.keymap.action(event)
        if action is None:
            return False
        group, _, number = action.partition("_")
        if group == "speed":
            self.session.set_speed(int(number))
        elif group == "build":
            self._take_number(int(number))
        elif action == "pause":
            if self.session.phase is Phase.OPERATION:
                self.session.toggle_pause()
        elif action == "start":
            if self.session.phase is Phase.SETUP:
                self.tool(action)
        elif action in ("wire", "fit", "undo", "redo"):
            self.tool(action)
        elif action in ("clone", "sell"):
            done = self.map.arm_clone() if action == "clone" else self.map.delete()
            if not done:
                self.say("select_first")
        elif action == "category":
            self.shelf.next()
        elif action in ("scale_up", "restart", "operate"):
            self._act_on_selected(action)
        else:
            return False
        return True

    def _take_number(self, number: int) -> None:
        kinds = self.shelf.in_reach
        if number <= len(kinds):
            self.take(kinds[number - 1].id)

    def _act_on_selected(self, action: str) -> None:
        nodes = [node for node in self.session.view.nodes if node.id in self.selection]
        if not nodes:
            self.say("select_first")
        for node in nodes:
            kind = self.session.stage.node_kind(node.kind)
            if action == "restart":
                self.do(Restart(node.id))
            elif action == "operate":
                self._by_hand(node.id, kind)
            else:
                self._scale_up(node, kind)

    def _by_hand(self, node: int, kind: NodeKind) -> None:
        """The first of the acts only this kind knows."""
        if kind.actions:
            self.do(Operate(node, kind.actions[0]))
        else:
            self.say("no_operation")

    def _scale_up(self, node: NodeView, kind: NodeKind) -> None:
        sizes = [size.id for size in kind.sizes]
        larger = sizes[sizes.index(node.size) + 1 :]
        if larger:
            self.do(Resize(node.id, larger[0]))
        else:
            self.say("largest")
