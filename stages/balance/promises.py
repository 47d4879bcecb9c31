"""What the campaign promises its players, and whether the runs keep it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from engine.spec import StageSpec
from stages.balance.estimates import SURE, Rate
from stages.balance.measure import StageBalance
from stages.balance.players import EXPERT, IDLE, PANIC, REFERENCE, WITHHELD
from stages.balance.runs import Outcome
from stages.tables import percent

GRADES = "SABCDF"
GOOD = "SAB"
REFERENCE_LEAST, EXPERT_S_LEAST, WITHHELD_MOST = 0.9, 0.3, 0.1
IDLE_MOST, IDLE_MOST_FIRST = 0.05, 0.3
BAND_LEAST = 1.3
# A kind without which the expert wins no more than this share of what it wins with everything is indispensable.
INDISPENSABLE = 0.1
FIRST = 1
Judge = Callable[[Sequence[Outcome]], tuple[str, bool]]
MISSING = "not measured: this bot did not play"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise and what was measured. stage: empty when it is about several. holds: None where it was not measured."""

    stage: str
    name: str
    promised: str
    measured: str
    holds: bool | None


def promises(balances: Sequence[StageBalance]) -> list[Promise]:
    """Every promise that the measured parts speak of, stage by stage, then those about the whole campaign."""
    found = [promise for balance in balances for promise in _of_stage(balance)]
    if len(balances) > 1 and all(balance.bots for balance in balances):
        found.append(_rises(balances))
    return found


def kept(found: Sequence[Promise]) -> bool:
    """Whether all promises hold, and none had to be left out."""
    return all(promise.holds for promise in found)


def difficulty(balance: StageBalance) -> float:
    """How hard a stage is, 0..1: what all its bots together miss of a perfect standing, each counting the same."""
    return 1.0 - fmean(fmean(outcome.standing for outcome in outcomes) for outcomes in balance.bots.values())


def _of_stage(balance: StageBalance) -> Iterator[Promise]:
    if balance.bots:
        yield from _of_bots(balance)
    if balance.sweep:
        yield _band(balance)
    if balance.ablation:
        yield _no_kind_dominates(balance)


def _of_bots(balance: StageBalance) -> Iterator[Promise]:
    first = balance.stage.order <= FIRST
    idle_most = IDLE_MOST_FIRST if first else IDLE_MOST
    judged: list[tuple[str, str, str, Judge]] = [
        (REFERENCE, "the reference wins with B or better", f">= {percent(REFERENCE_LEAST)}", _good),
        (EXPERT, "the expert reaches S", f">= {percent(EXPERT_S_LEAST)}", _excellent),
        (EXPERT, "S takes more than opening the doors", "no S without an act", _earned),
        (WITHHELD, "without the lesson it is hardly ever won", f"<= {percent(WITHHELD_MOST)}", _wins(WITHHELD_MOST)),
        (IDLE, "idling hardly ever wins", f"<= {percent(idle_most)}", _wins(idle_most)),
        (IDLE, "idling never reaches S", "no S", _never_excellent),
        (PANIC, "panic never reaches S", "no S", _never_excellent),
    ]
    for bot, name, promised, judge in judged:
        measured, holds = judge(balance.bots[bot]) if bot in balance.bots else (MISSING, None)
        yield Promise(balance.stage.id, name, promised, measured, holds)
    if not first:
        yield _grades_spread(balance)


def _good(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    return _share(outcomes, GOOD, REFERENCE_LEAST)


def _excellent(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    return _share(outcomes, "S", EXPERT_S_LEAST)


def _share(outcomes: Sequence[Outcome], grades: str, least: float) -> tuple[str, bool]:
    rate = Rate(sum(outcome.grade in grades for outcome in outcomes), len(outcomes))
    return _shown(rate), rate.share >= least


def _earned(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    best = [outcome for outcome in outcomes if outcome.grade == "S"]
    idle = sum(outcome.acts == 0 for outcome in best)
    return f"{idle} of {len(best)}", idle == 0


def _wins(most: float) -> Judge:
    def judge(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
        rate = Rate(sum(outcome.won for outcome in outcomes), len(outcomes))
        return _shown(rate), rate.share <= most

    return judge


def _never_excellent(outcomes: Sequence[Outcome]) -> tuple[str, bool]:
    best = sum(outcome.grade == "S" for outcome in outcomes)
    return f"{best} of {len(outcomes)}", best == 0


def _grades_spread(balance: StageBalance) -> Promise:
    counts = Counter(outcome.grade for outcomes in balance.bots.values() for outcome in outcomes)
    measured = "  ".join(f"{grade} {counts[grade]}" for grade in GRADES)
    holds = all(counts[grade] for grade in GRADES)
    return Promise(balance.stage.id, "every grade occurs", "each of S to F", measured, holds)


def _band(balance: StageBalance) -> Promise:
    found = balance.band
    assert found is not None
    name, promised = "there is room between safe and lost", f"a factor >= {BAND_LEAST}"
    if math.isnan(found.factor):
        *_, hardest = balance.sweep.values()
        end = "safe at every level tried" if hardest.share >= SURE else "safe at none of the levels tried"
        return Promise(balance.stage.id, name, promised, end, False)
    beyond = "at least " if found.open_end else ""
    measured = f"95 % at {found.safe:.2f}, 5 % at {beyond}{found.lost:.2f}: {beyond}{found.factor:.2f}"
    return Promise(balance.stage.id, name, promised, measured, found.factor >= BAND_LEAST)


def _no_kind_dominates(balance: StageBalance) -> Promise:
    """A stage may need what its lesson teaches, and what alone can answer a request, but hang on nothing else."""
    needed = [kind for kind, rate in balance.ablation.items() if rate.share <= INDISPENSABLE * balance.full.share]
    alone = [kind for kind in needed if kind in sole_answers(balance.stage)]
    others = [kind for kind in needed if kind not in balance.taught and kind not in alone]
    measured = f"needs {_listed(needed)}; taught: {_listed(balance.taught)}"
    if alone:
        measured += f"; no other answers what {_listed(alone)} does"
    holds = (not others and balance.full.wins > 0) if balance.taught or not needed else None
    return Promise(
        balance.stage.id, "no kind dominates but the lesson's", "none needed but the taught", measured, holds
    )


def sole_answers(stage: StageSpec) -> frozenset[str]:
    """The kinds of node that are the only ones able to answer something the visitors of a stage ask for."""
    asked = [kind for kind in stage.request_kinds if stage.traffic.mix.get(kind.id, 0.0) > 0]
    needs = {step.needs for kind in asked for step in kind.recipe if step.needs}
    able = {
        need: [k.id for k in stage.node_kinds if any(need in size.special_ms for size in k.sizes)] for need in needs
    }
    return frozenset(kinds[0] for kinds in able.values() if len(kinds) == 1)


def _rises(balances: Sequence[StageBalance]) -> Promise:
    steps = [difficulty(balance) for balance in balances]
    measured = ", ".join(f"{step:.2f}" for step in steps)
    holds = all(harder > easier for easier, harder in pairwise(steps))
    return Promise("", "difficulty rises from stage to stage", "strictly", measured, holds)


def _shown(rate: Rate) -> str:
    low, high = rate.interval
    return f"{percent(rate.share)} ({percent(low)} to {percent(high)})"


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(kinds) or "nothing"
