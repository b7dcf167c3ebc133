"""Find a model's files on this machine, or download them from the Hugging Face Hub.

Only `fetch` connects to anything.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idia_core.clip.registry import ModelSpec
from idia_core.errors import IdiaError, Message

SAFE_NAME = "open_clip_model.safetensors"
PICKLE_NAME = "open_clip_pytorch_model.bin"
CONFIG_NAME = "open_clip_config.json"
DIGEST_SUFFIX = ".sha256"
"""Added to a checkpoint's name: the file beside it with its digest, as `sha256sum` writes it."""
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")

Report = Callable[[int, int], None]
"""Called with bytes done and bytes in total while a file is downloaded."""


@dataclass(frozen=True)
class Files:
    """A model's files on this machine."""

    weights: Path
    """The checkpoint; safetensors where there is one."""
    config: Path | None
    """`open_clip_config.json`, where the model brings its own architecture."""


def locate(spec: ModelSpec) -> Files | None:
    """Find a model's files on this machine, without any connection.

    Args:
        spec: the model.
    Returns:
        The files, or None when something is missing.
    """
    if spec.kind == "local-dir":
        return _locate_folder(Path(spec.source))
    repo, names = _hub_source(spec)
    weights = next((found for name in names if (found := _cached(repo, name))), None)
    config = _cached(repo, CONFIG_NAME)
    if weights is None or (spec.kind == "hf-hub" and config is None):
        return None
    return Files(weights=weights, config=config if spec.kind == "hf-hub" else None)


def available(spec: ModelSpec) -> bool:
    """Tell whether a model can be loaded without any connection."""
    return locate(spec) is not None


def fetch(spec: ModelSpec, report: Report) -> Files:
    """Download what is missing of a model into the Hugging Face cache.

    Args:
        spec: the model; a local folder is only checked.
        report: called with the bytes done and in total of the file being downloaded.
    Returns:
        The files.
    Raises:
        IdiaError: no such repository or file, the hub cannot be reached, or the disk is full.
    """
    if spec.kind != "local-dir":
        repo, names = _hub_source(spec)
        if spec.kind == "hf-hub":
            _download(repo, CONFIG_NAME, report)
        _download_first(repo, names, report)
        for name in TOKENIZER_FILES if spec.kind == "hf-hub" or "siglip" in repo.lower() else ():
            _download(repo, name, report, required=False)
    files = locate(spec)
    if files is None:
        raise missing(spec)
    return files


def is_altered(file: Path) -> bool:
    """Compare a checkpoint with its SHA-256, where that is known.

    A flipped bit makes no checkpoint unreadable, only its answers wrong. The digest is known for downloads from
    the hub, whose cache names each large file by it, and where a file with `DIGEST_SUFFIX` lies beside it.

    Args:
        file: a checkpoint.
    Returns:
        True only if the digest is known and differs.
    Raises:
        OSError: the file cannot be read.
    """
    beside = file.with_name(file.name + DIGEST_SUFFIX)
    kept = file.resolve()
    known = kept.name if kept.parent.name == "blobs" else ""
    if beside.is_file():
        known = beside.read_text("utf-8", errors="replace").partition(" ")[0]
    return bool(re.fullmatch(r"[0-9a-f]{64}", known)) and known != digest(file)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file's content, hexadecimal."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def missing(spec: ModelSpec) -> IdiaError:
    """Return the error that names a model that is not here, the size of its download, and the command for it."""
    if spec.kind == "local-dir":
        return IdiaError(
            "weights-not-a-folder", source=spec.source, config_name=CONFIG_NAME, safe_name=SAFE_NAME
        )
    size = Message("size-none")
    if spec.download_bytes:
        size = Message("size-in-brackets", {"size": size_message(spec.download_bytes)})
    return IdiaError("weights-not-here", title=spec.title, size=size, key=spec.key)


def size_message(n_bytes: int) -> Message:
    """Return a size in megabytes or gigabytes."""
    if n_bytes >= 1e9:
        return Message("size-gigabytes", {"value": n_bytes / 1e9})
    return Message("size-megabytes", {"value": round(n_bytes / 1e6)})


def _locate_folder(folder: Path) -> Files | None:
    config = folder / CONFIG_NAME
    weights = next((folder / name for name in (SAFE_NAME, PICKLE_NAME) if (folder / name).is_file()), None)
    return Files(weights=weights, config=config) if weights and config.is_file() else None


def _hub_source(spec: ModelSpec) -> tuple[str, tuple[str, ...]]:
    """Return the repository and the checkpoint's possible file names, the safe format first."""
    hub = spec.hub or _ask_open_clip(spec)
    organisation, repository, *file = hub.strip("/").split("/")
    if not file:
        return f"{organisation}/{repository}", (SAFE_NAME, PICKLE_NAME)
    safe = str(Path(file[0]).with_suffix(".safetensors"))
    return f"{organisation}/{repository}", tuple(dict.fromkeys((safe, file[0])))


def _ask_open_clip(spec: ModelSpec) -> str:
    """Look a tag up in open_clip's table; this imports torch, so only models outside the registry need it."""
    from open_clip.pretrained import get_pretrained_cfg, list_pretrained_tags_by_model

    architecture, tag = spec.source.split("/")
    hub = get_pretrained_cfg(architecture, tag).get("hf_hub", "")
    if hub:
        return str(hub)
    tags = ", ".join(list_pretrained_tags_by_model(architecture)[:12])
    if not tags:
        raise IdiaError("weights-unknown-architecture", source=spec.source)
    raise IdiaError("weights-unknown-tag", source=spec.source, architecture=architecture, tags=tags)


def _cached(repo: str, name: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repo, name)
    return Path(found) if isinstance(found, str) else None


def _download_first(repo: str, names: tuple[str, ...], report: Report) -> None:
    for name in names[:-1]:
        if _download(repo, name, report, required=False):
            return
    _download(repo, names[-1], report)


def _download(repo: str, name: str, report: Report, *, required: bool = True) -> bool:
    """Download one file; return whether the repository has it."""
    from huggingface_hub import errors, hf_hub_download

    try:
        hf_hub_download(repo, name, tqdm_class=_reporting_bar(report))
    except errors.RemoteEntryNotFoundError as cause:
        if required:
            raise IdiaError("weights-no-such-file", repo=repo, name=name) from cause
        return False
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as cause:
        raise IdiaError("weights-no-such-repository", repo=repo) from cause
    except (OSError, errors.HTTPError, errors.IncompleteSnapshotError) as cause:
        raise _download_failed(repo, cause) from cause
    return True


def _download_failed(repo: str, cause: BaseException) -> IdiaError:
    import errno

    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return IdiaError("weights-disk-full", repo=repo)
    return IdiaError("weights-not-fetched", repo=repo)


def _reporting_bar(report: Report) -> type[Any]:
    """Return a tqdm class that calls `report` instead of drawing a bar."""
    from tqdm import tqdm

    class ReportingBar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            options["disable"] = True
            super().__init__(*args, **options)
            self.total = options.get("total") or 0
            self.seen = options.get("initial") or 0

        def update(self, n: float | None = 1) -> bool | None:
            self.seen += int(n or 0)
            report(self.seen, int(self.total or self.seen))
            return None

    return ReportingBar
