"""The range of every number in a stage: the one list behind the checks and behind docs/stages.md."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine import spec


@dataclass(frozen=True, slots=True)
class Limit:
    """An interval. `above`: the minimum itself is not allowed. `infinite`: `inf` is a value too
    (and `-inf` where there is no minimum)."""

    minimum: float = -math.inf
    maximum: float = math.inf
    above: bool = False
    infinite: bool = False

    def allows(self, value: float) -> bool:
        """Whether a number lies inside."""
        if not math.isfinite(value):
            return self.infinite and (value > 0 or math.isinf(self.minimum))
        return (value > self.minimum if self.above else value >= self.minimum) and value <= self.maximum

    def describe(self, whole: bool = False) -> str:
        """The interval in words."""
        noun = "a whole number" if whole else "a number"
        low, high = f"{self.minimum:,.10g}", f"{self.maximum:,.10g}"
        if math.isinf(self.minimum):
            text = noun
        elif math.isinf(self.maximum):
            text = f"{noun} above {low}" if self.above else f"{noun}, {low} or more"
        else:
            text = f"{noun} above {low}, at most {high}" if self.above else f"{noun} from {low} to {high}"
        return f"{text}, or inf" if self.infinite else text


ANY = Limit()
BOUND = Limit(infinite=True)
POSITIVE = Limit(0, above=True)
NOT_NEGATIVE = Limit(0)
SHARE = Limit(0, 1)
COUNT = Limit(0, 1_000_000_000)

# By class and field; for a mapping, the limit of its values.
LIMITS: Mapping[type, Mapping[str, Limit]] = {
    spec.RecipeStep: {"work": Limit(0, 1000, above=True)},
    spec.RequestKind: {"revenue": NOT_NEGATIVE, "importance": Limit(0, 100)},
    spec.UslSpec: {
        "contention_read": SHARE,
        "contention_write": SHARE,
        "coherency_read": SHARE,
        "coherency_write": SHARE,
    },
    spec.NodeSize: {
        "price": NOT_NEGATIVE,
        "keep_per_day": NOT_NEGATIVE,
        "slots": Limit(0, 1_000_000),
        "service_ms": POSITIVE,
        "special_ms": POSITIVE,
        "relay_ms": NOT_NEGATIVE,
        "queue": COUNT,
        "rate_cap_rps": NOT_NEGATIVE,
        "price_per_1000": NOT_NEGATIVE,
        "memory_mb": NOT_NEGATIVE,
        "cpu": NOT_NEGATIVE,
        "disk_gb": NOT_NEGATIVE,
        "partitions": Limit(1, 1000),
        "apply_rps": NOT_NEGATIVE,
    },
    spec.PopularitySpec: {"keys": Limit(1, 1_000_000_000), "zipf": Limit(0, 3)},
    spec.CacheSpec: {"object_kb": POSITIVE},
    spec.ReplicaSpec: {"detection_s": NOT_NEGATIVE, "promotion_s": NOT_NEGATIVE, "read_drag": SHARE},
    spec.AutoscaleSpec: {
        "start_s": NOT_NEGATIVE,
        "sync_s": POSITIVE,
        "tolerance": SHARE,
        "up_instances": Limit(1, 10_000),
        "up_share": NOT_NEGATIVE,
        "stabilisation_s": NOT_NEGATIVE,
    },
    spec.PodSpec: {
        "cpu": POSITIVE,
        "memory_mb": POSITIVE,
        "slots": Limit(1, 1_000_000),
        "cpu_limit": NOT_NEGATIVE,
    },
    spec.ClusterSpec: {
        "worker_start_s": NOT_NEGATIVE,
        "worker_idle_s": NOT_NEGATIVE,
        "rollout_share": Limit(0, 1, above=True),
        "system_cpu": NOT_NEGATIVE,
    },
    spec.ServerlessSpec: {"cold_start_s": NOT_NEGATIVE, "keep_alive_s": NOT_NEGATIVE},
    spec.GatewaySpec: {
        "window_s": POSITIVE,
        "failure_share": Limit(0, 1, above=True),
        "min_calls": Limit(1, 1_000_000),
        "open_s": POSITIVE,
        "probe_rps": POSITIVE,
    },
    spec.FilterLevel: {"blocks": SHARE, "false_positives": SHARE},
    spec.BrokerSpec: {"attempts": Limit(1, 100)},
    spec.MemorySpec: {"base_mb": NOT_NEGATIVE, "request_mb": NOT_NEGATIVE},
    spec.BackupSpec: {"window_s": POSITIVE, "drag": Limit(0, 0.99), "restore_s": NOT_NEGATIVE},
    spec.AlertSpec: {"threshold": NOT_NEGATIVE, "window_s": NOT_NEGATIVE},
    spec.PolicySpec: {"minimum": COUNT, "maximum": COUNT},
    spec.NodeKind: {
        "free_wires": Limit(0, 1000),
        "wire_overhead": SHARE,
        "patience_s": POSITIVE,
        "build_s": NOT_NEGATIVE,
        "resize_s": NOT_NEGATIVE,
        "resize_capacity": SHARE,
        "restart_s": NOT_NEGATIVE,
        "refund": SHARE,
        "health_check_s": NOT_NEGATIVE,
        "priority": Limit(0, 1000),
        "kilobytes": NOT_NEGATIVE,
    },
    spec.Envelope: {"rise_s": NOT_NEGATIVE, "hold_s": Limit(0, infinite=True), "decay_s": NOT_NEGATIVE},
    spec.TrafficEffect: {"multiplier": Limit(0, 1000)},
    spec.HostEffect: {"down_s": NOT_NEGATIVE, "link_down_s": NOT_NEGATIVE},
    spec.NodeEffect: {
        "pace": Limit(0, 100),
        "fault_share": SHARE,
        "leak_mb_s": NOT_NEGATIVE,
        "down_s": NOT_NEGATIVE,
    },
    spec.ConditionSpec: {"least": BOUND, "most": BOUND, "for_s": NOT_NEGATIVE},
    spec.ChoiceSpec: {"money": ANY, "users": ANY},
    spec.EventSpec: {
        "at_s": NOT_NEGATIVE,
        "window_s": NOT_NEGATIVE,
        "chance": SHARE,
        "every_s": NOT_NEGATIVE,
        "lead_s": NOT_NEGATIVE,
        "users": ANY,
        "money": ANY,
        "expires_s": POSITIVE,
        "rollback_s": NOT_NEGATIVE,
    },
    spec.ObjectiveSpec: {"least": BOUND, "most": BOUND},
    spec.CurvePoint: {"at_s": NOT_NEGATIVE, "rps": Limit(0, 1e9)},
    spec.UserModel: {
        "initial": NOT_NEGATIVE,
        "market": POSITIVE,
        "rps_per_user": POSITIVE,
        "growth_per_day": NOT_NEGATIVE,
        "churn_per_day": NOT_NEGATIVE,
        "daily_swing": SHARE,
    },
    spec.ClientSpec: {"retries": Limit(0, 100), "backoff_s": POSITIVE, "budget_s": POSITIVE},
    spec.TrafficSpec: {"mix": NOT_NEGATIVE},
    spec.GoalSpec: {
        "error_threshold": Limit(0, 1, above=True),
        "gauge_fill_s": POSITIVE,
        "gauge_drain_s": POSITIVE,
        "max_rps": POSITIVE,
        "latency_good_ms": POSITIVE,
        "latency_bad_ms": POSITIVE,
        "uptime_floor": Limit(0, 0.99),
    },
    spec.StartNode: {"x": Limit(0, 199), "y": Limit(0, 199)},
    spec.ZoneSpec: {"x": Limit(0, 199), "y": Limit(0, 199), "width": Limit(1, 200), "height": Limit(1, 200)},
    spec.MigrationSpec: {"cost": NOT_NEGATIVE, "duration_s": NOT_NEGATIVE},
    spec.TutorialStep: {"count": Limit(1, 100)},
    spec.HostSpec: {
        "cores": Limit(1, 1000),
        "threads": Limit(1, 2000),
        "memory_gb": POSITIVE,
        "clock": Limit(0, 10, above=True),
        "reserved_gb": NOT_NEGATIVE,
        "disk_gb": NOT_NEGATIVE,
        "links": Limit(1, 16),
        "link_gbps": POSITIVE,
        "price": NOT_NEGATIVE,
    },
    spec.StorageSpec: {"replicas": Limit(1, 10), "min_replicas": Limit(1, 10)},
    spec.HaSpec: {"detection_s": NOT_NEGATIVE, "restart_s": POSITIVE, "most_restarts": Limit(0, 100)},
    spec.ReplicationSpec: {"every_s": POSITIVE},
    spec.BackupWindowSpec: {
        "at_hour": Limit(0, 24),
        "window_s": POSITIVE,
        "drag": Limit(0, 0.99),
        "restore_s": NOT_NEGATIVE,
    },
    spec.HostingSpec: {
        "overcommit": POSITIVE,
        "migration_gbps": POSITIVE,
        "migration_dirty_gbps": NOT_NEGATIVE,
        "migration_pause_s": NOT_NEGATIVE,
    },
    spec.BillingSpec: {
        "reserved_discount": SHARE,
        "reserved_months": POSITIVE,
        "spot_discount": SHARE,
        "spot_reclaims_month": NOT_NEGATIVE,
        "spot_notice_s": NOT_NEGATIVE,
        "spot_away_s": NOT_NEGATIVE,
    },
    spec.FinanceSpec: {
        "investment": NOT_NEGATIVE,
        "write_off_months": POSITIVE,
        "power_month": NOT_NEGATIVE,
        "line_month": NOT_NEGATIVE,
        "administration_month": NOT_NEGATIVE,
        "rent_month": NOT_NEGATIVE,
        "cloud_user_month": NOT_NEGATIVE,
    },
    spec.StageSpec: {
        "order": COUNT,
        "duration_s": Limit(0, 1_000_000, above=True),
        "day_s": POSITIVE,
        "step_ms": Limit(0, 100),
        "budget": NOT_NEGATIVE,
        "overdraft": NOT_NEGATIVE,
        "width": Limit(1, 200),
        "height": Limit(1, 200),
        "escalation_per_min": Limit(0, 10),
    },
}
