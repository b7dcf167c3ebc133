"""The text cache on a real disk: whole parts, shared, bounded, and mistrustful of what it finds there."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from idia_core.attack.rule import FloatArray
from idia_core.clip.text_cache import (
    NAMES_PER_PART,
    CacheProgress,
    TextCache,
    TextVectors,
    part_key,
)
from idia_core.text import advise, tell
from tests.conftest import refused

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ("a photo of {0}", "{0} in a suit", "{0}")
NAMES = tuple(f"Candidate {number}" for number in range(3 * NAMES_PER_PART - 50))
MEGABYTE = 1_000_000
DIM = 5


def vectors_of(names: Sequence[str], templates: Sequence[str] = TEMPLATES) -> FloatArray:
    """Return vectors that depend on nothing but the sentence."""
    digests = [[hashlib.sha256(f"{t}|{n}".encode()).digest()[: 4 * DIM] for n in names] for t in templates]
    whole = np.frombuffer(b"".join(b"".join(row) for row in digests), dtype="<u4")
    rows = (whole.reshape(len(templates), len(names), DIM) % 1000 + 1).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


class Encode:
    """Embeds as `vectors_of` does and records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, names: Sequence[str]) -> FloatArray:
        self.asked.append(tuple(names))
        return vectors_of(names)

    @property
    def count(self) -> int:
        return sum(map(len, self.asked))


def build(
    text_cache: TextCache,
    names: Sequence[str] = NAMES,
    encode: Callable[[Sequence[str]], FloatArray] | None = None,
) -> TextVectors:
    *steps, result = text_cache.build("model", TEMPLATES, names, encode or vectors_of)
    assert isinstance(result, TextVectors)
    assert all(isinstance(step, CacheProgress) for step in steps)
    np.testing.assert_array_equal(result.vectors(), vectors_of(names))
    return result


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def only_file(folder: Path) -> Path:
    (path,) = files(folder)
    return path


def test_a_build_reports_each_part_and_ends_in_all_vectors(tmp_path: Path) -> None:
    encode = Encode()
    *steps, text_cache = TextCache(tmp_path, MEGABYTE).build("model", TEMPLATES, NAMES, encode)
    assert steps == [CacheProgress(done, len(NAMES), 0) for done in (0, 250, 500, 700)]
    assert isinstance(text_cache, TextVectors)
    assert text_cache.names == NAMES
    assert sum(encode.asked, ()) == NAMES
    np.testing.assert_array_equal(text_cache.vectors(), vectors_of(NAMES))


def test_what_is_on_disk_is_never_computed_again_and_is_mapped(tmp_path: Path) -> None:
    build(TextCache(tmp_path, MEGABYTE))
    encode = Encode()
    again = build(TextCache(tmp_path, MEGABYTE), encode=encode)
    assert encode.count == 0
    assert all(isinstance(part, np.memmap) for part in again.parts)
    *_, last, _ = TextCache(tmp_path, MEGABYTE).build("model", TEMPLATES, NAMES, encode)
    assert last == CacheProgress(len(NAMES), len(NAMES), len(NAMES))


def test_fewer_names_share_the_parts_of_more_and_the_reverse(tmp_path: Path) -> None:
    text_cache, encode = TextCache(tmp_path, MEGABYTE), Encode()
    build(text_cache, NAMES[: 2 * NAMES_PER_PART])
    build(text_cache, NAMES, encode)
    build(text_cache, NAMES[:NAMES_PER_PART], encode)
    assert encode.asked == [NAMES[2 * NAMES_PER_PART :]]


def test_the_files_are_plain_safetensors(tmp_path: Path) -> None:
    build(TextCache(tmp_path, MEGABYTE), NAMES[:7])
    loaded = load_file(only_file(tmp_path))
    np.testing.assert_array_equal(loaded["vectors"], vectors_of(NAMES[:7]))


def test_a_key_depends_on_everything_that_shapes_the_values() -> None:
    keys = [
        part_key("model", TEMPLATES, NAMES[:3]),
        part_key("other", TEMPLATES, NAMES[:3]),
        part_key("model", TEMPLATES[::-1], NAMES[:3]),
        part_key("model", TEMPLATES[:2], NAMES[:3]),
        part_key("model", TEMPLATES, NAMES[:4]),
        part_key("model", TEMPLATES, NAMES[2::-1]),
        part_key("model", (*TEMPLATES, NAMES[0]), NAMES[1:3]),
    ]
    assert len(set(keys)) == len(keys)
    assert keys[0] == part_key("model", list(TEMPLATES), list(NAMES[:3]))


def test_without_a_folder_nothing_is_kept() -> None:
    text_cache, encode = TextCache(None, MEGABYTE), Encode()
    build(text_cache, encode=encode)
    build(text_cache, encode=encode)
    assert encode.count == 2 * len(NAMES)


def test_a_build_closed_between_parts_leaves_whole_parts(tmp_path: Path) -> None:
    steps = TextCache(tmp_path, MEGABYTE).build("model", TEMPLATES, NAMES, vectors_of)
    next(steps)
    next(steps)
    steps.close()
    encode = Encode()
    build(TextCache(tmp_path, MEGABYTE), encode=encode)
    assert encode.count == len(NAMES) - NAMES_PER_PART


_SCRIPT = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from idia_core.clip.text_cache import TextCache
from tests.clip.test_text_cache import MEGABYTE, NAMES, TEMPLATES, vectors_of
calls = 0
def encode(names):
    global calls
    calls += 1
    {action}
    return vectors_of(names)
*_, text_cache = TextCache(Path({folder!r}), MEGABYTE).build("model", TEMPLATES, NAMES, encode)
assert (text_cache.vectors() == vectors_of(NAMES)).all()
"""


def start(folder: Path, action: str) -> subprocess.Popen[bytes]:
    script = _SCRIPT.format(root=str(ROOT), folder=str(folder), action=action)
    return subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE)


def test_a_killed_build_goes_on_from_whole_parts(tmp_path: Path) -> None:
    killed = start(tmp_path, "calls < 3 or os.kill(os.getpid(), signal.SIGKILL)")
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert len(files(tmp_path)) == 2
    encode = Encode()
    build(TextCache(tmp_path, MEGABYTE), encode=encode)
    assert encode.asked == [NAMES[2 * NAMES_PER_PART :]]


def test_processes_that_store_the_same_parts_do_not_spoil_each_other(tmp_path: Path) -> None:
    both = [start(tmp_path, "time.sleep(0.05)") for _ in range(3)]
    for process in both:
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
    encode = Encode()
    build(TextCache(tmp_path, MEGABYTE), encode=encode)
    assert encode.count == 0
    assert len(files(tmp_path)) == 3


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _header_only(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def _foreign(path: Path) -> None:
    save_file({"vectors": vectors_of(NAMES[:20])}, path)


def _noise(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def _altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)


def _of_another_part(path: Path) -> None:
    other = path.parent / "other"
    build(TextCache(other, MEGABYTE), NAMES[20:40])
    only_file(other).replace(path)
    other.rmdir()


@pytest.mark.parametrize(
    "spoil", [_cut_short, _empty, _header_only, _foreign, _noise, _altered, _of_another_part]
)
def test_a_bad_file_is_a_miss_with_a_line_in_the_log(
    spoil: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text_cache, encode = TextCache(tmp_path, MEGABYTE), Encode()
    build(text_cache, NAMES[:20])
    spoil(only_file(tmp_path))
    with caplog.at_level(logging.WARNING):
        build(text_cache, NAMES[:20], encode)
    assert encode.count == 20
    assert [record.name for record in caplog.records] == ["idia_core.clip.text_cache"]
    assert only_file(tmp_path).name in caplog.text
    build(text_cache, NAMES[:20], encode)
    assert encode.count == 20, "the file was not replaced by a good one"


def part_bytes(folder: Path) -> int:
    build(TextCache(folder, MEGABYTE), NAMES[:20])
    return only_file(folder).stat().st_size


def test_the_part_unused_for_longest_makes_room(tmp_path: Path) -> None:
    size = part_bytes(tmp_path / "probe")
    text_cache, encode = TextCache(tmp_path / "text", 2 * size + size // 2), Encode()
    first, second, third = NAMES[:20], NAMES[20:40], NAMES[40:60]
    for age, names in ((2, first), (1, second)):
        build(text_cache, names)
        newest = max(files(tmp_path / "text"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(0, newest.stat().st_mtime_ns - age * 10**9))
    build(text_cache, first)
    build(text_cache, third)
    assert len(files(tmp_path / "text")) == 2
    build(text_cache, first, encode)
    build(text_cache, third, encode)
    assert encode.count == 0
    build(text_cache, second, encode)
    assert encode.asked == [second]


def test_the_bound_is_never_passed_and_a_build_keeps_its_own_parts(tmp_path: Path) -> None:
    text_cache = TextCache(tmp_path, 0)
    build(TextCache(tmp_path / "probe", MEGABYTE), NAMES)
    text_cache.limit_bytes = int(2.5 * max(path.stat().st_size for path in files(tmp_path / "probe")))
    text_cache.folder = tmp_path / "text"
    for step in text_cache.build("model", TEMPLATES, NAMES + tuple("abcd"), vectors_of):
        if isinstance(step, CacheProgress) and step.done:
            assert sum(path.stat().st_size for path in files(text_cache.folder)) <= text_cache.limit_bytes
    encode = Encode()
    build(text_cache, NAMES[: 2 * NAMES_PER_PART], encode)
    assert encode.count == 0


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    build(TextCache(tmp_path, 1), NAMES[:20])
    assert [path.name for path in files(tmp_path)] == ["notes.txt"]


def test_what_a_killed_process_left_unfinished_is_swept(tmp_path: Path) -> None:
    old, young = tmp_path / "a.unfinished", tmp_path / "b.unfinished"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    build(TextCache(tmp_path, MEGABYTE), NAMES[:20])
    assert not old.exists()
    assert young.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_the_full_device(**options: object) -> tuple[int, str]:
        handle, name = make(**options)  # type: ignore[call-overload]
        os.close(handle)
        return os.open("/dev/full", os.O_WRONLY), name

    make = tempfile.mkstemp
    monkeypatch.setattr(tempfile, "mkstemp", on_the_full_device)
    with refused("disk is full") as caught:
        build(TextCache(tmp_path, MEGABYTE))
    assert str(tmp_path) in tell(caught.value.message)
    assert "IDIA_CACHE_DIR" in advise(caught.value.message)
    assert files(tmp_path) == []
    monkeypatch.undo()
    build(TextCache(tmp_path, MEGABYTE))


def test_a_folder_that_cannot_be_made_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with refused("cannot be kept"):
        build(TextCache(tmp_path / "file" / "text", MEGABYTE))


def test_columns_are_selected_across_parts() -> None:
    text_cache = build(TextCache(None, 0))
    wanted = (NAMES[600], NAMES[3], NAMES[249], NAMES[250], NAMES[3])
    np.testing.assert_array_equal(text_cache.select(wanted), vectors_of(wanted))
    with pytest.raises(ValueError, match="not in the text cache"):
        text_cache.select(["Zelda Quux"])


@pytest.mark.parametrize("shape", [(3, 20), (2, 20, DIM), (3, 19, DIM)])
def test_another_shape_from_encode_is_a_bug_of_the_caller(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="encode gave"):
        list(TextCache(None, 0).build("m", TEMPLATES, NAMES[:20], lambda _: np.zeros(shape, np.float32)))


def test_no_names_or_no_templates_is_a_bug_of_the_caller() -> None:
    for templates, names in ((TEMPLATES, ()), ((), NAMES)):
        with pytest.raises(ValueError, match="at least one"):
            list(TextCache(None, 0).build("m", templates, names, vectors_of))


def test_the_time_left_counts_only_what_was_computed() -> None:
    assert CacheProgress(500, 1000, 250).seconds_left(10.0) == pytest.approx(20.0)
    assert CacheProgress(250, 1000, 250).seconds_left(10.0) is None
    assert CacheProgress(1000, 1000, 0).seconds_left(10.0) == 0
