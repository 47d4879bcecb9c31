"""A stage with every kind of node, zones, a migration and questions is refused where it makes no sense."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from stages.errors import Problem, StageInvalid
from stages.load import load_stage

SOUND = """\
id = "large"
duration_s = 100
step_ms = 10
needs_monitoring = true
unlocked = ["vm_basic", "artist", "redis", "sql_master", "sql_replica", "queue", "monitoring", "search_engine"]
nodes = [{ key = "internet", kind = "internet", x = 0, y = 0 }]
zones = [
    { id = "zone_a", x = 0, y = 0, width = 6, height = 8 },
    { id = "zone_b", x = 6, y = 0, width = 6, height = 8 },
]

[migration]
cost = 300
duration_s = 40
unlocks = ["kubernetes"]

[traffic]
mix = { browse = 5, full_text = 1, drawing = 1 }
curve = [{ at_s = 0, rps = 10 }]
client = { retries = 2 }

[[objectives]]
id = "careful"
metric = "failed:browse"
most = 0.01

[[request_kinds]]
id = "drawing"
recipe = [{ sub_item = "compute", needs = "drawing" }]

[[node_kinds]]
id = "worker"
base = "worker"

[[node_kinds]]
id = "vm_basic"
base = "vm_basic"
may_call = ["redis", "sql_master", "sql_replica", "queue", "search_engine", "artist"]
only_for = { redis = ["read"], queue = ["write"], artist = ["compute"] }

[[node_kinds]]
id = "artist"
role = "compute"
sizes = [{ id = "small", slots = 2, special_ms = { drawing = 900 } }]
policies = [{ key = "rotation", choices = ["in", "out"], default = "in" }]

[[node_kinds]]
id = "cache"
role = "cache"
cache = { sub_item = "read" }
sizes = [{ id = "small", memory_mb = 64 }]

[[node_kinds]]
id = "broker"
role = "queue"
accepts = ["write"]
broker = { attempts = 3 }
sizes = [{ id = "small", queue = 100 }]
actions = ["redrive"]

[[node_kinds]]
id = "copy"
role = "database"
replica = { promotes_to = "sql_master" }
sizes = [{ id = "small", slots = 4, service_ms = { read = 60 }, apply_rps = 40 }]

[[node_kinds]]
id = "pods"
role = "compute"
autoscale = { start_s = 5 }
cluster = { pods = [{ id = "small", cpu = 0.5, memory_mb = 512, slots = 4 }] }
sizes = [{ id = "small", cpu = 2, memory_mb = 4096, service_ms = { static = 60 } }]
policies = [{ key = "pod_size", choices = ["small"], default = "small" }]

[[node_kinds]]
id = "watch"
role = "observer"
sizes = [{ id = "small" }]
alerts = [{ id = "lag", metric = "lag_s", threshold = 5, window_s = 5 }]

[[node_kinds]]
id = "screen"
role = "balancer"
filter = { levels = [{ id = "low", blocks = 0.5, false_positives = 0 }] }
sizes = [{ id = "small" }]
policies = [{ key = "sensitivity", choices = ["low"], default = "low" }]

[[events]]
id = "offer"
department = "pm"
at_s = 10
default = "no"
choices = [{ id = "yes", money = -50 }, { id = "no" }]

[[events]]
id = "storm"
department = "system"
at_s = 20
after = ["offer:yes"]
when = { metric = "rps", least = 5, for_s = 2 }
node_effects = [{ kinds = ["redis"], zone = "zone_a", pick = "one", flush = true }]
rollback_s = 5
"""


class Broken(NamedTuple):
    """One way to break SOUND: what stands at `key`, and what part of the answer says."""

    name: str
    old: str
    new: str
    key: str
    answer: str


BROKEN = [
    Broken("zone off the map", "x = 6, y = 0, width = 6", "x = 6, y = 0, width = 7", "zones[1].width", "from 1 to 6"),
    Broken(
        "zones overlap", "x = 6, y = 0, width = 6", "x = 5, y = 0, width = 6", "zones[1]", 'overlaps the zone "zone_a"'
    ),
    Broken("zone twice", '"zone_b"', '"zone_a"', "zones[1].id", "used twice"),
    Broken("unlocks nothing", '"kubernetes"', '"kubernetis"', "migration.unlocks[0]", "no such kind of node"),
    Broken("unlocks the source", '"kubernetes"', '"internet"', "migration.unlocks[0]", "cannot be built"),
    Broken("negative cost", "cost = 300", "cost = -300", "migration.cost", "0 or more"),
    Broken("no monitoring", '"monitoring", ', "", "needs_monitoring", "nothing to monitor with"),
    Broken("nobody can draw", '"artist", ', "", "request_kinds[0].recipe[0].needs", "capable"),
    Broken("carried to nowhere", "redis = [", "reddis = [", "node_kinds[1].only_for.reddis", 'Did you mean "redis"?'),
    Broken("carries nothing", 'redis = ["read"]', "redis = []", "node_kinds[1].only_for.redis", "at least one"),
    Broken("carries what is not", 'redis = ["read"]', 'redis = ["reed"]', "node_kinds[1].only_for.redis[0]", '"read"'),
    Broken("unknown setting", 'key = "rotation"', 'key = "rotatoin"', "node_kinds[2].policies[0].key", '"rotation"?'),
    Broken("unknown choice", '["in", "out"]', '["in", "off"]', "node_kinds[2].policies[0].choices[1]", '"in" or "out"'),
    Broken("too fast", "drawing = 900", "drawing = 9", "node_kinds[2].sizes[0].special_ms.drawing", "40 ms or more"),
    Broken(
        "relays too fast", "slots = 2,", "slots = 2, relay_ms = 5,", "node_kinds[2].sizes[0].relay_ms", "40 ms or more"
    ),
    Broken("cache of nothing", 'cache = { sub_item = "read" }\n', "", "node_kinds[3].cache", "nothing without it"),
    Broken("cache without memory", "memory_mb = 64", "memory_mb = 0", "node_kinds[3].sizes[0].memory_mb", "above 0"),
    Broken(
        "cache that serves",
        "memory_mb = 64",
        "memory_mb = 64, slots = 2",
        "node_kinds[3].sizes[0].slots",
        "nothing itself",
    ),
    Broken("takes nothing", 'accepts = ["write"]\n', "", "node_kinds[4].accepts", "does nothing without it"),
    Broken("unknown act", '"redrive"', '"redrife"', "node_kinds[4].actions[0]", '"redrive"'),
    Broken("act without model", '"redrive"', '"flush"', "node_kinds[4].actions[0]", "without cache"),
    Broken("too few attempts", "attempts = 3", "attempts = 0", "node_kinds[4].broker.attempts", "from 1 to 100"),
    Broken(
        "promoted to nothing", '"sql_master" }', '"sql_mester" }', "node_kinds[5].replica.promotes_to", '"sql_master"?'
    ),
    Broken(
        "promoted to another size",
        'sizes = [{ id = "small", slots = 4',
        'sizes = [{ id = "tiny", slots = 4',
        "node_kinds[5].replica.promotes_to",
        'no size "tiny"',
    ),
    Broken("applies nothing", "apply_rps = 40", "apply_rps = 0", "node_kinds[5].sizes[0].apply_rps", "above 0"),
    Broken("cluster alone", "autoscale = { start_s = 5 }\n", "", "node_kinds[6].autoscale", "a table"),
    Broken("pod too large", "cpu = 0.5", "cpu = 2", "node_kinds[6].cluster.pods[0].cpu", "at most 1.8"),
    Broken(
        "pod too fat", "memory_mb = 512", "memory_mb = 5120", "node_kinds[6].cluster.pods[0].memory_mb", "at most 4096"
    ),
    Broken(
        "unknown pod",
        'choices = ["small"], default = "small"',
        'choices = ["big"], default = "big"',
        "node_kinds[6].policies[0].choices[0]",
        '"small"',
    ),
    Broken("unknown figure", 'metric = "lag_s"', 'metric = "lag"', "node_kinds[7].alerts[0].metric", '"lag_s"'),
    Broken("more than all", "blocks = 0.5", "blocks = 1.5", "node_kinds[8].filter.levels[0].blocks", "from 0 to 1"),
    Broken(
        "unknown level",
        'choices = ["low"], default = "low"',
        'choices = ["high"], default = "high"',
        "node_kinds[8].policies[0].choices[0]",
        '"low"',
    ),
    Broken("filter elsewhere", 'role = "balancer"', 'role = "observer"', "node_kinds[8].filter", 'role = "balancer"'),
    Broken("nobody's answer", 'default = "no"', 'default = "maybe"', "events[0].default", '"yes" or "no"'),
    Broken("no choice", ', { id = "no" }]', "]", "events[0].choices", "two choices"),
    Broken("after nothing", '"offer:yes"', '"offer:yess"', "events[1].after[0]", 'Did you mean "offer:yes"?'),
    Broken("after itself", '"offer:yes"', '"storm"', "events", "storm -> storm"),
    Broken("unknown condition", 'metric = "rps"', 'metric = "rpm"', "events[1].when.metric", '"rps"'),
    Broken("always true", "least = 5, ", "", "events[1].when", "always holds"),
    Broken("users of a curve", 'metric = "rps"', 'metric = "users"', "events[1].when.metric", "only a curve"),
    Broken("unknown kind", 'kinds = ["redis"]', 'kinds = ["rediss"]', "events[1].node_effects[0].kinds[0]", '"redis"?'),
    Broken("unknown zone", 'zone = "zone_a"', 'zone = "zone_c"', "events[1].node_effects[0].zone", "no such zone"),
    Broken("unknown pick", 'pick = "one"', 'pick = "two"', "events[1].node_effects[0].pick", '"all" or "one"'),
    Broken(
        "forecast of a maybe",
        "rollback_s = 5",
        "rollback_s = 5\nin_forecast = true",
        "events[1].in_forecast",
        "nobody can forecast",
    ),
    Broken("overtakes itself", "rollback_s = 5", "window_s = 9\nevery_s = 4", "events[1].every_s", "9 or more"),
    Broken(
        "unknown objective", "failed:browse", "failed:browze", "objectives[0].metric", 'Did you mean "failed:browse"?'
    ),
    Broken("objective of all", "most = 0.01\n", "", "objectives[0]", "always holds"),
    Broken("too many retries", "retries = 2", "retries = 200", "traffic.client.retries", "from 0 to 100"),
]


def problems_of(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    file = tmp_path / "large.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StageInvalid) as caught:
        load_stage(file)
    return caught.value.problems()


def test_the_sound_stage_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    file.write_text(SOUND, encoding="utf-8")
    assert len(load_stage(file).zones) == 2


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_broken(case: Broken, tmp_path: Path) -> None:
    assert case.old in SOUND
    problems = problems_of(tmp_path, SOUND.replace(case.old, case.new, 1))
    assert case.key in [problem.key for problem in problems], [str(problem) for problem in problems]
    text = " ".join(str(problem) for problem in problems if problem.key == case.key)
    assert case.answer in text


def test_questions_and_deployments_that_do_nothing(tmp_path: Path) -> None:
    effect = 'node_effects = [{ kinds = ["redis"], zone = "zone_a", pick = "one", flush = true }]\n'
    assert {p.key for p in problems_of(tmp_path, SOUND.replace(effect, ""))} == {"events[1].rollback_s"}
    choices = 'choices = [{ id = "yes", money = -50 }, { id = "no" }]\n'
    text = SOUND.replace(choices, "").replace('after = ["offer:yes"]\n', "")
    assert {p.key for p in problems_of(tmp_path, text)} == {"events[0].default"}
