"""The house rules that a machine can check: imports point one way, nothing heavy at import, modules stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "idia_core"

# room -> (rooms of ours it may import, heavy packages it may import); a package room is named by its folder.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "errors": (set(), set()),
    "settings": ({"errors"}, set()),
    "prompts": ({"errors"}, set()),
    "names": ({"errors"}, {"numpy"}),
    "formats": ({"errors"}, {"PIL"}),
    "jpeg_frame": ({"errors"}, set()),
    "decoder": ({"errors", "formats", "jpeg_frame"}, {"PIL"}),
    "decoder_worker": ({"errors", "decoder", "formats"}, {"PIL"}),
    "decoder_pool": ({"errors", "decoder", "decoder_worker"}, set()),
    "photos": ({"errors", "decoder"}, {"PIL", "numpy"}),
    "strangers": ({"names", "photos"}, set()),
    "faces": ({"errors", "photos"}, {"PIL", "numpy", "cv2"}),
    "gate": ({"errors", "photos", "faces"}, {"PIL", "numpy"}),
    "views": ({"errors", "photos", "faces", "gate", "attack", "ranking"}, {"numpy"}),
    "seeing": ({"models", "photos", "attack"}, {"numpy"}),
    "models": ({"errors"}, set()),
    "weights": ({"errors", "models"}, {"huggingface_hub", "open_clip", "tqdm"}),
    "prefixtree": (set(), {"torch"}),
    "textlayers": ({"prefixtree"}, {"torch"}),
    "textpath": ({"prefixtree", "textlayers"}, {"torch"}),
    "tokens": (set(), {"torch", "open_clip", "numpy"}),
    "encoder": (
        {"errors", "models", "weights", "textpath", "tokens"},
        {"torch", "open_clip", "safetensors", "PIL", "numpy"},
    ),
    "bank": ({"errors"}, {"numpy", "safetensors"}),
    "imagebank": ({"attack", "models", "photos", "seeing"}, {"numpy"}),
    "attack": (set(), {"numpy"}),
    "ranking": ({"attack"}, {"numpy"}),
    "stability": ({"attack", "ranking"}, {"numpy"}),
    "outcome": (set(), set()),
    "calibrate": ({"attack", "ranking", "stability", "outcome"}, {"numpy", "scipy"}),
    "alike": ({"names", "attack", "calibrate"}, {"numpy"}),
    "audit": (
        {
            "errors",
            "models",
            "prompts",
            "names",
            "photos",
            "bank",
            "imagebank",
            "attack",
            "alike",
            "calibrate",
        }
        | {"faces", "gate", "views", "seeing"},
        {"numpy"},
    ),
    "rules": ({"attack", "ranking", "stability", "outcome", "calibrate"}, {"numpy"}),
    "uniformity": ({"ranking"}, {"numpy"}),
    "blind": ({"names"}, {"numpy"}),
    "labelled": ({"errors", "names"}, set()),
    "evaluate": (
        {"errors", "prompts", "names", "photos", "labelled", "attack", "alike", "calibrate", "audit"}
        | {"seeing", "rules", "uniformity", "blind"},
        {"numpy"},
    ),
    "measured": ({"errors", "evaluate", "report", "uniformity"}, set()),
    "curves": (set(), set()),
    "sheet": ({"curves", "evaluate", "uniformity"}, set()),
    "charts": (
        {"audit", "attack", "calibrate", "curves", "evaluate", "ranking", "stability"},
        {"plotly", "numpy"},
    ),
    "report": ({"errors", "audit", "attack", "calibrate", "photos", "views"}, set()),
    "hosting": ({"settings"}, {"spaces"}),
    "bench": (
        {
            "errors",
            "textpath",
            "encoder",
            "names",
            "prompts",
            "models",
            "photos",
            "bank",
            "attack",
            "audit",
            "settings",
        },
        {"torch", "open_clip", "numpy", "PIL", "safetensors"},
    ),
}
OPEN_ROOMS = {"cli", "__main__", "ui", "sandbox", "__init__"}
HEAVY = {
    "torch",
    "open_clip",
    "torchvision",
    "timm",
    "gradio",
    "plotly",
    "scipy",
    "PIL",
    "numpy",
    "huggingface_hub",
} | {
    "safetensors",
    "transformers",
    "spaces",
    "tqdm",
    "dicebear",
    "resvg_py",
    "cv2",
}
ONE_ROOM = {"gradio": {"ui"}, "plotly": {"charts"}, "spaces": {"hosting"}}
TORCH_ROOMS = {"encoder", "textpath", "textlayers", "tokens", "prefixtree", "sandbox", "bench"}


def room_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def sources() -> list[Path]:
    return sorted(CORE.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Return what a file imports anywhere in it, type-checking blocks left out: dotted names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_in(imports: set[str]) -> set[str]:
    return {name.split(".")[1] for name in imports if name.startswith("idia_core.")} - {"__version__"}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(CORE)))
def test_imports_point_one_way(path: Path) -> None:
    room, imports = room_of(path), imports_of(path)
    heavy = {name.split(".")[0] for name in imports} & HEAVY
    for package, allowed in ONE_ROOM.items():
        assert package not in heavy or room in allowed, f"{package} has one room: {allowed}"
    assert "torch" not in heavy or room in TORCH_ROOMS
    if room in OPEN_ROOMS:
        assert room == "ui" or "ui" not in rooms_in(imports)
        return
    assert room in ROOMS, f"{room} is not in the table: say what it may import"
    ours, packages = ROOMS[room]
    assert rooms_in(imports) - {room} <= ours
    assert heavy <= packages


def test_the_table_has_no_room_without_a_tenant() -> None:
    assert set(ROOMS) <= {room_of(path) for path in sources()}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(CORE)))
def test_a_module_is_small_and_says_what_it_does_not(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    tree = ast.parse(text)
    assert "Does not:" in (ast.get_docstring(tree) or "")
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
            body = node.end_lineno - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())
            assert body <= 45, f"{node.name} has {body} lines"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(CORE)))
def test_only_settings_reads_the_environment(path: Path) -> None:
    if path.name != "settings.py":
        text = path.read_text(encoding="utf-8")
        assert "os.getenv" not in text
        assert "environ.get" not in text
        assert "environ[" not in text.replace("environ[key] =", "")


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(CORE)))
def test_no_room_catches_everything_or_keeps_random_state(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in {"everything", "Exception", "BaseException"}, f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random":
            assert node.attr in {"Generator", "default_rng", "PCG64", "SeedSequence"}, f"line {node.lineno}"


def test_the_command_line_starts_without_torch() -> None:
    """`--help` answers at once: nothing heavy is imported before a command needs it."""
    code = "import sys, idia_core.cli; print(sorted({'torch','open_clip','gradio','plotly','scipy','cv2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
