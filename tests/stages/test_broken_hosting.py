"""Mistakes in hosts, VMs, what befalls them and what they cost are named with their place and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.errors import StageInvalid
from stages.load import load_stage

SOUND = """
id = "mine"
duration_s = 60
step_ms = 10
budget = 5000
nodes = [
    { key = "internet", kind = "internet", x = 1, y = 1 },
    { key = "proxy", kind = "reverse_proxy", x = 3, y = 1, host = "pve1" },
    { key = "code", kind = "code_server", x = 5, y = 1, size = "small" },
]
wires = [{ source = "internet", target = "proxy" }, { source = "proxy", target = "code" }]
[traffic]
mix = { edit = 1 }
curve = [{ at_s = 0, rps = 5 }]
[finance]
investment = 4000
[hosting]
hosts = [
    { id = "pve1", cores = 4, threads = 8, memory_gb = 32 },
    { id = "pve2", cores = 4, threads = 8, memory_gb = 32 },
]
storage = { kind = "ceph", replicas = 2 }
[[events]]
id = "host_dies"
department = "system"
at_s = 10
host_effects = [{ host = "pve2", down_s = 5 }]
"""

BROKEN = {
    "more cores than threads": ("cores = 4", "cores = 9", "hosting.hosts[0].threads", "9 or more"),
    "host twice": ('id = "pve2"', 'id = "pve1"', "hosting.hosts[1].id", "used twice"),
    "no memory left": (
        "memory_gb = 32 },\n]",
        "memory_gb = 32, reserved_gb = 32 },\n]",
        "hosting.hosts[1].reserved_gb",
        "less than 32",
    ),
    "too few hosts": ("replicas = 2", "replicas = 3", "hosting.storage.replicas", "there are 2"),
    "too many copies wanted": (
        "replicas = 2",
        "replicas = 2, min_replicas = 3",
        "hosting.storage.min_replicas",
        "1 to 2",
    ),
    "unknown host": ('host = "pve1" }', 'host = "pve7" }', "nodes[1].host", 'Did you mean "pve'),
    "no room": ('size = "small"', 'size = "large"', "nodes[2]", "no host has room"),
    "befalls nothing": (
        'host = "pve2", down_s',
        'host = "pve9", down_s',
        "events[0].host_effects[0].host",
        "no such host",
    ),
    "does nothing": ("down_s = 5", "down_s = 0", "events[0].host_effects[0]", "above 0"),
    "unknown pick": ("down_s = 5", 'down_s = 5, pick = "any"', "events[0].host_effects[0].pick", '"one"'),
    "cannot pay": ("budget = 5000", "budget = 3000", "budget", "4,000 or more"),
}


def load(folder: Path, text: str) -> None:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    load_stage(file)


def test_the_sound_stage_is_sound(tmp_path: Path) -> None:
    load(tmp_path, SOUND)


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named(tmp_path: Path, name: str) -> None:
    old, new, key, answer = BROKEN[name]
    assert old in SOUND
    with pytest.raises(StageInvalid) as caught:
        load(tmp_path, SOUND.replace(old, new, 1))
    problems = caught.value.problems()
    assert [problem.key for problem in problems] == [key], problems
    assert answer in str(problems[0])


def test_host_effects_need_hosts(tmp_path: Path) -> None:
    start, end = SOUND.index("[hosting]"), SOUND.index("[[events]]")
    text = SOUND[:start] + SOUND[end:]
    with pytest.raises(StageInvalid, match="this stage has no hosts"):
        load(tmp_path, text.replace(', host = "pve1" }', " }"))


def test_a_vm_is_one_machine(tmp_path: Path) -> None:
    group = '[[node_kinds]]\nid = "vm_group"\nbase = "vm_group"\nvirtual = true\n'
    node = '    { key = "group", kind = "vm_group", x = 7, y = 1 },\n]\nwires'
    with pytest.raises(StageInvalid, match=r"node_kinds\[0\]\.virtual: .*a VM is one"):
        load(tmp_path, SOUND.replace("]\nwires", node, 1) + group)


def test_only_sizes_that_there_are_can_be_kept(tmp_path: Path) -> None:
    kind = '[[node_kinds]]\nid = "code_server"\nbase = "code_server"\nonly_sizes = ["smal"]\n'
    with pytest.raises(StageInvalid, match=r'only_sizes: .*no such size: "smal"\. Did you mean "small"'):
        load(tmp_path, SOUND + kind)
