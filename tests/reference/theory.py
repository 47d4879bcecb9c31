"""Closed forms of queueing theory.

Sources: L. Kleinrock, Queueing Systems vol. 1, 1975 (M/M/1, M/M/c, M/M/c/K); J. R. Jackson, 1957 (tandems); J. D. C.
Little, 1961; S. Zeltyn and A. Mandelbaum, Call centers with impatient customers, 2005, section 4 (patience); N. J.
Gunther, Guerrilla Capacity Planning, 2007 (Universal Scalability Law). Rates are per second, times in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Stationary figures: mean number in system, mean number waiting, P(all servers busy), P(an arrival is lost),
    throughput of answered requests.
    """

    in_system: float
    waiting: float
    all_busy: float
    lost: float
    throughput: float

    @property
    def sojourn_s(self) -> float:
        """Mean time in the system of those that are let in and answered in the end."""
        return little(self.in_system, self.throughput)

    @property
    def wait_s(self) -> float:
        """Mean wait of the same."""
        return little(self.waiting, self.throughput)


def little(in_system: float, rate: float) -> float:
    """Mean time in a system by Little's law, W = L / rate."""
    return in_system / rate


def birth_death(arrival: float, departure: Callable[[int], float], servers: int, capacity: int) -> Queue:
    """A queue with `capacity` places, those in service included, whose n requests depart at a rate of departure(n)."""
    weights = [1.0]
    for n in range(1, capacity + 1):
        weights.append(weights[-1] * arrival / departure(n))
    total = math.fsum(weights)
    share = [weight / total for weight in weights]
    waiting = math.fsum(p * max(n - servers, 0) for n, p in enumerate(share))
    in_system = math.fsum(p * n for n, p in enumerate(share))
    return Queue(in_system, waiting, math.fsum(share[servers:]), share[-1], arrival * (1.0 - share[-1]))


def mmck(arrival: float, service: float, servers: int, capacity: int) -> Queue:
    """M/M/c/K; `capacity` counts those in service too."""
    return birth_death(arrival, lambda n: service * min(n, servers), servers, capacity)


def usl_queue(arrival: float, service_s: float, servers: int, capacity: int, alpha: float, beta: float) -> Queue:
    """M/M/c/K whose n requests in service are worked off at X(n) of the Universal Scalability Law."""
    return birth_death(arrival, lambda n: usl_throughput(min(n, servers), service_s, alpha, beta), servers, capacity)


def erlang_b(arrival: float, service: float, servers: int) -> float:
    """P(an arrival is lost) in M/M/c/c."""
    return mmck(arrival, service, servers, servers).lost


def erlang_c(arrival: float, service: float, servers: int) -> float:
    """P(an arrival must wait) in M/M/c."""
    offered = arrival / service
    below = math.fsum(offered**n / math.factorial(n) for n in range(servers))
    busy = offered**servers / math.factorial(servers) / (1.0 - offered / servers)
    return busy / (below + busy)


def mmc(arrival: float, service: float, servers: int) -> Queue:
    """M/M/c without a bound; arrival < servers x service."""
    load = arrival / (servers * service)
    wait = erlang_c(arrival, service, servers)
    waiting = wait * load / (1.0 - load)
    return Queue(waiting + servers * load, waiting, wait, 0.0, arrival)


def tandem(arrival: float, stations: Sequence[tuple[float, int]]) -> tuple[Queue, ...]:
    """Jackson: (service rate, servers) one after the other behave like as many independent M/M/c."""
    return tuple(mmc(arrival, service, servers) for service, servers in stations)


def mmc_patience(arrival: float, service: float, servers: int, patience_s: float) -> Queue:
    """M/M/c whose requests leave when they have waited for `patience_s`: M/M/n+G with H(x) = min(x, patience)."""
    surplus = arrival - servers * service
    drain = servers * service
    grown = math.exp(surplus * patience_s)
    if abs(surplus * patience_s) < 1e-6:
        inside, weighted = patience_s, patience_s**2 / 2.0
    else:
        inside = (grown - 1.0) / surplus
        weighted = (patience_s * grown - inside) / surplus
    waits = inside + grown / drain
    waited = weighted + patience_s * grown / drain
    scale = 1.0 / erlang_b(arrival, service, servers - 1) + arrival * waits
    all_busy = arrival * waits / scale
    lost = (1.0 + surplus * waits) / scale
    waiting = arrival * arrival * waited / scale
    throughput = arrival * (1.0 - lost)
    return Queue(waiting + throughput / service, waiting, all_busy, lost, throughput)


def usl_throughput(concurrency: int, service_s: float, alpha: float, beta: float) -> float:
    """Requests a second at a concurrency, by the Universal Scalability Law."""
    others = concurrency - 1
    return concurrency / (service_s * (1.0 + alpha * others + beta * concurrency * others))


def usl_peak(alpha: float, beta: float) -> float:
    """The concurrency with the highest throughput."""
    return math.sqrt((1.0 - alpha) / beta)


def che_hit_share(keys: int, zipf: float, objects: int) -> float:
    """Share of hits of an LRU cache that holds `objects` of `keys` with Zipf popularity.

    Che's approximation: an object stays for T with sum over keys of 1 - exp(-q T) = objects. Source: H. Che, Y. Tung,
    Z. Wang, Hierarchical Web Caching Systems, IEEE JSAC 2002.
    """
    weights = [rank**-zipf for rank in range(1, keys + 1)]
    total = math.fsum(weights)
    share = [weight / total for weight in weights]
    low, high = 0.0, 1e12
    for _ in range(200):
        middle = (low + high) / 2.0
        if math.fsum(-math.expm1(-q * middle) for q in share) < objects:
            low = middle
        else:
            high = middle
    return math.fsum(q * -math.expm1(-q * low) for q in share)
