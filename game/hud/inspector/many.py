"""The inspector's page about several nodes at once: what they are, what they cost, and acts on all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pygame

from engine.commands import Command, Refused, Restart, Sell
from engine.view import NodeView
from game.context import Context
from game.hud import figures
from game.hud.inspector.load import failing_badly
from game.hud.inspector.page import Hands, Page
from game.hud.inspector.policies import PolicyControl, Setting, shared
from game.hud.stat import Bar, Stat
from game.money import money, signed
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Widget

ROW = 28


class _KindRow(Widget):
    """A kind with its icon and how many of it are selected."""

    def __init__(self, ctx: Context, icon: str, name: str, count: int) -> None:
        super().__init__(ctx)
        self.icon, self.name, self.count = icon, name, count

    def paint(self, surface: pygame.Surface) -> None:
        """Icon, name, number."""
        ctx, px, palette = self.ctx, self.px, self.ctx.theme.palette
        icon = ctx.icons.get(self.icon, 18, palette.accent, palette.panel)
        surface.blit(icon, icon.get_rect(midleft=(self.rect.left, self.rect.centery)))
        count = ctx.text.get(f"×{self.count}", "strong", palette.text, palette.panel)
        surface.blit(count, count.get_rect(midright=self.rect.midright))
        room = self.rect.width - count.get_width() - px(36)
        name = ctx.text.get(ctx.text.fit(self.name, "small", room), "small", palette.text, palette.panel)
        surface.blit(name, name.get_rect(midleft=(self.rect.left + px(28), self.rect.centery)))


class ManyPage(Page):
    """An act on all is one act on each; those it is not possible on are left out, with the first reason shown."""

    def __init__(self, ctx: Context, session: Session, scroll: Scroll, hands: Hands, nodes: Sequence[NodeView]) -> None:
        super().__init__(ctx, session, scroll, hands)
        self.ids = tuple(node.id for node in nodes)
        t = ctx.i18n.t
        self.place(self.add(Label(ctx, t("play.inspector.selected", count=len(nodes)), "heading")), 28)
        self.down(34)
        for kind, count in Counter(node.kind for node in nodes).most_common():
            icon = session.stage.node_kind(kind).icon
            self.place(self.add(_KindRow(ctx, icon, t(f"node.{kind}.name"), count)), ROW)
            self.down(ROW)
        self.down(6)
        self._figures()
        self._deeds()
        self._settings(nodes)

    def _nodes(self) -> list[NodeView]:
        view = self.session.view
        return [view.node(node) for node in self.ids if node in view.node_ids]

    def _figures(self) -> None:
        t = self.ctx.i18n.t
        usage = self.add(Bar(self.ctx, t("play.many.busiest"), t("play.inspector.tip.utilisation")))
        self.bar(usage)
        names = {
            "throughput": "play.inspector.throughput",
            "failing": "play.inspector.failing",
            "keep": "play.many.keep",
        }
        stats = {name: self.add(Stat(self.ctx, t(key), role="strong")) for name, key in names.items()}
        self.grid(list(stats.values()))

        def update() -> None:
            nodes = self._nodes()
            about = figures.roughly if any(node.coarse for node in nodes) else str
            busiest = max((node.utilisation for node in nodes), default=0.0)
            failing = sum(node.failing_rps for node in nodes)
            done = sum(node.throughput_rps for node in nodes)
            usage.set(busiest, about(figures.percent(busiest)))
            stats["throughput"].set(about(t("play.inspector.rps", value=figures.rate(done))))
            tone = "error" if any(failing_badly(node) for node in nodes) else "text"
            stats["failing"].set(about(t("play.inspector.rps", value=figures.rate(failing))), tone)
            stats["keep"].set(money(self.ctx.i18n, sum(node.keep_per_day for node in nodes)))

        self.always(update)

    def _deeds(self) -> None:
        t = self.ctx.i18n.t
        self.head(t("play.many.actions"))
        copy = Button(
            self.ctx,
            t("play.many.duplicate"),
            lambda: _ignore(self.hands.clone()),
            icon="clone",
            action="clone",
            role="small",
            tooltip=t("play.many.duplicate_tip"),
        )
        self.place(self.add(copy), 36)
        self.down(42)
        restart = Button(self.ctx, "", self._restart, icon="restart", action="restart", role="small")
        self.place(self.add(restart), 36)
        self.down(42)
        sell = Button(
            self.ctx,
            "",
            lambda: _ignore(self.hands.sell()),
            icon="sell",
            kind=Kind.DANGER,
            action="sell",
            role="small",
            tooltip=lambda: t("play.inspector.tip.sell", money=money(self.ctx.i18n, self._refund())),
        )
        self.place(self.add(sell), 36)
        self.down(44)

        def update() -> None:
            restart.set(t("play.inspector.restart"), enabled=self._possible(Restart) > 0)
            back = self._refund()
            refund = f" {signed(self.ctx.i18n, back)}" if back else ""
            sell.set(t("play.inspector.sell") + refund, enabled=self._possible(Sell) > 0)

        self.always(update)

    def _possible(self, act: Callable[[int], Command]) -> int:
        return sum(not isinstance(self.session.check(act(node.id)), Refused) for node in self._nodes())

    def _refund(self) -> float:
        answers = [self.session.check(Sell(node.id)) for node in self._nodes()]
        return -sum(answer.cost for answer in answers if not isinstance(answer, Refused))

    def _restart(self) -> None:
        commands = [Restart(node.id) for node in self._nodes()]
        possible = [command for command in commands if not isinstance(self.session.check(command), Refused)]
        for command in possible or commands[:1]:
            self.hands.command(command)

    def _settings(self, nodes: Sequence[NodeView]) -> None:
        kinds = [self.session.stage.node_kind(kind) for kind in dict.fromkeys(node.kind for node in nodes)]
        sizes = [self.session.stage.node_kind(node.kind).sizes for node in nodes]
        chosen = [next(s for s in own if s.id == node.size) for own, node in zip(sizes, nodes, strict=True)]
        smallest = min(chosen, key=lambda size: size.slots)
        for policy in shared(kinds):
            control = PolicyControl(self, Setting.of(policy, self.ids, smallest), nodes[0])
            self.always(lambda control=control: self._follow(control))  # type: ignore[misc]

    def _follow(self, control: PolicyControl) -> None:
        nodes = self._nodes()
        if nodes:
            control.follow(nodes[0])


def _ignore(_: object) -> None:
    """Some acts answer; a button has no use for it."""
