"""Photos are known by their pixels, and by the model that saw them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from idia_core.attack.rule import FloatArray
from idia_core.clip.image_cache import CachingEncoder, ImageVectors, key
from idia_core.clip.registry import SANDBOX
from idia_core.photos.photo import PixelArray


def photo(seed: int, shape: tuple[int, int] = (4, 6)) -> PixelArray:
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)


class Eye:
    """A model that makes a vector of a photo's mean, and counts the photos it was shown."""

    spec = SANDBOX
    logit_scale = 1.0

    def __init__(self, fingerprint: str = "model") -> None:
        self.fingerprint = fingerprint
        self.shown = 0

    def encode_images(self, pixels: Sequence[PixelArray]) -> FloatArray:
        self.shown += len(pixels)
        return np.array([[one.mean(), 1.0] for one in pixels], np.float32)

    def encode_texts(self, sentences: Sequence[str]) -> FloatArray:
        return np.array([[len(one), 1.0] for one in sentences], np.float32)


def seen(eye: Eye, *seeds: int, known: ImageVectors | None = None) -> CachingEncoder:
    model = CachingEncoder(eye, known or ImageVectors())
    model.encode_images([photo(seed) for seed in seeds])
    return model


def test_only_photos_that_are_not_known_are_looked_at() -> None:
    eye = Eye()
    first = seen(eye, 0, 1).images()
    again = CachingEncoder(eye, first)
    rows = again.encode_images([photo(1), photo(2), photo(0), photo(2)])
    assert eye.shown == 3
    np.testing.assert_array_equal(rows, Eye().encode_images([photo(1), photo(2), photo(0), photo(2)]))
    again.encode_images([photo(2)])
    assert eye.shown == 3


def test_what_was_not_asked_about_again_is_let_go() -> None:
    eye = Eye()
    again = seen(eye, 1, known=seen(eye, 0, 1).images()).images()
    assert again.keys == (key(photo(1)),)
    assert eye.shown == 2


def test_another_models_vectors_do_not_count() -> None:
    other = Eye("other")
    seen(other, 0, known=seen(Eye(), 0).images())
    assert other.shown == 1


def test_everything_else_is_the_models_own() -> None:
    eye = Eye()
    model = CachingEncoder(eye, ImageVectors())
    assert (model.spec, model.fingerprint, model.logit_scale) == (SANDBOX, "model", 1.0)
    np.testing.assert_array_equal(model.encode_texts(["ab"]), eye.encode_texts(["ab"]))
    assert model.images().keys == ()


def test_a_changed_pixel_or_another_shape_is_another_photo() -> None:
    changed = photo(0).copy()
    changed[3, 5, 2] ^= 1
    assert len({key(photo(0)), key(changed), key(photo(0).reshape(6, 4, 3))}) == 3
    assert key(photo(0)) == key(np.asfortranarray(photo(0)))


def test_nothing_of_a_photo_shows_in_words() -> None:
    assert key(photo(0)) not in repr(seen(Eye(), 0).images())
