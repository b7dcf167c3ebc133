"""`python -m idia_core.sandbox`: train the sandbox model again, or draw its people."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from idia_core.sandbox import files
from idia_core.sandbox.people import PEOPLE, trap_people, world
from idia_core.sandbox.truth import WORLD_SEED


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run one command.

    Args:
        arguments: the words after the program's name; None takes the process's own.
    Returns:
        the exit status: 0.
    """
    chosen = _parser().parse_args(arguments)
    if chosen.command == "train":
        _train(chosen.seed, chosen.out, chosen.cache)
    elif chosen.command == "portraits":
        people = trap_people(chosen.seed) if chosen.trap else world(chosen.seed)
        files.write_portraits(chosen.out, people[: chosen.people], chosen.seed, chosen.per_person)
    elif chosen.command == "examples":
        files.write_examples(chosen.out, world(chosen.seed), chosen.seed, chosen.per_person)
    else:
        files.write_names(chosen.out, world(chosen.seed), chosen.seed)
    return 0


def _parser() -> argparse.ArgumentParser:
    """Define the four commands."""
    parser = argparse.ArgumentParser(prog="python -m idia_core.sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("train", "train the model on one world and save it in open_clip's local-dir format"),
        ("portraits", "draw attack portraits and the truth table, for `python -m idia_core evaluate`"),
        ("examples", "draw the page's example people"),
        ("names", "write the lists of candidate names"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--out", type=Path, required=True, help="folder to write to")
        command.add_argument("--seed", type=int, default=WORLD_SEED, help="the world's number")
        if name == "train":
            cache = Path(tempfile.gettempdir()) / "idia-sandbox"
            command.add_argument("--cache", type=Path, default=cache, help="folder for drawn portraits")
        if name in ("portraits", "examples"):
            command.add_argument("--per-person", type=int, default=20 if name == "portraits" else 10)
        if name == "portraits":
            command.add_argument("--people", type=int, default=PEOPLE, help="only the first so many people")
            command.add_argument(
                "--trap", action="store_true", help="draw more people of the clans instead, none a member"
            )
    return parser


def _train(seed: int, out: Path, cache: Path) -> None:
    """Train and save; progress goes to standard error."""
    import torch

    from idia_core.sandbox import train

    torch.set_num_threads(2)
    recipe = train.Recipe()
    model = train.train(seed, recipe, cache, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    train.save(model, recipe, seed, out)


if __name__ == "__main__":
    raise SystemExit(main())
