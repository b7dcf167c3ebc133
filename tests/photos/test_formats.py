"""Files are told apart by their first bytes, and everything that is no photo is refused in words."""

from __future__ import annotations

import importlib.util
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

FOREIGN = {
    b"%PDF-1.7\n": "a PDF document",
    b"BM\0\0\0\0": "a BMP picture",
    b"II*\0\x08\0\0\0": "a TIFF or camera raw picture",
    b"MM\0*\0\0\0\x08": "a TIFF or camera raw picture",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b\x08": "a compressed archive",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>": "an SVG drawing",
    b"<?xml version='1.0'?>\n<!-- x --><svg/>": "an SVG drawing",
    b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>": "a web page or another text file",
    "<html>".encode("utf-16"): "a web page or another text file",
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42": "a film",
    b"\xff\x0a\0\0": "a JPEG XL picture",
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000 picture",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"hello": "of an unknown kind",
    b"": "of an unknown kind",
}


@pytest.mark.parametrize(("start", "words"), FOREIGN.items())
def test_what_is_no_photo_is_refused_in_words(start: bytes, words: str) -> None:
    assert formats.format_of(start) == words
    with pytest.raises(IdiaError) as caught:
        formats.reader_for(start)
    assert words in tell(caught.value.message)
    assert "JPEG" in advise(caught.value.message)


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
    assert formats.format_of(b"\0\0\0\x14ftypisom\0\0\0\0isom" + b"avif") == "a film", (
        "past the box is not read"
    )
