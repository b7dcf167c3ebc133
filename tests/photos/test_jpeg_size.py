"""The header of a JPEG is read as libjpeg reads it; what Pillow reads otherwise never reaches a decoder."""

from __future__ import annotations

import struct
import time

import pytest

from idia_core.photos import formats
from idia_core.photos.decoding import Limits, decode
from tests.assets import make_photos as make
from tests.conftest import refused

PLAIN = make.saved(make.corners(), "JPEG")


def frame(width: int, height: int) -> bytes:
    return struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"


def test_the_size_is_the_true_one() -> None:
    for name, data in make.whole_files().items():
        if name.endswith((".jpg", ".mpo")):
            assert formats.jpeg_size(data) == (160, 120), name


def test_padding_that_libjpeg_skips_is_skipped() -> None:
    padded = make.after_start(
        PLAIN, b"\xff" * 40, b"\0" * 40, b"\xff\0\xff\xd0", make.segment(0xFE, b"a note")
    )
    assert formats.jpeg_size(padded) == (160, 120)
    assert decode(padded, Limits()).rgb == decode(PLAIN, Limits()).rgb


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
def test_rare_codings_are_refused_in_words(marker: int) -> None:
    rare = PLAIN.replace(b"\xff\xc0", bytes([0xFF, marker]), 1)
    with refused("rare kind of JPEG"):
        decode(rare, Limits())


def test_a_true_lossless_jpeg_is_refused() -> None:
    with refused("rare kind of JPEG"):
        decode((make.FOLDER / "lossless.jpg").read_bytes(), Limits(kept_edge=16))


@pytest.mark.parametrize(
    "broken",
    [
        make.after_start(PLAIN, make.segment(0xC0, frame(8, 8))),
        make.after_start(PLAIN, make.segment(0xC0, frame(160, 120))),
        PLAIN[:2] + PLAIN[PLAIN.index(b"\xff\xda") :],
        PLAIN[:2] + b"\xff\xd9" + PLAIN[2:],
        make.after_start(PLAIN, b"\xff\xd8"),
        make.after_start(PLAIN, b"\0" * 70_000),
        make.after_start(PLAIN, b"\xff" * 70_000),
        make.after_start(PLAIN, b"\xff\0" * 40_000),
        make.after_start(PLAIN, make.segment(0xE5, b"") * 5_000),
        PLAIN[:2],
        PLAIN[:3],
        PLAIN[: PLAIN.index(b"\xff\xc0") + 5],
        PLAIN + b"\xff\xda" * 200,
    ],
)
def test_headers_that_two_readers_could_read_differently_are_refused(broken: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        formats.jpeg_size(broken)
    with refused(r"damaged|kind"):
        decode(broken, Limits())


def test_two_sizes_for_one_picture_never_reach_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "jpeg_size", lambda data: (161, 120))
    with refused("damaged"):
        decode(PLAIN, Limits())


def test_a_scan_bomb_costs_nothing() -> None:
    bomb = make.scan_bomb(2000, 300)
    assert len(bomb) < 100_000
    started = time.process_time()
    with refused("damaged"):
        decode(bomb, Limits())
    assert time.process_time() - started < 1
