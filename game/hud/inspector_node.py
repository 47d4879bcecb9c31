"""The inspector's page about one node: its figures, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from engine.commands import Clone, Command, Refused, Resize, Restart, Sell, SetPolicy
from engine.spec import NodeKind, NodeSize, PolicySpec, Role
from engine.view import NodeState, NodeView
from game.context import Context
from game.hud import figures, texts
from game.hud.inspector_page import Page
from game.hud.stat import Bar, Stat
from game.session import Session
from game.ui.button import Button, Kind
from game.ui.choice import Segmented, Slider
from game.ui.label import Label
from game.ui.scroll import Scroll
from game.ui.widget import Widget
from game.view.chart import Sparkline
from game.view.refusals import refusal_text

STATS = ("throughput", "p95", "failing", "slots", "speed", "wires")


class _Spark(Widget):
    """A sparkline as a widget."""

    def __init__(self, ctx: Context, top: float | None = None) -> None:
        super().__init__(ctx)
        self.line = Sparkline(ctx, top)
        self.line.background = ctx.theme.palette.panel

    def layout(self, rect: pygame.Rect) -> None:
        """Take a place."""
        super().layout(rect)
        self.line.layout(rect)

    def paint(self, surface: pygame.Surface) -> None:
        """Blit the curve."""
        self.line.draw(surface)


class NodePage(Page):
    """on_command and on_sell as in the inspector. history: utilisation over the last seconds, oldest first."""

    def __init__(
        self,
        ctx: Context,
        session: Session,
        scroll: Scroll,
        node: NodeView,
        history: Sequence[float],
        on_command: Callable[[Command], None],
        on_sell: Callable[[], object],
    ) -> None:
        super().__init__(ctx, session, scroll)
        self.node, self.history = node.id, history
        self.on_command, self.on_sell = on_command, on_sell
        self._node(node, session.stage.node_kind(node.kind))

    def _node(self, node: NodeView, kind: NodeKind) -> None:
        ctx, t, view = self.ctx, self.ctx.i18n.t, self.session.view
        name = texts.node_name(ctx.i18n, view, node.id)
        self._place(self.add(Label(ctx, name, "heading", tooltip=t(f"node.{kind.id}.teach"))), 26)
        self._down(26)
        state = self.add(Label(ctx, "", "small"))
        self._place(state, 22)
        self._updates.append(lambda n: self._update_state(state, n))
        self._down(28)
        if kind.role is Role.SOURCE:
            about = self.add(Label(ctx, t(f"node.{kind.id}.teach"), "small", "muted", wrap=True))
            height = about.height_for(self.rect.width - self.px(28))
            self._place(about, height / ctx.theme.scale)
            self._down(height / ctx.theme.scale + 8)
        size = next(size for size in kind.sizes if size.id == node.size)
        if kind.role is not Role.SOURCE:
            self._figures(node, kind, size)
        self._policies(node, kind, size)
        self._sizes(node, kind)
        if kind.sellable and kind.role is not Role.SOURCE:
            self._actions(node, kind)

    def _update_state(self, label: Label, node: NodeView | None) -> None:
        t = self.ctx.i18n.t
        if node is None:
            return
        if node.state is not NodeState.READY:
            label.set(f"{t(f'node_state.{node.state.value}')} {node.remaining_s:.0f} s", "accent")
        elif node.locked:
            label.set(t("play.inspector.locked"), "error")
        elif node.overloaded:
            label.set(t("play.inspector.overloaded"), "warn")
        else:
            keep = texts.per_day(self.ctx.i18n, node.keep_per_day)
            several = len(self.session.stage.node_kind(node.kind).sizes) > 1
            size = t(f"size.{node.size}.name")
            label.set(f"{size} · {keep}" if several else keep if node.keep_per_day else "", "muted")

    def _figures(self, node: NodeView, kind: NodeKind, size: NodeSize) -> None:
        ctx, t = self.ctx, self.ctx.i18n.t
        tip = "play.inspector.tip"
        balancer = kind.role is Role.BALANCER
        cap = figures.count(size.rate_cap_rps)
        use = t(f"{tip}.utilisation_balancer", cap=cap) if balancer else t(f"{tip}.utilisation")
        usage = self.add(Bar(ctx, t("play.inspector.utilisation"), use))
        self._place(usage, 34)
        self._down(36)
        spark = self.add(_Spark(ctx, 1.0))
        self._place(spark, 34)
        self._down(40)
        queue = self.add(Bar(ctx, t("play.inspector.waiting"), self._tip_of("waiting", kind)))
        if not balancer:
            self._place(queue, 34)
            self._down(38)
        names = ("throughput", "failing", "wires") if balancer else STATS
        stats = {
            name: self.add(Stat(ctx, t(f"play.inspector.{name}"), self._tip_of(name, kind), role="strong"))
            for name in names
        }
        for index, stat in enumerate(stats.values()):
            self._place(stat, 40, (index % 3) / 3, (index % 3 + 1) / 3 - 0.02)
            if index % 3 == 2:
                self._down(44)
        self._updates.append(lambda n: self._update_node(n, usage, spark, queue, stats))

    def _tip_of(self, name: str, kind: NodeKind) -> Callable[[], str | None]:
        def tip() -> str | None:
            i18n, view = self.ctx.i18n, self.session.view
            if self.node not in view.node_ids:
                return None
            node = view.node(self.node)
            reason = i18n.t("play.inspector.none")
            if node.failing_reason is not None:
                reason = (
                    f"{texts.reason(i18n, node.failing_reason)}: {i18n.t(f'reason.{int(node.failing_reason)}.why')}"
                )
            key = "speed_usl" if name == "speed" and kind.usl else name
            return i18n.t(
                f"play.inspector.tip.{key}",
                serving=node.in_service,
                calling=node.calling,
                slots=node.slots,
                limit=node.queue_limit,
                patience=f"{kind.patience_s:g}",
                reason=reason,
                free=kind.free_wires,
                overhead=figures.limit(kind.wire_overhead),
            )

        return tip

    def _update_node(
        self, node: NodeView | None, usage: Bar, spark: _Spark, queue: Bar, stats: dict[str, Stat]
    ) -> None:
        if node is None:
            return
        t = self.ctx.i18n.t
        usage.set(node.utilisation, figures.percent(node.utilisation))
        if len(self.history) > 1:
            spark.line.update(self.history, usage.colour())
            spark.invalidate()
        of = t("play.inspector.of", value=node.waiting, total=node.queue_limit)
        queue.set(node.waiting / max(node.queue_limit, 1), of)
        stats["throughput"].set(t("play.inspector.rps", value=figures.rate(node.throughput_rps)))
        failing = t("play.inspector.rps", value=figures.rate(node.failing_rps))
        stats["failing"].set(failing, "error" if node.failing_reason else "text")
        stats["wires"].set(str(node.wires))
        if "slots" in stats:
            stats["p95"].set(figures.latency(node.p95_ms))
            stats["slots"].set(t("play.inspector.of", value=node.in_service + node.calling, total=node.slots))
            stats["speed"].set(figures.percent(node.speed), "warn" if node.speed < 0.7 else "text")

    def _policies(self, node: NodeView, kind: NodeKind, size: NodeSize) -> None:
        for policy in kind.policies:
            self._head(self.ctx.i18n.t(f"policy.{policy.key}.name"))
            if policy.choices:
                self._choice(node, policy)
            else:
                self._number(node, policy, size)

    def _choice(self, node: NodeView, policy: PolicySpec) -> None:
        t = self.ctx.i18n.t
        options = [(choice, t(f"policy.{policy.key}.{choice}")) for choice in policy.choices]
        value = str(node.policies.get(policy.key, policy.default))
        control = Segmented(
            self.ctx,
            options,
            value,
            lambda choice: self.on_command(SetPolicy(node.id, policy.key, choice)),
            tooltip=t(f"policy.{policy.key}.teach"),
        )
        self._place(self.add(control), 32)
        self._down(40)

    def _number(self, node: NodeView, policy: PolicySpec, size: NodeSize) -> None:
        top = policy.maximum or size.slots
        value = int(node.policies.get(policy.key, policy.default)) or top
        label = self.add(Label(self.ctx, str(value), "strong", align="right"))
        slider = Slider(
            self.ctx,
            policy.minimum,
            top,
            1,
            min(value, top),
            lambda number: self.on_command(SetPolicy(node.id, policy.key, round(number))),
            tooltip=self.ctx.i18n.t(f"policy.{policy.key}.teach"),
        )
        self._place(self.add(slider), 28, 0, 0.84)
        self._place(label, 28, 0.84)
        self._down(36)

    def _sizes(self, node: NodeView, kind: NodeKind) -> None:
        if len(kind.sizes) < 2:
            return
        t = self.ctx.i18n.t
        self._head(t("play.inspector.size"))
        for index, size in enumerate(kind.sizes):
            current = size.id == node.size
            command = Resize(node.id, size.id)
            button = self.add(
                Button(
                    self.ctx,
                    t(f"size.{size.id}.name"),
                    lambda command=command: self.on_command(command),  # type: ignore[misc]
                    role="small",
                    tooltip=self._size_tip(size, kind, command),
                )
            )
            button.set_active(current)
            column = index % 2
            self._place(button, 34, column * 0.5 + 0.01, column * 0.5 + 0.49)
            self._updates.append(self._price_updater(button, command, size, current))
            if column == 1 or index == len(kind.sizes) - 1:
                self._down(40)

    def _size_tip(self, size: NodeSize, kind: NodeKind, command: Command) -> Callable[[], str]:
        def tip() -> str:
            i18n = self.ctx.i18n
            text = i18n.t(
                "play.inspector.tip.size",
                size=i18n.t(f"size.{size.id}.name"),
                slots=size.slots,
                keep=texts.money(i18n, size.keep_per_day),
                time=f"{kind.resize_s:g}",
                capacity=figures.limit(kind.resize_capacity),
            )
            return self._with_refusal(text, command)

        return tip

    def _with_refusal(self, text: str, command: Command) -> str:
        answer = self.session.check(command)
        if isinstance(answer, Refused):
            i18n = self.ctx.i18n
            text += "\n" + i18n.t("play.refused", reason=refusal_text(i18n, answer))
        return text

    def _price_updater(
        self, button: Button, command: Resize, size: NodeSize, current: bool
    ) -> Callable[[NodeView | None], None]:
        def update(_: NodeView | None) -> None:
            i18n = self.ctx.i18n
            name = i18n.t(f"size.{size.id}.name")
            answer = self.session.check(command)
            if current:
                button.set(f"{name} · {i18n.t('play.inspector.current')}")
            elif isinstance(answer, Refused):
                cost = answer.values.get("cost")
                priced = isinstance(cost, (int, float))
                button.set(f"{name} · {texts.money(i18n, cost)}" if priced else name, enabled=False)  # type: ignore[arg-type]
            else:
                button.set(f"{name} · {texts.money(i18n, answer.cost)}", enabled=True)

        return update

    def _actions(self, node: NodeView, kind: NodeKind) -> None:
        t = self.ctx.i18n.t
        x, y = self.free_cell(node)
        clone, restart, sell = Clone(node.id, x, y), Restart(node.id), Sell(node.id)
        self._head(t("play.inspector.actions"))
        about = t("play.inspector.tip.clone", time=f"{kind.build_s:g}")
        self._action("clone", clone, lambda: self.on_command(clone), about, (0.0, 1.0))
        self._down(42)
        about = t("play.inspector.tip.restart", time=f"{kind.restart_s:g}")
        self._action("restart", restart, lambda: self.on_command(restart), about, (0.0, 0.405))
        self._action("sell", sell, self.on_sell, "", (0.42, 1.0), Kind.DANGER)
        self._down(42)

    def _action(
        self,
        action: str,
        command: Command,
        act: Callable[[], object],
        about: str,
        place: tuple[float, float],
        kind: Kind = Kind.NORMAL,
    ) -> None:
        """A button with its price and its key; greyed when the engine would refuse the command."""
        button = self.add(
            Button(
                self.ctx,
                "",
                lambda: _ignore(act()),
                icon=action,
                kind=kind,
                action=action,
                role="small",
                tooltip=self._act_tip(command, about),
            )
        )
        self._place(button, 36, *place)

        def update(_: NodeView | None) -> None:
            i18n, answer = self.ctx.i18n, self.session.check(command)
            text = i18n.t(f"play.inspector.{action}")
            cost = answer.values.get("cost") if isinstance(answer, Refused) else answer.cost
            if isinstance(cost, (int, float)) and cost:
                text += f" {texts.money(i18n, cost) if cost > 0 else '+' + texts.money(i18n, -cost)}"
            button.set(text, enabled=not isinstance(answer, Refused))

        self._updates.append(update)

    def _act_tip(self, command: Command, about: str) -> Callable[[], str]:
        def tip() -> str:
            i18n = self.ctx.i18n
            text, answer = about, self.session.check(command)
            if isinstance(command, Sell):
                back = 0.0 if isinstance(answer, Refused) else -answer.cost
                text = i18n.t("play.inspector.tip.sell", money=texts.money(i18n, back))
            return self._with_refusal(text, command)

        return tip

    def free_cell(self, node: NodeView) -> tuple[int, int]:
        """The free cell nearest to a node, below and above before beside; its own cell when the map is full."""
        stage = self.session.stage
        taken = {(other.x, other.y) for other in self.session.view.nodes}
        cells = [
            (abs(x - node.x) * 2 + abs(y - node.y), x, y)
            for x in range(stage.width)
            for y in range(stage.height)
            if (x, y) not in taken
        ]
        return min(cells)[1:] if cells else (node.x, node.y)


def _ignore(_: object) -> None:
    """Some acts answer; a button has no use for it."""
