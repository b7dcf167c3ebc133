"""The command line: `audit`, `evaluate`, `models`. Tables or JSON on stdout, progress on stderr.

Exit status: 0 when it ran; 2 with one sentence on stderr for a person's mistake, or with the kind and place of an
error of the program; 130 when it was interrupted. Heavy packages are imported by the command that needs them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from idia_core import __version__, names
from idia_core.clip import registry, weights
from idia_core.errors import IdiaError, kind_and_place
from idia_core.photos.photo import Limits, Photo, clean_label, read_photos
from idia_core.sandbox import examples
from idia_core.settings import ASSETS, Settings, unknown_variables
from idia_core.text import say, say_all, tell, tell_whole

if TYPE_CHECKING:
    from idia_core.audit.records import Progress
    from idia_core.clip.encoder import Encoder
    from idia_core.photos.faces import FaceCheck
    from idia_core.photos.locators import FaceLocator
    from idia_core.photos.quality import Crop

Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after the program's name; None takes the process's own.
    Returns:
        The exit status.
    """
    options = _parser().parse_args(arguments)
    for warning in unknown_variables():
        print(f"idia: {tell_whole(warning)}", file=sys.stderr)
    try:
        options.run(options, Settings.from_env())
    except IdiaError as error:
        _note(f"idia: {tell_whole(error.message)}")
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        _note(f"idia: {say('cli-stopped')}")
        return 130
    except Exception as error:  # noqa: BLE001 - an error's own words may hold the name that was asked about
        _note(f"idia: {say('cli-broke', where=kind_and_place(error))}")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "idia"
    parser = argparse.ArgumentParser(
        prog="idia" if installed else "python -m idia_core", description="Does a CLIP model know this face?"
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_audit(commands)
    _add_evaluate(commands)
    _add_models(commands)
    return parser


def _add_audit(commands: Any) -> None:
    audit = commands.add_parser("audit", help="ask a model about one person's photos")
    audit.add_argument("--name", required=True, help="the person's name")
    audit.add_argument(
        "photos", nargs="+", type=Path, metavar="PHOTO", help="three or more photos of the person"
    )
    audit.add_argument(
        "--others",
        nargs="+",
        default=[],
        type=Path,
        metavar="PHOTO",
        help="photos of other people, on which the name ought to lose; after the person's own photos",
    )
    _add_faces(audit)
    _add_common(audit)
    audit.set_defaults(run=_audit)


def _add_evaluate(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate", help="measure TPR and FPR over labelled people, as the paper does"
    )
    evaluate.add_argument(
        "--people", required=True, type=Path, metavar="DIR", help="one folder of photos a person"
    )
    evaluate.add_argument(
        "--truth", required=True, type=Path, metavar="FILE", help="CSV: name,member[,training_photos]"
    )
    evaluate.add_argument(
        "--photos", default=(3, 5, 10), type=_numbers, help="numbers of photos, such as 3,5,10"
    )
    evaluate.add_argument("--draws", default=20, type=int, help="random draws of photos a person and number")
    evaluate.add_argument(
        "--pool", default="everybody", choices=POOLS, help="which names the candidates are (see the README)"
    )
    evaluate.add_argument(
        "--matched",
        default=120,
        type=int,
        help="names of each person's style to compare with; 0 leaves these rules out, which is faster",
    )
    evaluate.add_argument("--out", type=Path, metavar="FILE", help="write curves and tables to one HTML file")
    _add_common(evaluate)
    evaluate.set_defaults(run=_evaluate)


def _add_faces(audit: argparse.ArgumentParser) -> None:
    audit.add_argument(
        "--crop",
        default="whole",
        choices=["whole", "face"],
        help="what the model is shown: the whole photo, as in the paper, or the face with some room around it",
    )
    audit.add_argument(
        "--face",
        action="append",
        default=[],
        type=_face_choice,
        metavar="PHOTO=N",
        help="where a photo shows several faces: which is the person's, 1 for the largest",
    )
    audit.add_argument(
        "--no-context",
        action="store_true",
        help="do not ask again with the face only and with the face covered",
    )


def _add_models(commands: Any) -> None:
    listing = commands.add_parser("models", help="list the models, or fetch one's weights")
    actions = listing.add_subparsers(metavar="ACTION")
    actions.add_parser("list", help="what there is, and what is on this machine")
    fetch = actions.add_parser("fetch", help="download a model's weights once")
    fetch.add_argument("model", metavar="NAME", help=MODEL_HELP)
    fetch.set_defaults(run=_fetch)
    listing.set_defaults(run=_list)


POOLS = ("everybody", "unknown", "half", "known", "matched")
MODEL_HELP = "a short name from `models list`, open_clip:ARCH/TAG, hf-hub:ORG/REPO or local-dir:PATH"


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", default="sandbox", help=MODEL_HELP)
    command.add_argument("--names", default=1000, type=int, help="candidate names, the claimed one included")
    command.add_argument("--tau", default=1, type=int, help="prompts to win; the paper uses 1")
    command.add_argument("--seed", default=0, type=int, help="decides which names and photos are drawn")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(say("cli-photos-too-few"))
    return numbers


def _face_choice(text: str) -> tuple[str, int]:
    label, _, number = text.rpartition("=")
    if not label or not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(say("cli-face-unclear"))
    return clean_label(label), int(number) - 1


def _audit(options: argparse.Namespace, settings: Settings) -> None:
    from idia_core.audit.records import AuditRequest
    from idia_core.audit.report import audit_facts, audit_table
    from idia_core.audit.run import run_audit
    from idia_core.clip.text_cache import TextCache

    name = names.normalise_name(options.name)
    limits = Limits(heic=settings.heic)
    own, others = (_read(paths, limits) for paths in (options.photos, options.others))
    seen = _look(own, dict(options.face))
    encoder = _load(options.model, settings)
    if encoder.spec.is_sandbox and not others:
        others = examples.other_portraits(ASSETS / "examples", name)
    shown, face_checks = _usable(own, seen, options.crop, encoder.spec.face_locator)
    request = AuditRequest(
        name=name,
        photos=shown,
        others=others,
        lists=names.load_lists(ASSETS / "names", encoder.spec.lists_id),
        size=options.names,
        tau=options.tau,
        seed=options.seed,
        face_checks=face_checks,
        crop=options.crop,
        views=not options.no_context,
    )
    text_cache = TextCache(settings.cache_dir / "text", settings.cache_mb * 1_000_000)
    result = _follow(run_audit(request, encoder, text_cache))
    _print(audit_facts(result) if options.json else audit_table(result))


def _read(paths: Sequence[Path], limits: Limits) -> tuple[Photo, ...]:
    """Open photo files; tell which were set aside, and why."""
    read = read_photos(_files(paths), limits)
    for refusal in read.refused:
        _note(say("cli-set-aside", what=f"{refusal.label}: {tell_whole(refusal.reason)}"))
    return read.photos


def _usable(
    own: tuple[Photo, ...], seen: tuple[FaceCheck, ...], crop: Crop, locator: FaceLocator
) -> tuple[tuple[Photo, ...], tuple[FaceCheck, ...]]:
    """Set aside what shows no face where the face only is to be shown, and say so on stderr."""
    from idia_core.photos import quality

    shown, face_checks, left_out = quality.usable(own, seen, crop, locator)
    for refusal in left_out:
        _note(say("cli-set-aside", what=f"{refusal.label}: {tell_whole(refusal.reason)}"))
    return shown, face_checks


def _look(shown: Sequence[Photo], chosen: dict[str, int]) -> tuple[FaceCheck, ...]:
    """Look for faces, and take those that the caller chose for the person's."""
    from idia_core.photos import faces, quality

    unknown = set(chosen) - {photo.label for photo in shown}
    if unknown:
        raise IdiaError("cli-face-unknown-photo", unknown=min(unknown))
    finder = faces.FaceFinder()
    seen = [quality.check_photo(photo, finder) for photo in shown]
    return tuple(
        quality.choose_face(photo, face_check, chosen[photo.label]) if photo.label in chosen else face_check
        for photo, face_check in zip(shown, seen, strict=True)
    )


def _evaluate(options: argparse.Namespace, settings: Settings) -> None:
    from idia_core.evaluation import html
    from idia_core.evaluation.dataset import read_people
    from idia_core.evaluation.report import evaluation_facts, evaluation_table
    from idia_core.evaluation.run import EvaluationRequest, run_evaluation

    if options.out and not options.out.absolute().parent.is_dir():
        raise IdiaError("cli-out-not-writable", out=options.out)
    people = read_people(options.people, options.truth)
    encoder = _load(options.model, settings)
    request = EvaluationRequest(
        people=people,
        lists=names.load_lists(ASSETS / "names", encoder.spec.lists_id),
        photos=options.photos,
        draws=options.draws,
        size=options.names,
        tau=options.tau,
        seed=options.seed,
        pool=options.pool,
        matched=options.matched,
    )
    result = _follow(run_evaluation(request, encoder))
    for photo in result.set_aside:
        _note(say("cli-set-aside", what=f"{photo.person}: {tell(photo.reason)}"))
    if options.out:
        _write(options.out, html.evaluation_html(result))
    _print(evaluation_facts(result) if options.json else evaluation_table(result))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as cause:
        raise IdiaError("cli-path-not-writable", path=path) from cause


def _list(options: argparse.Namespace, settings: Settings) -> None:
    from idia_core.audit.report import text_columns

    rows = [say_all("cli-models-columns")]
    for spec in registry.REGISTRY:
        rows.append(
            (
                spec.key,
                _yes(weights.available(spec)),
                tell(weights.size_message(spec.download_bytes)) if spec.download_bytes else "-",
                f"{spec.parameters / 1e6:.0f} M",
                _yes(spec.in_paper),
                spec.licence,
                spec.training_data,
            )
        )
    print(text_columns(rows))


def _fetch(options: argparse.Namespace, settings: Settings) -> None:
    from tqdm import tqdm

    spec = registry.parse_model(options.model)
    with tqdm(
        desc=say("cli-fetching", key=spec.key), unit="B", unit_scale=True, file=sys.stderr, mininterval=1
    ) as bar:

        def report(done: int, total: int) -> None:
            if total != bar.total:
                bar.reset(total)
            bar.update(done - bar.n)

        weights.fetch(spec, report)
    print(say("cli-fetched", title=spec.title))


def _yes(fact: bool) -> str:
    return say("cli-yes" if fact else "cli-no")


def _note(line: str) -> None:
    """Tell what is no part of the answer."""
    print(line, file=sys.stderr)


def _print(content: str | dict[str, Any]) -> None:
    print(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2))


def _load(model: str, settings: Settings) -> Encoder:
    spec = registry.parse_model(model)
    if not weights.available(spec):
        raise weights.missing(spec)
    _note(say("cli-loading", title=spec.title))
    from idia_core.clip.encoder import load_encoder

    return load_encoder(spec, settings.device)


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            yield path.name, path.read_bytes()
        except OSError as cause:
            raise IdiaError("cli-photo-not-readable", path=path) from cause


def _follow(job: Generator[Progress, None, Result]) -> Result:
    """Follow a long job to its end, with progress on stderr."""
    from tqdm import tqdm

    from idia_core.audit.records import Progress
    from idia_core.audit.run import advance

    bar, stage = tqdm(disable=True), ""
    while isinstance(step := advance(job), Progress):
        if step.stage != stage:
            bar.close()
            stage = step.stage
            bar = tqdm(total=step.total, desc=say(f"cli-stages-{stage}"), file=sys.stderr, mininterval=1)
        bar.update(step.done - bar.n)
    bar.close()
    return step
