"""How long `python app.py` takes to serve its page, and its memory, beside loading the model first.

The page counts as served when its whole HTML has arrived; no browser is opened.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import open_clip
from safetensors.torch import save_file

from tests.benchmarks.text import random_model
from tests.benchmarks.timing import Times, memory_mb

TOP = Path(__file__).resolve().parents[2]
MODEL_FIRST = """
import runpy, sys
from idia_core.clip.encoder import load_encoder
from idia_core.clip.registry import parse_model
encoder = load_encoder(parse_model(sys.argv[1]), "cpu")
sys.argv = ["app.py"]
runpy.run_path("app.py", run_name="__main__")
"""
"""The straightforward way: the model is in memory before the page is served."""
TIMEOUT = 300.0
"""Seconds after which a start has failed."""
SETTLE = 5.0
"""Seconds without memory growth after which everything counts as loaded."""


@dataclass(frozen=True)
class _Start:
    """One start."""

    seconds: float
    """Until the page's HTML had arrived."""
    first_mb: float | None
    """Resident megabytes then."""
    loaded_mb: float | None
    """Resident megabytes when they no longer grew."""


def compare(arch: str, rounds: int = 3) -> Times:
    """Time the start with a model as the page's default.

    Args:
        arch: `sandbox`, or an architecture of open_clip, whose weights will be random.
        rounds: rounds of which the median is taken.
    Returns:
        the times until the page has arrived.
    Raises:
        RuntimeError: the page did not come.
    """
    ours, first = [], []
    with tempfile.TemporaryDirectory() as folder:
        model = arch if arch == "sandbox" else f"local-dir:{_write_checkpoint(arch, Path(folder))}"
        for _ in range(rounds):
            first.append(_start([sys.executable, "-c", MODEL_FIRST, model], model))
            ours.append(_start([sys.executable, "app.py"], model))
    return Times(
        stage="start",
        arch=arch,
        items=1,
        reference_ms_per_item=1e3 * statistics.median(one.seconds for one in first),
        ours_ms_per_item=1e3 * statistics.median(one.seconds for one in ours),
        max_abs_diff=None,
        limit_ratio=None,
        peak_mb=_median(one.loaded_mb for one in ours),
        notes=(
            f"resident when the page is there: {_megabytes(one.first_mb for one in ours)}, "
            f"with the model loaded: {_megabytes(one.loaded_mb for one in ours)}",
            f"with the model before the page: {_megabytes(one.first_mb for one in first)}, "
            f"{_megabytes(one.loaded_mb for one in first)}",
        ),
    )


def _write_checkpoint(arch: str, folder: Path) -> Path:
    """Write a checkpoint of an architecture with random weights, as open_clip does."""
    model = random_model(arch)
    config = {"model_cfg": open_clip.get_model_config(arch), "preprocess_cfg": model.visual.preprocess_cfg}
    (folder / "open_clip_config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder


def _start(command: list[str], model: str) -> _Start:
    """Start the page once, in a process of its own, and stop it."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        environment = {
            **os.environ,
            "IDIA_DEFAULT_MODEL": model,
            "IDIA_CACHE_DIR": folder,
            "GRADIO_SERVER_PORT": port,
            "PYTHONPATH": str(TOP),
        }
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for_page(f"http://127.0.0.1:{port}/", process, began)
            spent = time.perf_counter() - began
            first = memory_mb("VmRSS", str(process.pid))
            return _Start(spent, first, _wait_until_settled(process))
        finally:
            process.terminate()
            process.wait()


def _wait_for_page(address: str, process: subprocess.Popen[bytes], began: float) -> None:
    """Request the page until it is served.

    Raises:
        RuntimeError: the process ended, or took too long.
    """
    while process.poll() is None and time.perf_counter() - began < TIMEOUT:
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT) as page:
                page.read()
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the page did not come")


def _wait_until_settled(process: subprocess.Popen[bytes]) -> float | None:
    """Wait until the process's memory no longer grows; return its resident megabytes."""
    most, since, began = 0.0, time.perf_counter(), time.perf_counter()
    while time.perf_counter() - since < SETTLE and time.perf_counter() - began < TIMEOUT:
        now = memory_mb("VmRSS", str(process.pid))
        if now is None:
            return None
        if now > most + 1:
            most, since = now, time.perf_counter()
        time.sleep(0.2)
    return memory_mb("VmRSS", str(process.pid))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def _megabytes(values: Iterable[float | None]) -> str:
    value = _median(values)
    return "unknown" if value is None else f"{value:.0f} MB"
