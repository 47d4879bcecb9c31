"""What each preset's plan says it carries, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from stages.presets.plans import plans

# J. Nielsen, Usability Engineering, 1993, ch. 5: up to 1 s a user's flow of thought stays uninterrupted, up to 10 s the
# attention stays with the dialogue.
FLOW_MS = 1_000.0
ATTENTION_MS = 10_000.0
# F8's alarm: failed requests over 5 %.
MOST_FAILED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """users: the fewest and the most the plan is for. unit: what a user is. target_ms: latency that `statistic` (`p95`,
    `mean`) keeps to. warm_up_s: until caches are warm and autoscalers have answered.
    """

    preset: str
    source: str
    unit: str
    users: tuple[float, float]
    statistic: str
    target_ms: float
    warm_up_s: float = 60.0


def _windwalker(preset: str) -> Promise:
    users = plans()[preset].users
    return Promise(preset=preset, source="F3", unit="concurrent users", users=users, statistic="p95", target_ms=FLOW_MS)


def promises() -> tuple[Promise, ...]:
    """All of them, in the order of the presets.

    F6: 100 to 200 active workspaces, API p95 under 200 ms. F8: ten times the traffic by scaling, up to the 10,000
    concurrent users of its first step, answers under 2 s. F7 names no users: 70 % of what its GPUs answer, and half.
    """
    return (
        *map(_windwalker, ("proxmox_basic", "proxmox_standard", "proxmox_extended", "proxmox_enterprise")),
        Promise(
            preset="gpu_server_box",
            source="F7",
            unit="users, a question a minute",
            users=(190.0, 380.0),
            statistic="p95",
            target_ms=ATTENTION_MS,
        ),
        Promise(
            preset="workspace_platform",
            source="F6",
            unit="active workspaces",
            users=(100.0, 200.0),
            statistic="p95",
            target_ms=200.0,
            warm_up_s=150.0,
        ),
        Promise(
            preset="managed_cloud",
            source="F8",
            unit="concurrent users",
            users=(1_000.0, 10_000.0),
            statistic="mean",
            target_ms=2_000.0,
            warm_up_s=120.0,
        ),
    )
