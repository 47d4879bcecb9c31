"""The inspector's page about one wire: what goes over it, for whom it is reserved, and how to cut it."""

from __future__ import annotations

from engine.commands import Disconnect, Reserve
from engine.spec import NodeKind, Role
from engine.view import NodeView, WireView
from game.context import Context
from game.hud import figures
from game.hud.inspector.deeds import with_refusal
from game.hud.inspector.page import Hands, Page
from game.hud.stat import Stat
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.choice import Toggle
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.view.modes import Route

ROW = 30


class WirePage(Page):
    """A wire leads from the caller to the called."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll, hands: Hands, wire: WireView) -> None:
        super().__init__(ctx, session, scroll, hands)
        self.route: Route = (wire.source, wire.target)
        self.source, self.target = (session.view.node(node) for node in self.route)
        self._title()
        self._flow()
        self._carries()
        cut = Disconnect(*self.route)
        t = ctx.i18n.t
        button = Button(
            ctx,
            t("play.wire.cut"),
            lambda: hands.command(cut),
            icon="unwire",
            kind=Kind.DANGER,
            action="sell",
            role="small",
            tooltip=lambda: with_refusal(self, t("play.wire.cut_tip"), cut),
        )
        self.place(self.add(button), 36)
        self.down(46)
        if session.stage.migration is not None or session.stage.migrated:
            self._reservation(wire)

    def _title(self) -> None:
        ctx = self.ctx
        self.place(self.add(Label(ctx, ctx.i18n.t("play.wire.title"), "heading")), 26)
        self.down(32)
        for key, node in (("from", self.source), ("to", self.target)):
            label = Label(ctx, ctx.i18n.t(f"play.wire.{key}"), "small", "muted")
            self.place(self.add(label), 28, 0.0, 0.2)
            name = self.names.of(node.id)
            icon = self._kind(node).icon
            button = Button(ctx, name, lambda node=node: self.hands.jump(node.id), icon=icon, role="small")  # type: ignore[misc]
            self.place(self.add(button), 30, 0.2)
            self.down(34)
        self.down(4)

    def _flow(self) -> None:
        t = self.ctx.i18n.t
        flow = self.add(Stat(self.ctx, t("play.wire.flow"), t("play.wire.flow_tip"), role="strong"))
        load = self.add(Stat(self.ctx, t("play.wire.load"), t("play.inspector.tip.utilisation"), role="strong"))
        self.grid([flow, load], columns=2)

        def update() -> None:
            view = self.session.view
            wire = find_wire(view.wires, self.route)
            if wire is None:
                return
            target: NodeView = view.node(wire.target)
            about = figures.roughly if target.coarse else str
            flow.set(about(t("play.inspector.rps", value=figures.rate(wire.flow_rps))))
            load.set(about(figures.percent(target.utilisation)))

        self.always(update)

    def _carries(self) -> None:
        """Which parts of requests may go this way, and what the wire costs."""
        i18n, kind = self.ctx.i18n, self._kind(self.source)
        items = kind.only_for.get(self.target.kind, ())
        what = ", ".join(i18n.t(f"sub_item.{item}") for item in items) or i18n.t("play.wire.everything")
        self.paragraph(i18n.t("play.wire.carries", what=what), "text")
        if kind.wire_overhead and kind.role is not Role.SOURCE:
            overhead = figures.limit(kind.wire_overhead)
            self.paragraph(i18n.t("play.inspector.tip.wires", free=kind.free_wires, overhead=overhead))

    def _kind(self, node: NodeView) -> NodeKind:
        return self.session.stage.node_kind(node.kind)

    # -- reservation -------------------------------------------------------------------------------------------------

    def _reservation(self, wire: WireView) -> None:
        """A switch for each kind of request; all off: the wire is open to all."""
        ctx, t = self.ctx, self.ctx.i18n.t
        self.head(t("play.wire.reserved"), t("play.wire.reserved_tip"))
        if not self.session.view.migrated:
            self.paragraph(t("play.wire.after_migration"))
            return
        if not wire.kinds:
            self.paragraph(t("play.wire.open_to_all"))
        for kind in self.session.stage.request_kinds:
            if not kind.attack:
                self.place(self.add(Label(ctx, t(f"request.{kind.id}.name"), "small")), ROW, 0.0, 0.8)
                on = kind.id in wire.kinds
                toggle = Toggle(ctx, on, lambda on, kind=kind.id: self._reserve(kind, on))  # type: ignore[misc]
                self.place(self.add(toggle), ROW, 0.8)
                self.down(ROW + 2)

    def _reserve(self, kind: str, on: bool) -> None:
        wire = find_wire(self.session.view.wires, self.route)
        if wire is None:
            return
        wanted = {*wire.kinds, kind} if on else set(wire.kinds) - {kind}
        kinds = [known.id for known in self.session.stage.request_kinds if known.id in wanted]
        self.hands.command(Reserve(*self.route, ",".join(kinds)))


def find_wire(wires: tuple[WireView, ...], route: Route | None) -> WireView | None:
    """The wire of a route, if it is there."""
    return next((wire for wire in wires if (wire.source, wire.target) == route), None)
