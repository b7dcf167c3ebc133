"""Training the sandbox model: the loss, the pictures it may see, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from idia_core.clip import weights
from idia_core.sandbox import people, train
from idia_core.sandbox.people import Person

SMALL = train.Recipe(embed=16, text_width=16, text_layers=1, passes=1, batch=4)
SEED = 5


@pytest.fixture(scope="module")
def few() -> tuple[Person, ...]:
    """Eight people of a world: members with few portraits, and non-members."""
    everybody = people.world(SEED)
    members = [person for person in everybody if person.truth.training_photos in (1, 2)]
    return (*members[:5], *[person for person in everybody if not person.truth.member][:3])


def _unit(rows: int, seed: int) -> torch.Tensor:
    numbers = torch.randn(rows, 6, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(numbers, dim=1)


def test_the_loss_is_clips_own_when_everybody_is_somebody_else() -> None:
    images, texts, scale = _unit(5, 1), _unit(5, 2), torch.tensor(7.0)
    logits = scale * images @ texts.T
    own = torch.arange(5)
    expected = (
        torch.nn.functional.cross_entropy(logits, own) + torch.nn.functional.cross_entropy(logits.T, own)
    ) / 2
    assert torch.allclose(train.contrastive_loss(images, texts, scale, own, 0.0), expected, atol=1e-6)


def test_portraits_of_one_person_are_not_each_others_negatives() -> None:
    images, texts, scale = _unit(4, 1), _unit(4, 2), torch.tensor(7.0)
    owners = torch.tensor([0, 0, 1, 2])
    swapped = texts[[1, 0, 2, 3]]
    loss = train.contrastive_loss(images, texts, scale, owners, 0.0)
    assert torch.allclose(loss, train.contrastive_loss(images, swapped, scale, owners, 0.0), atol=1e-6)
    apart = torch.arange(4)
    assert not torch.allclose(
        train.contrastive_loss(images, texts, scale, apart, 0.0),
        train.contrastive_loss(images, swapped, scale, apart, 0.0),
        atol=1e-3,
    )


def test_augmented_pictures_differ_and_keep_their_scale() -> None:
    stored = torch.full((6, 3, 40, 40), 0.5)
    out = train.augment(stored, 32, torch.Generator().manual_seed(1))
    assert out.shape == (6, 3, 32, 32)
    assert torch.isfinite(out).all()
    assert out.abs().max() < 2
    assert len({round(float(picture.mean()), 5) for picture in out}) == 6


def test_batches_show_every_portrait_equally_often() -> None:
    shown = np.concatenate(list(train.batches(10, 5, 4, np.random.default_rng(0))))
    assert np.bincount(shown).tolist() == [4] * 10


def test_only_members_portraits_are_drawn_and_the_second_time_they_are_read(
    few: tuple[Person, ...], tmp_path: Path
) -> None:
    lines: list[str] = []
    drawn, owners = train.draw_portraits(few, SEED, SMALL, tmp_path, lines.append)
    wanted = {person.index: person.truth.training_photos for person in few if person.truth.member}
    assert dict(zip(*np.unique(owners, return_counts=True), strict=True)) == wanted
    side = SMALL.image_size + SMALL.margin
    assert drawn.shape == (sum(wanted.values()), side, side, 3)
    again, _ = train.draw_portraits(few, SEED, SMALL, tmp_path, lines.append)
    assert np.array_equal(drawn, again)
    assert len(lines) == 1


def test_a_trained_model_is_saved_so_that_open_clip_loads_it(
    few: tuple[Person, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import open_clip

    moved = tuple(Person(place, person.truth, person.female, person.look) for place, person in enumerate(few))
    monkeypatch.setattr(train, "world", lambda seed: moved)
    model = train.train(SEED, SMALL, tmp_path / "cache", lambda line: None)
    train.save(model, SMALL, SEED, tmp_path / "model")
    loaded, _, _ = open_clip.create_model_and_transforms(f"local-dir:{tmp_path / 'model'}")
    tokens = open_clip.get_tokenizer(f"local-dir:{tmp_path / 'model'}")(["this is a test"])
    with torch.no_grad():
        theirs, ours = (net.encode_text(tokens, normalize=True) for net in (loaded.eval(), model))
    assert torch.allclose(theirs, ours, atol=5e-3)
    assert json.loads((tmp_path / "model" / "recipe.json").read_text("utf-8"))["world_seed"] == SEED
    assert not weights.is_altered(tmp_path / "model" / weights.SAFE_NAME)
    assert (tmp_path / "model" / (weights.SAFE_NAME + weights.DIGEST_SUFFIX)).is_file()
