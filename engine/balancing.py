"""How a balancer shares out what passes it: exact in whole requests, by round robin or by fewest connections.

Both take the requests of all cells of a level at once and return the flow over each of its edges.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray
from engine.sampling import dealt
from engine.topology import BalancerLevel


def round_robin(level: BalancerLevel, passing: CountArray, turn: CountArray) -> CountArray:
    """Deal in turn, group by group; `turn` (by group) is where each group's deal stands and is moved on."""
    running = passing.cumsum()
    before = running - passing
    first = before + (turn - before[level.group_start])[level.cell_group]
    begin = first[level.edge_cell]
    flow = dealt(begin, begin + passing[level.edge_cell], level.edge_target, level.edge_size)
    turn += np.add.reduceat(passing, level.group_start)
    turn %= level.group_size
    return flow


def fewest_connections(
    level: BalancerLevel, passing: CountArray, connections: CountArray, turn: CountArray, generator: np.random.Generator
) -> CountArray:
    """Each request goes where the fewest connections are, those just sent included: the level fills like water.

    connections: open requests by node. The generator decides the order of the request kinds among the targets.
    """
    total = np.add.reduceat(passing, level.group_start)
    quota = _fill(level, total, connections[level.pair_node], turn)
    return _compose(level, passing, total, quota, generator.random(total.size))


def _fill(level: BalancerLevel, total: CountArray, connections: CountArray, turn: CountArray) -> CountArray:
    """How many requests each pair of a group and a target receives, so that connections end as level as they can."""
    group, start, position = level.pair_group, level.pair_start, level.pair_position
    size = level.pair_size
    order = (level.pair_rank + connections * size + (position - turn[group]) % size).argsort()
    ordered = connections[order]
    running = ordered.cumsum()
    below = running - (running - ordered)[start][group]
    reachable = ordered * (position + 1) - below <= total[group]
    filled = np.add.reduceat(reachable, start, dtype=np.int64)
    height, rest = np.divmod(total + below[start + filled - 1], filled)
    gain = height[group] - ordered + (position < rest[group])
    gain[position >= filled[group]] = 0
    quota: CountArray = np.empty_like(gain)
    quota[order] = gain
    return quota


def _compose(
    level: BalancerLevel, passing: CountArray, total: CountArray, quota: CountArray, offset: FloatArray
) -> CountArray:
    """A matrix of whole numbers with the given row sums (cells) and column sums (pairs) in each group, near the
    proportional one: its whole part first, then the remainders overlaid as two rows of intervals at a random shift."""
    cell, pair, group = level.edge_cell, level.edge_pair, level.edge_group
    flow: CountArray = passing[cell] * quota[pair] // np.maximum(total, 1)[group]
    row_rest = passing - np.bincount(cell, flow, passing.size).astype(np.int64)
    column_rest = quota - np.bincount(pair, flow, quota.size).astype(np.int64)
    rest = np.add.reduceat(row_rest, level.group_start)
    row_low = _before(row_rest, level.group_start, level.cell_group)[cell]
    low = _before(column_rest, level.pair_start, level.pair_group)[pair] + (offset * rest).astype(np.int64)[group]
    row_high, high = row_low + row_rest[cell], low + column_rest[pair]
    flow += np.maximum(np.minimum(row_high, high) - np.maximum(row_low, low), 0)
    modulus = rest[group]
    flow += np.maximum(np.minimum(row_high, high - modulus) - np.maximum(row_low, low - modulus), 0)
    return flow


def _before(counts: CountArray, start: IndexArray, group: IndexArray) -> CountArray:
    """The sum of the counts in front of each item, within its group."""
    before = counts.cumsum() - counts
    before -= before[start][group]
    return before
