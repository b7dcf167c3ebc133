"""Train the sandbox model: a small CLIP in open_clip's own architecture, on training portraits of members only.

Does not: use a portrait of a non-member or an attack portrait, or measure rates.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from idia_core.clip.weights import CONFIG_NAME, DIGEST_SUFFIX, SAFE_NAME, digest
from idia_core.sandbox import portraits
from idia_core.sandbox.captions import CAPTIONS, fill
from idia_core.sandbox.people import Person, world

Report = Callable[[str], None]
"""Called with one line of progress."""

MEAN, DEVIATION = (0.6, 0.53, 0.5), (0.25, 0.25, 0.25)
"""Per-channel centre and scale of the portraits, in [0, 1]; stored in the model's own configuration."""


@dataclass(frozen=True)
class Recipe:
    """All settings of the training; chosen on `truth.DEVELOPMENT_SEEDS`."""

    tower: str = "mobilenetv4_conv_small_050"
    """Image tower: a timm model name."""
    image_size: int = 64
    """Input of the image tower, pixels."""
    margin: int = 8
    """Pixels by which stored portraits are larger than the input, for random crops."""
    portrait_size: int = 160
    """Size at which portraits are drawn, pixels."""
    embed: int = 128
    """Length of the shared vectors."""
    text_width: int = 64
    """Width of the text tower."""
    text_layers: int = 3
    """Layers of the text tower."""
    context: int = 32
    """Tokens of a text."""
    passes: int = 56
    """Epochs: how often every training portrait is used."""
    batch: int = 256
    """Pairs of portrait and caption in a batch."""
    rate: float = 2e-3
    """Highest learning rate."""
    decay: float = 0.05
    """Weight decay of matrices; none on embeddings, norms and biases."""
    smoothing: float = 0.0
    """Label smoothing of the contrastive targets, in [0, 1)."""


def configuration(recipe: Recipe) -> dict[str, Any]:
    """Return the content of `open_clip_config.json`: architecture and preprocessing."""
    return {
        "model_cfg": {
            "embed_dim": recipe.embed,
            "vision_cfg": {
                "timm_model_name": recipe.tower,
                "timm_model_pretrained": False,
                "timm_pool": "avg",
                "timm_proj": "",
                "image_size": recipe.image_size,
            },
            "text_cfg": {
                "context_length": recipe.context,
                "vocab_size": 49408,
                "width": recipe.text_width,
                "heads": 4,
                "layers": recipe.text_layers,
            },
        },
        "preprocess_cfg": {
            "mean": list(MEAN),
            "std": list(DEVIATION),
            "interpolation": "bicubic",
            "resize_mode": "shortest",
        },
    }


def build(recipe: Recipe) -> nn.Module:
    """Build the untrained model, exactly as open_clip will build it from the saved configuration."""
    import open_clip

    settings = configuration(recipe)["model_cfg"]
    model: nn.Module = open_clip.CLIP(
        settings["embed_dim"], vision_cfg=settings["vision_cfg"], text_cfg=settings["text_cfg"]
    )
    return model


def draw_portraits(
    people: tuple[Person, ...], seed: int, recipe: Recipe, cache: Path, report: Report
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Draw every training portrait, or read them from the cache folder.

    Args:
        people: the world.
        seed: the world's number.
        recipe: sizes.
        cache: folder for the drawn portraits; deleting it costs time and nothing else.
        report: progress.
    Returns:
        (portraits, side, side, 3) uint8, and (portraits,) the person's index of each.
    """
    members = [person for person in people if person.truth.member]
    owners = np.repeat([p.index for p in members], [p.truth.training_photos for p in members])
    side = recipe.image_size + recipe.margin
    key = hashlib.sha256((_drawing_code() + f"{seed} {side} {recipe.portrait_size}").encode()).hexdigest()
    file = cache / f"training-{key[:16]}.npy"
    if file.exists():
        return np.load(file), owners
    report(f"drawing {len(owners)} training portraits")
    tasks = [(person, seed, recipe.portrait_size, side) for person in members]
    with ProcessPoolExecutor(max_workers=2) as workers:
        drawn = np.concatenate(list(workers.map(_draw_person, tasks, chunksize=8)))
    cache.mkdir(parents=True, exist_ok=True)
    np.save(file, drawn)
    return drawn, owners


def _draw_person(task: tuple[Person, int, int, int]) -> npt.NDArray[np.uint8]:
    """Draw one member's training portraits as JPEG and downscale them as the model's own transform does."""
    person, seed, size, side = task
    rows = []
    for number in range(person.truth.training_photos):
        data = portraits.jpeg(person, portraits.stream(seed, portraits.TRAINING, person.index, number), size)
        with Image.open(io.BytesIO(data)) as picture:
            rows.append(np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)))
    return np.stack(rows)


def _drawing_code() -> str:
    """Return the source code that determines a portrait, so that a change of it is a cache miss."""
    here = Path(__file__).parent
    return "".join((here / name).read_text("utf-8") for name in ("people.py", "portraits.py", "truth.py"))


def augment(pixels: torch.Tensor, side: int, random: torch.Generator) -> torch.Tensor:
    """Crop, rotate, mirror, and change light and noise of each picture at random.

    Args:
        pixels: (batch, 3, stored, stored) in [0, 1].
        side: width of the result in pixels.
        random: the source of randomness.
    Returns:
        (batch, 3, side, side), normalised by `MEAN` and `DEVIATION`.
    """
    count = pixels.shape[0]

    def uniform(least: float, most: float, *shape: int) -> torch.Tensor:
        return torch.rand(count, *shape, generator=random) * (most - least) + least

    turn, scale = uniform(-0.12, 0.12), uniform(0.82, 1.08)
    mirror = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(turn) * scale, torch.sin(turn) * scale
    rows = (mirror * cosine, -sine, uniform(-0.1, 0.1), mirror * sine, cosine, uniform(-0.1, 0.1))
    grid = functional.affine_grid(
        torch.stack(rows, 1).view(-1, 2, 3), [count, 3, side, side], align_corners=False
    )
    out = functional.grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)
    out = out * uniform(0.8, 1.2, 1, 1, 1) * uniform(0.94, 1.06, 3, 1, 1) + uniform(-0.06, 0.06, 1, 1, 1)
    out = out + torch.randn(out.shape, generator=random) * uniform(0.0, 0.03, 1, 1, 1)
    mean, deviation = (torch.tensor(part).view(1, 3, 1, 1) for part in (MEAN, DEVIATION))
    return ((out - mean) / deviation).contiguous(memory_format=torch.channels_last)


def contrastive_loss(
    images: torch.Tensor, texts: torch.Tensor, scale: torch.Tensor, owners: torch.Tensor, smoothing: float
) -> torch.Tensor:
    """Compute the contrastive loss in which all pairs of one person are positives.

    Args:
        images: (batch, dim) unit rows.
        texts: (batch, dim) unit rows.
        scale: factor on the cosines.
        owners: (batch,) index of the person of each pair.
        smoothing: share of the target spread evenly over the batch.
    Returns:
        the loss, a scalar.
    Source: arXiv 2103.00020 (CLIP), with the targets of arXiv 2004.11362 (supervised contrastive learning).
    """
    same = (owners[:, None] == owners[None, :]).float()
    target = same / same.sum(1, keepdim=True) * (1 - smoothing) + smoothing / len(owners)
    logits = scale * images @ texts.T
    across = -(target * functional.log_softmax(logits, dim=1)).sum(1).mean()
    down = -(target * functional.log_softmax(logits.T, dim=1)).sum(1).mean()
    return (across + down) / 2


def _parameter_groups(model: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Return the parameters for the optimiser, with weight decay on matrices only."""
    decayed: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (others if parameter.ndim < 2 or "embedding" in name else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def batches(count: int, batch: int, passes: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Yield shuffled batches of indices; the remainder of a pass goes into the next pass's first batch."""
    order = np.concatenate([rng.permutation(count) for _ in range(passes)])
    for start in range(0, len(order) - batch + 1, batch):
        yield order[start : start + batch]


def train(seed: int, recipe: Recipe, cache: Path, report: Report) -> nn.Module:
    """Train a model on the members of one world.

    Args:
        seed: the world's number; also seeds weights, batches and augmentation.
        recipe: all other settings.
        cache: folder for drawn portraits.
        report: progress.
    Returns:
        the trained model, in evaluation mode, float32.
    """
    import open_clip

    people = world(seed)
    pixels, owners = draw_portraits(people, seed, recipe, cache, report)
    store = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    tokens = open_clip.SimpleTokenizer(context_length=recipe.context)
    captions = {
        int(owner): tokens([fill(caption, people[owner].truth.name) for caption in CAPTIONS])
        for owner in np.unique(owners)
    }
    torch.manual_seed(seed)
    random, rng = torch.Generator().manual_seed(seed), np.random.default_rng([seed, 4])
    model = build(recipe).train().to(memory_format=torch.channels_last)
    groups = _parameter_groups(model, recipe.decay)
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), eps=1e-6)
    steps = len(owners) * recipe.passes // recipe.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps, pct_start=0.08, cycle_momentum=False, final_div_factor=100
    )
    began, total = time.monotonic(), 0.0
    for step, chosen in enumerate(batches(len(owners), recipe.batch, recipe.passes, rng)):
        picked = rng.integers(len(CAPTIONS), size=len(chosen))
        texts = torch.stack([captions[int(owners[i])][c] for i, c in zip(chosen, picked, strict=True)])
        images = augment(store[torch.from_numpy(chosen)].float() / 255, recipe.image_size, random)
        image_rows, text_rows, scale = model(images, texts)[:3]
        loss = contrastive_loss(
            image_rows, text_rows, scale, torch.from_numpy(owners[chosen]), recipe.smoothing
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, np.log(100))  # type: ignore[operator]
        total += float(loss.detach())
        if (step + 1) % 100 == 0:
            minutes = (time.monotonic() - began) / 60
            report(
                f"step {step + 1}/{steps} loss {total / 100:.3f} scale {float(scale):.1f} {minutes:.1f} min"
            )
            total = 0.0
    return model.eval()


def save(model: nn.Module, recipe: Recipe, seed: int, out: Path) -> None:
    """Write the model in open_clip's local-dir format, weights in half precision.

    Args:
        model: a trained model.
        recipe: the recipe it was trained with.
        seed: the world's number.
        out: folder; created if missing.
    """
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    weights = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in model.state_dict().items()
    }
    file = out / SAFE_NAME
    save_file(weights, file, metadata={"world_seed": str(seed)})
    file.with_name(file.name + DIGEST_SUFFIX).write_text(f"{digest(file)}  {file.name}\n", "utf-8")
    text = json.dumps(configuration(recipe), indent=2) + "\n"
    (out / CONFIG_NAME).write_text(text, "utf-8")
    origin = {
        "world_seed": seed,
        "recipe": asdict(recipe),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    (out / "recipe.json").write_text(json.dumps(origin, indent=2) + "\n", "utf-8")
