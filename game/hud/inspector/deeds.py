"""The inspector's buttons: other sizes, scaling out, selling, restarting, and what a kind can be made to do by hand."""

from __future__ import annotations

from collections.abc import Callable

from engine.commands import Clone, Command, Operate, Refused, Resize, Restart, Sell
from engine.spec import NodeKind, NodeSize
from engine.view import NodeView
from game.hud import figures, texts
from game.hud.inspector.page import Page
from game.money import money
from game.ui.button import Button, Kind
from game.view.refusals import refusal_text


def with_refusal(page: Page, text: str, command: Command) -> str:
    """A tooltip, and why the act is not possible now."""
    answer = page.session.check(command)
    if isinstance(answer, Refused):
        i18n = page.ctx.i18n
        text += "\n" + i18n.t("play.refused", reason=refusal_text(i18n, answer))
    return text


def priced(page: Page, text: str, command: Command) -> tuple[str, bool]:
    """The words of a button with what the act costs or brings, and whether it is possible now."""
    answer = page.session.check(command)
    cost = answer.values.get("cost") if isinstance(answer, Refused) else answer.cost
    if isinstance(cost, (int, float)) and cost:
        # A sale says by itself which way the money goes.
        text += f" {texts.price(page.ctx.i18n, abs(cost) if isinstance(command, Sell) else cost)}"
    return text, not isinstance(answer, Refused)


class SizeSection:
    """The sizes of a kind, each with what changing to it costs."""

    def __init__(self, page: Page, node: NodeView, kind: NodeKind) -> None:
        self.page, self.kind = page, kind
        t = page.ctx.i18n.t
        page.head(t("play.inspector.size"))
        for index, size in enumerate(kind.sizes):
            command = Resize(node.id, size.id)
            button = Button(
                page.ctx,
                t(f"size.{size.id}.name"),
                lambda command=command: page.hands.command(command),  # type: ignore[misc]
                role="small",
                tooltip=self._tip(size, command),
            )
            current = size.id == node.size
            page.add(button).set_active(current)
            column = index % 2
            page.place(button, 34, column * 0.5 + 0.01, column * 0.5 + 0.49)
            page.each(self._updater(button, command, size, current))
            if column == 1 or index == len(kind.sizes) - 1:
                page.down(40)

    def _tip(self, size: NodeSize, command: Command) -> Callable[[], str]:
        def tip() -> str:
            i18n, kind = self.page.ctx.i18n, self.kind
            lines = [
                i18n.t("play.inspector.tip.size", size=i18n.t(f"size.{size.id}.name")),
                texts.capacity(i18n, size),
                i18n.t(
                    "play.inspector.tip.size_time",
                    keep=money(i18n, size.keep_per_day),
                    time=f"{kind.resize_s:g}",
                    capacity=figures.limit(kind.resize_capacity),
                ),
            ]
            return with_refusal(self.page, "\n".join(line for line in lines if line), command)

        return tip

    def _updater(self, button: Button, command: Resize, size: NodeSize, current: bool) -> Callable[[NodeView], None]:
        def update(_: NodeView) -> None:
            i18n = self.page.ctx.i18n
            name = i18n.t(f"size.{size.id}.name")
            if current:
                button.set(f"{name} · {i18n.t('play.inspector.current')}")
            else:
                text, able = priced(self.page, f"{name} ·", command)
                button.set(text.removesuffix(" ·"), enabled=able)

        return update


class DeedSection:
    """What can be done to one node."""

    def __init__(self, page: Page, node: NodeView, kind: NodeKind) -> None:
        self.page = page
        t = page.ctx.i18n.t
        clone, restart, sell = Clone(node.id, *free_cell(page, node)), Restart(node.id), Sell(node.id)
        page.head(t("play.inspector.actions"))
        about = t("play.inspector.tip.clone", time=f"{kind.build_s:g}")
        self._button("clone", "clone", clone, lambda: page.hands.command(clone), about, (0.0, 1.0))
        page.down(42)
        about = t("play.inspector.tip.restart", time=f"{kind.restart_s:g}")
        self._button("restart", "restart", restart, lambda: page.hands.command(restart), about, (0.0, 0.335))
        self._button("sell", "sell", sell, page.hands.sell, "", (0.35, 1.0), Kind.DANGER)
        page.down(42)
        self._by_hand(node, kind)

    def _by_hand(self, node: NodeView, kind: NodeKind) -> None:
        """The acts only this kind knows, two side by side."""
        page, t = self.page, self.page.ctx.i18n.t
        for index, action in enumerate(kind.actions):
            command = Operate(node.id, action)
            alone = index == len(kind.actions) - 1 and index % 2 == 0
            left = 0.0 if index % 2 == 0 else 0.505
            place = (left, 1.0 if alone or index % 2 else 0.495)
            tip = t(f"play.operate.{action}.tip")
            key = "operate" if index == 0 else ""
            self._button(action, key, command, lambda command=command: page.hands.command(command), tip, place)  # type: ignore[misc]
            if index % 2 or alone:
                page.down(42)

    def _button(
        self,
        deed: str,
        key: str,
        command: Command,
        act: Callable[[], object],
        about: str,
        place: tuple[float, float],
        kind: Kind = Kind.NORMAL,
    ) -> None:
        """A button with its price and its key; greyed when the engine would refuse the command."""
        page, t = self.page, self.page.ctx.i18n.t
        name = t(f"play.operate.{deed}.name") if isinstance(command, Operate) else t(f"play.inspector.{deed}")
        button = Button(
            page.ctx,
            "",
            lambda: _ignore(act()),
            icon="" if deed == "restart" else deed,
            kind=kind,
            action=key,
            role="small",
            tooltip=self._tip(command, about),
        )
        page.place(page.add(button), 36, *place)

        def update(_: NodeView) -> None:
            text, able = priced(page, name, command)
            button.set(text, enabled=able)

        page.each(update)

    def _tip(self, command: Command, about: str) -> Callable[[], str]:
        def tip() -> str:
            i18n = self.page.ctx.i18n
            text, answer = about, self.page.session.check(command)
            if isinstance(command, Sell):
                back = 0.0 if isinstance(answer, Refused) else -answer.cost
                text = i18n.t("play.inspector.tip.sell", money=money(i18n, back))
            return with_refusal(self.page, text, command)

        return tip


def free_cell(page: Page, node: NodeView) -> tuple[int, int]:
    """The free cell nearest to a node, below and above before beside; its own cell when the map is full."""
    stage = page.session.stage
    taken = {(other.x, other.y) for other in page.session.view.nodes}
    cells = [
        (abs(x - node.x) * 2 + abs(y - node.y), x, y)
        for x in range(stage.width)
        for y in range(stage.height)
        if (x, y) not in taken
    ]
    return min(cells)[1:] if cells else (node.x, node.y)


def _ignore(_: object) -> None:
    """Some acts answer; a button has no use for it."""
