"""The inspector's section about the move to microservices: what it is, what it costs, how far it is."""

from __future__ import annotations

from engine.commands import Migrate
from engine.spec import MigrationSpec
from game.hud.inspector.deeds import with_refusal
from game.hud.inspector.page import Page
from game.hud.stat import Bar
from game.money import money
from game.session import Session
from game.ui.button import Button, Kind


def migration_shape(session: Session) -> object:
    """What changes the section's shape."""
    return (session.view.migrated, session.view.migration_left_s > 0.0)


class MigrationSection:
    """Nothing where the stage does not offer it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        move, view, t = page.session.stage.migration, page.session.view, page.ctx.i18n.t
        if move is None:
            return
        page.head(t("play.migration.head"))
        if view.migrated:
            page.paragraph(t("play.migration.done"), "text")
        elif view.migration_left_s > 0.0:
            self._progress(move)
        else:
            self._offer(move)

    def _progress(self, move: MigrationSpec) -> None:
        page, t = self.page, self.page.ctx.i18n.t
        bar = page.add(Bar(page.ctx, t("play.migration.under_way"), t("play.migration.tip"), alarming=False))
        page.bar(bar)

        def update() -> None:
            left = page.session.view.migration_left_s
            bar.set(1.0 - left / move.duration_s, t("play.migration.left", seconds=f"{left:.0f}"))

        page.always(update)

    def _offer(self, move: MigrationSpec) -> None:
        page, i18n, ask = self.page, self.page.ctx.i18n, Migrate()
        price, time = money(i18n, move.cost), f"{move.duration_s:g}"

        def tip() -> str:
            lines = [i18n.t("play.migration.tip"), i18n.t("play.migration.price", money=price, time=time)]
            if move.unlocks:
                kinds = ", ".join(i18n.t(f"node.{kind}.name") for kind in move.unlocks)
                lines.append(i18n.t("play.migration.unlocks", kinds=kinds))
            return with_refusal(page, "\n".join(lines), ask)

        words = f"{i18n.t('play.migration.ask')} {price}"
        button = Button(
            page.ctx, words, lambda: page.hands.command(ask), icon="microservices", kind=Kind.NORMAL, role="small"
        )
        button.tooltip = tip
        page.place(page.add(button), 36)
        page.down(42)
        page.paragraph(i18n.t("play.migration.price", money=price, time=time))
