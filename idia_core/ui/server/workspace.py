"""The app's private temporary folder, and the settings that the web framework reads at import."""

from __future__ import annotations

import os
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

from idia_core.ui.server import memory

FRAMEWORK_SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_MCP_SERVER": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""Set before the framework is imported: no telemetry, no run history in the browser's storage, and statistics about
the last event only, which are never computed."""

CLOSED = (
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/gradio_api/component_server",
    "/gradio_api/startup-events",
    "/gradio_api/deep_link",
    "/gradio_api/file",
    "/gradio_api/stream/",
    "/gradio_api/run-history",
    "/gradio_api/runs",
    "/gradio_api/process_recording",
    "/proxy=",
    "/monitoring",
    "/profiling",
    "/vibe-",
    "/gradio_api/dev/",
    "/svelte/",
    "/custom_component/",
)
"""Addresses of the framework that the page does not use and that write to disk, tell of others, fetch, or start its
queue a second time."""
STALE_SECONDS = 900.0
"""Files in the private folder that are older are deleted."""
LOCK_NAME = ".in-use"


@dataclass(frozen=True)
class Workspace:
    """A folder only this process's user can open, emptied when the process starts and when it ends."""

    folder: Path
    """Where the framework would put files."""
    lock: IO[bytes]
    """Held open as long as the process lives: tells later processes that the folder is in use."""

    def sweep(self, older_than: float = STALE_SECONDS) -> int:
        """Delete files that have lain there for too long.

        Args:
            older_than: seconds since the last change; 0 deletes all.
        Returns:
            How many were deleted.
        """
        deleted, now = 0, time.time()
        for path in sorted(self.folder.rglob("*"), reverse=True):
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
                elif path.name != LOCK_NAME and now - path.lstat().st_mtime >= older_than:
                    path.unlink()
                    deleted += 1
        return deleted


def prepare(parent: Path) -> Workspace:
    """Switch off the framework's telemetry and history, and give it a private folder; before it is imported.

    Args:
        parent: the system's folder for temporary files.
    Returns:
        The folder, with what dead processes left in its neighbours already deleted.
    """
    _disable_core_dumps()
    memory.limit_malloc_arenas()
    root = _root(parent)
    for neighbour in root.iterdir():
        if not _in_use(neighbour):
            shutil.rmtree(neighbour, ignore_errors=True)
    folder = Path(mkdtemp(prefix="page-", dir=root))
    lock = (folder / LOCK_NAME).open("wb")
    _claim(lock)
    for key, value in {**FRAMEWORK_SETTINGS, "GRADIO_TEMP_DIR": str(folder)}.items():
        os.environ[key] = value
    return Workspace(folder, lock)


def _disable_core_dumps() -> None:
    """Keep a crash of this process or its children from writing memory, photos included, to the disk."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _root(parent: Path) -> Path:
    """Return a folder that belongs to this user; somebody else's of the same name is left alone."""
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    root = parent / f"idia-demo-{owner}"
    with suppress(FileExistsError):
        root.mkdir(mode=0o700)
    facts = root.lstat()
    if not stat.S_ISDIR(facts.st_mode) or (hasattr(os, "getuid") and facts.st_uid != owner):
        return Path(mkdtemp(prefix="idia-demo-", dir=parent))
    root.chmod(0o700)
    return root


def _claim(lock: IO[bytes]) -> bool:
    """Lock an open file for as long as it is open; tell whether that worked."""
    try:
        import fcntl
    except ImportError:  # Windows, where an open file cannot be deleted anyway
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _in_use(folder: Path) -> bool:
    """Tell whether a living process holds the folder."""
    try:
        with (folder / LOCK_NAME).open("rb+") as lock:
            return not _claim(lock)
    except FileNotFoundError:
        return False
    except OSError:
        return True
