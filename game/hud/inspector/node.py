"""The inspector's page about one node: its figures, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.spec import NodeKind, Role
from engine.view import NodeState, NodeView
from game.context import Context
from game.hud import texts
from game.hud.inspector.deeds import DeedSection, SizeSection
from game.hud.inspector.host import HostSection
from game.hud.inspector.load import LoadSection
from game.hud.inspector.models import ModelSection, figures_shown
from game.hud.inspector.page import Hands, Page
from game.hud.inspector.policies import PolicyControl, Setting
from game.hud.inspector.wires import WireSection
from game.session import Session
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.view.zones import zone_name


class NodePage(Page):
    """history: utilisation over the last seconds, oldest first."""

    def __init__(
        self, ctx: Context, session: Session, scroll: Scroll, hands: Hands, node: NodeView, history: Sequence[float]
    ) -> None:
        super().__init__(ctx, session, scroll, hands)
        kind = session.stage.node_kind(node.kind)
        size = next(size for size in kind.sizes if size.id == node.size)
        self._title(node, kind)
        if kind.role in (Role.SOURCE, Role.OBSERVER):
            self.paragraph(ctx.i18n.t(f"node.{kind.id}.teach"))
        else:
            LoadSection(self, node, kind, size, history)
        if figures_shown(node):
            ModelSection(self, node, kind)
        if node.host:
            HostSection(self, node, size)
        if len(kind.sizes) > 1:
            SizeSection(self, node, kind)
        if kind.sellable and kind.role is not Role.SOURCE:
            DeedSection(self, node, kind)
        for policy in kind.policies:
            control = PolicyControl(self, Setting.of(policy, (node.id,), size), node)
            self.each(control.follow)
        WireSection(self, node)

    def _title(self, node: NodeView, kind: NodeKind) -> None:
        ctx = self.ctx
        name = self.names.of(node.id)
        self.place(self.add(Label(ctx, name, "heading", tooltip=ctx.i18n.t(f"node.{kind.id}.teach"))), 26)
        self.down(26)
        state = self.add(Label(ctx, "", "small"))
        self.place(state, 22)
        self.down(28)
        self.each(lambda now: state.set(*self._state(now)))

    def _state(self, node: NodeView) -> tuple[str, str]:
        """What the line under the name says, and its colour."""
        t = self.ctx.i18n.t
        if node.waits_for_host:
            return t("hosts.vm.waits", host=node.host), "error"
        if node.state is not NodeState.READY:
            left = f" {node.remaining_s:.0f} s" if node.remaining_s > 0 else ""
            return f"{t(f'node_state.{node.state.value}')}{left}", "error" if node.state is NodeState.DOWN else "accent"
        if node.frozen:
            return t("hosts.vm.frozen"), "error"
        if node.locked:
            return t("play.inspector.locked"), "error"
        if node.overloaded:
            return t("play.inspector.overloaded"), "warn"
        return " · ".join(self._about(node)), "muted"

    def _about(self, node: NodeView) -> list[str]:
        """Size, how many, where, and what it costs, as far as there is something to say."""
        i18n = self.ctx.i18n
        words = []
        if len(self.session.stage.node_kind(node.kind).sizes) > 1:
            words.append(i18n.t(f"size.{node.size}.name"))
        if node.instances != 1:
            words.append(f"×{node.instances}")
        if node.zone:
            words.append(zone_name(i18n, node.zone))
        if node.host:
            words.append(node.host)
        if node.keep_per_day:
            words.append(texts.per_day(i18n, node.keep_per_day))
        return words
