"""Files are told apart by their first bytes, and everything that is no photo is refused in words."""

from __future__ import annotations

import importlib.util
import struct
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from idia_core.errors import IdiaError
from idia_core.photos import formats
from idia_core.photos.decoder_pool import DecoderPool
from idia_core.photos.decoding import Limits, decode
from idia_core.text import advise, tell
from tests.assets import make_photos as make
from tests.conftest import refused

OTHER_FILES = {
    b"%PDF-1.7\n": ("pdf", "a PDF document"),
    b"BM\0\0\0\0": ("bmp", "a BMP picture"),
    b"II*\0\x08\0\0\0": ("tiff", "a TIFF or camera raw picture"),
    b"MM\0*\0\0\0\x08": ("tiff", "a TIFF or camera raw picture"),
    b"PK\x03\x04": ("zip", "a ZIP archive or an office document"),
    b"\x1f\x8b\x08": ("gzip", "a compressed archive"),
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": ("svg", "an SVG drawing"),
    b"<?xml version='1.0'?>\n<!-- x --><svg/>": ("svg", "an SVG drawing"),
    b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>": ("text", "a web page or another text file"),
    "<html>".encode("utf-16"): ("text", "a web page or another text file"),
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42": ("film", "a film"),
    b"\xff\x0a\0\0": ("jpeg-xl", "a JPEG XL picture"),
    b"\0\0\0\x0cjP  \r\n\x87\n": ("jpeg-2000", "a JPEG 2000 picture"),
    b"\x7fELF": ("program", "a program"),
    b"MZ\x90": ("program", "a program"),
    b"hello": ("unknown", "of an unknown kind"),
    b"": ("unknown", "of an unknown kind"),
    b"8BPS\0\1": ("photoshop", "a Photoshop document"),
    b"\0\0\0\x0cJXL \r\n": ("jpeg-xl", "a JPEG XL picture"),
}


@pytest.mark.parametrize(("start", "told"), OTHER_FILES.items())
def test_what_is_no_photo_is_refused_in_words(start: bytes, told: tuple[str, str]) -> None:
    kind, words = told
    assert formats.format_of(start) == kind
    with pytest.raises(IdiaError) as caught:
        formats.reader_for(start)
    assert f"The file is {words}, whatever" in tell(caught.value.message)
    assert "JPEG" in advise(caught.value.message)


def test_every_other_format_is_tried_here() -> None:
    assert {kind for _, kind in formats.OTHER_FORMATS} <= {kind for kind, _ in OTHER_FILES.values()}


def test_every_format_is_told_by_its_bytes() -> None:
    expected = {"jpg": "JPEG", "mpo": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF"}
    for name, data in make.whole_files().items():
        assert formats.format_of(data) == expected[name.rsplit(".", 1)[1]], name


def test_other_formats_of_pillow_do_not_open() -> None:
    picture = make.corners()
    for kind in ("BMP", "TIFF", "PPM", "ICO", "TGA", "PCX", "SGI", "JPEG2000", "EPS", "PDF"):
        with pytest.raises(IdiaError):
            decode(make.saved(picture, kind), Limits())


def test_heic_says_how_to_convert() -> None:
    data = (make.FOLDER / "corners.heic").read_bytes()
    assert formats.format_of(data) == "HEIC"
    with pytest.raises(IdiaError) as caught:
        decode(data, Limits())
    assert "HEIC" in tell(caught.value.message)
    assert "Most Compatible" in advise(caught.value.message)


def test_heic_without_its_plug_in_is_the_same_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "heic_reader", lambda: None)
    with refused("HEIC"):
        decode((make.FOLDER / "corners.heic").read_bytes(), Limits(heic=True))


@pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is None, reason="pillow-heif is an optional extra"
)
def test_heic_opens_with_the_plug_in_when_allowed() -> None:
    decoded = decode((make.FOLDER / "corners.heic").read_bytes(), Limits(heic=True))
    assert (decoded.width, decoded.height) == (64, 48)
    assert decoded.rgb[0] > 180


@pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is None, reason="pillow-heif is an optional extra"
)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_comes_out_upright_in_every_orientation(orientation: int) -> None:
    import pillow_heif

    stream = BytesIO()
    pillow_heif.from_pillow(make.corners()).save(stream, quality=95, exif=make.exif(orientation))
    with DecoderPool(1) as pool:
        decoded = pool.decode(stream.getvalue(), Limits(heic=True))
    turned = Image.fromarray(np.asarray(make.corners()))
    turned.getexif()[make.ORIENTATION] = orientation
    upright = np.asarray(ImageOps.exif_transpose(turned)).astype(int)
    found = np.frombuffer(decoded.rgb, np.uint8).reshape(decoded.height, decoded.width, 3)
    assert np.abs(found - upright).max() <= 12


def test_brands_inside_the_box_decide_between_avif_and_heic() -> None:
    assert formats.format_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf") == "AVIF"
    assert formats.format_of(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic") == "HEIC"
    assert formats.format_of(b"\0\0\0\x14ftypisom\0\0\0\0isom" + b"avif") == "film", (
        "past the box is not read"
    )


# The header of a JPEG is read as libjpeg reads it; what Pillow reads otherwise never reaches a decoder.

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
