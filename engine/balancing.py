"""How a balancer shares out what passes it, in whole requests.

All take the requests of all decks of a level at once and return the flow over each of its edges.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import CountArray, FloatArray, IndexArray
from engine.draws import Draws
from engine.sampling import dealt
from engine.topology import Dealing, Level, Member

LOOKS_A_STEP = 8


def round_robin(level: Level, passing: CountArray, turn: CountArray) -> CountArray:
    """Deal in turn, group by group; `turn` (by group) is where each group's deal stands and is moved on."""
    running = passing.cumsum()
    before = running - passing
    before += (turn - before[level.group_start])[level.deck_group]
    first = before[level.edge_deck]
    flow = dealt(first, first + passing[level.edge_deck], level.edge_reach, level.edge_size)
    turn += np.add.reduceat(passing, level.group_start)
    turn %= level.group_size
    return flow


def choose(
    level: Level,
    passing: CountArray,
    connections: CountArray,
    weights: CountArray,
    state: Deal,
    draws: Draws,
) -> CountArray:
    """Deal by any other policy. connections, weights: open requests and slots by node."""
    total = np.add.reduceat(passing, level.group_start)
    match level.dealing:
        case Dealing.LEAST_CONNECTIONS:
            quota = _fill(level, total, connections[level.pair_node], state.turn)
            state.turn += total
            state.turn %= level.group_size
        case Dealing.WEIGHTED:
            quota = _weighted(level, total, np.maximum(weights[level.pair_node], 1), state.credit)
        case dealing:
            two, open_now = dealing is Dealing.TWO_CHOICES, connections[level.pair_node]
            members = level.members or (Member(level, int(level.at[0]), slice(None), slice(None)),)
            drawn = [_drawn(m.level, total[m.groups], open_now[m.pairs], two, draws.at(m.node)) for m in members]
            quota = np.concatenate(drawn)
    return _compose(level, passing, total, quota, draws.random(level.group_node))


class Deal:
    """Where the deals of a level stand. turn: by group; credit: by pair, what a weighted target is owed."""

    def __init__(self, level: Level) -> None:
        self.turn = np.zeros(level.group_size.size, dtype=np.int64)
        self.credit = np.zeros(level.pair_node.size, dtype=np.int64)


def _fill(level: Level, total: CountArray, connections: CountArray, turn: CountArray) -> CountArray:
    """Each request goes where the fewest connections are, those just sent included: the level fills like water.

    Returns how many requests each pair of a group and a target receives; targets that are level are taken in turn.
    """
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


def _weighted(level: Level, total: CountArray, weight: CountArray, credit: CountArray) -> CountArray:
    """In proportion to the weights, to within one request or so: whole shares first, then one more for whoever is owed
    most. credit: what each is owed, in requests x the sum of the weights; weights that change cannot leave more than
    one request of it.
    """
    group, start = level.pair_group, level.pair_start
    whole = np.add.reduceat(weight, start)[group]
    share = total[group] * weight
    quota = share // whole
    np.clip(credit, -whole, whole, out=credit)
    credit += share - quota * whole
    rest = total - np.add.reduceat(quota, start)
    extra = (level.pair_rank - credit).argsort(kind="stable")[level.pair_position < rest[group]]
    quota[extra] += 1
    credit[extra] -= whole[extra]
    return np.asarray(quota)


def _drawn(
    level: Level, total: CountArray, connections: CountArray, two: bool, generator: np.random.Generator
) -> CountArray:
    """Each request goes to a target drawn at random, or (`two`) to the less busy of two different ones.

    The less busy of two is the i-th least busy (from 0) of k targets with probability 2 (k - 1 - i) / k (k - 1). What
    is known of the connections is at most an eighth of a step old. Source: M. Mitzenmacher, The Power of Two Choices in
    Randomized Load Balancing, 2001.
    """
    group, position, size = level.pair_group, level.pair_position, level.pair_size
    looks = min(LOOKS_A_STEP, int(total.max(initial=1)) or 1) if two else 1
    share = 2.0 * (size - 1 - position) / np.maximum(size * (size - 1), 1) if two else 1.0 / size
    share = np.where(size == 1, 1.0, share)
    table = np.zeros((total.size, int(level.group_size.max(initial=1))))
    table[group, position] = share
    quota = np.zeros(connections.size, dtype=np.int64)
    for look in range(looks):
        part = total * (look + 1) // looks - total * look // looks
        drawn = generator.multinomial(part, table)[group, position]
        if two:
            ties = generator.integers(0, 1 << 16, connections.size)
            drawn_at = (level.pair_rank + ((connections + quota) << 16) + ties).argsort(kind="stable")
            quota[drawn_at] += drawn
        else:
            quota += drawn
    return quota


def _compose(level: Level, passing: CountArray, total: CountArray, quota: CountArray, offset: FloatArray) -> CountArray:
    """A matrix of whole numbers with the given row sums (decks) and column sums (pairs) in each group, near the
    proportional one: its whole part first, then the remainders overlaid as two rows of intervals at a random shift."""
    deck, pair, group = level.edge_deck, level.edge_pair, level.edge_group
    flow: CountArray = passing[deck] * quota[pair] // np.maximum(total, 1)[group]
    row_rest = passing - np.bincount(deck, flow, passing.size).astype(np.int64)
    column_rest = quota - np.bincount(pair, flow, quota.size).astype(np.int64)
    rest = np.add.reduceat(row_rest, level.group_start)
    row_low = _before(row_rest, level.group_start, level.deck_group)[deck]
    low = _before(column_rest, level.pair_start, level.pair_group)[pair] + (offset * rest).astype(np.int64)[group]
    row_high, high = row_low + row_rest[deck], low + column_rest[pair]
    flow += np.maximum(np.minimum(row_high, high) - np.maximum(row_low, low), 0)
    modulus = rest[group]
    flow += np.maximum(np.minimum(row_high, high - modulus) - np.maximum(row_low, low - modulus), 0)
    return flow


def _before(counts: CountArray, start: IndexArray, group: IndexArray) -> CountArray:
    """The sum of the counts in front of each item, within its group."""
    before = counts.cumsum() - counts
    before -= before[start][group]
    return before
