"""Text vectors of public candidate names, kept on disk and never computed twice.

Vectors are stored in parts: a fixed number of names times all prompts, one safetensors file each. The file's name
is a digest of all that determines its values. A build that was killed continues after its last whole part, and a
shorter list of names that begins alike shares the parts. Files are written atomically; a file that does not fit its
name is computed again. Deleting the folder costs time and nothing else.

Give public candidates only. Whether a name was claimed must not decide whether it is among them: draw the
candidates without regard to the claimed name, and leave columns out later.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from idia_core.attack.rule import FloatArray
from idia_core.errors import IdiaError

NAMES_PER_PART = 250
"""With fewer, the fast text path shares fewer prefixes; with more, more is lost when a build is cancelled."""

_FORMAT = "idia-text-1"
_SUFFIX = ".safetensors"
_UNFINISHED = ".unfinished"
_ABANDONED_AFTER_NS = 3600 * 10**9
"""Age at which an unfinished file must be a killed process's: writing no part takes an hour."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CacheProgress:
    """Progress of a build."""

    done: int
    """Names whose vectors are there."""
    total: int
    """Names asked for."""
    reused: int
    """Those of the names done whose vectors were on disk already."""

    def seconds_left(self, elapsed: float) -> float | None:
        """Estimate the time to the end, as if no further part were on disk.

        Args:
            elapsed: seconds since the build began.
        Returns:
            seconds, or None while nothing has been computed yet.
        """
        computed = self.done - self.reused
        return (self.total - self.done) * elapsed / computed if computed else None


@dataclass(frozen=True)
class TextVectors:
    """The vectors of all prompts and candidate names, in parts that may be memory-mapped files."""

    names: tuple[str, ...]
    """The candidates, in the order of the name axis."""
    parts: tuple[FloatArray, ...]
    """(prompts, names of the part, dim) unit vectors each; concatenated along the name axis."""

    def vectors(self) -> FloatArray:
        """Return all vectors in memory: (prompts, names, dim)."""
        return np.concatenate(self.parts, axis=1)

    def select(self, names: Sequence[str]) -> FloatArray:
        """Return the vectors of some of the candidates, in memory.

        Args:
            names: candidates, in any order.
        Returns:
            (prompts, names, dim) unit vectors.
        Raises:
            ValueError: a name is no candidate (a bug of the caller).
        """
        positions = {name: position for position, name in enumerate(self.names)}
        missing = [name for name in names if name not in positions]
        if missing:
            raise ValueError(f"{len(missing)} of {len(names)} names are not in the text cache")
        wanted = np.array([positions[name] for name in names], dtype=np.int64)
        prompts, _, dim = self.parts[0].shape
        chosen = np.empty((prompts, len(names), dim), dtype=np.float32)
        first = 0
        for part in self.parts:
            here = np.flatnonzero((wanted >= first) & (wanted < first + part.shape[1]))
            chosen[:, here] = part[:, wanted[here] - first]
            first += part.shape[1]
        return chosen


class TextCache:
    """A folder of parts with a size limit; several processes and threads may share it."""

    def __init__(self, folder: Path | None, limit_bytes: int) -> None:
        """Set where to store parts, and how many.

        Args:
            folder: created when the first part is written; None keeps everything in memory.
            limit_bytes: the most that all files together may take; what does not fit is not stored.
        """
        self.folder = folder
        self.limit_bytes = limit_bytes

    def build(
        self,
        fingerprint: str,
        templates: Sequence[str],
        names: Sequence[str],
        encode: Callable[[Sequence[str]], FloatArray],
    ) -> Iterator[CacheProgress | TextVectors]:
        """Read or compute the vectors of all prompts and names, part by part; may be closed between parts.

        Args:
            fingerprint: what distinguishes these vectors from any other model's: a digest of weights,
                tokenizer, precision and the code of the text path.
            templates: the prompts' templates, in the order of the prompt axis.
            names: public candidates, at least one; see the module's docstring on the claimed name.
            encode: names -> (prompts, names, dim) float32 unit vectors, with these templates and this model.
        Yields:
            `CacheProgress` at the start and after each part, and finally one `TextVectors`.
        Raises:
            IdiaError: the folder cannot be written to, or its disk is full.
            ValueError: no names or templates, or `encode` returned another shape (a bug of the caller).
        """
        if not names or not templates:
            raise ValueError("a text cache needs at least one name and one template")
        parts: list[FloatArray] = []
        used: set[Path] = set()
        reused = 0
        yield CacheProgress(0, len(names), 0)
        for first in range(0, len(names), NAMES_PER_PART):
            block = tuple(names[first : first + NAMES_PER_PART])
            key = part_key(fingerprint, templates, block)
            vectors = self._load(key, len(templates), len(block), used)
            if vectors is None:
                fresh = _checked(encode(block), len(templates), len(block))
                vectors = self._store(key, fresh, used)
            else:
                reused += len(block)
            parts.append(vectors)
            yield CacheProgress(first + len(block), len(names), reused)
        yield TextVectors(tuple(names), tuple(parts))

    def _load(self, key: str, prompts: int, names: int, used: set[Path]) -> FloatArray | None:
        """Read a part from the disk and mark it as just used; None where there is none, or a bad one."""
        if self.folder is None:
            return None
        path = self.folder / f"{key}{_SUFFIX}"
        try:
            vectors = _read(path, key, prompts, names)
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError) as cause:
            _log.warning("computing %s again: the file in the cache is not usable (%s)", path.name, cause)
            return None
        used.add(path)
        with contextlib.suppress(OSError):  # a read-only folder still serves
            os.utime(path)
        return vectors

    def _store(self, key: str, vectors: FloatArray, used: set[Path]) -> FloatArray:
        """Write a part; return it as a memory-mapped file where it fits the limit, or else unchanged."""
        if self.folder is None:
            return vectors
        about = {"format": _FORMAT, "key": key, "sha256": _digest(vectors)}
        content = save({"vectors": vectors}, about)
        path = self.folder / f"{key}{_SUFFIX}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not _make_room(self.folder, self.limit_bytes - len(content), used):
                _log.info(
                    "%s is not stored: the cache would pass its limit of %d", path.name, self.limit_bytes
                )
                return vectors
            _write(path, content)
        except OSError as cause:
            raise _not_stored(self.folder, len(content), cause) from cause
        mapped = self._load(key, vectors.shape[0], vectors.shape[1], used)
        return vectors if mapped is None else mapped


def part_key(fingerprint: str, templates: Sequence[str], names: Sequence[str]) -> str:
    """Return the key of a part: a digest of all that determines its values.

    Args:
        fingerprint: as in `TextCache.build`.
        templates: as in `TextCache.build`.
        names: the part's own names, in order.
    Returns:
        64 hexadecimal digits.
    """
    facts = [_FORMAT, fingerprint, list(templates), list(names)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _checked(vectors: FloatArray, prompts: int, names: int) -> FloatArray:
    if vectors.ndim != 3 or vectors.shape[:2] != (prompts, names) or vectors.dtype != np.float32:
        raise ValueError(f"encode gave {vectors.dtype} {vectors.shape} for {prompts} prompts, {names} names")
    return np.ascontiguousarray(vectors)


def _digest(vectors: FloatArray) -> str:
    return hashlib.sha256(np.ascontiguousarray(vectors).view(np.uint8).data).hexdigest()


def _read(path: Path, key: str, prompts: int, names: int) -> FloatArray:
    """Map a part's file into memory and verify its digest.

    Raises:
        FileNotFoundError: there is no such part.
        OSError, SafetensorError, ValueError: the file is truncated, another one, or altered.
    """
    size = path.stat().st_size
    with safe_open(path, framework="numpy") as file:
        about = file.metadata() or {}
        if about.get("format") != _FORMAT or about.get("key") != key or list(file.keys()) != ["vectors"]:
            raise ValueError("it is another file than its name says")
        view = file.get_slice("vectors")
        shape, kind = tuple(view.get_shape()), view.get_dtype()
    if kind != "F32" or len(shape) != 3 or shape[:2] != (prompts, names):
        raise ValueError("its vectors have another shape")
    vectors = np.memmap(path, dtype="<f4", mode="r", offset=size - 4 * int(np.prod(shape)), shape=shape)
    if _digest(vectors) != about.get("sha256"):
        raise ValueError("its content was altered")
    return vectors


def _make_room(folder: Path, allowed: int, used: set[Path]) -> bool:
    """Delete the least recently used parts until the rest fits; never those of the current build.

    Args:
        folder: the text cache's.
        allowed: bytes that the files may take together.
        used: parts of the current build.
    Returns:
        whether the files now fit.
    """
    files = sorted(_sizes(folder))
    total = sum(size for _, size, _ in files)
    for _, size, path in files:
        if total <= allowed:
            break
        if path.suffix == _SUFFIX and path not in used:
            path.unlink(missing_ok=True)
            total -= size
    return total <= allowed


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically, also while another process writes the same one."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=_UNFINISHED)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        unfinished.replace(path)
        _delete_abandoned(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _delete_abandoned(newest: Path) -> None:
    """Delete unfinished files of killed processes; the time is that of a file just written, by the disk's clock."""
    now = newest.stat().st_mtime_ns
    for changed, _, path in _sizes(newest.parent):
        if path.suffix == _UNFINISHED and now - changed > _ABANDONED_AFTER_NS:
            path.unlink(missing_ok=True)


def _sizes(folder: Path) -> Iterator[tuple[int, int, Path]]:
    """Yield (time of last use in nanoseconds, bytes, path) of the cache's own files, no others."""
    for path in folder.iterdir():
        if path.suffix in (_SUFFIX, _UNFINISHED):
            with contextlib.suppress(FileNotFoundError):  # another process may delete it meanwhile
                facts = path.stat()
                yield facts.st_mtime_ns, facts.st_size, path


def _not_stored(folder: Path, needed: int, cause: OSError) -> IdiaError:
    megabytes = max(1, needed // 1_000_000)
    if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return IdiaError("cache-disk-full", megabytes=megabytes, folder=folder)
    return IdiaError("cache-not-writable", folder=folder, value=cause.strerror or cause)
