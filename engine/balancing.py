"""How a balancer shares out what passes it: exact in whole requests, by round robin or by fewest connections.

Both take the requests of all cells of a level at once and return the flow over each of its edges.
"""

from __future__ import annotations

import numpy as np

from engine.sampling import dealt
from engine.topology import BalancerLevel, CountArray, FloatArray


def round_robin(level: BalancerLevel, passing: CountArray, turn: CountArray) -> CountArray:
    """Deal in turn, group by group; `turn` (by group) is where each group's deal stands and is moved on."""
    running = np.cumsum(passing)
    before = running - passing
    first = before + (turn - before[level.group_start])[level.cell_group]
    size = level.group_size[level.cell_group]
    cell = level.edge_cell
    flow = dealt(first[cell], first[cell] + passing[cell], level.edge_target, size[cell])
    total = np.add.reduceat(passing, level.group_start)
    turn[:] = (turn + total) % level.group_size
    return flow


def fewest_connections(
    level: BalancerLevel, passing: CountArray, connections: CountArray, turn: CountArray, offset: FloatArray
) -> CountArray:
    """Each request goes where the fewest connections are, those just sent included: the level fills like water.

    connections: open requests by node. offset: uniform [0, 1) by group, for the order of the request kinds.
    """
    total = np.add.reduceat(passing, level.group_start)
    quota = _fill(level, total, connections[level.pair_node], turn)
    return _compose(level, passing, total, quota, offset)


def _fill(level: BalancerLevel, total: CountArray, connections: CountArray, turn: CountArray) -> CountArray:
    """How many requests each pair of a group and a target receives, so that connections end as level as they can."""
    group, start = level.pair_group, level.pair_start
    size = level.group_size[group]
    position = np.arange(group.size) - start[group]
    tie = (position - turn[group]) % size
    order = np.lexsort((tie, connections, group))
    sorted_connections = connections[order]
    running = np.cumsum(sorted_connections)
    base = running[start] - sorted_connections[start]
    below = running - base[group]
    rank = position + 1
    reachable = sorted_connections * rank - below <= total[group]
    filled = np.add.reduceat(reachable, start, dtype=np.int64)
    water = total + below[start + filled - 1]
    height, rest = water // filled, water % filled
    quota_sorted = np.where(position < filled[group], height[group] - sorted_connections + (position < rest[group]), 0)
    quota = np.empty_like(quota_sorted)
    quota[order] = quota_sorted
    return quota


def _compose(
    level: BalancerLevel, passing: CountArray, total: CountArray, quota: CountArray, offset: FloatArray
) -> CountArray:
    """A matrix of whole numbers with the given row sums (cells) and column sums (pairs) in each group, near the
    proportional one: its whole part first, then the remainders overlaid as two rows of intervals at a random shift."""
    cell, pair = level.edge_cell, level.edge_pair
    divisor = np.maximum(total, 1)[level.cell_group][cell]
    flow = passing[cell] * quota[pair] // divisor
    row_rest = passing - np.bincount(cell, flow, passing.size).astype(np.int64)
    column_rest = quota - np.bincount(pair, flow, quota.size).astype(np.int64)
    row_end = _running(row_rest, level.group_start, level.cell_group)
    column_end = _running(column_rest, level.pair_start, level.pair_group)
    rest = np.add.reduceat(row_rest, level.group_start)
    shift = (offset * rest).astype(np.int64)[level.cell_group][cell]
    row_high, row_low = row_end[cell], (row_end - row_rest)[cell]
    high, low = column_end[pair] + shift, (column_end - column_rest)[pair] + shift
    modulus = rest[level.cell_group][cell]
    overlap = np.maximum(np.minimum(row_high, high) - np.maximum(row_low, low), 0)
    wrapped = np.maximum(np.minimum(row_high, high - modulus) - np.maximum(row_low, low - modulus), 0)
    return np.asarray(flow + overlap + wrapped)


def _running(counts: CountArray, start: np.ndarray, group: np.ndarray) -> CountArray:
    running = np.cumsum(counts)
    base = (running - counts)[start]
    return np.asarray(running - base[group])
