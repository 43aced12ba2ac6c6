"""What is said of our hearing follows from what was asked and what came back, and from no less."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.liveness import PROBES, Hearing, Liveness

START = datetime(2026, 3, 1, tzinfo=UTC)
DEAF_AFTER = timedelta(seconds=180)
EVERY = timedelta(seconds=60)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def fresh() -> Liveness:
    return Liveness(deaf_after=DEAF_AFTER)


def hearing() -> Liveness:
    """A probe has come back at 0."""
    return fresh().asked(at(-1)).heard(at(0), probe=True)


def deaf() -> Liveness:
    """Nothing since 0, asked at 60 and 120."""
    return hearing().asked(at(60)).asked(at(120)).judged(at(240))


def test_before_anything_was_heard_it_is_quiet() -> None:
    assert fresh().judged(at(0)).state is Hearing.QUIET


def test_a_probe_that_comes_back_proves_hearing() -> None:
    known = hearing().judged(at(30))

    assert (known.state, known.proven_at) == (Hearing.HEARING, at(0))


def test_any_envelope_shows_hearing_but_proves_no_probe() -> None:
    known = hearing().asked(at(60)).heard(at(61), probe=False)

    assert (known.state, known.unanswered, known.proven_at) == (Hearing.HEARING, 0, at(0))


def test_what_is_heard_again_within_a_moment_is_no_news_unless_something_is_waited_for() -> None:
    assert hearing().is_fresh(at(0.5))
    assert not hearing().is_fresh(at(1))
    assert not hearing().is_fresh(at(-1))
    assert not hearing().asked(at(0.1)).is_fresh(at(0.5))
    assert not fresh().is_fresh(at(0))


def test_a_late_probe_makes_it_quiet_and_not_deaf() -> None:
    assert hearing().asked(at(60)).judged(at(75)).state is Hearing.QUIET


def test_unanswered_for_long_enough_is_deaf_since_it_last_heard() -> None:
    known = deaf()

    assert (known.state, known.deaf_since) == (Hearing.DEAF, at(0))


def test_one_unanswered_probe_is_never_enough() -> None:
    assert hearing().asked(at(60)).judged(at(100_000)).state is Hearing.QUIET


def test_a_probe_that_could_not_be_sent_is_no_deafness() -> None:
    known = hearing()
    for minute in range(1, 60):
        known = known.not_asked(at(60 * minute), "no_answer").judged(at(60 * minute + 30))

    assert (known.state, known.obstacle) == (Hearing.HEARING, "no_answer")


def test_probes_that_never_once_came_back_prove_nothing() -> None:
    known = fresh()
    for minute in range(10):
        known = known.asked(at(60 * minute)).judged(at(60 * minute))

    assert (known.state, known.is_unproven()) == (Hearing.QUIET, True)


def test_healed_says_how_long_it_was_deaf() -> None:
    known = deaf().asked(at(250)).heard(at(251), probe=True)

    assert (known.state, known.was_deaf) == (Hearing.HEALED, timedelta(seconds=251))
    assert known.judged(at(252)).state is Hearing.HEARING


def test_deaf_for_as_long_again_is_hopeless() -> None:
    known = deaf().asked(at(250)).asked(at(300))

    assert known.judged(at(400)).state is Hearing.DEAF
    assert known.judged(at(430)).state is Hearing.HOPELESS


def test_who_is_deaf_and_cannot_ask_is_not_hopeless() -> None:
    assert deaf().not_asked(at(250), "no_answer").judged(at(10_000)).state is Hearing.DEAF


def test_the_hopeless_can_still_hear() -> None:
    known = deaf().asked(at(250)).asked(at(300)).judged(at(430)).heard(at(440), probe=False)

    assert known.state is Hearing.HEALED


def test_what_was_heard_before_the_question_is_no_answer() -> None:
    known = hearing().asked(at(60)).heard(at(59), probe=True)

    assert (known.unanswered, known.heard_at) == (1, at(59))


def test_a_clock_put_back_does_not_make_it_wait_for_the_old_time() -> None:
    known = hearing().asked(at(3_600)).asked(at(60)).judged(at(60))

    assert known.judged(at(60) + DEAF_AFTER).state is Hearing.DEAF


def test_probes_are_due_from_time_to_time_and_more_often_in_doubt() -> None:
    assert fresh().is_due(at(0), EVERY)
    assert not hearing().is_due(at(59), EVERY)
    assert hearing().is_due(at(60), EVERY)
    assert hearing().asked(at(60)).is_due(at(105), EVERY)
    assert not hearing().not_asked(at(60), "x").is_due(at(105), EVERY)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["asked", "not_asked", "heard", "probe", "judged"]), st.floats(0, 400)
    ),
    max_size=60,
)


def walk(events: list[tuple[str, float]]) -> list[tuple[str, Liveness, Liveness, float]]:
    """Each step: what happened, before, after, and when in seconds."""
    known, now, steps = fresh(), 0.0, list[tuple[str, Liveness, Liveness, float]]()
    for what, later in events:
        now += later
        before = known
        match what:
            case "asked":
                known = known.asked(at(now))
            case "not_asked":
                known = known.not_asked(at(now), "no_answer")
            case "judged":
                known = known.judged(at(now))
            case _:
                known = known.heard(at(now), probe=what == "probe")
        steps.append((what, before, known, now))
    return steps


@given(EVENTS)
def test_only_enough_unanswered_probes_after_a_proof_make_it_deaf(
    events: list[tuple[str, float]],
) -> None:
    for what, before, after, now in walk(events):
        if after.state is Hearing.DEAF and before.state is not Hearing.DEAF:
            assert what == "judged"
            assert before.proven_at is not None
            assert before.unanswered >= PROBES
            assert before.asked_at is not None
            assert at(now) - before.asked_at >= DEAF_AFTER


@given(EVENTS)
def test_it_is_deaf_before_it_is_hopeless_and_hears_again_by_hearing(
    events: list[tuple[str, float]],
) -> None:
    for what, before, after, _ in walk(events):
        if after.state is Hearing.HOPELESS:
            assert before.state in {Hearing.DEAF, Hearing.HOPELESS}
        if before.state in {Hearing.DEAF, Hearing.HOPELESS} and after.state is Hearing.HEALED:
            assert what in {"heard", "probe"}
        if after.state is Hearing.HEALED:
            assert after.was_deaf >= timedelta()


@given(EVENTS)
def test_hearing_always_ends_the_waiting(events: list[tuple[str, float]]) -> None:
    for what, _, after, now in walk([*events, ("heard", 1.0)]):
        if what in {"heard", "probe"} and after.heard_at == at(now):
            assert after.asked_at is None
            assert after.state in {Hearing.HEARING, Hearing.HEALED}
