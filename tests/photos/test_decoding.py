"""One file becomes upright sRGB pixels, or a sentence; exactly, for every format, turn and colour."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from idia_core.errors import IdiaError
from idia_core.photos.decoding import Decoded, Limits, decode
from tests.assets import make_photos as make
from tests.conftest import refused

USUAL = Limits()
WHOLE = make.whole_files()


def pixels(decoded: Decoded) -> npt.NDArray[np.int64]:
    array = np.frombuffer(decoded.rgb, np.uint8).reshape(decoded.height, decoded.width, 3)
    return array.astype(np.int64)


def codes(decoded: Decoded) -> list[str]:
    return [finding.code for finding in decoded.findings]


def expected() -> npt.NDArray[np.int64]:
    return np.asarray(make.corners()).astype(np.int64)


# Formats


@pytest.mark.parametrize("name", ["plain.png", "palette.png", "moving.webp", "moving.gif", "plain.gif"])
def test_lossless_formats_are_exact(name: str) -> None:
    np.testing.assert_array_equal(pixels(decode(WHOLE[name], USUAL)), expected())


@pytest.mark.parametrize("name", ["plain.jpg", "progressive.jpg", "cmyk.jpg", "pair.mpo", "plain.avif"])
def test_lossy_formats_are_near(name: str) -> None:
    assert np.abs(pixels(decode(WHOLE[name], USUAL)) - expected()).max() <= 4


def test_grey_keeps_its_shades() -> None:
    grey = np.asarray(make.corners().convert("L")).astype(np.int64)
    for name in ("grey.jpg", "grey16.png"):
        decoded = pixels(decode(WHOLE[name], USUAL))
        np.testing.assert_allclose(decoded, np.repeat(grey[..., None], 3, axis=2), atol=1, err_msg=name)


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    decoded = pixels(decode(make.saved(Image.fromarray(ramp), "PNG"), USUAL))
    np.testing.assert_array_equal(decoded[..., 0], ramp >> 8)


def test_sixteen_bit_colour_keeps_the_high_bytes() -> None:
    row = b"\0" + bytes([200, 1, 100, 2, 50, 3]) * 100
    decoded = pixels(decode(make.png((100, 100), 16, 2, make.repeated(row, 100)), USUAL))
    assert (decoded == [200, 100, 50]).all()


def test_one_bit_is_black_and_white() -> None:
    assert set(np.unique(pixels(decode(WHOLE["bilevel.png"], USUAL)))) == {0, 255}


@pytest.mark.parametrize("name", ["clear.png", "lossless.webp"])
def test_transparency_lies_on_white(name: str) -> None:
    decoded = decode(WHOLE[name], USUAL)
    alpha = np.asarray(Image.linear_gradient("L").resize((160, 120))).astype(float)[..., None] / 255
    np.testing.assert_allclose(pixels(decoded), alpha * expected() + (1 - alpha) * 255, atol=1.01)
    assert codes(decoded) == ["transparent"]


def test_a_transparent_colour_counts_as_transparency() -> None:
    rows = make.repeated(b"\0" + bytes([7]) * 120, 120)
    decoded = decode(make.png((120, 120), 8, 0, rows, [(b"tRNS", struct.pack(">H", 7))]), USUAL)
    assert (pixels(decoded) == 255).all()
    assert codes(decoded) == ["transparent"]


def test_an_opaque_alpha_channel_is_no_finding() -> None:
    opaque = make.corners().convert("RGBA")
    assert decode(make.saved(opaque, "PNG"), USUAL).findings == ()


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp"])
def test_of_a_moving_picture_the_first_frame_is_used(name: str) -> None:
    assert codes(decode(WHOLE[name], USUAL)) == ["first-frame"]


def test_good_files_have_no_findings() -> None:
    doubtful = {"clear.png", "lossless.webp", "moving.gif", "moving.webp"}
    for name in WHOLE.keys() - doubtful:
        assert decode(WHOLE[name], USUAL).findings == (), name


def test_transparency_of_other_layouts_lies_on_white_too() -> None:
    clear = make.corners()
    clear.putalpha(128)
    wide = b"\0" + bytes([200, 1, 100, 2, 50, 3, 128, 0]) * 100
    half = (expected() + 255) / 2
    for data, wanted in (
        (make.saved(clear, "AVIF", quality=95, subsampling="4:4:4"), half),
        (make.png((100, 100), 16, 6, make.repeated(wide, 100)), (227.5, 177.5, 152.5)),
    ):
        decoded = decode(data, USUAL)
        assert np.abs(pixels(decoded) - wanted).max() <= 4
        assert codes(decoded) == ["transparent"]


def test_a_palette_with_a_transparent_entry_is_a_picture_with_holes() -> None:
    few = make.corners().quantize(4)
    hole = few.getpixel((5, 5))
    for kind in ("PNG", "GIF"):
        decoded = decode(make.saved(few, kind, transparency=hole), USUAL)
        assert (pixels(decoded)[5, 5] == 255).all()
        assert (pixels(decoded)[-5, -5] == expected()[-5, -5]).all()
        assert codes(decoded) == ["transparent"]


def test_layouts_come_together_as_phones_and_scanners_write_them() -> None:
    laid = Image.fromarray(stored(np.asarray(make.corners()), 6))
    best = {"quality": 95, "subsampling": 0}
    pair = make.saved(laid, "MPO", save_all=True, append_images=[laid.rotate(180)], exif=make.exif(6), **best)
    print_scan = make.saved(make.corners().convert("CMYK"), "JPEG", progressive=True, **best)
    for data in (pair, print_scan):
        assert np.abs(pixels(decode(data, USUAL)) - expected()).max() <= 4
    profile = make.wide_gamut_profile()
    wide = decode(make.saved(laid, "JPEG", exif=make.exif(6), icc_profile=profile, **best), USUAL)
    np.testing.assert_allclose(pixels(wide)[5, 5], p3_to_srgb((220, 30, 30)), atol=4)
    np.testing.assert_allclose(pixels(wide)[-5, -5], p3_to_srgb((230, 220, 20)), atol=4)


def test_of_a_moving_avif_the_first_frame_is_used() -> None:
    frames = {"save_all": True, "append_images": [make.corners().rotate(180)]}
    decoded = decode(make.saved(make.corners(), "AVIF", quality=95, subsampling="4:4:4", **frames), USUAL)
    assert np.abs(pixels(decoded) - expected()).max() <= 4
    assert codes(decoded) == ["first-frame"]


# Turns


def stored(upright: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """Lay a picture down as the EXIF standard words it: where its row 0 and its column 0 belong."""
    rows_from, columns_from = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    laid = upright.transpose(1, 0, 2) if rows_from in ("left", "right") else upright
    laid = laid[::-1] if rows_from in ("bottom", "right") else laid
    return np.ascontiguousarray(laid[:, ::-1] if columns_from in ("right", "bottom") else laid)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "AVIF"])
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    upright = np.asarray(make.corners(160, 112))
    options = {"PNG": {}, "WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}.get(
        kind, {"quality": 95, "subsampling": "4:4:4"}
    )
    laid = Image.fromarray(stored(upright, orientation))
    decoded = pixels(decode(make.saved(laid, kind, exif=make.exif(orientation), **options), USUAL))
    assert decoded.shape == upright.shape
    assert np.abs(decoded - upright.astype(np.int64)).max() <= (0 if kind in ("PNG", "WEBP") else 4)


@pytest.mark.parametrize("orientation", [None, 0, 9, 65535])
def test_an_orientation_that_means_nothing_changes_nothing(orientation: int | None) -> None:
    data = make.saved(make.corners(), "PNG", exif=make.exif(orientation))
    np.testing.assert_array_equal(pixels(decode(data, USUAL)), expected())


@pytest.mark.parametrize(
    "notes",
    [
        b"Exif\0\0",
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff\0\0\0\0",
        b"Exif\0\0" * 30,
        make.fraction_exif(),
        make.exif(6)[:-7],
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_malformed_exif_never_costs_the_photo(kind: str, notes: bytes) -> None:
    options = {"JPEG": {"quality": 95}, "PNG": {}, "WEBP": {"lossless": True}}[kind]
    decoded = decode(make.saved(make.corners(120, 120), kind, exif=notes, **options), USUAL)
    assert (decoded.width, decoded.height) == (120, 120)
    assert set(codes(decoded)) <= {"metadata-ignored"}


def test_broken_exif_is_a_finding() -> None:
    data = make.saved(make.corners(), "PNG", exif=b"Exif\0\0garbage")
    assert codes(decode(data, USUAL)) == ["metadata-ignored"]


def test_repeated_exif_starts_cost_no_time() -> None:
    jpeg = make.saved(make.corners(), "JPEG")
    bomb = make.after_start(jpeg, *[make.segment(0xE1, b"Exif\0\0" * 10_000)] * 20)
    as_text = "\nexif\n 9\n" + (b"Exif\0\0" * 80_000).hex()
    text = make.png(
        (120, 120),
        8,
        0,
        make.repeated(b"\0" * 121, 120),
        [(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(as_text.encode()))],
    )
    started = time.process_time()
    with refused("damaged"):
        decode(bomb, USUAL)
    assert decode(text, USUAL).width == 120
    assert time.process_time() - started < 1


# Colours


def p3_to_srgb(colour: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    """Display P3 with gamma 2.2 to sRGB by the textbook matrices, everything relative to D50."""
    srgb_columns = np.array(
        [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
    )
    linear = np.linalg.solve(srgb_columns, make.P3_COLUMNS @ (np.array(colour) / 255) ** 2.2)
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(
    "colour", [(200, 120, 110), (90, 180, 100), (60, 60, 160), (128, 128, 128), (255, 0, 0)]
)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_wide_gamut_becomes_srgb(kind: str, colour: tuple[int, int, int]) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    data = make.saved(
        Image.new("RGB", (100, 100), colour), kind, icc_profile=make.wide_gamut_profile(), **options
    )
    decoded = decode(data, USUAL)
    np.testing.assert_allclose(pixels(decoded)[50, 50], p3_to_srgb(colour), atol=2)
    assert decoded.findings == ()


@pytest.mark.parametrize(
    "profile",
    [
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        make.wide_gamut_profile(b"sRGB IEC61966-2.1"),
    ],
)
def test_a_profile_that_calls_itself_srgb_leaves_the_values_alone(profile: bytes) -> None:
    picture = make.landscape(200, 150)
    decoded = decode(make.saved(picture, "PNG", icc_profile=profile), USUAL)
    np.testing.assert_array_equal(pixels(decoded), np.asarray(picture))


@pytest.mark.parametrize("profile", [b"no profile at all", make.wide_gamut_profile()[:300], b"\0" * 128])
def test_a_malformed_profile_is_a_finding(profile: bytes) -> None:
    decoded = decode(make.saved(make.corners(), "PNG", icc_profile=profile), USUAL)
    np.testing.assert_array_equal(pixels(decoded), expected())
    assert codes(decoded) == ["profile-ignored"]


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_profile_for_other_colours_is_a_finding(mode: str) -> None:
    data = make.saved(make.corners().convert(mode), "JPEG", icc_profile=make.wide_gamut_profile())
    assert codes(decode(data, USUAL)) == ["profile-ignored"]


# Sizes


def encoder_input(picture: Image.Image, edge: int) -> npt.NDArray[np.float64]:
    """What a CLIP's validation transform makes of a photo before normalising it: shorter edge, centre."""
    scale = edge / min(picture.size)
    resized = picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC
    )
    left, top = (resized.width - edge) // 2, (resized.height - edge) // 2
    return np.asarray(resized.crop((left, top, left + edge, top + edge))).astype(np.float64)


@pytest.mark.parametrize(("kind", "options"), [("JPEG", {"quality": 92}), ("PNG", {"compress_level": 1})])
def test_a_large_photo_shrinks_without_changing_what_a_model_sees(kind: str, options: dict[str, int]) -> None:
    data = make.saved(make.landscape(2800, 2700), kind, **options)
    whole, kept = decode(data, Limits(kept_edge=100_000)), decode(data, USUAL)
    assert (whole.width, whole.height) == (2800, 2700)
    assert (kept.width, kept.height) == (700, 675)
    for edge, mean, most in ((224, 0.25, 4), (336, 0.4, 12)):
        first, second = (
            encoder_input(Image.frombytes("RGB", (it.width, it.height), it.rgb), edge) for it in (whole, kept)
        )
        assert np.abs(first - second).mean() < mean, "of 255"
        assert np.abs(first - second).max() <= most


def test_small_enough_photos_keep_every_pixel() -> None:
    data = make.saved(make.landscape(2000, 1340), "JPEG")
    assert (decode(data, USUAL).width, decode(data, USUAL).height) == (2000, 1340)


def test_a_50_megapixel_photo_opens() -> None:
    data = make.saved(make.landscape(1024, 768).resize((8192, 6144)), "JPEG", quality=90)
    decoded = decode(data, USUAL)
    assert (decoded.width, decoded.height) == (1024, 768)


BOMBS: dict[str, Callable[[], bytes]] = {
    "14000 x 14000 in 24 kB": lambda: make.png((14000, 14000), 1, 0, make.repeated(b"\0" * 1751, 14000)),
    "1 x 1,000,000": lambda: make.png((1, 1_000_000), 8, 0, make.repeated(b"\0\0", 1_000_000)),
    "1,000,000 x 1": lambda: make.png((1_000_000, 1), 8, 0, make.repeated(b"\0" * 1_000_001, 1)),
    "webp canvas": lambda: make.webp_canvas(16383, 16383),
    "webp strip": lambda: make.webp_canvas(16_777_215, 200),
    "jpeg": lambda: make.saved(make.corners(), "JPEG").replace(b"\0\x78\0\xa0", b"\xff\xff\xff\xff", 1),
    "gif": lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + WHOLE["plain.gif"][10:],
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_sizes_are_refused_before_decoding(bomb: str) -> None:
    data = BOMBS[bomb]()
    assert len(data) < 30_000
    started = time.process_time()
    with refused(r"The picture has .* (mega)?pixels"):
        decode(data, USUAL)
    assert time.process_time() - started < 0.5


def test_a_strip_within_the_megapixels_is_refused_too() -> None:
    with refused("strip"):
        decode(make.saved(Image.new("L", (20, 10_000)), "PNG"), USUAL)


def test_nearly_nothing_is_refused() -> None:
    with refused("too few"):
        decode(make.saved(Image.new("L", (15, 200)), "PNG"), USUAL)


def test_a_tiny_photo_is_a_finding() -> None:
    assert codes(decode(make.saved(make.corners(95, 200), "PNG"), USUAL)) == ["small"]


def test_limits_are_inclusive() -> None:
    data = make.saved(make.corners(100, 200), "PNG")
    limits = Limits(megapixels=0.02, edge=200, least_edge=100, aspect=2.0, file_bytes=len(data))
    assert decode(data, limits).height == 200
    for tighter in (
        Limits(megapixels=0.0199),
        Limits(edge=199),
        Limits(least_edge=101),
        Limits(aspect=1.99),
        Limits(file_bytes=len(data) - 1),
    ):
        with pytest.raises(IdiaError):
            decode(data, tighter)


# Damage


def test_an_empty_file_is_refused() -> None:
    with refused("empty"):
        decode(b"", USUAL)


@pytest.mark.parametrize("name", WHOLE)
def test_a_truncated_file_is_refused_or_whole(name: str) -> None:
    data = WHOLE[name]
    whole = decode(data, USUAL)
    refused = 0
    for end in {round(len(data) * share / 24) for share in range(24)}:
        try:
            decoded = decode(data[:end], USUAL)
        except IdiaError:
            refused += 1
        else:
            assert (decoded.width, decoded.height) == (whole.width, whole.height)
            assert decoded.rgb == whole.rgb, f"half a picture came out of {end} of {len(data)} bytes"
    assert refused >= 10


def test_a_photo_with_a_stranger_at_its_end_is_just_the_photo() -> None:
    for tail in (b"PK\x03\x04" + b"\0" * 500, b"<script>alert(1)</script>", b"%PDF-1.7", WHOLE["plain.jpg"]):
        decoded = decode(WHOLE["plain.jpg"] + tail, USUAL)
        assert decoded.rgb == decode(WHOLE["plain.jpg"], USUAL).rgb


def test_a_stranger_with_a_photo_at_its_end_is_refused() -> None:
    for head in (b"PK\x03\x04", b"<html>", b"%PDF-1.7\n", b"\n"):
        with pytest.raises(IdiaError):
            decode(head + WHOLE["plain.jpg"], USUAL)


@pytest.mark.parametrize("chunk", [b"zTXt", b"iCCP"])
def test_inflating_chunks_are_refused(chunk: bytes) -> None:
    body = b"name\0\0" + zlib.compress(b"\0" * 30_000_000)
    data = make.png((64, 64), 8, 0, make.repeated(b"\0" * 65, 64), [(chunk, body)])
    with refused("damaged"):
        decode(data, USUAL)


def test_out_of_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(image: Image.Image, *_: object) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", exhausted)
    monkeypatch.setattr(Image.Image, "tobytes", exhausted)
    with refused("memory"):
        decode(WHOLE["plain.png"], USUAL)


def test_pillow_stays_as_it_was_and_numpy_stays_out() -> None:
    check = (
        "import sys; from PIL import Image, ImageFile\n"
        "before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES); import idia_core.photos.decoding\n"
        "assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
