"""Where weights are and how they come: against a local server that speaks the hub's protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import open_clip
import pytest

from idia_core.clip import encoder, registry, weights
from idia_core.text import advise, tell
from tests import checkpoints, hub_server
from tests.conftest import jpeg, refused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("hub")
    checkpoints.write(root / "someone" / "tiny-clip")
    checkpoints.write(root / "someone" / "old-clip", pickled=True)
    (root / "someone" / "empty").mkdir()
    with hub_server.serve(root) as server:
        yield server


def idia(hub: hub_server.Hub, cache: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own: the client library reads its address when it is imported."""
    environment = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_ETAG_TIMEOUT": "3",
        "PATH": "/usr/bin:/bin",
        "HOME": str(cache),
        **more,
    }
    command = [sys.executable, "-m", "idia_core", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def fetch(hub: hub_server.Hub, cache: Path, model: str) -> subprocess.CompletedProcess[str]:
    return idia(hub, cache, "models", "fetch", model)


@pytest.mark.slow
def test_the_papers_first_model_comes_from_the_hub_and_answers_without_it(tmp_path: Path) -> None:
    """ViT-B-32-quickgelu, random weights, under the registry's own short name: fetched, then asked offline."""
    spec = registry.parse_model("laion400m-b32")
    checkpoints.write(tmp_path / "hub" / spec.hub, open_clip.get_model_config("ViT-B-32-quickgelu"))
    photos = [tmp_path / f"{seed}.jpg" for seed in range(3)]
    for seed, path in enumerate(photos):
        path.write_bytes(jpeg(seed))
    cache = tmp_path / "cache"
    with hub_server.serve(tmp_path / "hub") as server:
        assert fetch(server, cache, spec.key).returncode == 0
    words = ["audit", "--model", spec.key, "--name", "Ana Lo", "--names", "100", "--json", *map(str, photos)]
    done = idia(server, cache, *words, HF_HUB_OFFLINE="1", IDIA_CACHE_DIR=str(tmp_path / "text"))
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["model"], facts["photos"], facts["names"], facts["sandbox"]) == (spec.key, 3, 100, False)
    line = next(
        line for line in idia(server, cache, "models").stdout.splitlines() if line.startswith(spec.key)
    )
    assert " yes " in line


@pytest.mark.parametrize(
    ("repo", "file"),
    [("tiny-clip", "open_clip_model.safetensors"), ("old-clip", "open_clip_pytorch_model.bin")],
)
def test_fetch_brings_the_files_once(hub: hub_server.Hub, tmp_path: Path, repo: str, file: str) -> None:
    first = fetch(hub, tmp_path, f"hf-hub:someone/{repo}")
    assert first.returncode == 0, first.stderr
    assert "is on this machine" in first.stdout
    stored = list(tmp_path.rglob(file))
    assert stored, list(tmp_path.rglob("*"))
    downloads = [line for line in hub.requests if line.startswith("GET") and repo in line and file in line]
    again = fetch(hub, tmp_path, f"hf-hub:someone/{repo}")
    assert again.returncode == 0
    assert [
        line for line in hub.requests if line.startswith("GET") and repo in line and file in line
    ] == downloads


def flip_a_bit(file: Path) -> None:
    """Of the last weight, where no reader could notice."""
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


@pytest.mark.slow
def test_a_flipped_bit_in_what_the_hub_sent_is_found(hub: hub_server.Hub, tmp_path: Path) -> None:
    model = "hf-hub:someone/tiny-clip"
    assert fetch(hub, tmp_path / "cache", model).returncode == 0
    photo = tmp_path / "0.jpg"
    photo.write_bytes(jpeg(0))
    words = ["audit", "--model", model, "--name", "Ana Lo", "--names", "20", str(photo)]
    offline = {"HF_HUB_OFFLINE": "1", "IDIA_CACHE_DIR": str(tmp_path / "text")}
    assert idia(hub, tmp_path / "cache", *words, **offline).returncode == 0
    (stored,) = (tmp_path / "cache").rglob(weights.SAFE_NAME)
    flip_a_bit(stored.resolve())
    done = idia(hub, tmp_path / "cache", *words, **offline)
    assert done.returncode == 2
    assert "altered" in done.stderr
    assert "fetch it again" in done.stderr


def test_a_flipped_bit_in_the_sandbox_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(registry.SANDBOX_DIR, folder)
    spec = registry.parse_model(f"local-dir:{folder}")
    assert (
        encoder.load_encoder(spec, "cpu").fingerprint
        == encoder.load_encoder(registry.SANDBOX, "cpu").fingerprint
    )
    flip_a_bit(folder / weights.SAFE_NAME)
    with refused("altered"):
        encoder.load_encoder(spec, "cpu")


@pytest.mark.parametrize("beside", [None, "not a digest", ""])
def test_a_checkpoint_without_a_known_digest_is_taken_as_it_is(tmp_path: Path, beside: str | None) -> None:
    file = tmp_path / weights.SAFE_NAME
    file.write_bytes(b"anything")
    if beside is not None:
        file.with_name(file.name + weights.DIGEST_SUFFIX).write_text(beside)
    assert not weights.is_altered(file)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("hf-hub:someone/nobody", "There is no public repository someone/nobody"),
        ("hf-hub:someone/empty", "has no file"),
        ("laion400m-b32", "There is no public repository timm/vit_base_patch32_clip_224.laion400m_e32"),
    ],
)
def test_what_the_hub_lacks_is_said(hub: hub_server.Hub, tmp_path: Path, model: str, sentence: str) -> None:
    done = fetch(hub, tmp_path, model)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_hub_that_hangs_up_is_said_and_the_next_fetch_works(tmp_path: Path) -> None:
    root, cache = tmp_path / "hub", tmp_path / "cache"
    checkpoints.write(root / "someone" / "tiny-clip")
    with hub_server.serve(root) as server:
        server.hang_up_after = 1_000_000
        broken = fetch(server, cache, "hf-hub:someone/tiny-clip")
        assert broken.returncode == 2
        assert "could not be fetched" in broken.stderr
        assert "Traceback" not in broken.stderr
        server.hang_up_after = None
        assert fetch(server, cache, "hf-hub:someone/tiny-clip").returncode == 0


@pytest.mark.slow
def test_an_unreachable_hub_is_said(tmp_path: Path) -> None:
    done = fetch(hub_server.Hub(url="http://127.0.0.1:9"), tmp_path, "hf-hub:someone/tiny-clip")
    assert done.returncode == 2
    assert "could not be fetched from the hub" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_model_says_its_size_and_what_to_type() -> None:
    error = weights.missing(registry.parse_model("laion400m-l14"))
    assert "1.7 GB" in tell(error.message)
    assert "python -m idia_core models fetch laion400m-l14" in advise(error.message)


def test_a_folder_is_a_model_only_with_both_files(tmp_path: Path) -> None:
    spec = registry.parse_model(f"local-dir:{tmp_path}")
    assert not weights.available(spec)
    checkpoints.write(tmp_path)
    assert weights.available(spec)
    (tmp_path / "open_clip_config.json").unlink()
    assert not weights.available(spec)


def test_a_tag_that_open_clip_lacks_is_refused_with_its_tags() -> None:
    with refused("no weights called ViT-B-32/nothing") as caught:
        weights.locate(registry.parse_model("open_clip:ViT-B-32/nothing"))
    assert "laion2b_s34b_b79k" in advise(caught.value.message)


@pytest.mark.parametrize(
    ("size", "text"), [(605_109_252, "605 MB"), (1_710_466_052, "1.7 GB"), (999_999_999, "1,000 MB")]
)
def test_sizes_read_as_people_read_them(size: int, text: str) -> None:
    assert tell(weights.size_message(size)) == text
