"""The audit chain as a proof: whatever is done to it shows, and where."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chains import (
    BEGINNING,
    Anchor,
    Break,
    Checkpoint,
    Link,
    Walk,
    break_in_series,
    break_of,
    next_checkpoint,
)
from tests.fakes.chains import OTHER_KEY, chain, forged, signed, signer
from tests.fakes.values import NOW

LINKS = chain(40)
SIGNED = signed(LINKS, 10, 25, 40)


def _proven(links: Sequence[Link], checkpoints: Sequence[Checkpoint] = SIGNED) -> Break | None:
    walk = Walk(BEGINNING, checkpoints)
    for link in links:
        if broken := walk.take(link):
            return broken
    return walk.end()


def test_an_untouched_chain_is_whole() -> None:
    assert _proven(LINKS) is None
    assert break_in_series(SIGNED, signer().judge) is None


def test_a_changed_row_is_the_first_that_breaks() -> None:
    touched = [*LINKS]
    touched[6] = replace(LINKS[6], entry=replace(LINKS[6].entry, actor_name="Eve"))

    assert _proven(touched) == Break(seq=7, why="it was changed after it was written")


def test_a_chain_that_was_hashed_anew_breaks_at_the_next_signature() -> None:
    broken = _proven(forged(LINKS, 11, actor_name="Eve"))

    assert broken is not None
    assert broken.seq == 25
    assert "since 10" in broken.why


def test_rows_taken_from_the_end_are_missed_where_they_were_signed() -> None:
    broken = _proven(LINKS[:33])

    assert broken == Break(seq=34, why="rows up to 40 were signed and are not there any more")


def test_a_row_that_was_signed_and_taken_away_is_missed() -> None:
    assert _proven([*LINKS[:9], *LINKS[10:]]) == Break(
        seq=10, why="it was signed and is not there any more"
    )


def test_a_chain_of_which_the_beginning_was_cut_does_not_begin() -> None:
    assert _proven(LINKS[3:], ()) == Break(seq=4, why="it does not follow from the row before it")


def test_what_begins_at_a_signed_row_is_proven_from_there() -> None:
    walk = Walk(SIGNED[0].upto, SIGNED)

    assert [walk.take(link) for link in LINKS[10:]] == [None] * 30
    assert walk.end() is None
    assert walk.at == SIGNED[-1].upto


def _changed(links: list[Link], dice: random.Random) -> list[Link]:
    place = dice.randrange(len(links))
    link = links[place]
    entry = dice.choice(
        [
            replace(link.entry, actor_name="Eve"),
            replace(link.entry, at=link.entry.at + timedelta(microseconds=1)),
            replace(link.entry, detail={**link.entry.detail, "result": "failed"}),
        ]
    )
    return [*links[:place], replace(link, entry=entry), *links[place + 1 :]]


def _deleted(links: list[Link], dice: random.Random) -> list[Link]:
    place = dice.randrange(len(links))
    return [*links[:place], *links[place + 1 :]]


def _inserted(links: list[Link], dice: random.Random) -> list[Link]:
    place = dice.randrange(len(links))
    return [*links[:place], replace(links[place], seq=links[place].seq), *links[place:]]


def _reordered(links: list[Link], dice: random.Random) -> list[Link]:
    a, b = dice.sample(range(len(links)), 2)
    links = [*links]
    links[a], links[b] = replace(links[b], seq=a + 1), replace(links[a], seq=b + 1)
    return links


def _truncated(links: list[Link], dice: random.Random) -> list[Link]:
    return links[: dice.randrange(len(links))]


def _rewritten(links: list[Link], dice: random.Random) -> list[Link]:
    return forged(links, dice.randrange(len(links)), actor_name="Eve")


@pytest.mark.parametrize(
    "tampering", [_changed, _deleted, _inserted, _reordered, _truncated, _rewritten]
)
def test_every_tampering_is_found(
    tampering: Callable[[list[Link], random.Random], list[Link]],
) -> None:
    dice = random.Random(40)

    assert all(_proven(tampering(LINKS, dice)) is not None for _ in range(60))


@pytest.mark.parametrize(
    ("touched", "why"),
    [
        ([SIGNED[0], SIGNED[2]], "checkpoint 2 was taken away"),
        (SIGNED[1:], "checkpoint 1 was taken away"),
        (
            [replace(SIGNED[0], upto=replace(SIGNED[0].upto, count=9)), *SIGNED[1:]],
            "checkpoint 1 is not what was signed",
        ),
        (
            [replace(SIGNED[0], at=NOW + timedelta(days=1)), *SIGNED[1:]],
            "checkpoint 1 is not what was signed",
        ),
        ([replace(SIGNED[0], signature="no hex")], "checkpoint 1 is not what was signed"),
    ],
)
def test_checkpoints_cannot_be_changed_or_left_out(touched: list[Checkpoint], why: str) -> None:
    broken = break_in_series(touched, signer().judge)

    assert broken is not None
    assert broken.why == why


def test_a_checkpoint_by_another_key_proves_nothing() -> None:
    other = signed(LINKS, 10, by=signer(OTHER_KEY))

    broken = break_of(other[0], signer().judge)

    assert broken is not None
    assert f"signed by the key {signer(OTHER_KEY).key}" in broken.why


def test_a_checkpoint_put_in_with_the_right_key_does_not_follow() -> None:
    by = signer()
    twin = by.signed(replace(SIGNED[1], before=SIGNED[1].digest(), signature=""))

    broken = break_in_series([SIGNED[0], twin], by.judge)

    assert broken is not None
    assert "does not follow" in broken.why


def test_the_chain_can_only_begin_at_what_was_signed() -> None:
    by = signer()
    made_up = Anchor(seq=7, hash=LINKS[6].hash, count=7)
    pruned = by.signed(next_checkpoint(SIGNED[-1], SIGNED[-1].upto, NOW, by.key, anchor=made_up))
    right = by.signed(
        next_checkpoint(SIGNED[-1], SIGNED[-1].upto, NOW, by.key, anchor=SIGNED[0].upto)
    )

    assert break_in_series([*SIGNED, pruned], by.judge) is not None
    assert break_in_series([*SIGNED, right], by.judge) is None
