"""Photo files for the tests: drawn shapes and gradients, whole or broken on purpose. Nobody real is in them.

The tests call the functions. Run as a script it writes the few files that need an encoder the tests do not
have: `pip install imagecodecs pillow-heif && python -m tests.assets.make_photos`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
ORIENTATION = 274
P3_COLUMNS = np.array(
    [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
)
"""Display P3 primaries as XYZ columns under D50. Source: the profile's public description by its maker."""


def corners(width: int = 160, height: int = 120) -> Image.Image:
    """Red, green, blue and yellow quarters, each flat, so that a turn or a flip cannot hide."""
    picture = Image.new("RGB", (width, height), (220, 30, 30))
    picture.paste((30, 200, 30), (width // 2, 0, width, height // 2))
    picture.paste((30, 30, 220), (0, height // 2, width // 2, height))
    picture.paste((230, 220, 20), (width // 2, height // 2, width, height))
    return picture


def landscape(width: int, height: int, seed: int = 0) -> Image.Image:
    """Smooth blobs at many scales with fine lines on top: as hard to shrink as a photo."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for level in range(1, 9):
        cells = 2**level
        coarse = rng.normal(size=(cells, cells, 3)).astype(np.float32) / cells**0.9
        for channel in range(3):
            layer = Image.fromarray(coarse[..., channel]).resize((width, height), Image.Resampling.BICUBIC)
            total[..., channel] += np.asarray(layer)
    total = (total - total.min()) / (total.max() - total.min()) * 255
    picture = Image.fromarray(total.astype(np.uint8))
    for line in range(0, width, max(7, width // 60)):
        picture.paste((10, 10, 10), (line, height // 3, line + 1 + width // 400, height // 2))
    return picture


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode in memory."""
    sink = BytesIO()
    picture.save(sink, kind, **options)
    return sink.getvalue()


def exif(orientation: int | None) -> bytes:
    """EXIF that holds an orientation and nothing else."""
    notes = Image.Exif()
    if orientation is not None:
        notes[ORIENTATION] = orientation
    return notes.tobytes()


def fraction_exif() -> bytes:
    """EXIF whose orientation is of a wrong kind: a fraction with a zero denominator."""
    entry = struct.pack("<HHII", ORIENTATION, 5, 1, 26)
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0" * 4 + struct.pack("<II", 6, 0)


def png(
    size: tuple[int, int], depth: int, colour: int, rows: bytes, chunks: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """A PNG by hand: any header, any compressed rows, any chunks before them."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def repeated(row: bytes, count: int) -> bytes:
    """Compress one PNG row (with its filter byte) many times over, a little at a time."""
    press = zlib.compressobj(9)
    return b"".join(press.compress(row) for _ in range(count)) + press.flush()


def webp_canvas(width: int, height: int) -> bytes:
    """A WebP of a few hundred bytes that announces a canvas of any size and two small frames on it."""
    tile = saved(Image.new("RGB", (64, 64), (9, 9, 9)), "WEBP", lossless=True)[12:]
    frame = b"\0" * 6 + (63).to_bytes(3, "little") * 2 + (100).to_bytes(3, "little") + b"\0" + tile
    canvas = b"\x12\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + _riff(b"VP8X", canvas) + _riff(b"ANIM", b"\0" * 6) + 2 * _riff(b"ANMF", frame)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def segment(marker: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def after_start(jpeg: bytes, *segments: bytes) -> bytes:
    """A JPEG with more segments right after its first marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def scan_bomb(side: int, scans: int) -> bytes:
    """A flat progressive JPEG whose last scan is repeated: small to send, long to decode."""
    jpeg = saved(Image.new("L", (side, side)), "JPEG", progressive=True, quality=50)
    last = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    return jpeg[:-2] + last * scans + jpeg[-2:]


def wide_gamut_profile(name: bytes = b"made up") -> bytes:
    """An ICC v2 display profile with the primaries of Display P3 and a plain gamma of 2.2."""
    tags: list[tuple[bytes, bytes]] = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" * 79),
        (b"cprt", b"text\0\0\0\0none\0"),
        (b"wtpt", _xyz((0.9642, 1.0, 0.8249))),
    ]
    for letter, column in zip(b"rgb", P3_COLUMNS.T, strict=True):
        tags.append((bytes([letter]) + b"XYZ", _xyz(column)))
        tags.append((bytes([letter]) + b"TRC", b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))))
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    header += b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1.0, 0.8249))
    return header + b"\0" * (128 - len(header)) + struct.pack(">I", len(tags)) + table + body


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def whole_files() -> dict[str, bytes]:
    """One good file of every kind and layout, by name; all show `corners()`."""
    picture = corners()
    clear = picture.copy()
    clear.putalpha(Image.linear_gradient("L").resize(picture.size))
    frames = {"save_all": True, "append_images": [picture.rotate(180)]}
    notes = {"exif": exif(6), "icc_profile": wide_gamut_profile()}
    return {
        "plain.jpg": saved(picture, "JPEG", quality=95, subsampling=0),
        "progressive.jpg": saved(picture, "JPEG", quality=95, subsampling=0, progressive=True),
        "noted.jpg": saved(picture, "JPEG", quality=95, subsampling=0, **notes),
        "grey.jpg": saved(picture.convert("L"), "JPEG", quality=95),
        "cmyk.jpg": saved(picture.convert("CMYK"), "JPEG", quality=95, subsampling=0),
        "pair.mpo": saved(picture, "MPO", quality=95, subsampling=0, **frames),
        "plain.png": saved(picture, "PNG"),
        "noted.png": saved(picture, "PNG", **notes),
        "clear.png": saved(clear, "PNG"),
        "palette.png": saved(picture.quantize(16), "PNG"),
        "grey16.png": saved(Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257), "PNG"),
        "bilevel.png": saved(picture.convert("1"), "PNG"),
        "lossy.webp": saved(picture, "WEBP", quality=95),
        "lossless.webp": saved(clear, "WEBP", lossless=True, exact=True),
        "noted.webp": saved(picture, "WEBP", lossless=True, **notes),
        "moving.webp": saved(
            picture, "WEBP", save_all=True, append_images=[picture.rotate(180)], lossless=True
        ),
        "plain.avif": saved(picture, "AVIF", quality=95, subsampling="4:4:4"),
        "noted.avif": saved(picture, "AVIF", quality=95, subsampling="4:4:4", exif=exif(6)),
        "moving.gif": saved(picture, "GIF", **frames),
        "plain.gif": saved(picture, "GIF"),
    }


def main() -> None:
    """Write the files that need other encoders."""
    import imagecodecs
    import pillow_heif

    picture = corners(64, 48)
    (FOLDER / "lossless.jpg").write_bytes(imagecodecs.jpeg8_encode(np.asarray(picture), lossless=True))
    sink = BytesIO()
    pillow_heif.from_pillow(picture).save(sink, quality=90)
    (FOLDER / "corners.heic").write_bytes(sink.getvalue())


if __name__ == "__main__":
    main()
