"""Who runs a session, in one process: an asyncio loop over the due wake rows.

    run ──► claim ──► advance(wake) ──► rest(due)         for each session, `concurrency` at once
     ├────► renew    the leases, three times in their length; a session that was lost is stopped
     └────► sweep    at the start and each minute

The wake rows are the truth. Nothing here has to survive: what a crash leaves leased comes free when the lease ends, or
at once when a process of the same host starts and finds its owner dead. Several processes may share one database.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio

from bot.ports import Clock, Store, Trouble, Wake

T = TypeVar("T")
Advance = Callable[[Wake], Awaitable[datetime | None]]
"""Works on a session until it rests; returns when it is due again, or None when only news can wake it."""

LEASE = 30.0
"""Seconds that a session is ours after the last renewal."""
POLL = 1.0
"""Seconds after which due rows are looked for without a signal: timers, other processes, lost signals."""
SWEEP = 60.0
"""Seconds between two sweeps."""
GRACE = 10.0
"""Seconds that running sessions get to stop at shutdown."""
LONGEST_PAUSE = 300.0
"""Seconds between two attempts at a session that keeps failing."""

_log = logging.getLogger(__name__)


class InProcessDispatcher:
    """Runs `advance` on due sessions: one at a time for a session, `concurrency` in all, `per_repository` in each.

    `advance` tells its own failures as events. What it raises all the same is logged and tried again after a pause that
    doubles from 2 seconds. `worker` is this process's `worker_name()`.
    """

    def __init__(
        self,
        store: Store,
        advance: Advance,
        clock: Clock,
        worker: str,
        concurrency: int,
        per_repository: int,
        sweep: Callable[[], Awaitable[None]] | None = None,
        lease: float = LEASE,
    ) -> None:
        self._store, self._advance, self._clock, self._worker = store, advance, clock, worker
        self._concurrency, self._per_repository, self._lease = concurrency, per_repository, lease
        self._sweep = sweep
        self._running: dict[str, asyncio.Task[None]] = {}
        self._resting: set[str] = set()
        self._news = asyncio.Event()

    def signal(self, session: str = "") -> None:  # noqa: ARG002  one loop serves every session
        self._news.set()

    @property
    def busy(self) -> bool:
        """Whether a session is being worked on."""
        return bool(self._running)

    async def run(self) -> None:
        """Work until cancelled; then stop what runs, so that another worker can take it over at once."""
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._renew_leases())
                if self._sweep is not None:
                    loops.create_task(self._sweep_regularly(self._sweep))
                await self._release_the_dead()
                await self._serve()
        finally:
            with anyio.move_on_after(GRACE, shield=True), contextlib.suppress(Trouble):
                await _stop(*self._running.values())
                await self._store.release(self._worker)

    async def _serve(self) -> None:
        while True:
            self._news.clear()
            try:
                await self._fill()
            except Trouble as trouble:
                _log.warning("can't look for due sessions: %s", trouble.what)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):  # never wait_for: before 3.12 it may swallow our cancellation
                    await self._news.wait()

    async def _fill(self) -> None:
        while len(self._running) < self._concurrency:
            busy = frozenset(self._running)
            wake = await self._store.claim(self._worker, self._clock.now(), self._lease, busy, self._per_repository)
            if wake is None:
                return
            self._running[wake.session] = task = asyncio.create_task(self._run(wake))
            task.add_done_callback(partial(self._ended, wake.session))

    def _ended(self, session: str, task: asyncio.Task[None]) -> None:
        del self._running[session]
        self._resting.discard(session)
        self._news.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("%s could not be given back", session, exc_info=error)

    async def _run(self, wake: Wake) -> None:
        work = asyncio.ensure_future(self._advance(wake))
        next_due: datetime | None = self._clock.now()  # and so it stays when we are stopped in the middle
        failed = False
        try:
            await asyncio.wait([work])
            next_due, failed = self._outcome(wake, work)
        finally:
            await _stop(work)
            self._resting.add(wake.session)  # from here on, a lease that is gone is one that we gave back
            await self._rest(wake, next_due, failed)

    async def _rest(self, wake: Wake, due: datetime | None, failed: bool) -> None:
        """Give the lease back, as soon as the database lets us: until then nobody else could run the session."""
        while True:
            try:
                return await self._store.rest(self._worker, wake, due, failed=failed)
            except Trouble as trouble:
                _log.warning("can't give %s back: %s", wake.session, trouble.what)
                await asyncio.sleep(trouble.retry_in or POLL)

    def _outcome(self, wake: Wake, work: "asyncio.Future[datetime | None]") -> tuple[datetime | None, bool]:
        """When it is due next, and whether this attempt failed."""
        error = asyncio.CancelledError() if work.cancelled() else work.exception()
        if error is None:
            return work.result(), False
        expected = isinstance(error, Trouble)
        level, trace = (logging.WARNING, None) if expected else (logging.ERROR, error)
        _log.log(level, "%s failed, attempt %d: %s", wake.session, wake.attempts, error, exc_info=trace)
        asked = error.retry_in or 0.0 if isinstance(error, Trouble) else 0.0
        pause = max(asked, min(2.0**wake.attempts, LONGEST_PAUSE))
        return self._clock.now() + timedelta(seconds=pause), True

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            held = dict(self._running)
            try:
                ours = await self._store.renew(self._worker, self._clock.now(), self._lease)
            except Trouble as trouble:
                _log.warning("can't renew the leases: %s", trouble.what)
                continue
            for session in held.keys() - set(ours) - self._resting:
                if not held[session].done():
                    _log.warning("%s was taken over by another worker", session)
                    held[session].cancel()

    async def _sweep_regularly(self, sweep: Callable[[], Awaitable[None]]) -> None:
        while True:
            swept = asyncio.ensure_future(sweep())
            try:
                await asyncio.wait([swept])
            finally:
                await _stop(swept)
            if not swept.cancelled() and (error := swept.exception()):
                _log.error("the sweep failed", exc_info=error)
            self.signal()
            await asyncio.sleep(SWEEP)

    async def _release_the_dead(self) -> None:
        """What a killed process of this host held is free at once; a dead worker elsewhere is outlived by its lease."""
        try:
            for worker in await self._store.workers():
                if is_dead(worker):
                    await self._store.release(worker)
        except Trouble as trouble:
            _log.warning("can't look for dead workers: %s", trouble.what)


async def _stop(*tasks: asyncio.Future[T]) -> None:
    """Cancel and wait for the end; what a task still has to complain of is logged."""
    stopped = [task for task in tasks if task.cancel()]
    if not stopped:
        return
    await asyncio.wait(stopped)
    for task in stopped:
        if not task.cancelled() and (error := task.exception()):
            _log.error("stopping met a fault", exc_info=error)


def worker_name() -> str:
    """This process, as no other is or will be named: `host.namespace:pid:start`, the start in clock ticks after boot.

    The namespace tells containers apart that share a host name: only within it can a process be looked up.
    """
    return f"{_here()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(worker: str) -> bool:
    """Whether `worker` is a process of this host that has ended. False whenever that can't be known."""
    where, _, process = worker.partition(":")
    pid, _, started = process.partition(":")
    if where != _here() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def _here() -> str:
    try:
        namespace = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        namespace = 0
    return f"{socket.gethostname()}.{namespace}"


def _started(pid: int) -> str:
    """When a process began, '' when there is none (a zombie has ended) or the system has no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    return "" if fields[0] in "ZX" else fields[19]
