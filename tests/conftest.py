"""What every test shares: no connection but to this machine, and small files and models made on the spot."""

from __future__ import annotations

import re
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pytest
from PIL import Image

from idia_core.errors import IdiaError
from idia_core.text import tell_whole

if TYPE_CHECKING:
    from idia_core.clip.encoder import Encoder

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Refuse every connection and every look-up that leaves this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):  # type: ignore[index]
            raise RuntimeError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_look_up(host: object, *args: object, **options: object) -> object:
        if host is not None and not str(host).startswith(LOOPBACK):
            raise RuntimeError(f"a test tried to look up {host}")
        return look_up(host, *args, **options)  # type: ignore[arg-type]

    socket.socket.connect = guarded_connect  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = guarded_look_up  # type: ignore[assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = look_up


def jpeg(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """Draw a small picture that is like no other seed's."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    stream = BytesIO()
    Image.fromarray(coarse).resize(size).save(stream, "JPEG", quality=90)
    return stream.getvalue()


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tiny real CLIP, random weights."""
    from tests import checkpoints  # imports torch, which most tests do without

    folder = tmp_path_factory.mktemp("models") / "tiny"
    checkpoints.write(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Encoder:
    """Return that CLIP, loaded."""
    from idia_core.clip import encoder, registry

    return encoder.load_encoder(registry.parse_model(f"local-dir:{tiny_folder}"), "cpu")


Result = TypeVar("Result")


def finish(steps: Generator[object, None, Result]) -> Result:
    """Follow a run to its end and return its value."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@contextmanager
def refused(match: str = "") -> Iterator[pytest.ExceptionInfo[IdiaError]]:
    """Expect a person's mistake whose sentences, as a person reads them, match."""
    with pytest.raises(IdiaError) as caught:
        yield caught
    said = tell_whole(caught.value.message)
    assert re.search(match, said), f"{said!r} does not match {match!r}"
