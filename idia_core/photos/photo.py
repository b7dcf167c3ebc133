"""Turn a visitor's files, in memory, into photos, and tell for each file that cannot be used why.

Does not: write to disk, log, or show more of a file's path than its last part.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from idia_core.errors import IdiaError, Message
from idia_core.photos import decoding
from idia_core.photos.decoding import Decoded, Finding, Limits

__all__ = [
    "Decode",
    "Finding",
    "Limits",
    "Photo",
    "PhotoSet",
    "PixelArray",
    "Refusal",
    "read_photo",
    "read_photos",
    "thumbnail",
]

PixelArray = npt.NDArray[np.uint8]
Decode = Callable[[bytes, Limits], Decoded]
"""Turns a file into pixels or raises IdiaError: `decoding.decode`, or the method of a `DecoderPool`."""

USUAL_LIMITS = Limits()
"""What is accepted unless a setting says otherwise."""
MAX_LABEL = 80
"""Characters of a photo's label."""
JOINERS = "\u200c\u200d"
"""Zero-width joiners: invisible, but needed by Persian and Indic spelling and by many emoji."""
THREADS = 2
"""Photos decoded at once; a `DecoderPool` should have as many workers."""


@dataclass(frozen=True)
class Photo:
    """One usable photo. Neither its pixels nor its file's name appear in its `repr`."""

    label: str = field(repr=False)
    """The file's own name without folders, cleaned, at most 80 characters; data, never markup."""
    pixels: PixelArray = field(repr=False, compare=False)
    """(height, width, 3), 8-bit sRGB, upright, read-only."""
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    findings: tuple[Finding, ...] = ()
    """Doubts about the photo, in the order in which they were found."""


@dataclass(frozen=True)
class Refusal:
    """A file that was set aside."""

    label: str = field(repr=False)
    """As in `Photo`."""
    reason: Message
    """Why, and what a person can do about it."""


@dataclass(frozen=True)
class PhotoSet:
    """What became of a batch of files: every file is in exactly one of the two."""

    photos: tuple[Photo, ...]
    """The usable ones, in the order in which they were given."""
    refused: tuple[Refusal, ...]
    """The others, in the order in which they were given."""


@dataclass(frozen=True)
class _File:
    """A file to decode: its bytes, or the reason why they were dropped."""

    label: str
    data: bytes
    digest: str
    refusal: Refusal | None = None


def read_photo(
    data: bytes, label: str, limits: Limits = USUAL_LIMITS, decode: Decode = decoding.decode
) -> Photo:
    """Read one photo.

    Args:
        data: the whole file.
        label: the file's name or path; only its last part is kept.
        limits: what is accepted.
        decode: decodes the file; the method of a `DecoderPool` keeps hostile files out of this process.
    Raises:
        IdiaError: the file cannot be used; the message starts with the label.
    """
    file = _File(clean_label(label), data, hashlib.sha256(data).hexdigest())
    try:
        return _photo(file, decode(data, limits))
    except IdiaError as error:
        raise IdiaError("photo-named", label=file.label, reason=error.message) from error


def read_photos(
    files: Iterable[tuple[str, bytes]],
    limits: Limits = USUAL_LIMITS,
    decode: Decode = decoding.decode,
    threads: int = THREADS,
) -> PhotoSet:
    """Read several photos at once; one that cannot be used is set aside and the rest are read.

    Args:
        files: names and contents; consumed one by one, and contents over the limits are dropped at once.
        limits: per file and for all together; the first photos within them are used.
        decode: as in `read_photo`.
        threads: photos decoded at the same time, 1 or more; Pillow releases the interpreter lock.
    """
    admitted = list(_admit(files, limits))

    def outcome(file: _File) -> Photo | Refusal:
        if file.refusal is not None:
            return file.refusal
        try:
            return _photo(file, decode(file.data, limits))
        except IdiaError as error:
            return Refusal(file.label, error.message)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        outcomes = list(pool.map(outcome, admitted))
    photos = tuple(item for item in outcomes if isinstance(item, Photo))
    return PhotoSet(photos, tuple(item for item in outcomes if isinstance(item, Refusal)))


def thumbnail(photo: Photo, edge: int = 320) -> bytes:
    """Make a small JPEG, in memory, without any of the file's metadata (place, camera, time).

    Args:
        photo: the photo.
        edge: the longer edge in pixels, 16 to 1,024; a smaller photo keeps its size.
    Raises:
        ValueError: an edge outside that range (a bug of the caller).
    """
    if not 16 <= edge <= 1024:
        raise ValueError(f"edge must be 16 to 1024 pixels, got {edge}")
    picture = Image.fromarray(photo.pixels)
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
    sink = BytesIO()
    picture.save(sink, "JPEG", quality=85)
    return sink.getvalue()


def clean_label(label: str) -> str:
    """Return what may be shown of a file's name: the last part of the path, without control characters.

    Format characters (such as those that change the writing direction) and lone surrogates are removed too: they can
    make a list of names misleading.
    """
    last = label.replace("\\", "/").rsplit("/", 1)[-1]
    if len(last) > 8 * MAX_LABEL:
        last = last[: 4 * MAX_LABEL] + last[-4 * MAX_LABEL :]
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in last)
    shown = "".join(c for c in shown if c in JOINERS or unicodedata.category(c) not in ("Cf", "Cs"))
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    if len(shown) > MAX_LABEL:
        shown = f"{shown[: MAX_LABEL - 9]}…{shown[-8:]}"
    return shown or "photo"


def _photo(file: _File, decoded: Decoded) -> Photo:
    """Make a photo of a file and its decoded pixels; the array shares the decoder's read-only bytes."""
    pixels = np.frombuffer(decoded.rgb, np.uint8).reshape(decoded.height, decoded.width, 3)
    return Photo(file.label, pixels, file.digest, decoded.findings)


def _admit(files: Iterable[tuple[str, bytes]], limits: Limits) -> Iterable[_File]:
    """Yield, in order, the files to decode, and a refusal for each of the others."""
    first_label: dict[str, str] = {}
    total = 0
    for path, data in files:
        label, reason = clean_label(path), _over_limits(limits, len(first_label), total + len(data))
        digest = "" if reason else hashlib.sha256(data).hexdigest()
        if digest in first_label:
            reason = Message("photo-twin-in-batch", {"label": first_label[digest]})
        if reason is not None:
            yield _File(label, b"", digest, Refusal(label, reason))
            continue
        first_label[digest] = label
        total += len(data)
        yield _File(label, data, digest)


def _over_limits(limits: Limits, count: int, total: int) -> Message | None:
    """Return why a file with `count` files before it, `total` bytes with it, is one too many; None if it is not."""
    if count >= limits.photos:
        return Message("photos-over-count", {"most": limits.photos})
    if total > limits.total_bytes:
        return Message("photos-over-size", {"megabytes": round(limits.total_bytes / 1e6)})
    return None
