"""Decode one picture file, given as bytes, to upright sRGB pixels, or tell why that cannot be done.

Runs in the app's own process or, for untrusted files, in the workers of `decoder_pool`, which also limits the time;
for the workers it imports Pillow and nothing else (numpy alone would triple a worker's start).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageCms, TiffImagePlugin

from idia_core.errors import IdiaError, Message
from idia_core.photos import formats
from idia_core.photos.formats import Reader, format_of, reader_for

FILE_ERRORS: tuple[type[Exception], ...] = (
    OSError,  # truncated data, unreadable streams, and UnidentifiedImageError
    SyntaxError,  # Pillow's way to say "not a file of this format" or "broken chunk"
    ValueError,  # impossible sizes, text chunks over the limit, undecodable text
    EOFError,  # a frame or a chunk that is announced and missing
    LookupError,  # a table index or key that the file invents
    TypeError,  # a field of another kind than the format says
    AttributeError,  # a field left unset by a header that is cut short
    ArithmeticError,  # zero denominators, sizes beyond a C integer
    AssertionError,  # Pillow's own internal checks
    RuntimeError,  # refusals by the WebP and AVIF libraries, recursion
    struct.error,  # a header shorter than its fixed layout
    zlib.error,  # compressed chunks that do not inflate
    Image.DecompressionBombError,  # a GIF frame larger than its canvas
    Warning,  # any of Pillow's warnings where the interpreter makes them errors
)
"""What Pillow 12 raises on a damaged file: each was seen in the fuzz tests or found in the source of its readers."""

PROFILE_ERRORS: tuple[type[Exception], ...] = (ImageCms.PyCMSError, *FILE_ERRORS)
"""What Pillow raises on an unusable colour profile."""

UPRIGHT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Value of EXIF tag 274 -> the operation that undoes it. Source: EXIF 2.32, 4.6.4, tag Orientation."""

ORIENTATION_TAG = 274
EXIF_START = b"Exif\0\0"
MAX_EXIF_STARTS = 64
"""Pillow before 13 strips repeated starts one by one, copying the rest each time (CVE-2026-96643)."""
PNG_TEXT_EXIF = "Raw profile type exif"
MAX_PNG_TEXT_EXIF = 200_000
"""EXIF as hexadecimal text in a PNG, where its starts cannot be counted beforehand: 64 kB of EXIF at most."""
SMALL_EDGE = 96
"""Below this many pixels on the shorter edge a face has too little detail for any CLIP input (224 px)."""


@dataclass(frozen=True)
class Limits:
    """What is accepted; every number is an upper limit unless its name says otherwise."""

    file_bytes: int = 40_000_000
    """Size of one file."""
    megapixels: float = 64.0
    """Width times height as stored, in millions."""
    edge: int = 20_000
    """Width or height as stored, in pixels."""
    least_edge: int = 16
    """The shorter edge must have at least this many pixels."""
    aspect: float = 20.0
    """Longer edge over shorter edge: a CLIP scales the shorter edge to its input, and the longer edge with it."""
    kept_edge: int = 672
    """Larger photos are reduced by whole factors, never to fewer pixels than this on the shorter edge: three times
    the usual model's input. Measured on the sandbox with 12 megapixels reduced to 3 times its input: cosine
    0.99999 or more to the photo decoded in full, 0.9999 at twice its input (tests/benchmarks/RESULTS.md)."""
    photos: int = 30
    """Photos in one set (the paper's largest)."""
    total_bytes: int = 200_000_000
    """Sizes of all files of one set together."""
    heic: bool = False
    """Whether HEIC is opened, where `pillow-heif` is installed; off because its library had memory faults."""


Finding = Message
"""A doubt about a photo that is used all the same."""

CODES = frozenset(
    {
        "first-frame",
        "metadata-ignored",
        "photo-damaged",
        "photo-empty",
        "photo-file-too-large",
        "photo-heic",
        "photo-is-a-strip",
        "photo-needs-too-much-memory",
        "photo-rare-jpeg",
        "photo-too-complex",
        "photo-too-few-pixels",
        "photo-too-many-pixels",
        "photo-unknown-format",
        "profile-ignored",
        "small",
        "transparent",
    }
)
"""Every message that decoding can give; a worker that answers with any other is not trusted."""


@dataclass(frozen=True)
class Decoded:
    """An upright picture in sRGB."""

    rgb: bytes | memoryview = field(repr=False)
    """height x width x 3 values of 8 bits, rows from the top; read-only."""
    width: int
    """Pixels in a row."""
    height: int
    """Rows."""
    findings: tuple[Finding, ...] = ()
    """Doubts, in the order in which they were found."""


def decode(data: bytes, limits: Limits) -> Decoded:
    """Turn one file into upright sRGB pixels.

    Args:
        data: the whole file.
        limits: sizes are compared with the file's header before anything is decoded.
    Returns:
        The picture (of a moving one, the first frame), reduced by a whole factor where it is very large.
    Raises:
        IdiaError: the file is too large, of another kind, damaged, or incomplete.
    """
    if not data:
        raise IdiaError("photo-empty")
    if len(data) > limits.file_bytes:
        megabytes, most = (round(size / 1e6) for size in (len(data), limits.file_bytes))
        raise IdiaError("photo-file-too-large", megabytes=megabytes, most=most)
    reader = reader_for(data, limits.heic)
    try:
        return _decode(reader, data, limits)
    except MemoryError as error:
        raise IdiaError("photo-needs-too-much-memory") from error
    except Image.DecompressionBombError as error:
        raise IdiaError("photo-too-complex", megapixels=f"{limits.megapixels:g}") from error
    except FILE_ERRORS as error:
        raise IdiaError("photo-damaged") from error


def _decode(reader: Reader, data: bytes, limits: Limits) -> Decoded:
    """Open, check the size, and only then decode."""
    findings: list[Finding] = []
    if data.count(EXIF_START) > MAX_EXIF_STARTS:
        raise ValueError("metadata made to keep a reader busy")
    announced = formats.jpeg_size(data) if format_of(data) == "JPEG" else None
    with reader(BytesIO(data)) as image:
        _check_size(image.size, limits)
        if announced is not None:
            if announced != image.size:
                raise ValueError("two readings of one header")
            factor = _whole_factor(image.size, limits)
            image.draft(None, (image.width // factor, image.height // factor))
        image.load()
        profile, orientation = image.info.get("icc_profile"), _orientation(image, findings)
        picture = _plain_mode(image)
        _note_motion(image, findings)
    factor = _whole_factor(picture.size, limits)
    picture = picture.reduce(factor) if factor > 1 else picture
    picture = _srgb(_over_white(picture, findings), profile, findings)
    if orientation is not None:
        picture = picture.transpose(orientation)
    if min(picture.size) < SMALL_EDGE:
        findings.append(Finding("small", {"width": picture.width, "height": picture.height}))
    return Decoded(picture.tobytes(), picture.width, picture.height, tuple(findings))


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    """Refuse, by the header alone, a picture that would cost too much or show nothing."""
    width, height = size
    if max(size) > limits.edge or width * height > limits.megapixels * 1e6:
        raise IdiaError(
            "photo-too-many-pixels",
            width=width,
            height=height,
            megapixels=f"{limits.megapixels:g}",
            edge=limits.edge,
        )
    if min(size) < limits.least_edge:
        raise IdiaError("photo-too-few-pixels", width=width, height=height)
    if max(size) > limits.aspect * min(size):
        raise IdiaError("photo-is-a-strip", width=width, height=height)


def _whole_factor(size: tuple[int, int], limits: Limits) -> int:
    """Return by how much a picture can shrink and still have `kept_edge` pixels on its shorter edge."""
    return max(1, min(size) // limits.kept_edge)


def _note_motion(image: Image.Image, findings: list[Finding]) -> None:
    """Report further frames. They are never decoded; a GIF is searched for a second one."""
    try:
        moving = getattr(image, "is_animated", False)
    except FILE_ERRORS:
        moving = True
    if moving:
        findings.append(Finding("first-frame"))


def _orientation(image: Image.Image, findings: list[Finding]) -> Image.Transpose | None:
    """Read the orientation from EXIF (or XMP); damaged metadata costs a finding, never the photo."""
    if len(image.info.get(PNG_TEXT_EXIF, "")) > MAX_PNG_TEXT_EXIF:
        del image.info[PNG_TEXT_EXIF]
    try:
        return UPRIGHT.get(image.getexif().get(ORIENTATION_TAG, 1))
    except FILE_ERRORS:
        findings.append(Finding("metadata-ignored"))
        return None


def _plain_mode(image: Image.Image) -> Image.Image:
    """Convert any pixel mode to one of L, RGB, RGBA, CMYK."""
    if image.mode.startswith("I"):
        # Pillow's own conversion of 16-bit grey clips at 255 instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.copy() if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _over_white(image: Image.Image, findings: list[Finding]) -> Image.Image:
    """Put a transparent picture on white, as a browser shows it."""
    if image.mode != "RGBA":
        return image
    if image.getchannel("A").getextrema() != (255, 255):
        findings.append(Finding("transparent"))
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")


def _srgb(image: Image.Image, profile: object, findings: list[Finding]) -> Image.Image:
    """Convert by the file's colour profile; without one, and with that of sRGB, the values stay as they are.

    Args:
        image: L, RGB or CMYK.
        profile: ICC profile as bytes; anything else counts as none.
        findings: receives "profile-ignored" when the profile cannot be used.
    """
    if not isinstance(profile, bytes) or not profile:
        return image if image.mode == "RGB" else image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != {"L": "GRAY"}.get(image.mode, image.mode):
            raise ValueError("the profile is for another colour space than the pixels")
        if image.mode == "RGB" and "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        return _through_profile(image, source)
    except PROFILE_ERRORS:
        findings.append(Finding("profile-ignored"))
        return image.convert("RGB")


def _through_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    """Convert to sRGB as browsers do: relative colorimetric, black point compensated."""
    converted = ImageCms.profileToProfile(
        image,
        source,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if converted is None:
        raise ValueError("no picture came out of the conversion")
    return converted


# Pillow imports this module when EXIF is first read, which a worker that may open no file could not do.
_EXIF_READER = TiffImagePlugin
