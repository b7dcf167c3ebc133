"""A download as steps that can be drawn and stopped: the fetch runs in a thread, its reports come out here.

Does not: know where weights come from (`weights` does).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator

from idia_core import weights
from idia_core.errors import IdiaError
from idia_core.models import ModelSpec

SECONDS_BETWEEN = 0.5
"""Reports are passed on no more often than this."""


class _Stopped(BaseException):
    """Ends the thread from inside its next report; no handler for ordinary errors may swallow it."""


def fetch_steps(spec: ModelSpec) -> Generator[tuple[int, int], None, None]:
    """Fetch a model's weights.

    Args:
        spec: the model.
    Yields:
        Bytes done and bytes in total, of the file under way.
    Raises:
        IdiaError: as `weights.fetch`.
    """
    reports: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
    stop = threading.Event()
    failures: list[IdiaError] = []

    def report(done: int, total: int) -> None:
        if stop.is_set():
            raise _Stopped
        reports.put((done, total))

    def work() -> None:
        try:
            weights.fetch(spec, report)
        except IdiaError as error:
            failures.append(error)
        except _Stopped:
            return

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    latest = (0, 0)
    try:
        under_way = True
        while under_way:
            thread.join(SECONDS_BETWEEN)
            under_way = thread.is_alive()  # asked before the reports are read, so that none is missed
            while not reports.empty():
                latest = reports.get()
            yield latest
    finally:
        stop.set()
    if failures:
        raise failures[0]
