"""The command line with a real (tiny, random) CLIP and real files; as a process of its own where that is the point."""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import SafetensorError

from idia_core import cli
from tests import portrait
from tests.conftest import jpeg

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def faces(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{seed}.jpg" for seed in range(4)]
    for seed, path in enumerate(paths):
        path.write_bytes(jpeg(seed))
    return [str(path) for path in paths]


def process(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does."""
    environment = {
        **os.environ,
        "IDIA_CACHE_DIR": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
    }
    command = [sys.executable, "-m", "idia_core", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def idia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process, which has loaded torch already."""
    monkeypatch.setenv("IDIA_CACHE_DIR", str(tmp_path / "cache"))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        try:
            status = cli.main(words)
        except SystemExit as stop:  # argparse, over words that it cannot understand
            status = int(stop.code or 0)
        return subprocess.CompletedProcess(words, status, *capsys.readouterr())

    return run


def test_audit_prints_json(tmp_path: Path, tiny_folder: Path, faces: list[str]) -> None:
    model = f"local-dir:{tiny_folder}"
    words = ("--model", model, "--name", "Zelda  Quux", "--names", "50", "--json")
    done = process(tmp_path, "audit", *words, *faces, "--others", *faces[:2])
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["model"], facts["name"], facts["photos"], facts["names"]) == (model, "Zelda Quux", 4, 50)
    assert set(facts["idia"]) == {"hits", "prompts", "tau", "member"}
    assert facts["idia"]["prompts"] == 21
    assert facts["idia"]["member"] is (facts["idia"]["hits"] >= 1)
    assert [photo["label"] for photo in facts["per_photo"]] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert sum(prompt["won"] for prompt in facts["per_prompt"]) == facts["idia"]["hits"]
    assert facts["per_prompt"][1]["template"] == "an image of {0}"
    assert facts["bound"] == pytest.approx(21 / 50)
    assert facts["outcome"] in {"strong", "weak", "none", "unclear"}
    assert set(facts["p_value"]) >= {"general", "matched", "decoys"}
    assert [(control["kind"], control["photos"]) for control in facts["controls"]] == [("name_prior", 2)]
    states = {reason["check"]: reason["state"] for reason in facts["reasons"]}
    assert states["name_prior"] == ("failed" if facts["controls"][0]["fired"] else "passed")


def test_audit_prints_a_table_and_progress_apart(
    idia: Run, tmp_path: Path, tiny_folder: Path, faces: list[str]
) -> None:
    done = idia(
        "audit",
        "--model",
        f"local-dir:{tiny_folder}",
        "--name",
        "Zelda Quux",
        *faces,
        "--names",
        "50",
    )
    assert done.returncode == 0, done.stderr
    assert "IDIA, the paper's rule" in done.stdout
    assert "black and white photo of {0}" in done.stdout
    assert "%|" not in done.stdout
    assert "photos" in done.stderr


def test_a_photo_that_cannot_be_used_is_set_aside(
    idia: Run, tmp_path: Path, tiny_folder: Path, faces: list[str]
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"<html>")
    model = f"local-dir:{tiny_folder}"
    done = idia(
        "audit",
        "--model",
        model,
        "--name",
        "Zelda Quux",
        *faces,
        str(bad),
        "--names",
        "9",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["photos"] == 4
    assert "set aside: bad.jpg" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--model", "nonsense", "--name", "Ana Lo"], "There is no model called 'nonsense'"),
        (["--model", "laion400m-b32", "--name", "Ana Lo"], "models fetch laion400m-b32"),
        (["--model", "local-dir:/nowhere", "--name", "Ana Lo"], "/nowhere is not a model folder"),
        (["--name", "  "], "name"),
        (["--model", "TINY", "--name", "Ana Lo", "--tau", "22"], "tau is 22"),
        (["--model", "TINY", "--name", "Ana Lo", "--names", "1"], "names"),
    ],
)
def test_a_mistake_is_one_clear_sentence_and_exit_2(
    idia: Run, tmp_path: Path, tiny_folder: Path, faces: list[str], words: list[str], sentence: str
) -> None:
    if "TINY" in words:
        words = [word.replace("TINY", f"local-dir:{tiny_folder}") for word in words]
        done = idia("audit", *words, *faces)
    else:
        done = process(tmp_path, "audit", *words, *faces)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_file_is_a_sentence(idia: Run, tmp_path: Path, tiny_folder: Path) -> None:
    done = idia("audit", "--model", f"local-dir:{tiny_folder}", "--name", "Ana Lo", "/nowhere.jpg")
    assert done.returncode == 2
    assert "/nowhere.jpg cannot be read" in done.stderr


class OwnError(Exception):
    """An error of a kind that no list could know."""


NAME = "Zelda Quux"
ERRORS = [
    AssertionError(NAME),
    BufferError(NAME),
    EOFError(NAME),
    ImportError(NAME, name=NAME, path=NAME),
    KeyError(NAME),
    OSError(5, NAME, f"/home/{NAME}"),
    OwnError(NAME),
    RuntimeError(NAME),
    SafetensorError(NAME),
    UnicodeEncodeError("ascii", NAME, 0, 1, NAME),
    ValueError(NAME),
    queue.Empty(NAME),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_of_the_program_tells_its_kind_and_place_and_no_word_of_its_own(
    idia: Run, monkeypatch: pytest.MonkeyPatch, faces: list[str], error: Exception
) -> None:
    def fail(name: str) -> str:
        raise error from OwnError(name)

    monkeypatch.setattr("idia_core.names.normalise_name", fail)
    done = idia("audit", "--name", NAME, *faces)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        rf"idia: something went wrong that is no mistake of yours: {type(error).__name__} at "
        rf"{re.escape(__file__)}:\d+\.\n",
        done.stderr,
    )


def test_a_process_that_fails_prints_no_traceback(tmp_path: Path, faces: list[str]) -> None:
    code = "import sys; from idia_core import cli, names; names.normalise_name = int; sys.exit(cli.main())"
    command = [sys.executable, "-c", code, "audit", "--name", NAME, *faces]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"idia: something went wrong .*: ValueError at \S+cli\.py:\d+\.\n", done.stderr)


def test_an_interrupted_command_says_so(idia: Run, monkeypatch: pytest.MonkeyPatch, faces: list[str]) -> None:
    def interrupt(name: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("idia_core.names.normalise_name", interrupt)
    done = idia("audit", "--name", NAME, *faces)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "idia: stopped.\n")


@pytest.mark.parametrize(
    ("program", "name"), [("/usr/bin/idia", "idia"), ("/x/idia_core/__main__.py", "python -m idia_core")]
)
def test_help_names_the_command_as_it_was_typed(
    idia: Run, monkeypatch: pytest.MonkeyPatch, program: str, name: str
) -> None:
    monkeypatch.setattr(sys, "argv", [program])
    assert idia("--help").stdout.startswith(f"usage: {name} ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--face", "us.png"), "give a photo's file name and a number from 1: PHOTO=2"),
        (("--face", "us.png=0"), "give a photo's file name and a number from 1: PHOTO=2"),
    ],
)
def test_words_that_cannot_be_understood_are_told_with_the_usage(
    idia: Run, words: tuple[str, ...], sentence: str
) -> None:
    done = idia("audit", "--name", NAME, "me.jpg", *words)
    assert done.returncode == 2
    assert sentence in done.stderr
    done = idia("evaluate", "--people", "people", "--truth", "truth.csv", "--photos", "0,3")
    assert done.returncode == 2
    assert "numbers of photos are at least 1" in done.stderr


def test_models_lists_what_is_on_this_machine(tmp_path: Path) -> None:
    for words in (["models"], ["models", "list"]):
        done = process(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        lines = {line.split()[0]: line for line in done.stdout.splitlines()}
        assert " no " in lines["laion400m-l14"]
        assert "1.7 GB" in lines["laion400m-l14"]
        assert " yes " in lines["sandbox"]


def test_evaluate_prints_the_rows_of_the_protocol(idia: Run, tmp_path: Path, tiny_folder: Path) -> None:
    people = tmp_path / "people"
    for person in range(4):
        (people / f"Person_{'ABCD'[person]}").mkdir(parents=True)
        for at in range(5):
            (people / f"Person_{'ABCD'[person]}" / f"{at}.jpg").write_bytes(jpeg(10 * person + at))
    truth = tmp_path / "truth.csv"
    truth.write_text("name,member\nPerson A,1\nPerson B,1\nPerson C,0\nPerson D,0\n")
    words = [
        "--people",
        str(people),
        "--truth",
        str(truth),
        "--photos",
        "1,3,9",
        "--draws",
        "4",
        "--names",
        "20",
    ]
    done = idia("evaluate", "--model", f"local-dir:{tiny_folder}", *words, "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert {"model", "names", "prompts", "tau", "rows"} <= set(facts)
    wanted = {
        "photos",
        "draws",
        "members",
        "non_members",
        "tpr",
        "tpr_sd",
        "tpr_interval",
        "fpr",
        "fpr_sd",
        "fpr_interval",
    }
    assert all(wanted <= set(row) for row in facts["rows"])
    assert [(row["photos"], row["members"], row["non_members"]) for row in facts["rows"]] == [
        (1, 2, 2),
        (3, 2, 2),
        (9, 0, 0),
    ]
    assert facts["rows"][2]["tpr"] is None
    sheet = tmp_path / "report.html"
    more = ["--pool", "half", "--out", str(sheet)]
    table = idia("evaluate", "--model", f"local-dir:{tiny_folder}", *words, *more)
    assert table.returncode == 0
    assert "(nobody)" in table.stdout
    assert "half names that the model may know" in table.stdout
    assert "<svg" in sheet.read_text("utf-8")
    assert "Person" not in sheet.read_text("utf-8")
    nowhere = ["--out", str(tmp_path / "nowhere" / "report.html")]
    refused = idia("evaluate", "--model", f"local-dir:{tiny_folder}", *words, *nowhere)
    assert refused.returncode == 2
    assert "cannot be written" in refused.stderr


def example(count: int) -> list[str]:
    folder = ROOT / "assets" / "examples"
    person = sorted(path for path in folder.iterdir() if path.is_dir())[0]
    return [str(path) for path in sorted(person.glob("*.jpg"))[:count]]


def test_audit_shows_the_photos_in_other_ways_unless_told_not_to(idia: Run, tmp_path: Path) -> None:
    words = ["audit", "--name", "Zelda Quux", *example(4), "--names", "50"]
    done = idia(*words, "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert [view["shown"] for view in facts["views"]] == ["whole", "face", "covered"]
    context = {control["kind"]: control for control in facts["controls"]}["context"]
    assert context["photos"] == 4
    assert facts["crop"] == "whole"
    table = idia(*words, "--crop", "face")
    assert table.returncode == 0, table.stderr
    assert "face covered  4" in table.stdout


@portrait.needed
def test_photos_without_a_face_are_doubted_or_set_aside(
    idia: Run, tmp_path: Path, tiny_folder: Path, faces: list[str]
) -> None:
    paths = [tmp_path / "me.png", tmp_path / "us.png"]
    portrait.portrait().save(paths[0])
    portrait.two().save(paths[1])
    words = ["audit", "--model", f"local-dir:{tiny_folder}", "--name", "Zelda Quux", *map(str, paths), *faces]
    done = idia(*words, "--names", "20", "--json")
    assert done.returncode == 0, done.stderr
    found = {
        photo["label"]: [one["code"] for one in photo["findings"]]
        for photo in json.loads(done.stdout)["per_photo"]
    }
    assert found["me.png"] == []
    assert "several-faces" in found["us.png"]
    assert "no-face" in found["0.jpg"]
    only = idia(*words, "--names", "20", "--crop", "face", "--face", "us.png=2", "--no-context", "--json")
    assert only.returncode == 0, only.stderr
    facts = json.loads(only.stdout)
    assert (facts["photos"], facts["crop"]) == (2, "face")
    assert [view["shown"] for view in facts["views"]] == ["face"]
    assert only.stderr.count("set aside") == len(faces)
    wrong = idia(*words, "--names", "20", "--face", "us.png=3")
    assert wrong.returncode == 2
    assert "no such face" in wrong.stderr
    none = idia(*words, "--names", "20", "--face", "them.png=1")
    assert none.returncode == 2
    assert "them.png" in none.stderr
