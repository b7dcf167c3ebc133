"""Which kind of file this is, told by its first bytes, and the one reader that may open it.

Does not: decode, look at a file's name, or trust either.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from io import BytesIO

from PIL import AvifImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from idia_core.errors import IdiaError

Reader = Callable[[BytesIO], Image.Image]
"""Opens a stream that stands at its start; decodes nothing yet."""

READERS: dict[str, Reader] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
"""The readers that may touch a file. They are called directly, not through `Image.open`: no other of
Pillow's readers is tried, its process-wide registry and size limit play no part, and an MPO (several JPEGs
in one file, from phones and stereo cameras) is read as the JPEG that it starts with."""

FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF or camera raw picture"),
    (b"MM\0*", "a TIFF or camera raw picture"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"8BPS", "a Photoshop document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
"""First bytes of files that people do hand over, with the words for them."""

HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
"""Brands of HEIF files other than AVIF. Source: ISO 23008-12, annex B."""


def format_of(data: bytes) -> str:
    """Tell a file's format from its first bytes; a name proves nothing.

    Returns:
        A key of `READERS`, "HEIC", or words for what it is instead, such as "a PDF document".
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
        return _boxed(data)
    return _foreign(data)


def _boxed(data: bytes) -> str:
    """Tell AVIF, HEIC and films apart by the brands in the file's first box (ISO 14496-12, `ftyp`)."""
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    if any(brand in brands for brand in HEIC_BRANDS):
        return "HEIC"
    return "a film"


def _foreign(data: bytes) -> str:
    """Return words for a file that is no photo."""
    for start, words in FOREIGN:
        if data.startswith(start):
            return words
    text = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if text.startswith(b"<"):
        return "an SVG drawing" if b"<svg" in text else "a web page or another text file"
    return "of an unknown kind"


def reader_for(data: bytes, heic: bool = False) -> Reader:
    """Choose the one reader for this file.

    Args:
        data: the file, or at least its first 1,024 bytes.
        heic: whether HEIC may be opened, where the user installed `pillow-heif`.
    Raises:
        IdiaError: no photo of a kind that opens here.
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
    """Return the optional plug-in's reader; its registration with Pillow, process-wide, is not needed."""
    try:
        found: Reader = importlib.import_module("pillow_heif").HeifImageFile
    except ImportError:
        return None
    return found


JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that start a frame. Source: ITU-T T.81, table B.1."""
COMMON_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all Huffman-coded: what cameras, phones and the web use."""
MARKERS_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without content (T.81, B.1.1.3)."""
START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9
SEGMENTS = 4_000
"""A 40 MB photo with metadata in 64 kB pieces has 600."""
STRAY_BYTES = 65_536
"""Padding between segments; libjpeg skips it, and Pillow does so one byte at a time."""
SCANS = 100
"""A progressive photo has about 10, with a preview and a second picture in the file 40. Each costs a pass
over all coefficients: 500 empty ones kept a 62-megapixel file busy for 18 s."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Return the (width, height) that libjpeg will decode, in pixels.

    Raises:
        IdiaError: lossless, hierarchical or arithmetic-coded: not what photos are.
        ValueError: no or more than one frame before the pixels, or a header made to keep a reader busy.
        IndexError: the file ends inside its header.
    """
    if data.count(b"\xff\xda") > SCANS:
        raise ValueError("too many scans")
    found: tuple[int, int] | None = None
    position, stray = 2, 0
    for _ in range(SEGMENTS):
        marker, start, skipped = _next_marker(data, position)
        stray += skipped
        if stray > STRAY_BYTES or marker in (0xD8, END_OF_IMAGE):
            break
        if marker == START_OF_SCAN:
            if found is None:
                raise ValueError("pixels before a frame")
            return found
        if marker in JPEG_FRAMES:
            if found is not None:
                raise ValueError("two frames")
            found = _frame_size(data, marker, start)
        position = start if marker in MARKERS_ALONE else start + max(2, data[start] * 256 + data[start + 1])
    raise ValueError("no pixels within the first segments")


def _next_marker(data: bytes, position: int) -> tuple[int, int, int]:
    """Find the next marker as libjpeg does: skip to 0xFF, skip fill bytes, pass over a stuffed zero.

    Returns:
        The marker, where its content starts, and how many bytes were skipped on the way.
    """
    start = position
    while True:
        position = data.find(b"\xff", position, start + STRAY_BYTES + 2)
        if position < 0:
            raise ValueError("no marker where one belongs")
        while data[position] == 0xFF:
            position += 1
        position += 1
        if data[position - 1] != 0:
            return data[position - 1], position, position - start - 2
        if position - start > STRAY_BYTES:
            raise ValueError("too much between two markers")


def _frame_size(data: bytes, marker: int, start: int) -> tuple[int, int]:
    """Read (width, height) from a frame header (T.81, B.2.2), if the coding is a common one."""
    if marker not in COMMON_JPEG_FRAMES:
        raise IdiaError("photo-rare-jpeg")
    height, width = data[start + 3] * 256 + data[start + 4], data[start + 5] * 256 + data[start + 6]
    return width, height
