"""A handful of files becomes photos and reasons; each file ends up in one of the two, and nothing leaks."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from idia_core.errors import IdiaError
from idia_core.photos import decoding
from idia_core.photos.decoder_pool import DecoderPool
from idia_core.photos.decoding import Decoded
from idia_core.photos.photo import Limits, PhotoSet, clean_label, read_photo, read_photos, thumbnail
from idia_core.text import advise, tell, tell_whole
from tests.assets import make_photos as make

WHOLE = make.whole_files()
PLAIN = WHOLE["plain.png"]


def numbered(count: int) -> list[tuple[str, bytes]]:
    """Different small photos."""
    return [
        (f"{i}.png", make.saved(Image.new("RGB", (100, 100), (i % 256, i // 256, 7)), "PNG"))
        for i in range(count)
    ]


# One photo


def test_a_photo_carries_its_pixels_digest_and_label() -> None:
    photo = read_photo(PLAIN, "/home/ann/Pictures/me.png")
    assert photo.label == "me.png"
    assert photo.digest == hashlib.sha256(PLAIN).hexdigest()
    assert photo.findings == ()
    assert photo.pixels.dtype == np.uint8
    np.testing.assert_array_equal(photo.pixels, np.asarray(make.corners()))


def test_pixels_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_photo(PLAIN, "me.png").pixels[0, 0, 0] = 1


def test_findings_travel_with_the_photo() -> None:
    assert [finding.code for finding in read_photo(WHOLE["moving.gif"], "me.gif").findings] == ["first-frame"]


def test_photos_compare_by_what_they_are_and_hash() -> None:
    one, same = read_photo(PLAIN, "me.png"), read_photo(PLAIN, "me.png")
    assert one == same
    assert len({one, same, read_photo(PLAIN, "you.png")}) == 2


def test_a_photo_shows_neither_name_nor_pixels_when_printed() -> None:
    shown = repr(read_photo(PLAIN, "jane_doe.png"))
    assert "jane" not in shown
    assert "array" not in shown
    assert len(shown) < 200


LABELS = {
    "photo.jpg": "photo.jpg",
    "/etc/passwd": "passwd",
    "C:\\Users\\ann\\Desktop\\me.jpg": "me.jpg",
    "a/b\\c/": "photo",
    "": "photo",
    "\u202egpj.exe": "gpj.exe",
    "a\nb\tc\x00d\x1b[31m.jpg": "a b c d [31m.jpg",
    "  two   words .png ": "two words .png",
    "zo\u0065\u0308.jpg": "zoë.jpg",
    "\ud800bad.jpg": "bad.jpg",
    "<img src=x onerror=alert(1)>.jpg": "<img src=x onerror=alert(1)>.jpg",
    "\u0645\u06cc\u200c\u062e.jpg": "\u0645\u06cc\u200c\u062e.jpg",
    "x" * 10_000 + ".jpeg": "x" * 71 + "…" + "xxx.jpeg",
}


@pytest.mark.parametrize(("path", "label"), LABELS.items())
def test_labels_are_base_names_without_tricks(path: str, label: str) -> None:
    assert clean_label(path) == label
    assert len(label) <= 80


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_any_label_becomes_one_safe_line(path: str) -> None:
    label = clean_label(path)
    assert 0 < len(label) <= 80
    assert label == clean_label(label)
    assert not set(label) & set("/\\\n\r\t\u202a\u202b\u202d\u202e\u2066\u2067\u2028\u2029\x00")
    label.encode("utf-8")


def test_a_refusal_names_the_file_and_nothing_of_its_path_or_content() -> None:
    with pytest.raises(IdiaError) as caught:
        read_photo(PLAIN[:100] + b"secret content", "/home/ann/secret-folder/me.png")
    assert tell(caught.value.message).startswith("me.png: ")
    assert "secret" not in str(caught.value) + tell_whole(caught.value.message)
    assert advise(caught.value.message)


def test_nothing_is_logged_or_printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        read_photos([(name, data) for name, data in WHOLE.items()])
        read_photos([(name, data[: len(data) // 2]) for name, data in WHOLE.items()])
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_nothing_is_written_to_disk() -> None:
    script = (
        "import sys\n"
        "from tests.assets import make_photos as make\n"
        "from idia_core.photos import photo as photos\n"
        "files = list(make.whole_files().items()); photos.read_photos(files)\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(args) if event == 'open' else None)\n"
        "done = photos.read_photos([*files, ('x.jpg', b'x')])\n"
        "photos.thumbnail(done.photos[0])\n"
        "sys.exit(str(opened) if opened else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


# Several photos


def test_a_set_keeps_the_order_and_sets_aside_what_does_not_open() -> None:
    files = [("a.jpg", WHOLE["plain.jpg"]), ("b.jpg", b"%PDF-1.4"), ("c.png", PLAIN), ("d.gif", b"")]
    for threads in (1, 3):
        result = read_photos(files, threads=threads)
        assert [photo.label for photo in result.photos] == ["a.jpg", "c.png"]
        assert [refusal.label for refusal in result.refused] == ["b.jpg", "d.gif"]
        assert "PDF" in tell(result.refused[0].reason)
        assert not tell(result.refused[0].reason).startswith("b.jpg"), "the label stands beside the sentence"


def test_order_survives_uneven_work() -> None:
    def slow_first(data: bytes, limits: Limits) -> Decoded:
        decoded = decoding.decode(data, limits)
        time.sleep(0.15 if decoded.rgb[0] == 0 else 0)
        return decoded

    result = read_photos(numbered(6), decode=slow_first, threads=4)
    assert [photo.label for photo in result.photos] == [f"{i}.png" for i in range(6)]


def test_photos_are_decoded_side_by_side() -> None:
    together = threading.Barrier(3, timeout=60)

    def waits_for_two_others(data: bytes, limits: Limits) -> Decoded:
        together.wait()
        return decoding.decode(data, limits)

    result = read_photos(numbered(6), decode=waits_for_two_others, threads=3)
    assert len(result.photos) == 6


def test_the_same_file_counts_once() -> None:
    result = read_photos([("a.png", PLAIN), ("b.jpg", WHOLE["plain.jpg"]), ("copy of a.png", PLAIN)])
    assert [photo.label for photo in result.photos] == ["a.png", "b.jpg"]
    assert [(item.label, tell(item.reason)) for item in result.refused] == [
        ("copy of a.png", "The very same file as a.png.")
    ]


def test_too_many_files_are_set_aside_one_by_one() -> None:
    files = numbered(500)
    result = read_photos(files)
    assert [photo.label for photo in result.photos] == [f"{i}.png" for i in range(30)]
    assert [refusal.label for refusal in result.refused] == [f"{i}.png" for i in range(30, 500)]
    assert "first 30" in tell(result.refused[0].reason)


def test_too_many_bytes_are_set_aside_and_smaller_files_go_on() -> None:
    small = numbered(2)
    big = ("big.png", make.saved(make.landscape(200, 200), "PNG"))
    limits = Limits(total_bytes=len(small[0][1]) + len(small[1][1]) + 10)
    result = read_photos([small[0], big, small[1]], limits)
    assert [photo.label for photo in result.photos] == ["0.png", "1.png"]
    assert "Together" in tell(result.refused[0].reason)


def test_files_over_the_total_are_dropped_as_they_come() -> None:
    def endless() -> Iterator[tuple[str, bytes]]:
        for i in range(500):
            yield f"{i}.jpg", b"\xff\xd8\xff" + i.to_bytes(2, "big") + b"\0" * 400_000

    started = time.process_time()
    result = read_photos(endless(), Limits(photos=1000, total_bytes=20_000_000))
    assert time.process_time() - started < 10
    assert (len(result.photos), len(result.refused)) == (0, 500)
    assert sum("Together" in tell(refusal.reason) for refusal in result.refused) == 451


def test_no_files_make_an_empty_set() -> None:
    assert read_photos([]) == PhotoSet((), ())


# Thumbnails


@pytest.mark.parametrize("size", [(160, 120), (3000, 1000), (100, 900)])
def test_a_thumbnail_is_a_small_jpeg_without_notes(size: tuple[int, int]) -> None:
    data = make.saved(make.corners(*size), "JPEG", exif=make.exif(1), icc_profile=make.wide_gamut_profile())
    small = thumbnail(read_photo(data, "me.jpg"), 128)
    with Image.open(BytesIO(small)) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) == min(128, max(size))
        assert not picture.getexif()
        assert "icc_profile" not in picture.info
    assert len(small) < 20_000


def test_a_thumbnail_never_enlarges() -> None:
    photo = read_photo(PLAIN, "me.png")
    with Image.open(BytesIO(thumbnail(photo, 1024))) as picture:
        assert picture.size == (160, 120)


@pytest.mark.parametrize("edge", [0, 15, 1025])
def test_a_thumbnail_of_an_odd_size_is_a_bug(edge: int) -> None:
    with pytest.raises(ValueError, match="edge"):
        thumbnail(read_photo(PLAIN, "me.png"), edge)


# Damaged at random


def healed(png: bytes) -> bytes:
    """Give every chunk of a PNG a true checksum again, so that damage inside reaches the decoder."""
    parts, position = [png[:8]], 8
    while position + 12 <= len(png):
        end = position + 8 + int.from_bytes(png[position : position + 4], "big")
        checked = png[position + 4 : end]
        parts += [png[position : position + 4], checked, zlib.crc32(checked).to_bytes(4, "big")]
        position = end + 4
    return b"".join(parts) + png[position:]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole file of some kind with one to four wounds."""
    data = bytearray(WHOLE[draw(st.sampled_from(sorted(WHOLE)))])
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        place = draw(st.integers(0, min(len(data), 400) - 1) | st.integers(0, len(data) - 1))
        wound = draw(st.sampled_from(("byte", "bit", "cut", "add", "extreme", "end", "graft")))
        if wound == "byte":
            data[place] = draw(st.integers(0, 255))
        elif wound == "bit":
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif wound == "cut":
            del data[place : place + draw(st.integers(1, 64))]
        elif wound == "add":
            data[place:place] = draw(st.binary(min_size=1, max_size=32))
        elif wound == "extreme":
            data[place : place + 4] = draw(st.sampled_from((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff")))
        elif wound == "end":
            del data[place:]
        else:
            other = WHOLE[draw(st.sampled_from(sorted(WHOLE)))]
            data[place:] = other[draw(st.integers(0, len(other) - 1)) :]
    return healed(bytes(data)) if data.startswith(b"\x89PNG") and draw(st.booleans()) else bytes(data)


def fuzz(count: int) -> Counter[str]:
    """Read damaged files in a worker; count what came of them."""
    tally: Counter[str] = Counter()

    with DecoderPool(1) as pool:
        assert pool.isolated()

        @given(damaged())
        @settings(
            max_examples=count,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def attempt(data: bytes) -> None:
            tally["tried"] += 1
            try:
                photo = read_photo(data, "damaged", decode=pool.decode)
            except IdiaError as error:
                worded = tell(error.message).startswith("damaged: ") and advise(error.message)
                tally[
                    "crashed" if "crashed" in tell(error.message) else "refused" if worded else "unworded"
                ] += 1
            else:
                assert photo.pixels.shape[2] == 3
                tally["opened"] += 1

        attempt()
    print(", ".join(f"{key} {value}" for key, value in sorted(tally.items())))
    return tally


def test_damaged_files_are_opened_or_refused_and_never_crash() -> None:
    tally = fuzz(300)
    assert tally["tried"] >= 300
    assert tally["crashed"] == tally["unworded"] == 0
    assert min(tally["opened"], tally["refused"]) > 0


@pytest.mark.slow
def test_thousands_of_damaged_files_never_crash() -> None:
    tally = fuzz(5_000)
    assert tally["tried"] >= 5_000
    assert tally["crashed"] == tally["unworded"] == 0
