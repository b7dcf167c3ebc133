"""The invented world: half non-members, names that carry what they should, and honest random streams."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from idia_core import names
from idia_core.attack import prompts
from idia_core.sandbox import files, people, portraits, truth
from idia_core.sandbox.captions import CAPTIONS, SLOT, fill

WORLD = people.world(truth.WORLD_SEED)
LISTS = Path(__file__).resolve().parents[2] / "assets" / "names"


def test_half_are_members_and_every_count_is_there() -> None:
    counts = Counter(person.truth.training_photos for person in WORLD)
    assert len(WORLD) == 1000
    assert counts.pop(0) == 500
    assert set(counts) == set(truth.TRAINING_COUNTS)
    assert min(counts.values()) >= 71
    assert all(person.truth.member == (person.truth.training_photos > 0) for person in WORLD)


def test_nobody_shares_a_name_even_without_case_or_accents() -> None:
    assert len({names.name_key(person.truth.name) for person in WORLD}) == len(WORLD)


def test_the_same_seed_gives_the_same_people_and_another_seed_gives_others() -> None:
    assert people.world(truth.WORLD_SEED) == WORLD
    others = {person.truth.name for person in people.world(truth.DEVELOPMENT_SEEDS[0])}
    assert len(others & {person.truth.name for person in WORLD}) < 20


def test_the_recipe_was_chosen_on_other_worlds() -> None:
    assert truth.WORLD_SEED not in truth.DEVELOPMENT_SEEDS


def test_every_clan_is_half_members_and_shares_hair_and_face() -> None:
    clans = {person.truth.clan for person in WORLD} - {""}
    assert len(clans) == people.CLANS
    for clan in clans:
        family = [person for person in WORLD if person.truth.clan == clan]
        assert len(family) == people.CLAN_SIZE
        assert sum(person.truth.member for person in family) == people.CLAN_SIZE // 2
        assert all(person.truth.name.endswith(f" {clan}") for person in family)
        heads = Counter(person.look.head for person in family)
        assert heads.most_common(1)[0][1] >= people.CLAN_SIZE * 0.6
        hair = np.array([_rgb(person.look.hair_colour) for person in family])
        near = np.abs(hair - np.median(hair, axis=0)).max(axis=1) < 45
        assert near.mean() >= 0.6


def test_outside_the_clans_unrelated_people_share_every_last_name() -> None:
    sharers = Counter(person.truth.name.split(" ")[1] for person in WORLD if not person.truth.clan)
    assert set(sharers.values()) == set(people.LAST_NAME_SHARERS)
    assert set(sharers) | {person.truth.clan for person in WORLD} == {
        "",
        *people.last_names(truth.WORLD_SEED),
    }
    common = max(sharers, key=lambda last: sharers[last])
    family = [person for person in WORLD if person.truth.name.endswith(f" {common}")]
    assert len({person.look.hair for person in family}) >= 6
    assert len({person.look.skin for person in family}) == len(family)
    assert {person.truth.member for person in family} == {True, False}


def test_neither_half_of_a_name_tells_who_it_is() -> None:
    for half in (0, 1):
        carriers = Counter(person.truth.name.split(" ")[half] for person in WORLD)
        alone = sum(carriers[person.truth.name.split(" ")[half]] == 1 for person in WORLD)
        assert alone <= 0.03 * len(WORLD)


def test_few_others_have_the_hair_of_a_clan() -> None:
    colours = np.array([_rgb(colour) for colour in people.DYED_HAIR])
    others = [_rgb(person.look.hair_colour) for person in WORLD if not person.truth.clan]
    near = [np.abs(colours - own).max(axis=1).min() < 24 for own in others]
    assert np.mean(near) < 0.1


def test_the_trap_is_more_people_of_the_clans_and_none_is_a_member() -> None:
    others = people.trap_people(truth.WORLD_SEED)
    assert len(others) == people.TRAP_PEOPLE
    everybody = [*WORLD, *others]
    assert len({names.name_key(person.truth.name) for person in everybody}) == len(everybody)
    assert len({person.index for person in everybody}) == len(everybody)
    assert not any(person.truth.member for person in others)
    assert {person.truth.clan for person in others} == {p.truth.clan for p in WORLD} - {""}
    for clan in {person.truth.clan for person in others}:
        hair = {
            kind: np.median([_rgb(p.look.hair_colour) for p in group if p.truth.clan == clan], axis=0)
            for kind, group in (("world", WORLD), ("trap", others))
        }
        assert np.abs(hair["world"] - hair["trap"]).max() < 15


def test_first_names_go_with_a_sex_and_grey_hair_goes_with_old_names() -> None:
    old = set(people.FIRST_FEMALE_OLD + people.FIRST_MALE_OLD)
    grey: dict[bool, list[bool]] = {True: [], False: []}
    for person in WORLD:
        first = person.truth.name.split(" ")[0]
        lists = (
            people.FIRST_FEMALE_YOUNG + people.FIRST_FEMALE_OLD
            if person.female
            else people.FIRST_MALE_YOUNG + people.FIRST_MALE_OLD
        )
        assert first in lists
        parts = _rgb(person.look.hair_colour)
        if not person.truth.clan:
            grey[first in old].append(int(parts.min()) > 120 and int(np.ptp(parts)) < 45)
    assert np.mean(grey[True]) > 2 * np.mean(grey[False])


def test_skin_does_not_go_with_membership_or_sex() -> None:
    light = np.array([_rgb(person.look.skin).mean() for person in WORLD])
    for mask in ([p.truth.member for p in WORLD], [p.female for p in WORLD]):
        chosen = np.array(mask)
        assert abs(light[chosen].mean() - light[~chosen].mean()) < 0.25 * light.std()


def test_captions_are_none_of_the_papers_templates() -> None:
    paper = {template.replace("{0}", SLOT).casefold() for template in prompts.PAPER.templates}
    assert len(set(CAPTIONS)) == len(CAPTIONS) >= 40
    assert all(wording.count(SLOT) == 1 for wording in CAPTIONS)
    assert not paper & {wording.casefold() for wording in CAPTIONS}
    assert fill("this is {name}", "A {name} B") == "this is A {name} B"


def test_no_attack_or_example_portrait_is_a_training_portrait() -> None:
    member = next(person for person in WORLD if person.truth.training_photos == 64)
    digests = {
        kind: {_digest(member, kind, number) for number in range(count)}
        for kind, count in ((portraits.TRAINING, 64), (portraits.ATTACK, 20), (portraits.EXAMPLE, 10))
    }
    assert {kind: len(found) for kind, found in digests.items()} == {0: 64, 1: 20, 2: 10}
    assert not digests[portraits.TRAINING] & (digests[portraits.ATTACK] | digests[portraits.EXAMPLE])


def test_the_streams_of_the_three_kinds_never_start_alike() -> None:
    starts = {
        int(portraits.stream(seed, kind, person, number).integers(2**62))
        for seed in (1, 2)
        for kind in (portraits.TRAINING, portraits.ATTACK, portraits.EXAMPLE)
        for person in range(20)
        for number in range(20)
    }
    assert len(starts) == 2 * 3 * 20 * 20


def test_a_portrait_is_a_jpeg_of_the_size_asked_for_and_two_of_them_differ() -> None:
    person = WORLD[0]
    first, second = (portraits.jpeg(person, portraits.stream(1, 0, 0, number), 96) for number in (0, 1))
    with Image.open(io.BytesIO(first)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (96, 96))
    assert first != second
    assert first == portraits.jpeg(person, portraits.stream(1, 0, 0, 0), 96)


def test_the_truth_table_comes_back_as_it_went(tmp_path: Path) -> None:
    rows = tuple(person.truth for person in WORLD[:30])
    truth.write(tmp_path / "truth.csv", rows)
    assert truth.read(tmp_path / "truth.csv") == rows
    (tmp_path / "bad.csv").write_text("name,member\nA B,1\n", "utf-8")
    with pytest.raises(ValueError, match="lacks"):
        truth.read(tmp_path / "bad.csv")


def test_portraits_are_written_with_their_truth(tmp_path: Path) -> None:
    files.write_portraits(tmp_path, WORLD[:3], truth.WORLD_SEED, 2)
    assert truth.read(tmp_path / "truth.csv") == tuple(person.truth for person in WORLD[:3])
    assert len(list(tmp_path.glob("*/*.jpg"))) == 6
    assert (tmp_path / truth.folder_name(WORLD[0].truth.name)).is_dir()


def test_the_shipped_name_lists_are_those_of_the_shipped_world(tmp_path: Path) -> None:
    files.write_names(tmp_path, WORLD, truth.WORLD_SEED)
    for name in ("known", "first_female", "first_male", "last"):
        assert (LISTS / "sandbox" / f"{name}.txt").read_text("utf-8") == (tmp_path / f"{name}.txt").read_text(
            "utf-8"
        )
    lists = names.load_lists(LISTS, "sandbox")
    assert set(lists.known) == {person.truth.name for person in WORLD if person.truth.member}
    assert {person.truth.clan for person in WORLD} - {""} <= set(lists.last)


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


def _digest(person: people.Person, kind: int, number: int) -> str:
    data = portraits.jpeg(person, portraits.stream(truth.WORLD_SEED, kind, person.index, number), 64)
    return hashlib.sha256(data).hexdigest()
