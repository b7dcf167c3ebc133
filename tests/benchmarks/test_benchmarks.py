"""The benchmarks' own arithmetic and comparisons, at sizes that take seconds; no time is asserted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from idia_core import names
from idia_core.clip.encoder import Encoder
from idia_core.settings import ASSETS
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import growth, photos, start, text, timing

SMALL = "ViT-S-32-alt"
KEYS = "stage arch reference_ms_per_item ours_ms_per_item ratio max_abs_diff limit_ratio peak_mb".split()


def ticking(*lengths: float) -> timing.Clock:
    """Return a clock by which the pieces of work take the given seconds, one after the other."""

    def ticks() -> Iterator[float]:
        now = 0.0
        for length in lengths:
            yield now
            now += length
            yield now

    each = ticks()
    return lambda: next(each)


def test_the_ways_take_turns_and_the_median_of_the_rounds_counts() -> None:
    done: list[str] = []
    ways = {"a": lambda: done.append("a"), "b": lambda: done.append("b")}
    medians = timing.take_turns(ways, 3, ticking(9, 9, 1, 20, 5, 30, 3, 10))
    assert "".join(done) == "abababab"
    assert medians == {"a": 3, "b": 20}
    assert timing.take_turns(ways, 1, ticking(4, 6), warm=True) == {"a": 4, "b": 6}


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = [10, 100, 1000]
    assert timing.exponent(sizes, [3 * size**1.25 for size in sizes]) == pytest.approx(1.25)


def test_the_json_line_has_the_promised_keys_and_the_table_every_figure() -> None:
    result = timing.Times("text", "ViT", 21, 20.0, 0.8, 1e-7, 1.2, None, ("a note",))
    facts = json.loads(timing.as_json(result))
    assert list(facts) == KEYS
    assert facts["ratio"] == pytest.approx(25)
    row, note = timing.table([result]).splitlines()[2], timing.table([result]).splitlines()[-1]
    assert row == "| text | ViT | 21 | 20.00 | 0.800 | 25.0 | 1.0e-07 | 1.20 | - |"
    assert note == "- text: a note"


def test_text_is_compared_with_the_padded_pass_of_the_same_model() -> None:
    public = names.draw_decoys(names.load_lists(ASSETS / "names", "web"), 3, 0)
    result = text.compare(SMALL, public, rounds=1, sample=2)
    assert result.items == 63
    assert result.max_abs_diff is not None
    assert result.max_abs_diff < 1e-5
    assert any("0 of 21,000 choices" in note for note in result.notes)
    assert result.limit_ratio is not None
    assert result.limit_ratio > 0


def test_an_error_in_the_vectors_would_show() -> None:
    model = text.random_model(SMALL)
    tokens = text.tokenize(SMALL, ["Ana Lo", "Bo Li"])
    vectors = text.encode_padded(model, tokens, 64)
    assert text._differences(model, tokens, vectors, 64, 2)[:2] == (0.0, 0)
    difference, changed, _ = text._differences(model, tokens, vectors.roll(1, dims=0), 64, 2)
    assert difference > 1e-3
    assert changed > 0


def test_photos_and_a_whole_audit_agree_with_the_straightforward_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHONE", (1400, 1400))
    monkeypatch.setattr(photos, "COUNT", 2)
    embedded = photos.compare(SMALL, rounds=1)
    assert embedded.items == 2
    assert embedded.max_abs_diff is not None
    assert 0 < embedded.max_abs_diff < 0.01
    audit = photos.compare_audit(SMALL, size=30, rounds=1)
    assert audit.max_abs_diff is not None
    assert audit.max_abs_diff < 0.01
    assert "choices of a photo and a prompt differ" in audit.notes[0]


def test_growth_counts_what_it_was_asked_for(tiny: Encoder) -> None:
    by_names = growth.of_names(tiny, [2, 4])
    by_photos = growth.of_photos(tiny, [1, 2])
    assert by_names.sizes == (2, 4)
    assert all(spent > 0 for spent in (*by_names.seconds, *by_photos.seconds))
    facts = json.loads(timing.growth_json([by_names, by_photos]))
    assert [run["what"] for run in facts["runs"]] == ["names", "photos"]
    assert timing.growth_table([by_names]).count("| names |") == 2


def test_an_architecture_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmarks.main(["text", "--arch", "nonsense", "--names", "3"]) == 2
    assert "nonsense cannot be timed" in capsys.readouterr().err


def test_drawn_photos_are_different_files_of_the_size_asked_for() -> None:
    files = photos.draw_photos(2, (64, 48))
    assert files[0][1] != files[1][1]
    assert np.all([data[:2] == b"\xff\xd8" for _, data in files])


@pytest.mark.slow
def test_a_start_gives_the_page_and_tells_its_memory() -> None:
    result = start.compare("sandbox", rounds=1)
    assert result.peak_mb is None or result.peak_mb > 100
    assert "resident when the page is there" in result.notes[0]
