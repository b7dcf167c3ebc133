"""Portraits of invented people: the look stays, everything else varies.

That is expression, clothes, background, crop, pose, light, blur, noise and JPEG quality.
Drawn with the DiceBear style "Lorelei" by Lisa Wischofsky (CC0 1.0); shoulders, clothes and backgrounds are
drawn here. Drawing needs the packages of `requirements.txt` beside this file; importing does not.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from idia_core.sandbox.people import Look, Person

TRAINING, ATTACK, EXAMPLE = 0, 1, 2
"""The three sets of portraits of a person; each has random streams of its own, so that they share no portrait."""

MOUTHS = (
    *(f"happy{number:02d}" for number in range(1, 19)),
    *(f"sad{number:02d}" for number in range(1, 10)),
)
EYES = tuple(f"variant{number:02d}" for number in range(1, 25))
CLOTHES = (
    "#27374d", "#b23a48", "#2e7d6b", "#e0a030", "#5b4b8a", "#d9d4c7", "#3c3c3c", "#7fa3c7",
    "#c9785a", "#e8b4bc",
)  # fmt: skip
WALLS = (
    "#cfe3ee", "#f1e2c6", "#d8e8d0", "#ead3d8", "#d7d2ea", "#8fb0c4", "#c7b08a", "#7c8f79",
    "#53627c", "#efefec", "#a9758a", "#3f5f5a",
)  # fmt: skip


@dataclass(frozen=True)
class Finish:
    """How the simulated camera changes a portrait; ranges are (least, most)."""

    blur: tuple[float, float]
    """Gaussian radius as a share of the picture's width."""
    noise: tuple[float, float]
    """Standard deviation of the noise, in grey levels of 255."""
    light: tuple[float, float]
    """Factor on the brightness."""
    quality: tuple[int, int]
    """JPEG quality."""


SNAPSHOT = Finish(blur=(0.0, 0.016), noise=(0.0, 16.0), light=(0.55, 1.28), quality=(28, 90))
STUDIO = Finish(blur=(0.0, 0.0006), noise=(0.0, 1.5), light=(0.95, 1.05), quality=(90, 94))


def stream(seed: int, kind: int, person: int, number: int) -> np.random.Generator:
    """Return the random stream of one portrait.

    Args:
        seed: the world's number.
        kind: `TRAINING`, `ATTACK` or `EXAMPLE`.
        person: index of the person.
        number: which portrait of that person, from 0.
    """
    return np.random.default_rng([seed, 3, kind, person, number])


def jpeg(person: Person, rng: np.random.Generator, size: int, finish: Finish = SNAPSHOT) -> bytes:
    """Draw one portrait and return it as a JPEG file.

    Args:
        person: whom to draw.
        rng: the portrait's random stream (`stream`).
        size: width and height in pixels.
        finish: how the simulated camera changes it.
    Returns:
        the bytes of a JPEG file, RGB, `size` x `size`.
    """
    picture = _camera(_render(_compose(person.look, rng, size), size), rng, finish)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=int(rng.integers(finish.quality[0], finish.quality[1] + 1)))
    return file.getvalue()


@cache
def _style() -> Any:
    """Read the DiceBear style; parsing it takes longer than drawing, so it is kept."""
    from dicebear import Style

    text = files("dicebear_styles").joinpath("lorelei.json").read_text("utf-8")
    return Style(json.loads(text))


def _head(look: Look, rng: np.random.Generator) -> str:
    """Draw head and hair with a random expression: the content of an SVG of 980 x 980."""
    from dicebear import Avatar

    wears = bool(look.glasses) and rng.random() < 0.75
    shades = rng.random() < 0.08
    ink = "#2a1f1b"
    options = {
        "seed": "none",
        "hairVariant": f"variant{look.hair:02d}",
        "headVariant": f"variant{look.head:02d}",
        "eyebrowsVariant": f"variant{look.brows:02d}",
        "noseVariant": f"variant{look.nose:02d}",
        "eyesVariant": _pick(rng, EYES),
        "mouthVariant": _pick(rng, MOUTHS),
        "beardVariant": f"variant{max(look.beard, 1):02d}",
        "beardProbability": 100 * (look.beard > 0),
        "glassesVariant": "variant02" if shades else f"variant{max(look.glasses, 1):02d}",
        "glassesProbability": 100 * (wears or shades),
        "glassesColor": look.frame,
        "earringsVariant": f"variant{max(look.earrings, 1):02d}",
        "earringsProbability": 100 * (look.earrings > 0),
        "earringsColor": "#8a6a1e",
        "frecklesProbability": 100 * look.freckles,
        "frecklesColor": _darker(look.skin, 0.65),
        "hairAccessoriesProbability": 0,
        "hairColor": look.hair_colour,
        "eyebrowsColor": _darker(look.hair_colour, 0.6),
        "skinColor": look.skin,
        "mouthColor": _darker(_mix(look.skin, "#a02030", 0.6), 0.6),
        "noseColor": ink,
        "eyesColor": ink,
        "outlineColor": ink,
    }
    text: str = Avatar(_style(), options).to_string()
    return text[text.index("</metadata>") + len("</metadata>") : text.rindex("</svg>")]


def _compose(look: Look, rng: np.random.Generator, size: int) -> str:
    """Put background, shoulders and head into one SVG; a transform of the figure gives pose and crop."""
    scale = rng.uniform(0.78, 1.26)
    turn, lean = rng.uniform(-17, 17), rng.uniform(-8, 8)
    across, down = rng.uniform(-90, 90), rng.uniform(-70, 70)
    mirror = -1 if rng.random() < 0.5 else 1
    yaw = rng.uniform(0.94, 1.06)
    move = (
        f"translate({490 + across:.1f} {560 + down:.1f}) scale({mirror * scale:.3f} {scale:.3f}) "
        f"rotate({turn:.1f}) skewX({lean:.1f}) translate(-490 -520)"
    )
    wide = look.width * yaw
    head = f'<g transform="translate(470 0) scale({wide:.3f} 1) translate(-470 0)">{_head(look, rng)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 980" width="{size}" height="{size}" '
        f'fill="none">{_background(rng)}<g transform="{move}">{_shoulders(rng)}{head}</g></svg>'
    )


def _background(rng: np.random.Generator) -> str:
    """Draw a wall: a gradient of two colours, sometimes with discs or stripes."""
    one, two, three = (_pick(rng, WALLS) for _ in range(3))
    turn = int(rng.integers(0, 360))
    parts = [
        f'<defs><linearGradient id="wall" gradientTransform="rotate({turn} .5 .5)"><stop stop-color="{one}"/>'
        f'<stop offset="1" stop-color="{two}"/></linearGradient></defs>'
        f'<rect width="980" height="980" fill="url(#wall)"/>'
    ]
    kind = rng.random()
    if kind < 0.35:
        parts += [
            f'<circle cx="{rng.integers(980)}" cy="{rng.integers(980)}" r="{rng.integers(40, 260)}" '
            f'fill="{three}" opacity="{rng.uniform(0.15, 0.7):.2f}"/>'
            for _ in range(int(rng.integers(1, 6)))
        ]
    elif kind < 0.6:
        step = int(rng.integers(90, 260))
        stripes = "".join(f"M{place} -400V1400" for place in range(-400, 1500, step))
        parts.append(
            f'<path d="{stripes}" stroke="{three}" stroke-width="{step * rng.uniform(0.2, 0.6):.0f}" '
            f'opacity="{rng.uniform(0.15, 0.6):.2f}" transform="rotate({turn} 490 490)"/>'
        )
    return "".join(parts)


def _shoulders(rng: np.random.Generator) -> str:
    """Draw shoulders in random clothes; the DiceBear style ends at the neck."""
    cloth, second = _pick(rng, CLOTHES), _pick(rng, CLOTHES)
    ink = 'stroke="#2a1f1b" stroke-width="9" stroke-linejoin="round"'
    body = "M-60 1500C-60 1080 60 960 300 850C400 960 560 960 640 850C900 950 1010 1080 1020 1500Z"
    extras = (
        "",
        f'<path d="M300 850C330 960 400 1010 470 1090C545 1010 610 960 640 850C700 870 730 900 740 930'
        f'C650 980 560 1060 470 1180C380 1060 290 980 205 925C220 890 260 865 300 850Z" '
        f'fill="{second}" {ink}/>',
        f'<path d="M285 850C350 985 590 985 655 850L700 868C640 1050 300 1050 240 875Z" '
        f'fill="{second}" {ink}/>',
        f'<path d="M-60 1240H1020M-60 1340H1020M-60 1140H1020M-60 1050H1020" stroke="{second}" '
        f'stroke-width="34"/>',
        f'<path d="M120 945C180 1100 190 1300 185 1500M830 940C780 1100 770 1300 775 1500" '
        f'stroke="{second}" stroke-width="60"/>',
    )
    return (
        f'<clipPath id="body"><path d="{body}"/></clipPath><path d="{body}" fill="{cloth}" {ink}/>'
        f'<g clip-path="url(#body)">{_pick(rng, extras)}</g>'
    )


def _render(svg: str, size: int) -> Image.Image:
    """Render an SVG as an RGB picture."""
    import resvg_py

    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))
    return Image.open(io.BytesIO(png)).convert("RGB")


def _camera(picture: Image.Image, rng: np.random.Generator, finish: Finish) -> Image.Image:
    """Apply blur, brightness with light from one side, a colour cast and noise."""
    size = picture.width
    radius = rng.uniform(*finish.blur) * size
    if radius > 0.15:
        picture = picture.filter(ImageFilter.GaussianBlur(radius))
    pixels = np.asarray(picture, dtype=np.float32)
    gain, strength = rng.uniform(*finish.light), (finish.light[1] - finish.light[0]) / 2
    angle, cast = rng.uniform(0, 2 * np.pi), 1 + rng.normal(0, 0.2 * strength, 3)
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    side = 1 + 0.5 * strength * (np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None])
    pixels = pixels * (gain * side[..., None] * cast).astype(np.float32)
    noise = rng.standard_normal(pixels.shape, dtype=np.float32) * np.float32(rng.uniform(*finish.noise))
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def _pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    """Pick one entry, all equally likely."""
    return choices[int(rng.integers(len(choices)))]


def _mix(one: str, two: str, share: float) -> str:
    """Mix two `#rrggbb` colours; `share` in [0, 1] is how much of the second."""
    pairs = [(int(one[place : place + 2], 16), int(two[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(left + share * (right - left)):02x}" for left, right in pairs)


def _darker(colour: str, factor: float) -> str:
    """Multiply a `#rrggbb` colour by a factor in [0, 1]."""
    return _mix("#000000", colour, factor)
