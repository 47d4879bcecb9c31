"""The line at the top of the map that says why time stands still, or how far a run has been caught up with."""

from __future__ import annotations

import pygame

from engine.view import Phase
from game.context import Context
from game.session import Session

BAR = 260


class Banner:
    """Nothing while time passes."""

    def __init__(self, ctx: Context, session: Session) -> None:
        self.ctx, self.session = ctx, session

    def draw(self, surface: pygame.Surface, area: pygame.Rect) -> None:
        """Draw what applies now at the top of an area."""
        session, t = self.session, self.ctx.i18n.t
        if session.catching_up is not None:
            self._catching_up(surface, area, session.catching_up)
        elif session.phase is Phase.SETUP:
            self._line(surface, area, "hourglass", t("play.shop.setup_hint"), self.ctx.theme.palette.accent)
        elif session.paused and session.phase is Phase.OPERATION:
            self._line(surface, area, "pause", t("play.shop.paused_hint"), self.ctx.theme.palette.warn)
        elif session.playing_back:
            self._line(surface, area, "eye", t("play.toast.watching"), self.ctx.theme.palette.accent)

    def _line(self, surface: pygame.Surface, area: pygame.Rect, icon: str, text: str, colour: pygame.Color) -> None:
        ctx, px, palette = self.ctx, self.ctx.theme.px, self.ctx.theme.palette
        fitted = ctx.text.fit(text, "small", area.width - px(80))
        words = ctx.text.get(fitted, "small", palette.text, palette.panel)
        sign = ctx.icons.get(icon, 16, colour, palette.panel)
        box = pygame.Rect(0, 0, words.get_width() + sign.get_width() + px(36), px(32))
        box.midtop = (area.centerx, area.top + px(12))
        pygame.draw.rect(surface, palette.panel, box, border_radius=box.height // 2)
        pygame.draw.rect(surface, colour.lerp(palette.panel, 0.4), box, px(1), border_radius=box.height // 2)
        surface.blit(sign, sign.get_rect(midleft=(box.left + px(14), box.centery)))
        surface.blit(words, words.get_rect(midright=(box.right - px(14), box.centery)))

    def _catching_up(self, surface: pygame.Surface, area: pygame.Rect, share: float) -> None:
        ctx, px, palette, t = self.ctx, self.ctx.theme.px, self.ctx.theme.palette, self.ctx.i18n.t
        title = ctx.text.get(t("play.resuming.title"), "strong", palette.text, palette.panel)
        body = ctx.text.get(t("play.resuming.body"), "small", palette.muted, palette.panel)
        box = pygame.Rect(0, 0, max(title.get_width(), body.get_width(), px(BAR)) + px(48), px(112))
        box.center = area.center
        pygame.draw.rect(surface, palette.panel, box, border_radius=px(12))
        pygame.draw.rect(surface, palette.accent, box, px(1), border_radius=px(12))
        surface.blit(title, (box.left + px(24), box.top + px(18)))
        surface.blit(body, (box.left + px(24), box.top + px(44)))
        track = pygame.Rect(box.left + px(24), box.top + px(80), box.width - px(48), px(8))
        pygame.draw.rect(surface, palette.line, track, border_radius=px(4))
        track.width = round(track.width * share)
        pygame.draw.rect(surface, palette.accent, track, border_radius=px(4))
