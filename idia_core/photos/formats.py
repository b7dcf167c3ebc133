"""Which kind of file this is, told by its first bytes, the one reader that may open it, and what a JPEG announces.

A file's name is never looked at, and nothing is decoded here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from io import BytesIO

from PIL import AvifImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from idia_core.errors import IdiaError

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif")
"""Suffixes, in small letters, of the files in a folder that are taken for photos."""

Reader = Callable[[BytesIO], Image.Image]
"""Opens a stream that stands at its start; decodes nothing yet."""

READERS: dict[str, Reader] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
"""The only readers that may open a file. They are called directly, not through `Image.open`: Pillow's other readers,
its process-wide registry and its size limit play no part, and an MPO (several JPEGs in one file, from phones and
stereo cameras) is read as the JPEG that it starts with."""

OTHER_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"PK\3\4", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xff\x0a", "jpeg-xl"),
    (b"\0\0\0\x0cJXL ", "jpeg-xl"),
    (b"\0\0\0\x0cjP  ", "jpeg-2000"),
    (b"8BPS", "photoshop"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
"""First bytes of other files that people do add, and what they are: a variant of the message `photo-unknown-format`."""

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
"""Brands of HEIF files other than AVIF. Source: ISO 23008-12, annex B."""

JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that start a frame. Source: ITU-T T.81, table B.1."""
COMMON_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all Huffman-coded: what cameras, phones and the web use."""
MARKERS_WITHOUT_CONTENT = frozenset({0x01, *range(0xD0, 0xD8)})
"""Source: T.81, B.1.1.3."""
START_OF_IMAGE, END_OF_IMAGE, START_OF_SCAN = 0xD8, 0xD9, 0xDA
MAX_SEGMENTS = 4_000
"""A 40 MB photo with metadata in 64 kB pieces has 600."""
MAX_STRAY_BYTES = 65_536
"""Padding between segments; libjpeg skips it, and Pillow does so one byte at a time."""
MAX_SCANS = 100
"""A progressive photo has about 10, with a preview and a second picture in the file 40. Each costs a pass over all
coefficients: 500 empty ones kept a 62-megapixel file busy for 18 s."""


def format_of(data: bytes) -> str:
    """Tell a file's format from its first bytes.

    Returns:
        A key of `READERS`, "HEIC", or what it is instead: a variant of the message `photo-unknown-format`.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _iso_media_format(data)
    return _other_format(data)


def _iso_media_format(data: bytes) -> str:
    """Tell AVIF, HEIC and films apart by the brands in the file's first box (ISO 14496-12, `ftyp`)."""
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    return "HEIC" if any(brand in brands for brand in HEIC_BRANDS) else "film"


def _other_format(data: bytes) -> str:
    """Tell what a file is that is no photo."""
    for start, kind in OTHER_FORMATS:
        if data.startswith(start):
            return kind
    text = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if text.startswith(b"<"):
        return "svg" if b"<svg" in text else "text"
    return "unknown"


def reader_for(data: bytes, heic: bool = False) -> Reader:
    """Choose the one reader for a file.

    Args:
        data: the file, or at least its first 1,024 bytes.
        heic: whether HEIC may be opened, where `pillow-heif` is installed.
    Raises:
        IdiaError: not a photo of a format that opens here.
    """
    found = format_of(data)
    if found in READERS:
        return READERS[found]
    if found != "HEIC":
        raise IdiaError("photo-unknown-format", found=found)
    if heic and (installed := heic_reader()) is not None:
        return installed
    raise IdiaError("photo-heic")


def heic_reader() -> Reader | None:
    """Return the optional plug-in's reader; its process-wide registration with Pillow is not needed."""
    try:
        found: Reader = importlib.import_module("pillow_heif").HeifImageFile
    except ImportError:
        return None
    return found


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Read from a JPEG's header, as libjpeg does, which (width, height) it will decode, in pixels.

    Raises:
        IdiaError: lossless, hierarchical or arithmetic-coded: not what photos are.
        ValueError: no frame or several before the pixels, or a header made to keep a reader busy.
        IndexError: the file ends inside its header.
    """
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise ValueError("too many scans")
    size: tuple[int, int] | None = None
    position, stray = 2, 0
    for _ in range(MAX_SEGMENTS):
        marker, start, skipped = _next_marker(data, position)
        stray += skipped
        if stray > MAX_STRAY_BYTES or marker in (START_OF_IMAGE, END_OF_IMAGE):
            break
        if marker == START_OF_SCAN:
            if size is None:
                raise ValueError("pixels before a frame")
            return size
        if marker in JPEG_FRAMES:
            if size is not None:
                raise ValueError("two frames")
            size = _frame_size(data, marker, start)
        length = 0 if marker in MARKERS_WITHOUT_CONTENT else max(2, data[start] * 256 + data[start + 1])
        position = start + length
    raise ValueError("no pixels within the first segments")


def _next_marker(data: bytes, position: int) -> tuple[int, int, int]:
    """Find the next marker as libjpeg does: skip to 0xFF, skip fill bytes, pass over a stuffed zero.

    Returns:
        The marker, where its content starts, and how many bytes were skipped on the way.
    """
    start = position
    while True:
        position = data.find(b"\xff", position, start + MAX_STRAY_BYTES + 2)
        if position < 0:
            raise ValueError("no marker where one belongs")
        while data[position] == 0xFF:
            position += 1
        position += 1
        if data[position - 1] != 0:
            return data[position - 1], position, position - start - 2
        if position - start > MAX_STRAY_BYTES:
            raise ValueError("too much between two markers")


def _frame_size(data: bytes, marker: int, start: int) -> tuple[int, int]:
    """Read (width, height) from a frame header (T.81, B.2.2), if its coding is a common one."""
    if marker not in COMMON_JPEG_FRAMES:
        raise IdiaError("photo-rare-jpeg")
    height, width = data[start + 3] * 256 + data[start + 4], data[start + 5] * 256 + data[start + 6]
    return width, height
