"""The names the engine's models know: settings and their values, acts by hand, figures that alerts may watch."""

from __future__ import annotations

from collections.abc import Mapping

from engine.spec import NodeKind

# Settings that are one of these choices, and settings that are numbers.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "balancing": ("round_robin", "least_connections", "random", "two_choices", "weighted"),
    "rotation": ("in", "out"),
    "restore": ("manual", "automatic"),
    "expired": ("drop", "work_on"),
    "eviction": ("lru", "random"),
    "failover": ("automatic", "manual"),
    "reads": ("share", "only_writes"),
    "metric": ("cpu", "concurrency"),
    "shedding": ("even", "by_importance"),
    "breaker": ("off", "on"),
    "overflow": ("reject", "block"),
    "backoff": ("constant", "exponential"),
    "billing": ("on_demand", "reserved", "spot"),
}
NUMBERS = (
    "max_connections",
    "queue_limit",
    "ttl_s",
    "min_instances",
    "max_instances",
    "target_percent",
    "min_workers",
    "max_workers",
    "rate_limit_rps",
    "interval_s",
    "retry_budget_percent",
)
# Settings whose choices are what the kind's own model is made of.
OWN_CHOICES = ("pod_size", "sensitivity")
POLICIES = (*CHOICES, *OWN_CHOICES, *NUMBERS)

ACTIONS = ("flush", "promote", "redrive", "restore", "rollout")
EFFECT_PICKS = ("all", "one")
SERVICE_METRICS = ("error_share", "latency_ms")
NODE_METRICS = ("utilisation", "memory_share", "lag_s", "oldest_s", "queue_share")
CONDITION_METRICS = ("users", "rps", "error_share", "latency_ms", "budget", "gauge", "utilisation")
OBJECTIVE_METRICS = (
    "error_share",
    "latency_ms",
    "p95_ms",
    "uptime",
    "max_rps",
    "users",
    "budget",
    "spent",
    "lost_writes",
    "stale_share",
    "nodes",
)
FAILED_OF = "failed:"  # an objective's metric, followed by a kind of request


def policy_choices(kind: NodeKind, key: str) -> tuple[str, ...]:
    """The values a setting of this kind may offer; none for a number."""
    if key == "pod_size" and kind.cluster is not None:
        return tuple(pod.id for pod in kind.cluster.pods)
    if key == "sensitivity" and kind.filter is not None:
        return tuple(level.id for level in kind.filter.levels)
    return CHOICES.get(key, ())
