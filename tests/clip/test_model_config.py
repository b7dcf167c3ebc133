"""A model folder from outside is data: whatever could import, open or fetch something else never reaches open_clip."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import open_clip
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idia_core.clip import encoder, model_config, registry
from idia_core.clip.encoder import load_encoder
from idia_core.clip.model_config import check_folder
from tests.conftest import refused

SHIPPED = sorted(open_clip.list_models())
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of a real tiny model that may be spoiled."""
    return shutil.copytree(tiny_folder, tmp_path / "model")


def change(folder: Path, how: Change) -> Path:
    file = folder / "open_clip_config.json"
    config = json.loads(file.read_text())
    how(config)
    file.write_text(json.dumps(config))
    return file


def put(path: str, value: object) -> Change:
    """Set one value of a config, parts between dots made as needed."""

    def apply(config: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            config = config.setdefault(parent, {})
        config[last] = value

    return apply


@pytest.mark.parametrize("architecture", SHIPPED)
def test_every_architecture_of_open_clip_is_accepted(architecture: str, tmp_path: Path) -> None:
    file = tmp_path / "open_clip_config.json"
    file.write_text(json.dumps({"model_cfg": open_clip.get_model_config(architecture)}))
    has_tokenizer = bool(open_clip.get_model_config(architecture)["text_cfg"].get("hf_tokenizer_name"))
    assert check_folder(file, "A") is has_tokenizer


TEXT, VISION = "model_cfg.text_cfg", "model_cfg.vision_cfg"
ATTACKS: dict[str, tuple[str, object]] = {
    "code of a tokenizer": (f"{TEXT}.tokenizer_kwargs.trust_remote_code", True),
    "a revision of code": (f"{TEXT}.tokenizer_kwargs.code_revision", "main"),
    "another folder of tokens": (f"{TEXT}.tokenizer_kwargs.subfolder", "../other"),
    "a token of the hub": (f"{TEXT}.tokenizer_kwargs.token", "hf_x"),
    "a word list to open": (f"{TEXT}.tokenizer_kwargs.bpe_path", "/etc/passwd"),
    "more special words": (f"{TEXT}.tokenizer_kwargs.additional_special_tokens", ["x"] * 9),
    "a tokenizer by path": (f"{TEXT}.hf_tokenizer_name", "/etc"),
    "a tokenizer above": (f"{TEXT}.hf_tokenizer_name", "../elsewhere"),
    "a tokenizer of the hub": (f"{TEXT}.hf_tokenizer_name", "hf-hub:some/body"),
    "a text tower by path": (f"{TEXT}.hf_model_name", "/tmp/tower"),
    "a text tower beside": (f"{TEXT}.hf_model_name", "./tower"),
    "an unknown text tower": (f"{TEXT}.hf_model_name", "some/body"),
    "a text tower of the hub": (f"{TEXT}.hf_model_name", "hf-hub:some/body"),
    "an image tower of the hub": (f"{VISION}.timm_model_name", "hf-hub:some/body"),
    "an image tower of the hub, old form": (f"{VISION}.timm_model_name", "hf_hub:some/body"),
    "an image tower by path": (f"{VISION}.timm_model_name", "local-dir:/tmp/tower"),
    "an image tower with a slash": (f"{VISION}.timm_model_name", "timm/../../x"),
    "arguments of an image tower": (f"{VISION}.timm_kwargs", {"checkpoint_path": "/tmp/x"}),
    "arguments of a norm": (f"{TEXT}.norm_kwargs.device", "cuda"),
    "arguments of an activation": (f"{VISION}.act_kwargs.inplace", True),
    "a block by name": (f"{VISION}.block_type", "os.system"),
    "a pooler by name": (f"{TEXT}.hf_pooler_type", "os.system"),
    "weights by path": ("model_cfg.pretrained", "/tmp/x.pt"),
    "image weights by path": ("model_cfg.pretrained_image_path", "/tmp/x.pt"),
    "a class by name": ("model_cfg.model_class", "os.system"),
    "another top level": ("auto_map", {"AutoModel": "evil.Model"}),
    "a transform by name": ("preprocess_cfg.transform", "os.system"),
    "another mode": ("preprocess_cfg.mode", "CMYK"),
    "a huge picture": ("preprocess_cfg.size", 100_000),
    "a huge picture, two edges": (f"{VISION}.image_size", [64, 100_000]),
    "a million layers": (f"{TEXT}.layers", 1_000_000),
    "a wide tower": (f"{TEXT}.width", 1_000_000),
    "no width": (f"{TEXT}.width", 0),
    "a negative vocabulary": (f"{TEXT}.vocab_size", -1),
    "a context without end": (f"{TEXT}.context_length", 10**9),
    "a number that is none": ("model_cfg.init_logit_scale", float("nan")),
    "a width in words": (f"{TEXT}.width", "64"),
    "a width that is true": (f"{TEXT}.width", True),
    "a list for a tower": (TEXT, []),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_folder_that_could_run_open_or_fetch_is_refused(
    attack: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, value = ATTACKS[attack]
    change(folder, put(path, value))
    monkeypatch.setattr(encoder, "_create", lambda *_: pytest.fail("open_clip saw the folder"))
    with refused("is not accepted|more parameters"):
        load_encoder(registry.parse_model(f"local-dir:{folder}"), "cpu")


def test_too_many_parameters_are_refused_before_anything_is_built(folder: Path) -> None:
    def large(config: dict[str, Any]) -> None:
        config["model_cfg"]["text_cfg"] |= {"width": 8192, "layers": 128, "vocab_size": 1_000_000}

    with refused("more parameters"):
        check_folder(change(folder, large), "A")


@pytest.mark.parametrize(
    "content",
    [b"", b"no json", b"[" * 50_000, b"\xff\xfe", b'{"model_cfg": ' + b" " * 200_000 + b"{}}", b"null"],
)
def test_a_config_that_is_none_is_refused(content: bytes, folder: Path) -> None:
    file = folder / "open_clip_config.json"
    file.write_bytes(content)
    with refused("is not accepted"):
        check_folder(file, "A")


@given(
    key=st.text(min_size=1, max_size=200),
    part=st.sampled_from(["", "model_cfg", TEXT, VISION, "preprocess_cfg"]),
)
@settings(max_examples=200, deadline=None)
def test_no_key_that_is_not_listed_is_accepted_anywhere(key: str, part: str) -> None:
    text = {"width": 64, "heads": 2, "layers": 1}
    config: dict[str, Any] = {
        "model_cfg": {"embed_dim": 16, "vision_cfg": {"width": 64}, "text_cfg": text},
        "preprocess_cfg": {"size": 64},
    }
    model_config._Config.model_validate_json(json.dumps(config))
    place: dict[str, Any] = config
    for step in part.split(".") if part else ():
        place = place[step]
    known = {**model_config._Config.model_fields, **model_config._Model.model_fields}
    known |= {**model_config._Text.model_fields, **model_config._Vision.model_fields}
    if key in {**known, **model_config._Preprocess.model_fields}:
        return
    place[key] = {}
    with pytest.raises(ValueError):
        model_config._Config.model_validate_json(json.dumps(config))


TOKENIZER_ATTACKS: dict[str, tuple[str, object]] = {
    "code beside the words": ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["evil.T", None]}}),
    "code in the model's config": ("config.json", {"auto_map": {"AutoConfig": "evil.C"}}),
    "code deeper down": ("tokenizer_config.json", {"a": [{"b": {"auto_map": {}}}]}),
    "trust by itself": ("tokenizer_config.json", {"trust_remote_code": True}),
    "a class with a path": ("tokenizer_config.json", {"tokenizer_class": "evil.Tokenizer"}),
    "words of another file": ("tokenizer_config.json", {"vocab_file": "/etc/passwd"}),
    "another file of merges": ("special_tokens_map.json", {"merges_file": "../x"}),
    "a folder by path": ("tokenizer_config.json", {"name_or_path": "/etc"}),
    "no json": ("tokenizer_config.json", "no json"),
}


@pytest.mark.parametrize("attack", TOKENIZER_ATTACKS)
def test_a_tokenizer_that_names_code_or_files_is_refused(attack: str, folder: Path) -> None:
    file = change(folder, put(f"{TEXT}.hf_tokenizer_name", "some/body"))
    name, content = TOKENIZER_ATTACKS[attack]
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    with refused("is not accepted"):
        check_folder(file, "A")


def test_a_usual_tokenizer_is_accepted(folder: Path) -> None:
    file = change(folder, put(f"{TEXT}.hf_tokenizer_name", "bert-base-uncased"))
    usual = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "model_max_length": 512,
        "vocab_file": None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(usual))
    assert check_folder(file, "A") is True


def test_a_foreign_key_is_shown_short_and_without_control_characters(folder: Path) -> None:
    file = change(folder, put("model_cfg.\x1b[31m" + "k" * 500, 1))
    with refused("is not accepted") as caught:
        check_folder(file, "A")
    shown = str(caught.value.message.values["key"])
    assert len(shown) <= 80
    assert "\x1b" not in shown


@pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="transformers is an optional extra"
)
def test_the_folder_s_python_does_not_run(folder: Path, tmp_path: Path) -> None:
    """The whole attack as reported: config, tokenizer config and code in one folder."""
    ran = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w').write('x')\nclass T: pass\n")
    change(folder, put(f"{TEXT}.hf_tokenizer_name", "some/body"))
    change(folder, put(f"{TEXT}.tokenizer_kwargs", {"trust_remote_code": True}))
    (folder / "tokenizer_config.json").write_text('{"auto_map": {"AutoTokenizer": ["evil.T", "evil.T"]}}')
    with refused("is not accepted"):
        load_encoder(registry.parse_model(f"local-dir:{folder}"), "cpu")
    assert not ran.exists()
