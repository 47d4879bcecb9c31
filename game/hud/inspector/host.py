"""The inspector's section about the host of a VM: what it takes there, how a move goes, and where else it could run."""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.commands import Accepted, Place
from engine.hosts.room import need_of
from engine.spec import NodeSize
from engine.view import HostView, NodeView
from game.hud import figures
from game.hud.hosts import words
from game.hud.inspector.deeds import with_refusal
from game.hud.inspector.page import Page
from game.hud.stat import Bar, Stat
from game.session import Session
from game.ui.button import Button

COLUMNS = 3
SLOW = 0.9


def host_shape(node: NodeView) -> object:
    """What changes the section's shape."""
    return (node.host, math.isnan(node.migration), node.waits_for_host)


class HostSection:
    """size: of the VM."""

    def __init__(self, page: Page, node: NodeView, size: NodeSize) -> None:
        self.page, self.node = page, node
        ctx, t = page.ctx, page.ctx.i18n.t
        page.head(t("hosts.vm.head"))
        if node.waits_for_host:
            page.paragraph(t("hosts.vm.waits", host=node.host), "error")
        self.moving = Bar(ctx, t("hosts.vm.migrating"), t("hosts.vm.migration_tip"), alarming=False)
        if not math.isnan(node.migration):
            page.bar(page.add(self.moving))
        cpu, memory = (page.add(Stat(ctx, t(f"hosts.vm.{name}"), role="strong")) for name in ("vcpu", "memory"))
        self.pace = page.add(Stat(ctx, t("hosts.vm.pace"), t("hosts.vm.pace_tip"), role="strong"))
        cpu.set(words.number(size.cpu))
        memory.set(t("hosts.gigabytes", value=words.number(need_of(size).memory_gb)))
        page.grid([cpu, memory, self.pace])
        self._hosts()
        page.each(self._update)

    def _hosts(self) -> None:
        page, hosts = self.page, self.page.session.view.hosts
        for index, host in enumerate(hosts):
            button = Button(
                page.ctx,
                host.id,
                lambda host=host: self._move_to(host.id),  # type: ignore[misc]
                role="small",
                tooltip=self._tip(host),
            )
            page.add(button).set_active(host.id == self.node.host)
            column = index % COLUMNS
            page.place(button, 30, column / COLUMNS + 0.005, (column + 1) / COLUMNS - 0.005)
            page.each(self._updater(button, Place(self.node.id, host.id)))
            if column == COLUMNS - 1 or index == len(hosts) - 1:
                page.down(34)
        page.down(6)

    def _move_to(self, host: str) -> None:
        if host != self.node.host or self.node.waits_for_host:
            self.page.hands.command(Place(self.node.id, host))

    def _tip(self, host: HostView) -> Callable[[], str]:
        def tip() -> str:
            t, page = self.page.ctx.i18n.t, self.page
            now = _host(page.session, host.id)
            if host.id == self.node.host:
                return words.host_tip(page.ctx.i18n, now)
            cpu, memory = words.free(now)
            text = t("hosts.vm.move_tip", host=host.id, cpu=cpu, memory=memory)
            if self.node.waits_for_host:
                text = t("hosts.vm.by_hand_tip", host=host.id)
            return with_refusal(page, text, Place(self.node.id, host.id))

        return tip

    def _updater(self, button: Button, command: Place) -> Callable[[NodeView], None]:
        def update(node: NodeView) -> None:
            able = isinstance(self.page.session.check(command), Accepted)
            button.set(enabled=able or node.host == command.host)

        return update

    def _update(self, node: NodeView) -> None:
        if not math.isnan(node.migration):
            self.moving.set(node.migration, figures.percent(node.migration))
        pace = _host(self.page.session, node.host).pace
        self.pace.set(figures.percent(pace), "warn" if pace < SLOW else "text")


def _host(session: Session, host_id: str) -> HostView:
    return next(host for host in session.view.hosts if host.id == host_id)
