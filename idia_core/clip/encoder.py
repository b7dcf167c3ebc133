"""A loaded model: photos and sentences in, unit float32 rows out.

Loading goes through open_clip alone, so that any architecture it knows works; preprocessing is the model's
own validation transform. Checkpoints are read as safetensors, or as pickles restricted to tensors.

Does not: download anything (`weights.fetch` does).
"""

from __future__ import annotations

import hashlib
import json
import pickle
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import open_clip
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from safetensors import SafetensorError

from idia_core.attack.rule import FloatArray
from idia_core.clip import text_tower, weights
from idia_core.clip.model_config import check_folder
from idia_core.clip.registry import ModelSpec
from idia_core.clip.tokenizer import tokenize
from idia_core.errors import IdiaError
from idia_core.photos.photo import PixelArray

_SENTENCES_PER_BATCH = 64
"""Sentences of one forward pass where the fast text path does not support the model."""
_PHOTOS_PER_BATCH = {"cpu": 32, "cuda": 256}
"""Photos of one forward pass: larger batches gain nothing on a CPU, while a GPU holds hundreds."""
_MAX_THREADS = 8
"""Photos preprocessed at once; Pillow releases the interpreter's lock."""

_UNREADABLE = (
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    AssertionError,
    ImportError,
    EOFError,
    pickle.UnpicklingError,
    SafetensorError,
)
"""What open_clip, torch and safetensors raise on a checkpoint or config that is damaged or foreign."""


class Encoder:
    """One model on one device; its methods may be called from several threads and run one at a time."""

    def __init__(self, spec: ModelSpec, model: Any, tokenizer: Any, device: torch.device) -> None:
        """Take a loaded open_clip model in evaluation mode, already on the device."""
        self.spec = spec
        self.device = device
        self._model = model
        self._tokenizer = tokenizer
        self._transform = image_transform_v2(PreprocessCfg(**model.visual.preprocess_cfg), is_train=False)
        self._dtype = next(model.visual.parameters()).dtype
        self._text_path = text_tower.plan(model)
        self._lock = threading.RLock()
        self.fingerprint = _fingerprint(model, tokenizer, self._dtype)

    @property
    def logit_scale(self) -> float:
        """Return exp(logit_scale), the factor of a softmax over names."""
        return float(self._model.logit_scale.detach().exp().float().cpu())

    def encode_images(self, pixels: Sequence[PixelArray]) -> FloatArray:
        """Embed photos with the model's own validation transform.

        Args:
            pixels: photos, each (height, width, 3) uint8 sRGB, upright; at least one.
        Returns:
            (photos, dim) unit vectors.
        """
        at_once = _PHOTOS_PER_BATCH.get(self.device.type, _PHOTOS_PER_BATCH["cpu"])
        with ThreadPoolExecutor(max_workers=min(_MAX_THREADS, torch.get_num_threads())) as pool:
            images = list(pool.map(self._preprocess, pixels))
        with self._lock, torch.inference_mode():
            parts = [
                self._model.encode_image(
                    torch.stack(images[first : first + at_once]).to(self.device, self._dtype)
                )
                for first in range(0, len(images), at_once)
            ]
            return _unit(torch.cat(parts))

    def _preprocess(self, photo: PixelArray) -> torch.Tensor:
        """Apply the validation transform: (3, height, width), ready for the model."""
        image: torch.Tensor = self._transform(Image.fromarray(photo))
        return image

    def encode_texts(self, sentences: Sequence[str]) -> FloatArray:
        """Embed sentences; cut at the model's context length, as the model's tokenizer does.

        Args:
            sentences: at least one.
        Returns:
            (sentences, dim) unit vectors.
        """
        tokens = tokenize(self._tokenizer, sentences)
        with self._lock, torch.inference_mode():
            if self._text_path is not None:
                return _unit(self._text_path.encode(tokens.to(self.device)))
            parts = [
                self._model.encode_text(part.to(self.device))
                for part in torch.split(tokens, _SENTENCES_PER_BATCH)
            ]
            return _unit(torch.cat(parts))


def load_encoder(spec: ModelSpec, device: str = "auto") -> Encoder:
    """Load a model from this machine.

    Args:
        spec: which.
        device: `auto` (cuda, then mps, then cpu), `cuda`, `mps` or `cpu`.
    Returns:
        The model in evaluation mode: half precision on cuda, float32 elsewhere.
    Raises:
        IdiaError: the weights are not on this machine, are altered, cannot be read, or do not fit the device.
    """
    files = weights.locate(spec)
    if files is None:
        raise weights.missing(spec)
    where = pick_device(device)
    try:
        if weights.is_altered(files.weights):
            raise _unusable(spec, "altered")
        own_tokenizer = files.config is not None and check_folder(files.config, spec.title)
        model, tokenizer = _create(spec, files, where, own_tokenizer)
    except torch.cuda.OutOfMemoryError as cause:
        raise IdiaError("model-too-large-for-gpu", title=spec.title) from cause
    except _UNREADABLE as cause:
        raise _unreadable(spec, cause) from cause
    return Encoder(spec, model.eval().requires_grad_(False), tokenizer, where)


def pick_device(name: str) -> torch.device:
    """Choose the device to compute on.

    Args:
        name: `auto`, `cuda`, `mps` or `cpu`.
    Returns:
        The device; for `auto` the first of cuda, mps, cpu that this machine has.
    Raises:
        IdiaError: this machine has no such device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, is_there in available.items() if is_there))
    if not available.get(name, False):
        raise IdiaError("device-unknown", name=name)
    return torch.device(name)


class ModelCache:
    """Keeps a few loaded models; the least recently used one makes room for the next."""

    def __init__(self, kept: int, device: str = "auto") -> None:
        """Start empty.

        Args:
            kept: the most models to keep, at least 1.
            device: as in `load_encoder`.
        """
        self._kept = kept
        self._device = device
        self._encoders: OrderedDict[str, Encoder] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, spec: ModelSpec) -> Encoder:
        """Return a model, loading it where it is not kept already.

        Raises:
            IdiaError: as `load_encoder`.
        """
        with self._lock:
            if spec.key not in self._encoders:
                while len(self._encoders) >= self._kept:
                    self._encoders.popitem(last=False)
                self._encoders[spec.key] = load_encoder(spec, self._device)
            self._encoders.move_to_end(spec.key)
            return self._encoders[spec.key]


def _create(
    spec: ModelSpec, files: weights.Files, device: torch.device, own_tokenizer: bool
) -> tuple[Any, Any]:
    precision = "fp16" if device.type == "cuda" else "fp32"
    if files.config is not None:
        # Files with their own config are loaded as a folder, also those in the hub's cache.
        name = f"local-dir:{files.config.parent}"
        model = open_clip.create_model(name, precision=precision, device=device, require_pretrained=True)
        code = {"trust_remote_code": False} if own_tokenizer else {}
        return model, open_clip.get_tokenizer(name, **code)
    architecture, tag = spec.source.split("/")
    trained = open_clip.get_pretrained_cfg(architecture, tag)
    preprocess = {
        key: trained[key] for key in ("mean", "std", "interpolation", "resize_mode") if key in trained
    }
    model = open_clip.create_model(
        architecture,
        pretrained=str(files.weights),
        precision=precision,
        device=device,
        force_quick_gelu=bool(trained.get("quick_gelu", False)),  # the table of tags says how it was trained
        force_preprocess_cfg=preprocess,
        require_pretrained=True,
    )
    return model, open_clip.get_tokenizer(architecture)


def _unreadable(spec: ModelSpec, cause: BaseException) -> IdiaError:
    if isinstance(cause, ImportError) or "transformers" in str(cause):
        return IdiaError("model-needs-transformers", title=spec.title)
    return _unusable(spec, "damaged")


def _unusable(spec: ModelSpec, what: Literal["damaged", "altered"]) -> IdiaError:
    where = "folder" if spec.kind == "local-dir" else "cache"
    return IdiaError(f"model-{what}-in-{where}", title=spec.title)


def _unit(vectors: torch.Tensor) -> FloatArray:
    rows: FloatArray = torch.nn.functional.normalize(vectors.float(), dim=-1).cpu().numpy()
    return rows


def _fingerprint(model: Any, tokenizer: Any, dtype: torch.dtype) -> str:
    """Return a digest of all that determines a vector: weights, preprocessing, tokenizer, precision, text path."""
    digest = hashlib.sha256()
    facts = {
        "class": type(model).__name__,
        "layout": str(model),
        "preprocess": {key: str(value) for key, value in sorted(model.visual.preprocess_cfg.items())},
        "tokenizer": [type(tokenizer).__name__, str(tokenizer.context_length)],
        "dtype": str(dtype),
        "text_path": text_tower.CODE_VERSION,
    }
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
