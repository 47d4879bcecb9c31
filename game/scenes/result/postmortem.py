"""A run told from its own numbers: when it broke and why, when it turned, what it cost and what it teaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.spec import StageSpec
from engine.view import Incident, RunResult
from game.context import Context
from game.hud import figures, texts
from game.hud.names import NodeNames
from game.i18n import I18n
from game.money import money
from game.session import Session
from game.stage_refs import text_id

CALM_GAUGE = 0.02
LONG_S = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """A paragraph of it. when: the moment, or empty. tone: name of the palette's colour of the moment or icon."""

    icon: str
    text: str
    when: str = ""
    tone: str = "muted"


class Postmortem:
    """Gathers the findings of a run."""

    def __init__(self, ctx: Context, session: Session, result: RunResult) -> None:
        self.i18n, self.session, self.result = ctx.i18n, session, result
        self.names = NodeNames(ctx.i18n, session.view)
        self.series = session.view.series

    def findings(self) -> list[Finding]:
        """What happened in its order, then what it cost, and after a victory what its numbers say."""
        timed = [*self._incidents(), *self._hosts(), *self._peak(), *self._turn()]
        timed.sort(key=lambda found: found[0])
        story = [finding for _, finding in timed]
        if not self.result.incidents:
            story.insert(0, self._calm())
        return [*story, self._money(), *self._debrief()]

    def _say(self, key: str, **values: str) -> str:
        return self.i18n.t(f"postmortem.{key}", **values)

    def _lasted(self, seconds: float) -> str:
        """A span of time in words, a second at least."""
        whole = max(1, round(seconds))
        if whole < LONG_S:
            return self._say("seconds", seconds=str(whole))
        return self._say("minutes", minutes=str(whole // 60), seconds=str(whole % 60))

    # -- what happened ------------------------------------------------------------------------------------------------

    def _incidents(self) -> list[tuple[float, Finding]]:
        """The first incident, and the worst one where that is another."""
        incidents = self.result.incidents
        if not incidents:
            return []
        first = min(incidents, key=lambda incident: (incident.start_s, -incident.count))
        worst = max(incidents, key=lambda incident: incident.count)
        told = [self._incident("first", first)]
        return told if worst is first else [*told, self._incident("worst", worst)]

    def _incident(self, which: str, incident: Incident) -> tuple[float, Finding]:
        kind = "self" if incident.cause == incident.node else "cause"
        words = self._say(
            f"{which}_{kind}",
            node=self.names.of(incident.node, incident.kind),
            cause=self.names.of(incident.cause, incident.cause_kind),
            count=figures.count(incident.count),
            reason=texts.reason(self.i18n, incident.reason),
            lasted=self._lasted(incident.end_s - incident.start_s),
        )
        icon = "circle-alert" if which == "first" else "flame"
        return incident.start_s, Finding(icon, words, figures.clock(incident.start_s), "error")

    def _hosts(self) -> list[tuple[float, Finding]]:
        """The outage of a host that took most VMs with it."""
        outages = [outage for outage in self.session.outages.all if outage.nodes]
        if not outages:
            return []
        worst = max(outages, key=lambda outage: len(outage.nodes))
        words = [self._say("host_died", host=worst.host, count=str(len(worst.nodes)))]
        if worst.restarted:
            first = self._lasted(min(worst.restarted.values()) - worst.start_s)
            words.append(self._say("host_restarted", restarted=str(len(worst.restarted)), first=first))
        waiting = len(worst.nodes) - len(worst.restarted)
        if waiting and worst.end_s is None:
            words.append(self._say("host_for_good", stranded=str(waiting)))
        elif waiting and worst.end_s is not None:
            lasted = self._lasted(worst.end_s - worst.start_s)
            words.append(self._say("host_waited", stranded=str(waiting), lasted=lasted))
        return [(worst.start_s, Finding("server-crash", " ".join(words), figures.clock(worst.start_s), "error"))]

    def _calm(self) -> Finding:
        totals = self.session.view.totals
        failed = sum(totals.failed.values()) - totals.attacks_failed
        asked = failed + totals.done - totals.attacks_done
        words = self._say("calm", failed=figures.count(failed), total=figures.count(asked))
        return Finding("circle-check", words, "", "ok")

    def _peak(self) -> list[tuple[float, Finding]]:
        """The second in which most was asked."""
        series = self.series
        if not len(series.time_s):
            return []
        at = int(np.argmax(series.offered_rps))
        offered, done = float(series.offered_rps[at]), float(series.done_rps[at])
        words = self._say("peak", offered=figures.rate(offered), done=figures.rate(done))
        moment = float(series.time_s[at])
        return [(moment, Finding("trend_up", words, figures.clock(moment), "accent"))]

    def _turn(self) -> list[tuple[float, Finding]]:
        """The second from which on it was won or lost."""
        moment = turning_point(self.session, self.result)
        if moment is None:
            return []
        result, when = self.result, figures.clock(moment)
        if result.outcome == "won":
            bad_s = (1.0 - result.uptime) * result.seconds
            limit = figures.limit(self.session.stage.goal.error_threshold)
            words = self._say("turn_won", limit=limit, bad=self._lasted(bad_s))
            return [(moment, Finding("shield-check", words, when, "ok"))]
        words = self._say(f"turn_{result.outcome}", lasted=self._lasted(result.seconds - moment))
        return [(moment, Finding("skull", words, when, "error"))]

    # -- what it cost and what it says --------------------------------------------------------------------------------

    def _money(self) -> Finding:
        result, view, stage = self.result, self.session.view, self.session.stage
        invested = stage.budget + result.earned - result.spent - view.budget
        amounts = {"earned": result.earned, "spent": result.spent, "built": invested, "left": view.budget}
        words = self._say("money", **{key: money(self.i18n, amount) for key, amount in amounts.items()})
        return Finding("wallet", words, "", "ok" if view.budget >= 0 else "error")

    def _debrief(self) -> list[Finding]:
        i18n, result, key = self.i18n, self.result, f"stage.{text_id(self.session.stage.id)}.debrief"
        if missed_lesson(i18n, self.session.stage, result) or not i18n.has(key):
            return []
        words = i18n.t(
            key,
            max_rps=figures.rate(result.max_rps),
            error_share=figures.percent(result.error_rate),
            latency=figures.latency(result.latency_ms),
            uptime=figures.percent(result.uptime),
        )
        return [Finding("graduation-cap", words, "", "accent")]


def missed_lesson(i18n: I18n, stage: StageSpec, result: RunResult) -> str:
    """What the stage wanted to teach, after a defeat; empty when nothing would have changed the end."""
    if result.outcome == "won" or stage.endless:
        return ""
    return i18n.t("postmortem.lesson", lesson=i18n.t(f"stage.{text_id(stage.id)}.lesson"))


def turning_point(session: Session, result: RunResult) -> float | None:
    """The second from which on a run was won or lost, in seconds of operation; None when it never hung in the balance.

    Won: the last second with too many errors. Service Down: the start of the gauge's last climb. Bankrupt: the last
    time the balance fell below zero.
    """
    series = session.view.series
    if not len(series.time_s):
        return None
    if result.outcome == "won":
        asked = np.maximum(series.done_rps + series.failed_rps, 1e-9)
        bad = np.flatnonzero(series.failed_rps / asked > session.stage.goal.error_threshold)
        return None if not len(bad) else float(series.time_s[bad[-1]])
    calm = series.budget >= 0 if result.outcome == "bankrupt" else series.gauge <= CALM_GAUGE
    quiet = np.flatnonzero(calm)
    return float(series.time_s[quiet[-1]]) if len(quiet) else float(series.time_s[0])
