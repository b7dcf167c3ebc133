"""The names of the claimed one's style, by kind: split once, along one documented order."""

from __future__ import annotations

import numpy as np

from idia_core.audit.records import StyleSimilarities
from idia_core.names import Matched
from idia_core.names.matching import StyleNames


def test_every_name_of_a_style_lies_with_its_kind_and_every_photo_keeps_its_place() -> None:
    style = StyleNames(Matched(("Ada Berg", "Ada Lind", "Ada Quist"), ("Bo Holm",)), ("Bo Berg",))
    codes = np.arange(len(style.names), dtype=np.float32)
    similarities = codes + 100 * np.arange(4, dtype=np.float32)[None, :, None]
    split = StyleSimilarities.split(style, similarities)
    for part, names in (
        (split.same_first, style.matched.same_first),
        (split.same_last, style.matched.same_last),
        (split.crossed, style.crossed),
    ):
        assert [style.names[int(code)] for code in part[0, 0]] == list(names)
    some = split.of_photos([3, 1])
    assert [part.shape for part in (some.same_first, some.same_last, some.crossed)] == [
        (1, 2, 3),
        (1, 2, 1),
        (1, 2, 1),
    ]
    assert some.same_last[0, :, 0].tolist() == [303, 103]
