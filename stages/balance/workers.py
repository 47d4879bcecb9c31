"""Runs on all cores, or on a cluster. Which worker does a run never changes what comes of it, nor the order."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from stages.balance.runs import Job, Outcome, run

CLUSTER_TIMEOUT_S = 10.0
MISSING = "--dask needs Dask's distributed scheduler: pip install 'project-devops[cluster]', or leave out --dask"

Done = Callable[[Sequence[Job]], Iterator[Outcome]]


class WorkersError(Exception):
    """Why the runs cannot be done, and what to do about it."""


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """The outcomes of jobs in their order, by so many processes; a single worker is this very process.

    Raises WorkersError when a process dies.
    """
    if workers == 1 or len(jobs) < 2:
        yield from map(run, jobs)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context)
    try:
        yield from pool.map(run, jobs)
    except BrokenProcessPool:
        raise WorkersError("a worker process died (out of memory?); try fewer: --workers 1") from None
    finally:
        pool.shutdown(cancel_futures=True)


def on_cluster(jobs: Sequence[Job], address: str) -> Iterator[Outcome]:
    """The outcomes of jobs in their order, by the workers of the Dask scheduler at `address`.

    Raises WorkersError without Dask, without a scheduler there, and without workers or when one cannot do its run.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CLUSTER_TIMEOUT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkersError(f"--dask {address}: no scheduler answers there: {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise WorkersError(f"--dask {address}: the scheduler has no workers; start some: dask worker {address}")
        futures = client.map(run, jobs, pure=False)
        for future in futures:
            try:
                yield future.result()
            except (ImportError, AttributeError, distributed.KilledWorker) as error:
                raise WorkersError(
                    f"--dask {address}: a worker cannot play: {error}; the same version of this project must be "
                    f"installed on every worker"
                ) from None


def _distributed() -> Any:
    if find_spec("distributed") is None:
        raise WorkersError(MISSING)
    return import_module("distributed")
