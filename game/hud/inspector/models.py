"""The inspector's section about what gives a kind its behaviour: the figures of its models."""

from __future__ import annotations

from collections.abc import Callable

from engine.spec import NodeKind
from engine.view import NodeView
from game.hud import figures, texts
from game.hud.inspector.page import Page
from game.hud.stat import Bar, Stat

# Shown as bars, in this order, and whether a full one is bad news; the rest are numbers.
BARS = {
    "hit_share": False,
    "fill_share": False,
    "load_share": False,
    "memory_share": True,
    "messages": True,
    "oldest_s": True,
    "stale_share": True,
    "hot_share": True,
    "throttled_share": True,
    "failure_share": True,
}
LONG_S = 60.0
BREAKER_COLOURS = {"closed": "text", "half_open": "warn", "open": "error"}
ALARMING = ("dead", "lost", "pending", "restoring_s")


class ModelSection:
    """Whatever figures a node has, each by its name: `figure.<name>.name` and `.tip` in the locale files."""

    def __init__(self, page: Page, node: NodeView, kind: NodeKind) -> None:
        self.page, self.kind = page, kind
        t, shown = page.ctx.i18n.t, figures_shown(node)
        formula = f"node.{kind.id}.formula"
        page.head(t("play.inspector.behaviour"), t(formula) if page.ctx.i18n.has(formula) else None)
        self.bars: dict[str, Bar] = {}
        for name, alarming in BARS.items():
            if name in shown:
                self.bars[name] = page.add(Bar(page.ctx, self._name(name), self._tip(name), alarming=alarming))
                page.bar(self.bars[name])
        self.stats = {
            name: page.add(Stat(page.ctx, self._name(name), self._tip(name), role="strong"))
            for name in shown
            if name not in BARS
        }
        page.grid(list(self.stats.values()))
        page.each(self._update)

    def _name(self, figure: str) -> str:
        return texts.figure_name(self.page.ctx.i18n, figure)

    def _tip(self, figure: str) -> Callable[[], str | None]:
        def tip() -> str | None:
            i18n = self.page.ctx.i18n
            lines = [i18n.t(key) for key in (f"figure.{figure}.tip", f"node.{self.kind.id}.formula") if i18n.has(key)]
            return "\n".join(lines) or None

        return tip

    def _update(self, node: NodeView) -> None:
        about = figures.roughly if node.coarse else str
        for name, bar in self.bars.items():
            value = node.figures.get(name, 0.0)
            bar.set(_fullness(name, value, node), about(self._text(name, value, node)))
        for name, stat in self.stats.items():
            value = node.figures.get(name, float("nan"))
            stat.set(about(self._text(name, value, node)), _colour(name, value))

    def _text(self, name: str, value: float, node: NodeView) -> str:
        i18n = self.page.ctx.i18n
        text = texts.figure(i18n, name, value)
        if name == "memory_share" and "memory_mb" in node.figures:
            return f"{figures.megabytes(node.figures['memory_mb'])} · {text}"
        if name == "messages" and node.queue_limit:
            return i18n.t("play.inspector.of", value=text, total=figures.count(node.queue_limit))
        return text


def figures_shown(node: NodeView) -> tuple[str, ...]:
    """The names of the figures a node's page has room for: when they change, it has another shape.

    An amount of memory is told with its share, and a leak only when there is one.
    """
    left_out = {"memory_mb"} if "memory_share" in node.figures else set()
    if node.figures.get("leaked_mb", 0.0) < 1.0:
        left_out.add("leaked_mb")
    return tuple(name for name in node.figures if name not in left_out)


def _fullness(name: str, value: float, node: NodeView) -> float:
    if name == "messages":
        return value / max(node.queue_limit, 1)
    return value / LONG_S if name.endswith("_s") else value


def _colour(name: str, value: float) -> str:
    if name == "breaker":
        return BREAKER_COLOURS[texts.breaker_state(value)]
    return "error" if name in ALARMING and value > 0 else "text"
