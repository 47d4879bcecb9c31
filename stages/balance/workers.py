"""Work spread over all cores, or over a cluster. Which worker does a piece never changes what comes of it, nor the
order in which results come back.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence, Sized
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

CLUSTER_TIMEOUT_S = 10.0
LARGEST_BATCH, FEWEST_BATCHES = 32, 4
MISSING = "--dask needs Dask's distributed scheduler: pip install 'project-devops[cluster]', or leave out --dask"

Item = TypeVar("Item")
Result = TypeVar("Result")
Batch = TypeVar("Batch", bound=Sized)


class Spread(Protocol):
    """Does pieces of work, many at once."""

    def __call__(self, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """The results in the order of the items. `work` is a function at the top of a module. Raises WorkersError."""


class SpreadBatches(Protocol):
    """The same for pieces that are batches."""

    def __call__(self, work: Callable[[Batch], Result], items: Sequence[Batch]) -> Iterator[Result]:
        """See `Spread`."""


def in_batches(
    spread: Spread | SpreadBatches, work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item]
) -> Iterator[Result]:
    """The results of work that does many items at once, in the order of the items. Few items make small batches, so
    that every worker has some."""
    size = max(1, min(LARGEST_BATCH, -(-len(items) // FEWEST_BATCHES)))
    for results in spread(work, [items[i : i + size] for i in range(0, len(items), size)]):
        yield from results


class WorkersError(Exception):
    """Why the work cannot be done, and what to do about it."""


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_at(address: str | None, processes: int) -> AbstractContextManager[Spread]:
    """The workers of a Dask scheduler where an address is given, else so many processes."""
    return on_cluster(address) if address else in_processes(processes)


@contextmanager
def in_processes(workers: int) -> Iterator[Spread]:
    """So many processes; a single worker is this very process."""
    if workers == 1:
        yield _here
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

    def spread(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        try:
            yield from pool.map(work, items)
        except BrokenProcessPool:
            raise WorkersError("a worker process died (out of memory?); try fewer, such as --workers 1") from None

    try:
        yield spread
    finally:
        pool.shutdown(cancel_futures=True)


def _here(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    return map(work, items)


@contextmanager
def on_cluster(address: str) -> Iterator[Spread]:
    """The workers of the Dask scheduler at `address`.

    Raises WorkersError without Dask, without a scheduler there, and without workers that can do the work.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CLUSTER_TIMEOUT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkersError(f"--dask {address}: no scheduler answers there: {error}") from None

    def spread(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        if not client.scheduler_info()["workers"]:
            raise WorkersError(f"--dask {address}: the scheduler has no workers; start some: dask worker {address}")
        for future in client.map(work, items, pure=False):
            try:
                yield future.result()
            except (ImportError, AttributeError, distributed.KilledWorker) as error:
                raise WorkersError(
                    f"--dask {address}: a worker cannot do it: {error}; the same version of this project must be "
                    "installed on every worker"
                ) from None

    with client:
        yield spread


def _distributed() -> Any:
    if find_spec("distributed") is None:
        raise WorkersError(MISSING)
    return import_module("distributed")
