"""What a JPEG announces before its pixels, read as libjpeg reads it, so that nothing surprising reaches it.

Pillow sizes its row buffer by its own reading of the header and libjpeg writes rows by another. Where the two
differ, rows land outside the buffer; Pillow before 13 does not check (GHSA-5x8w-8jj5-q52h,
GHSA-8g5g-8vmr-9782). A lossless JPEG, which libjpeg cannot shrink while decoding, is enough to crash it.

Does not: decode, or judge whether a size is acceptable.
"""

from __future__ import annotations

from idia_core.errors import IdiaError

FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that start a frame. Source: ITU-T T.81, table B.1."""
COMMON_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all Huffman-coded: what cameras, phones and the web use."""
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
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


def size(data: bytes) -> tuple[int, int]:
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
        if marker in FRAMES:
            if found is not None:
                raise ValueError("two frames")
            found = _frame(data, marker, start)
        position = start if marker in ALONE else start + max(2, data[start] * 256 + data[start + 1])
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


def _frame(data: bytes, marker: int, start: int) -> tuple[int, int]:
    """Read (width, height) from a frame header (T.81, B.2.2), if the coding is a common one."""
    if marker not in COMMON_FRAMES:
        raise IdiaError(
            "The photo is a rare kind of JPEG (lossless or arithmetic-coded) that does not open here.",
            "Open it in another program and save it anew as JPEG or PNG.",
        )
    height, width = data[start + 3] * 256 + data[start + 4], data[start + 5] * 256 + data[start + 6]
    return width, height
