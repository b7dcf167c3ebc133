"""A loaded model embeds exactly as open_clip does, and every way in which loading fails is a clear sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from idia_core.clip import encoder, registry, text_tower
from tests import checkpoints
from tests.conftest import refused

SENTENCES = ["Anna", "a photo of Anna Berg", "a man named Zoë O'Brien-Łuk", "émile 日本 🙂", "word " * 200]


def pictures(count: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (40 + 9 * at, 70 - 5 * at, 3), dtype=np.uint8) for at in range(count)]


def test_photos_go_through_the_models_own_validation_transform(
    tiny_folder: Path, tiny: encoder.Encoder
) -> None:
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{tiny_folder}")
    assert transform.transforms[-1].mean == checkpoints.PREPROCESS["mean"]
    with torch.no_grad():
        images = torch.stack([transform(Image.fromarray(pixels)) for pixels in pictures(3)])
        expected = model.eval().encode_image(images, normalize=True).numpy()
    got = tiny.encode_images(pictures(3))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)


def test_sentences_equal_open_clips_own_text_path(tiny_folder: Path, tiny: encoder.Encoder) -> None:
    model, _, _ = open_clip.create_model_and_transforms(f"local-dir:{tiny_folder}")
    with torch.no_grad():
        tokens = open_clip.get_tokenizer(f"local-dir:{tiny_folder}")(SENTENCES)
        expected = model.eval().encode_text(tokens, normalize=True).numpy()
    np.testing.assert_allclose(tiny.encode_texts(SENTENCES), expected, atol=1e-5)
    assert text_tower.plan(model) is not None, "the fast path was not taken"


def test_a_photo_is_embedded_alike_alone_and_in_a_batch(tiny: encoder.Encoder) -> None:
    together = tiny.encode_images(pictures(5))
    alone = np.concatenate([tiny.encode_images([pixels]) for pixels in pictures(5)])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_more_photos_than_one_forward_pass_takes_come_out_alike_and_in_order(
    tiny: encoder.Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = tiny.encode_images(pictures(7))
    monkeypatch.setitem(encoder._PHOTOS_PER_BATCH, "cpu", 3)
    np.testing.assert_allclose(tiny.encode_images(pictures(7)), together, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_model_on_cuda_embeds_as_on_the_processor(tiny_folder: Path, tiny: encoder.Encoder) -> None:
    there = encoder.load_encoder(registry.parse_model(f"local-dir:{tiny_folder}"), "cuda")
    for on_cuda, here in (
        (there.encode_texts(SENTENCES), tiny.encode_texts(SENTENCES)),
        (there.encode_images(pictures(5)), tiny.encode_images(pictures(5))),
    ):
        assert float((on_cuda * here).sum(axis=1).min()) > 0.999


def test_facts_of_a_loaded_model(tiny: encoder.Encoder) -> None:
    assert [tuple(tiny._preprocess(photo).shape) for photo in pictures(2)] == [(3, 32, 32)] * 2
    assert tiny.logit_scale == pytest.approx(1 / 0.07, rel=1e-4)
    assert str(tiny.device) == "cpu"


@pytest.mark.parametrize("pickled", [False, True])
def test_the_fingerprint_names_the_weights_not_the_place(
    tmp_path: Path, tiny: encoder.Encoder, pickled: bool
) -> None:
    checkpoints.write(tmp_path / "copy", pickled=pickled)
    checkpoints.write(tmp_path / "other", seed=1)
    copy = encoder.load_encoder(registry.parse_model(f"local-dir:{tmp_path / 'copy'}"), "cpu")
    other = encoder.load_encoder(registry.parse_model(f"local-dir:{tmp_path / 'other'}"), "cpu")
    assert copy.fingerprint == tiny.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("model_cfg", "quick_gelu", True),
        ("preprocess_cfg", "mean", [0.5, 0.5, 0.5]),
        ("preprocess_cfg", "resize_mode", "squash"),
    ],
)
def test_the_fingerprint_names_all_that_shapes_a_vector(
    tmp_path: Path, tiny: encoder.Encoder, section: str, field: str, value: object
) -> None:
    checkpoints.write(tmp_path)
    config = json.loads((tmp_path / "open_clip_config.json").read_text())
    config[section][field] = value
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    assert (
        encoder.load_encoder(registry.parse_model(f"local-dir:{tmp_path}"), "cpu").fingerprint
        != tiny.fingerprint
    )


def damaged_safetensors(folder: Path) -> None:
    path = folder / "open_clip_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def empty_weights(folder: Path) -> None:
    (folder / "open_clip_model.safetensors").write_bytes(b"")


def weights_of_another_architecture(folder: Path) -> None:
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["vision_cfg"]["width"] = 128
    (folder / "open_clip_config.json").write_text(json.dumps(config))


def config_that_is_no_json(folder: Path) -> None:
    (folder / "open_clip_config.json").write_text("{")


def config_without_a_model(folder: Path) -> None:
    (folder / "open_clip_config.json").write_text("{}")


def pickle_that_runs_code(folder: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (Path.touch, (folder / "executed",))  # type: ignore[return-value]

    (folder / "open_clip_model.safetensors").unlink()
    torch.save({"evil": Evil()}, folder / "open_clip_pytorch_model.bin")


@pytest.mark.parametrize(
    "spoil",
    [
        damaged_safetensors,
        empty_weights,
        weights_of_another_architecture,
        config_that_is_no_json,
        config_without_a_model,
        pickle_that_runs_code,
    ],
)
def test_a_spoiled_folder_is_refused_with_a_sentence(tmp_path: Path, spoil: object) -> None:
    checkpoints.write(tmp_path)
    spoil(tmp_path)  # type: ignore[operator]
    with refused("cannot be loaded"):
        encoder.load_encoder(registry.parse_model(f"local-dir:{tmp_path}"), "cpu")
    assert not (tmp_path / "executed").exists()


def test_weights_that_are_not_here_are_said_with_their_size() -> None:
    with refused(r"LAION-400M ViT-B/16 are not on this machine \(598 MB\)"):
        encoder.load_encoder(registry.parse_model("laion400m-b16"), "cpu")


def test_a_device_that_is_not_here_is_said() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has cuda")
    with refused("no device called cuda"):
        encoder.pick_device("cuda")


def test_the_cache_loads_once_and_drops_the_model_unused_for_longest(tiny_folder: Path) -> None:
    base = registry.parse_model(f"local-dir:{tiny_folder}")
    first, second, third = (replace(base, key=key) for key in ("a", "b", "c"))
    models = encoder.ModelCache(kept=2, device="cpu")
    one = models.get(first)
    two = models.get(second)
    assert models.get(first) is one
    three = models.get(third)
    assert models.get(first) is one
    assert models.get(third) is three
    assert models.get(second) is not two
    assert models.get(third) is three
    assert models.get(first) is not one


def test_a_real_checkpoint_of_vit_b_32_quickgelu_loads_and_embeds_as_open_clip_does(tmp_path: Path) -> None:
    """The architecture of the paper's first model, random weights, through `local-dir:`."""
    config = open_clip.get_model_config("ViT-B-32-quickgelu")
    model = checkpoints.write(tmp_path, config)
    assert model.transformer.resblocks[0].mlp.gelu.__class__.__name__ == "QuickGELU"
    loaded = encoder.load_encoder(registry.parse_model(f"local-dir:{tmp_path}"), "cpu")
    tokens = open_clip.get_tokenizer("ViT-B-32-quickgelu")(SENTENCES)
    with torch.no_grad():
        expected = model.encode_text(tokens, normalize=True).numpy()
    np.testing.assert_allclose(loaded.encode_texts(SENTENCES), expected, atol=1e-5)
    assert loaded.encode_images(pictures(2)).shape == (2, 512)
