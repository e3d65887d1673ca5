"""Workers of a dask cluster as a place for work: each does a piece at a time, and what one that dies had is done again.

What is finished comes back at once and is kept where the command runs, so that no worker's end takes it away; what was
being solved on a worker that dies begins anew on another (dask gives up after four workers died of the same piece).
Only names, scenarios and plans travel. Workers need the same versions, and one thread each: a process solves one
scenario at a time.
"""

from __future__ import annotations

import platform
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any, Self

from redesaude.errors import ToldError
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.solving.progress import Progress, StopSignal
from redesaude.studies.pools import Finished, RunListener, Work

#: packages of which another version may find another plan, or none
PACKAGES = ("redesaude", "highspy", "numpy", "pandas", "pyomo", "scipy", "distributed")
#: seconds in which a scheduler answers
_ANSWER = 20.0
#: seconds between two looks of a worker whether it is asked to stop
_LOOK = 1.0

NO_PACKAGE = N_("A cluster needs more packages, here and on its workers: pip install 'redesaude[cluster]'")
_NO_ANSWER = N_("No scheduler answers at {address}: {reason}")
_NO_WORKERS = N_("The cluster at {address} has no worker: start some with dask worker {address} --nthreads 1")
_THREADS = N_(
    "The worker {worker} has {threads} threads; a process solves one scenario at a time: start it with --nthreads 1"
)
_VERSIONS = N_("The worker {worker} has other versions than this machine: {differences}. Install the same on both.")


class ClusterError(ToldError):
    """A cluster cannot be worked with, as it stands."""


class Cluster:
    """The workers of the scheduler at ``address`` (``tcp://host:8786``).

    Raises
    ------
    ClusterError
        where nobody answers there, there are no workers, they have other versions or more than one thread, or the
        packages are missing here.

    """

    here = False

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise ClusterError(NO_PACKAGE) from error
        try:
            self._client = distributed.Client(address, timeout=_ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(_NO_ANSWER, address=address, reason=str(error)) from error
        try:
            self.jobs = self._looked_at(address)
        except ClusterError:
            self._client.close()
            raise
        self._topic = f"redesaude-{uuid.uuid4().hex}"

    def _looked_at(self, address: str) -> int:
        """Refuse workers that would not do; return how many share the busiest machine."""
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise ClusterError(_NO_WORKERS, address=address)
        for name, worker in workers.items():
            if worker["nthreads"] != 1:
                raise ClusterError(_THREADS, worker=name, threads=worker["nthreads"])
        versions = _versions()
        here = versions(PACKAGES)
        for name, there in self._client.run(versions, PACKAGES).items():
            told = [f"{each} {there.get(each) or '-'} ({here[each]})" for each in here if there.get(each) != here[each]]
            if told:
                raise ClusterError(_VERSIONS, worker=name, differences=", ".join(told))
        return max(Counter(worker["host"] for worker in workers.values()).values())

    def __enter__(self) -> Self:
        """Work with the cluster."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it; the workers go on without us."""
        self._client.close()

    def run(
        self, work: Mapping[str, Work], progress: RunListener | None, stop: StopSignal, finished: Finished
    ) -> dict[str, Plan]:
        """See :class:`redesaude.studies.pools.Pool`."""
        import distributed

        if progress is not None:
            self._client.subscribe_topic(self._topic, lambda event: _tell(progress, *event[1]))
        asked = distributed.Event(f"{self._topic}-stop", client=self._client)
        if stop.stopped:
            asked.set()
        names = {self._client.submit(_done, name, each, self._topic, pure=False): name for name, each in work.items()}
        plans: dict[str, Plan] = {}
        with _Watch(stop, asked):
            for future in distributed.as_completed(list(names), loop=self._client.loop):
                name = names[future]
                try:
                    plan = future.result()
                except distributed.KilledWorker:  # of every worker that tried: told by whoever misses it
                    continue
                if plan is not None:
                    plans[name] = plan
                    finished(name, plan)
        if progress is not None:
            self._client.unsubscribe_topic(self._topic)
        return {name: plans[name] for name in work if name in plans}


def _tell(progress: RunListener, name: str, *step: Any) -> None:
    """Pass on a step, which travels as its fields."""
    progress(name, Progress(*step))


class _Watch:
    """Passes a stop on to the workers while the context lasts; Ctrl-C is one."""

    def __init__(self, stop: StopSignal, asked: Any) -> None:
        self._stop, self._asked, self._over = stop, asked, threading.Event()
        self._thread = threading.Thread(target=self._look, name="cluster", daemon=True)

    def _look(self) -> None:
        while not self._over.wait(0.2):
            if self._stop.stopped:
                self._asked.set()
                return

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _done(name: str, work: Work, topic: str) -> Plan | None:
    """Do a piece of work on a worker; None where a stop came before."""
    import distributed

    worker = distributed.get_worker()
    asked = distributed.Event(f"{topic}-stop", client=distributed.get_client())
    if asked.is_set():
        return None
    stop, over = StopSignal(), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            if asked.is_set():
                stop.stop()
                return

    def tell(step: Progress) -> None:
        worker.log_event(topic, (name, step.stage, step.seconds, step.incumbent, step.bound, step.message))

    threading.Thread(target=look, name="stop", daemon=True).start()
    try:
        return work(tell, stop)
    finally:
        over.set()


def _versions() -> Callable[[tuple[str, ...]], dict[str, str]]:
    """What tells the versions of packages: it travels whole, so that a worker without this package can answer too."""

    def versions(packages: tuple[str, ...]) -> dict[str, str]:
        found = {"python": platform.python_version()}
        for name in packages:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = ""
        return found

    return versions
