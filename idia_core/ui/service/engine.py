"""The models that the page offers, the one thread that uses them, and the download of their weights."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from idia_core import names
from idia_core.attack import prompts
from idia_core.attack.prompts import PromptSet
from idia_core.audit.run import embed
from idia_core.clip import weights
from idia_core.clip.registry import REGISTRY, ModelSpec, parse_model
from idia_core.clip.text_cache import TextCache
from idia_core.errors import IdiaError
from idia_core.settings import ASSETS, Settings

if TYPE_CHECKING:
    from idia_core.clip.encoder import Encoder, ModelCache

Value = TypeVar("Value")


class Engine:
    """Models, the cached vectors of candidate names, and the models' thread; one instance for all visitors."""

    def __init__(self, settings: Settings) -> None:
        """Set up; load nothing.

        Args:
            settings: of the host.
        Raises:
            IdiaError: the host's default model cannot be understood.
        """
        self._settings = settings
        self.default = parse_model(settings.default_model)
        known = any(spec.key == self.default.key for spec in REGISTRY)
        self.specs: tuple[ModelSpec, ...] = REGISTRY if known else (self.default, *REGISTRY)
        self._disk = TextCache(settings.cache_dir / "text", settings.cache_mb * 1_000_000)
        self._memory = TextCache(None, 0)
        self._models: ModelCache | None = None
        # One worker only: two runs cannot meet in a model, whatever was stopped when.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")

    def start(self, work: Callable[[], Value]) -> Future[Value]:
        """Queue work for the models' thread.

        Args:
            work: goes on to its end once it has begun.
        Returns:
            Its future.
        """
        return self._thread.submit(work)

    def encoder(self, spec: ModelSpec) -> Encoder:
        """Return a loaded model; to be called in the models' thread only.

        Raises:
            IdiaError: it is not on this machine, or cannot be loaded.
        """
        if self._models is None:
            from idia_core.clip.encoder import ModelCache  # takes seconds

            self._models = ModelCache(self._settings.models_kept, self._settings.device)
        return self._models.get(spec)

    def text_cache(self, asked: PromptSet) -> TextCache:
        """Choose where candidates' vectors are cached: on the disk, but in memory only for typed templates."""
        return self._disk if asked is prompts.PAPER else self._memory

    def spec(self, key: str) -> ModelSpec:
        """Find a model of the picker by its key; the page loads no other.

        Raises:
            IdiaError: the page does not offer it.
        """
        for spec in self.specs:
            if spec.key == key:
                return spec
        raise IdiaError("model-not-offered")

    def here(self) -> list[bool]:
        """Tell for each model whether its weights are on this machine."""
        return [weights.available(spec) for spec in self.specs]

    def warm_up(self) -> None:
        """Load the default model, if it is on this machine, and embed its candidate names, before anybody asks."""
        if not weights.available(self.default):
            return
        encoder = self.start(lambda: self.encoder(self.default)).result()
        lists = names.load_lists(ASSETS / "names", self.default.lists_id)
        public = names.draw_decoys(lists, self._settings.names, 0)
        paper = prompts.PAPER
        steps = self._disk.build(
            encoder.fingerprint, paper.templates, public, lambda part: embed(paper, part, encoder)
        )
        # Step by step, so that a visitor who comes meanwhile waits for one step only.
        while self.start(lambda: next(steps, None)).result() is not None:
            pass


REPORT_SECONDS = 0.5
"""Pause between two reports of a download."""


class _Stopped(BaseException):
    """Ends the download's thread from inside its next report; no handler of `Exception` on the way swallows it."""


def fetch_steps(spec: ModelSpec) -> Generator[tuple[int, int], None, None]:
    """Download a model's weights in a thread of its own; closing the generator ends it at its next report.

    Args:
        spec: the model.
    Yields:
        Bytes done and bytes in total, of the file under way, every `REPORT_SECONDS`.
    Raises:
        IdiaError: as `weights.fetch`; any other exception of the thread is raised here too.
    """
    reports: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
    stop = threading.Event()
    failures: list[Exception] = []

    def report(done: int, total: int) -> None:
        if stop.is_set():
            raise _Stopped
        reports.put((done, total))

    def work() -> None:
        try:
            weights.fetch(spec, report)
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001 - a thread would print it with its words; it is raised below
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    latest = (0, 0)
    try:
        under_way = True
        while under_way:
            thread.join(REPORT_SECONDS)
            under_way = thread.is_alive()  # asked before the reports are read, so that none is missed
            while not reports.empty():
                latest = reports.get()
            yield latest
    finally:
        stop.set()
    if failures:
        raise failures.pop()  # not kept here too: error and list would keep each other, and the run's photos, alive
