"""The charts of the finance panel: own hardware against the cloud by users, and the money over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pygame

from engine.view import Series
from game.money import RATES, money
from game.view.chart import Chart
from game.view.look import Look
from game.view.plot import Axes, FloatArray, curve_line, dashed, fill_under, round_up, ticks, upright
from game.view.shapes import Rgb, mix
from stages.break_even import compare
from stages.currency import dollars

LEFT = 72
BOTTOM = 24
POINTS = 80
DOT = 4.5


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Own hardware at what it costs a month, against a cloud that is paid by user and month, in dollars."""

    users: float
    own: float
    cloud_user: float

    @property
    def even(self) -> float:
        """From how many users on own hardware is cheaper."""
        return self.own / self.cloud_user

    @property
    def cloud(self) -> float:
        """What the cloud would take for the users there are."""
        return self.cloud_user * self.users

    @property
    def saving(self) -> float:
        """Share of the cloud's price that own hardware saves; negative where it is dearer."""
        return 1.0 - self.own / self.cloud if self.cloud else float("-inf")


class MoneyChart(Chart):
    """A chart whose upright scale is money, in round amounts of the language's currency."""

    def _frame(self) -> pygame.Rect:
        left, px = self._px(LEFT), self._px
        return pygame.Rect(left, px(8), self.rect.width - left - px(10), self.rect.height - px(BOTTOM + 8))

    def _money_scale(self, look: Look, axes: Axes, floor: float = 0.0) -> None:
        """axes: in the currency of the language, above `floor`."""
        rate = RATES[self.ctx.i18n.language]
        for value in [0.0, *ticks(axes.top, max(2, axes.frame.height // self._px(38)))]:
            y = round(axes.y(value))
            colour = mix(look.panel, look.line, 0.7)
            pygame.draw.line(self._surface, colour, (axes.frame.left, y), (axes.frame.right, y))
            label = self._label(money(self.ctx.i18n, (value + floor) / rate), look.muted, look)
            place = label.get_rect(midright=(axes.frame.left - self._px(6), y))
            place.bottom = min(place.bottom, axes.frame.bottom + self._px(3))
            self._surface.blit(label, place.clamp(self._surface.get_rect()))

    def _dot(self, at: tuple[float, float], colour: Rgb, look: Look) -> None:
        pygame.draw.aacircle(self._surface, look.panel, at, self._px(DOT + 2))
        pygame.draw.aacircle(self._surface, colour, at, self._px(DOT))

    def _tag(self, text: str, x: float, look: Look, axes: Axes, colour: Rgb, row: int) -> pygame.Rect:
        """Words at the top of the frame beside an upright line."""
        label = self._label(text, colour, look)
        place = label.get_rect(topleft=(round(x) + self._px(5), axes.frame.top + row * self._px(18)))
        if place.right > axes.frame.right:
            place.right = round(x) - self._px(5)
        return self._surface.blit(label, place)


class BreakEvenChart(MoneyChart):
    """Both prices by users: the cloud rises with them, this build stays what it is; broken: own hardware that grows."""

    def show(self, now: BreakEven) -> bool:
        """Paint what is now; returns whether anything differs."""
        look = self._begin((round(now.users, 1), round(now.own), round(now.cloud_user, 2), self.rect.size))
        if look is not None:
            self._paint(look, now)
        return look is not None

    def _paint(self, look: Look, now: BreakEven) -> None:
        rate, frame = RATES[self.ctx.i18n.language], self._frame()
        end = round_up(max(now.users * 1.3, now.even * 2.0, 10.0))
        top = max(now.cloud_user * end, now.own * 1.4) * rate * 1.04
        axes = Axes(frame, 0.0, end, top)
        users = np.linspace(0.0, end, POINTS)
        cloud = axes.points(users, now.cloud_user * users * rate)
        own = axes.points(users, np.full(POINTS, now.own * rate))
        self._gain(axes, users, cloud, own, look, now.even)
        self._money_scale(look, axes)
        self._user_scale(look, axes)
        grown = np.array([dollars(compare(float(count)).own) for count in users]) * rate
        dashed(self._surface, axes.points(users, grown), look.muted, self._px(3))
        clip = self._surface.get_clip()
        self._surface.set_clip(frame.inflate(0, 2))
        curve_line(self._surface, cloud, look.accent, thick=True)
        curve_line(self._surface, own, look.ok, thick=True)
        self._surface.set_clip(clip)
        self._marks(look, axes, now, rate)

    def _gain(self, axes: Axes, users: FloatArray, cloud: FloatArray, own: FloatArray, look: Look, even: float) -> None:
        """The area between the two prices, where own hardware saves money."""
        right = users >= even
        if right.sum() >= 2:
            fill_under(self._surface, axes, cloud[right], own[right], mix(look.panel, look.ok, 0.14))

    def _user_scale(self, look: Look, axes: Axes) -> None:
        most = max(2, axes.frame.width // self._px(80))
        for value in [0.0, *ticks(axes.end, most)]:
            label = self._label(self.ctx.i18n.t("finance.users", count=f"{value:,.0f}"), look.muted, look)
            place = label.get_rect(midtop=(round(axes.x(value)), axes.frame.bottom + self._px(4)))
            self._surface.blit(label, place.clamp(self._surface.get_rect()))

    def _marks(self, look: Look, axes: Axes, now: BreakEven, rate: float) -> None:
        """Where the two cross, and where the service stands."""
        t, frame = self.ctx.i18n.t, axes.frame
        x = axes.x(now.users)
        upright(self._surface, x, frame.top, frame.bottom, look.text, self._px(3))
        self._dot((x, axes.y(now.own * rate)), look.ok, look)
        self._dot((x, axes.y(now.cloud * rate)), look.accent, look)
        words = t("finance.now", users=t("finance.users", count=f"{now.users:,.0f}"))
        self._tag(words, x, look, axes, look.text, 0)
        if now.even <= axes.end:
            at = (axes.x(now.even), axes.y(now.own * rate))
            size = self._px(5)
            points = [(at[0], at[1] - size), (at[0] + size, at[1]), (at[0], at[1] + size), (at[0] - size, at[1])]
            pygame.draw.polygon(self._surface, look.warn, points)
            label = self._label(t("finance.even_at", count=f"{now.even:,.0f}"), look.warn, look)
            below = round(at[1]) + self._px(2)
            right = label.get_rect(topleft=(round(at[0]) + size, below))
            left = label.get_rect(topright=(round(at[0]) - size, below))
            free = (
                place for place in (right, left) if frame.contains(place) and not place.left < x < place.right + size
            )
            if place := next(free, None):
                self._surface.blit(label, place)


class CashChart(MoneyChart):
    """The money of the run so far, and where it ends at the present pace."""

    def show(self, series: Series, budget: float, duration_s: float, per_second: float) -> bool:
        """Paint what is now; returns whether anything differs. per_second: what comes or goes in real seconds."""
        count = len(series.time_s)
        look = self._begin((count, round(budget, 1), duration_s, self.rect.size))
        if look is None:
            return False
        rate = RATES[self.ctx.i18n.language]
        now = float(series.time_s[-1]) if count else 0.0
        times = np.append(series.time_s, now)
        money_then = np.append(series.budget, budget) * rate
        end = max(duration_s, now * 1.1, 1.0)
        ahead = np.linspace(now, end, 2)
        coming = money_then[-1] + (ahead - now) * per_second * rate
        low = min(0.0, float(money_then.min()))
        floor = -round_up(-low) if low < 0 else 0.0
        axes = Axes(self._frame(), 0.0, end, max(float(money_then.max()) - floor, rate) * 1.15)
        self._money_scale(look, axes, floor)
        self._clock_scale(look, axes, max(2, axes.frame.width // self._px(90)))
        if floor < 0:
            zero = np.array([[axes.frame.left, axes.y(-floor)], [axes.frame.right, axes.y(-floor)]])
            dashed(self._surface, zero, look.error, self._px(4))
        points = axes.points(times, money_then - floor)
        if count >= 2:
            fill_under(self._surface, axes, points, None, mix(look.panel, look.ok, 0.18))
            curve_line(self._surface, points, look.ok, thick=True)
        dashed(self._surface, axes.points(ahead, np.maximum(coming - floor, 0.0)), look.muted, self._px(4))
        self._dot((float(points[-1, 0]), float(points[-1, 1])), look.ok, look)
        return True
