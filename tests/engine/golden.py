"""Short runs whose hashes are kept: `python -m tests.engine.golden` compares, with `--update` writes them anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from engine.commands import Build, Clone, Connect, Place, Restart, SetPlacement, SetPolicy, StartOperation
from engine.simulation import Simulation
from engine.spec import StageSpec
from stages.load import load_stage
from tests.engine.builders import mmc, opened, random_stage, run_for, three_tier
from tests.engine.hosted import own_hosts

FILE = Path(__file__).with_name("golden.json")


def _mmc() -> Simulation:
    simulation = opened(mmc(8, 100.0, 72.0, 20), 1)
    run_for(simulation, 20.0)
    return simulation


def _three_tier() -> Simulation:
    simulation = opened(three_tier(60.0, "least_connections"), 2)
    run_for(simulation, 5.0)
    simulation.apply(SetPolicy(1, "balancing", "round_robin"))
    simulation.apply(SetPolicy(5, "max_connections", 4))
    run_for(simulation, 5.0)
    return simulation


def _random() -> Simulation:
    simulation = opened(random_stage(7), 3)
    run_for(simulation, 1.0)
    simulation.apply(Restart(2))
    run_for(simulation, 1.0)
    return simulation


def _hello_world() -> Simulation:
    simulation = Simulation(load_stage("hello_world"), 4)
    web = simulation.view.nodes[1]
    balancer = simulation.apply(Build("load_balancer", web.x, web.y - 2))
    simulation.apply(Connect(getattr(balancer, "node", -1), web.id))
    simulation.apply(Connect(0, getattr(balancer, "node", -1)))
    simulation.apply(Clone(web.id, web.x, web.y + 2))
    simulation.apply(StartOperation())
    run_for(simulation, 30.0)
    return simulation


def _hosts() -> Simulation:
    simulation = opened(own_hosts(), 6)
    simulation.apply(Place(1, "b"))
    run_for(simulation, 8.0)
    simulation.apply(SetPlacement("spread"))
    simulation.apply(Build("web", 9, 9))
    run_for(simulation, 12.0)
    return simulation


def run_of_every_kind(stage: StageSpec) -> Simulation:
    """Thirty nodes of all kinds (`stages/examples/every_kind.toml`), some acts of the player among them."""
    simulation = opened(stage, 5)
    master = next(node.id for node in simulation.view.nodes if node.kind == "sql_master")
    broker = next(node.id for node in simulation.view.nodes if node.kind == "queue")
    run_for(simulation, 4.0)
    simulation.apply(Restart(master))
    simulation.apply(SetPolicy(broker, "overflow", "block"))
    run_for(simulation, 6.0)
    return simulation


def _every_kind() -> Simulation:
    from tests.engine.worlds import every_kind

    return run_of_every_kind(every_kind())


RUNS: dict[str, Callable[[], Simulation]] = {
    "mmc": _mmc,
    "three_tier": _three_tier,
    "random": _random,
    "hello_world": _hello_world,
    "hosts": _hosts,
}
# Reads a stage file, which the browser cannot: there the stage is handed over compiled.
WITH_FILES: dict[str, Callable[[], Simulation]] = {"every_kind": _every_kind}


def played(name: str) -> str:
    """The hash of a run, played now."""
    return (RUNS | WITH_FILES)[name]().state_hash()


def load() -> dict[str, str]:
    """The hashes that are kept."""
    kept: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    return kept


def main() -> int:
    """Compare or update."""
    now = {name: played(name) for name in RUNS | WITH_FILES}
    if "--update" in sys.argv:
        FILE.write_text(json.dumps(now, indent=2) + "\n", "utf-8")
        return 0
    other = [name for name, digest in now.items() if digest != load().get(name)]
    sys.stdout.write("".join(f"{name}: not the hash that is kept\n" for name in other))
    return int(bool(other))


if __name__ == "__main__":
    sys.exit(main())
