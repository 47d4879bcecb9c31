"""The settings of a node, or of several that share them: choices as buttons, numbers as sliders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.commands import SetPolicy
from engine.spec import NodeKind, NodeSize, PolicySpec
from engine.view import NodeView
from game.hud import figures, texts
from game.hud.inspector.page import Page
from game.ui.button import Button
from game.ui.choice import Segmented, Slider
from game.ui.label import Label

EVERY_VALUE_UP_TO = 64
NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
CELL_PADDING = 12
ROW = 34


def stops(minimum: int, maximum: int, *also: int) -> tuple[int, ...]:
    """The values a slider stops at: all of a short range, else round ones that grow by about a third each."""
    if maximum - minimum <= EVERY_VALUE_UP_TO:
        return tuple(range(minimum, maximum + 1))
    found = {minimum, maximum, *(value for value in also if minimum <= value <= maximum)}
    for power in range(math.ceil(math.log10(maximum)) + 1):
        found.update(round(nice * 10**power) for nice in NICE)
    return tuple(sorted(value for value in found if minimum <= value <= maximum))


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy of some nodes. top: the largest number it can be."""

    policy: PolicySpec
    nodes: tuple[int, ...]
    top: int

    @classmethod
    def of(cls, policy: PolicySpec, nodes: Sequence[int], size: NodeSize | None) -> Setting:
        """The setting; without a maximum of its own it goes up to the slots of the size."""
        return cls(policy, tuple(nodes), policy.maximum or (size.slots if size else 0) or policy.minimum)


def shared(kinds: Sequence[NodeKind]) -> list[PolicySpec]:
    """The policies all kinds have, with the values that are allowed on each of them."""
    common = []
    for policy in kinds[0].policies:
        others = [next((p for p in kind.policies if p.key == policy.key), None) for kind in kinds[1:]]
        alike = [other for other in others if other is not None and bool(other.choices) == bool(policy.choices)]
        choices = tuple(choice for choice in policy.choices if all(choice in other.choices for other in alike))
        if len(alike) < len(others) or (policy.choices and not choices):
            continue
        lowest = max([policy.minimum, *(other.minimum for other in alike)])
        limits = [p.maximum for p in (policy, *alike) if p.maximum]
        highest = min(limits) if limits else 0
        common.append(
            PolicySpec(key=policy.key, choices=choices, minimum=lowest, maximum=highest, default=policy.default)
        )
    return common


class PolicyControl:
    """The widgets of one setting. They follow what the nodes say, so that undo and replays are seen, too."""

    def __init__(self, page: Page, setting: Setting, node: NodeView) -> None:
        self.page, self.setting, self.policy = page, setting, setting.policy
        self.teach = page.ctx.i18n.t(f"policy.{self.policy.key}.teach")
        if self.policy.choices:
            self._choices(self._value(node))
        else:
            self._number(node)

    def follow(self, node: NodeView) -> None:
        """Show what a node has set."""
        if self.policy.choices:
            self._show_choice(self._value(node))
        else:
            self._show_number(node)

    def _value(self, node: NodeView) -> str | int:
        return node.policies.get(self.policy.key, self.policy.default)

    def _set(self, value: str | int) -> None:
        for node in self.setting.nodes:
            self.page.hands.command(SetPolicy(node, self.policy.key, value))

    # -- one of several ----------------------------------------------------------------------------------------------

    def _choices(self, value: str | int) -> None:
        page, t = self.page, self.page.ctx.i18n.t
        page.head(t(f"policy.{self.policy.key}.name"), self.teach)
        options = [(choice, t(f"policy.{self.policy.key}.{choice}")) for choice in self.policy.choices]
        columns = self._columns([text for _, text in options])
        if columns >= len(options):
            self.segmented: Segmented | None = Segmented(page.ctx, options, str(value), self._set, tooltip=self.teach)
            page.place(page.add(self.segmented), 32)
            page.down(40)
            return
        self.segmented = None
        self.buttons: dict[str, Button] = {}
        for index, (choice, text) in enumerate(options):
            column = index % columns
            button = Button(page.ctx, text, lambda choice=choice: self._set(choice), role="small", tooltip=self.teach)  # type: ignore[misc]
            self.buttons[choice] = page.add(button)
            page.place(button, 30, column / columns + 0.005, (column + 1) / columns - 0.005)
            if column == columns - 1 or index == len(options) - 1:
                page.down(ROW)
        page.down(4)
        self._show_choice(value)

    def _columns(self, words: Sequence[str]) -> int:
        """How many fit side by side, at most three."""
        widest = max(self.page.ctx.text.width(text, "small") for text in words) + self.page.px(CELL_PADDING)
        return max(1, min(3, len(words), int(self.page.width * 0.99) // widest))

    def _show_choice(self, value: str | int) -> None:
        if self.segmented is not None:
            self.segmented.set_value(str(value))
            return
        for choice, button in self.buttons.items():
            button.set_active(choice == value)

    # -- a number ----------------------------------------------------------------------------------------------------

    def _number(self, node: NodeView) -> None:
        page, t, policy = self.page, self.page.ctx.i18n.t, self.policy
        self.label = page.add(Label(page.ctx, "", "small", align="right"))
        name = t(f"policy.{policy.key}.name")
        split = min(0.75, (page.ctx.text.width(name, "small") + page.px(6)) / page.width)
        page.place(page.add(Label(page.ctx, name, "small", "muted", tooltip=self.teach)), 20, 0.0, split)
        page.place(self.label, 20, split)
        page.down(20)
        self.values = stops(policy.minimum, self.setting.top, self._shown_number(node))
        last = len(self.values) - 1
        self.slider = Slider(page.ctx, 0, max(last, 1), 1, 0, self._slid, tooltip=self.teach)
        self.slider.enabled = last > 0
        page.place(page.add(self.slider), 26)
        page.down(34)
        self._show_number(node)

    def _shown_number(self, node: NodeView) -> int:
        """The number set; 0 stands for the size's own where the slider has no 0."""
        number = int(self._value(node))
        return self.setting.top if number == 0 and self.policy.minimum > 0 else number

    def _slid(self, index: float) -> None:
        self._set(self.values[round(index)])

    def _show_number(self, node: NodeView) -> None:
        number = self._shown_number(node)
        nearest = min(range(len(self.values)), key=lambda index: abs(self.values[index] - number))
        if not self.slider.dragging:
            self.slider.set_value(float(nearest))
        self.label.set(self._words(number, node))

    def _words(self, number: int, node: NodeView) -> str:
        i18n, key = self.page.ctx.i18n, self.policy.key
        if number == 0 and i18n.has(f"play.policy_zero.{key}"):
            return i18n.t(f"play.policy_zero.{key}", own=figures.count(node.queue_limit))
        return texts.figure(i18n, key, float(number))
