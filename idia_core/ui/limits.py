"""How often somebody may start a run, and how long a run may take.

Does not: know what a run does, or keep an address for longer than a minute.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from idia_core.errors import IdiaError

Clock = Callable[[], float]
Step = TypeVar("Step")

MINUTE = 60.0


class Pace:
    """How often somebody may start; threads share it."""

    def __init__(self, per_minute: int, now: Clock) -> None:
        """Start empty.

        Args:
            per_minute: starts within any minute; 0 is no limit.
            now: a clock that never goes back.
        """
        self._per_minute = per_minute
        self._now = now
        self._starts: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def start(self, who: str) -> None:
        """Count a start.

        Args:
            who: a page or an address, forgotten a minute after its last start; nobody counts where it is empty.
        Raises:
            IdiaError: that is too often.
        """
        if self._per_minute == 0 or not who:
            return
        self.sweep()
        with self._lock:
            now = self._now()
            starts = self._starts.setdefault(who, deque(maxlen=self._per_minute))
            if len(starts) == self._per_minute and starts[0] > now - MINUTE:
                raise IdiaError(
                    f"That is more than {self._per_minute} runs within a minute.",
                    f"Ask again in {max(1, round(starts[0] + MINUTE - now))} seconds.",
                )
            starts.append(now)

    def sweep(self) -> None:
        """Forget those who did not start for a minute."""
        with self._lock:
            oldest = self._now() - MINUTE
            for key in [key for key, starts in self._starts.items() if starts[-1] <= oldest]:
                del self._starts[key]


def in_time(
    steps: Generator[Step, None, None], seconds: float, too_long: tuple[str, str]
) -> Generator[Step, None, None]:
    """Pass steps on until the time is up.

    Args:
        steps: closed at the end, whatever it is.
        seconds: how long they may take together; looked at after every step.
        too_long: what to say then, and what to do next; both may name the seconds.
    Raises:
        IdiaError: the time is up.
    """
    until = time.monotonic() + seconds
    with closing(steps):
        for step in steps:
            yield step
            if time.monotonic() > until:
                raise IdiaError(*(sentence.format(seconds=seconds) for sentence in too_long))
