"""Things that shall be done, verbs said for others, and what only sounds like either."""

from dataclasses import replace

import pytest

from bot.domain.intents import Clarify, Intent, RunJob, ScheduleJob, ShowHelp, Unknown, UseShortcut
from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.surroundings import Shortcut
from bot.language import understand
from tests.language.kitchens import AROUND, JOBS

MIXER = Parameter(name="mixer", kind=Kind.STRING, required=True, pattern=r"mix(?:er)?-\d+")
REBOOT = Job(
    name="restart-mixer",
    description="Restart the machine of a mixer",
    aliases=("reboot", "restart server"),
    command=Command(groups=(("true",),)),
    parameters=(MIXER,),
)
SWEEP = Job(
    name="sweep-floor",
    description="Sweep the floor",
    command=Command(groups=(("true",),)),
    parameters=(Parameter(name="path", kind=Kind.STRING, pattern="/.*"), MIXER),
)
EVERY = (*JOBS, REBOOT, SWEEP)


def meant(text: str) -> Intent:
    return understand(text, EVERY, AROUND).intent


@pytest.mark.parametrize(
    "text",
    [
        *("need south cleaned", "we need south cleaned pls", "i'd like south cleaned"),
        *("please get south scrubbed", "can we get south cleaned?", "could i have south scrubbed?"),
        *("we need to get south cleaned", "i want south to be cleaned"),
        "south should be cleaned please",
        *("south needs to be cleaned, asap", "pls, south has to be scrubbed"),
        *("south needs cleaning", "south should be cleaned", "south has to be scrubbed"),
        *("can south be cleaned please", "could south be cleaned please?", "south needs a clean"),
        *("clean south, dont wait", "clean south no matter what", "clean south, no worries"),
    ],
)
def test_what_a_speaker_wants_or_a_thing_needs_done_is_a_request(text: str) -> None:
    intent = meant(text)

    assert isinstance(intent, RunJob)
    assert (intent.job, intent.given) == ("clean-oven", {"oven": "south"})


@pytest.mark.parametrize(
    "text",
    [
        *("south may need cleaning", "can south be cleaned?", "need south cleaned?"),
        *(
            "south probably needs cleaning",
            "south should be cleaned by now",
            "south needs cleaning?",
        ),
        *("need south cleaned after lunch", "south needs to be cleaned, but please wait"),
        *("clean south ok", "clean south running"),
    ],
)
def test_what_perhaps_ought_to_be_done_is_asked_about(text: str) -> None:
    intent = meant(text)

    assert isinstance(intent, Clarify)
    assert intent.candidates[0].job == "clean-oven"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "south should have been cleaned",
            "south must not be cleaned",
            "what needs to be cleaned",
        ),
        *("marta says south needs cleaning", "south no longer needs cleaning"),
        *("we have south cleaned", "they want south cleaned", "you could get south cleaned"),
        *("who needs south cleaned", "did you need south cleaned?", "have south cleaned"),
        *("we no longer need south cleaned", "need south cleaned and marta unlocked"),
        *(
            "i need a cleaned south",
            "we get south cleaned every day",
            "south needs no cleaning pls",
        ),
        "clean south, don't wait for marta",
    ],
)
def test_what_others_do_or_want_starts_nothing(text: str) -> None:
    assert not isinstance(meant(text), RunJob | ScheduleJob)


@pytest.mark.parametrize(
    "text",
    [
        *("power cycle mixer-2", "please power-cycle mixer-2", "recycle mixer-2"),
        *("restart the box mixer-2", "restart machine mixer-2", "mixer-2 needs a reboot, pls"),
    ],
)
def test_a_verb_said_for_another_is_understood(text: str) -> None:
    intent = meant(text)

    assert isinstance(intent, RunJob)
    assert (intent.job, intent.given) == ("restart-mixer", {"mixer": "mixer-2"})


FRESHEN = Job(
    name="renew-licence",
    description="Renew a shop's licence",
    command=Command(groups=(("true",),)),
    parameters=(JOBS[0].parameters[1],),
)


def test_a_verb_may_mean_another_of_its_thing_alone() -> None:
    jobs = (*EVERY, FRESHEN)

    renewed = understand("refresh the licence of the shop", jobs, AROUND).intent
    other = understand("refresh the shop", jobs, AROUND).intent

    assert isinstance(renewed, RunJob)
    assert (renewed.job, renewed.given) == ("renew-licence", {"site": "shop"})
    assert not isinstance(other, RunJob)


@pytest.mark.parametrize(
    "text",
    [
        *("clean south every first monday of the month at 5am", "clean both south"),
        *("clean south every other friday at 5am", "clean south on the last friday of every month"),
    ],
)
def test_what_no_schedule_can_say_is_asked_about(text: str) -> None:
    assert isinstance(meant(text), Clarify)


def test_a_catalogues_own_verb_stays_what_it_is() -> None:
    own = replace(JOBS[1], name="spin-oven", aliases=("recycle",))

    intent = understand("recycle south", (*EVERY, own), AROUND).intent

    assert isinstance(intent, RunJob)
    assert intent.job == "spin-oven"


@pytest.mark.parametrize("path", ["/", "/*", "~"])
def test_a_whole_machine_is_never_a_path_by_a_sentence_alone(path: str) -> None:
    assert not isinstance(meant(f"sweep floor mixer-2 path {path}"), RunJob)


@pytest.mark.parametrize("text", ["thanks!", "ok", "ok thanks", "???", "thank you, cheers"])
def test_an_answer_that_asks_for_nothing_is_none(text: str) -> None:
    assert isinstance(meant(text), Unknown)


def test_a_greeting_is_still_answered_with_help() -> None:
    assert isinstance(meant("hello!"), ShowHelp)


def test_a_namespace_may_be_named_before_its_value() -> None:
    shortcut = Shortcut(name="pans", arguments=("namespace", "lines"))
    around = replace(AROUND, shortcuts=(shortcut,))

    intent = understand("k8s pans in ns shop", EVERY, around).intent

    assert isinstance(intent, UseShortcut)
    assert intent.given == {"namespace": "shop"}


CASTS = Job(
    name="ring-bell",
    description="Ring a bell",
    aliases=("ring",),
    command=Command(groups=(("true",),)),
    parameters=(
        Parameter(
            name="bell",
            kind=Kind.ENUM,
            required=True,
            choices=(Choice(value="deliveries"), Choice(value="doorbells")),
        ),
        Parameter(name="notify", kind=Kind.BOOLEAN, default=True),
        Parameter(name="reason", kind=Kind.STRING),
    ),
)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("ring doorbells, no notification", {"notify": "false"}),
        ("ring doorbells no need to be notify", {"notify": "false"}),
        ("ring doorbells without notifying him", {"notify": "false"}),
        ("ring doorbells but don't send a notification", {"notify": "false"}),
        ("good morning everyone! ring doorbells", {}),
        ("any chance you could ring the doorbell?", {}),
        ("would you be so kind as to ring the doorbell", {}),
        ("ring the doorbell pls, it's urgent", {}),
        ("urgent: ring doorbells rn", {}),
        ("ring doorbells as it hangs", {"reason": "it hangs"}),
        ("ring doorbells b/c nobody came", {"reason": "nobody came"}),
    ],
)
def test_what_is_said_in_passing_is_no_denial(text: str, given: dict[str, str]) -> None:
    intent = understand(text, (*EVERY, CASTS), AROUND).intent

    assert isinstance(intent, RunJob)
    reason = {"reason": intent.reason} if intent.reason else {}
    assert {**intent.given, **reason} == {"bell": "doorbells", **given}


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("nightly scrub of south at 1am", "0 1 * * *"),
        ("weekly scrub of south on fridays at 22:00", "0 22 * * 5"),
        ("daily scrub of south at noon", "0 12 * * *"),
    ],
)
def test_a_rhythm_and_its_clock_may_stand_apart(text: str, cron: str) -> None:
    intent = meant(text)

    assert isinstance(intent, ScheduleJob)
    assert intent.cron == cron


@pytest.mark.parametrize(
    "text", ["weekly scrub of south at 1am", "nightly scrub of south tomorrow at 1am"]
)
def test_a_rhythm_with_a_day_of_its_own_is_asked_about(text: str) -> None:
    assert isinstance(meant(text), Clarify)


BROOMS = Job(
    name="scale-brooms",
    description="Set how many brooms a site has",
    aliases=("scale",),
    command=Command(groups=(("true",),)),
    parameters=(
        JOBS[0].parameters[1],
        Parameter(name="brooms", kind=Kind.INTEGER, required=True, minimum=0, maximum=50),
        Parameter(
            name="size", kind=Kind.ENUM, choices=(Choice(value="usual"), Choice(value="additional"))
        ),
    ),
)


@pytest.mark.parametrize(
    "text", ["raise the shop to 9 brooms", "bump the shop to 9", "shop should be scaled to 9 pls"]
)
def test_how_many_there_shall_be_is_set_by_many_verbs(text: str) -> None:
    intent = understand(text, (*EVERY, BROOMS), AROUND).intent

    assert isinstance(intent, RunJob)
    assert (intent.job, intent.given) == ("scale-brooms", {"site": "shop", "brooms": "9"})


@pytest.mark.parametrize(
    "text", ["raise the shop by 2", "raise the shop by 2 to 9", "raise the shop to 20%"]
)
def test_how_much_more_or_less_is_asked_about(text: str) -> None:
    assert not isinstance(understand(text, (*EVERY, BROOMS), AROUND).intent, RunJob)


def test_an_adverb_is_the_choice_it_is_made_of() -> None:
    intent = understand("scale the shop to 9 brooms additionally", (*EVERY, BROOMS), AROUND).intent

    assert isinstance(intent, RunJob)
    assert intent.given["size"] == "additional"


PAUSE = Job(
    name="pause-site",
    description="Pause a site or end its pause",
    aliases=("pause", "break"),
    command=Command(groups=(("true",),)),
    parameters=(
        JOBS[0].parameters[1],
        Parameter(
            name="state",
            kind=Kind.ENUM,
            required=True,
            choices=(Choice(value="on"), Choice(value="off")),
        ),
    ),
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("put the shop into break", "on"),
        ("please put the shop in the break", "on"),
        ("take the shop out of break", "off"),
        ("bring the shop out of the break pls", "off"),
    ],
)
def test_where_a_thing_is_put_switches_it(text: str, state: str) -> None:
    intent = understand(text, (*EVERY, PAUSE), AROUND).intent

    assert isinstance(intent, RunJob)
    assert (intent.job, intent.given) == ("pause-site", {"site": "shop", "state": state})


@pytest.mark.parametrize(
    "text",
    [
        *("the shop is in break", "don't put the shop into break", "they put the shop into break"),
        *("we put the shop in break", "take the shop in and out of break"),
    ],
)
def test_where_a_thing_is_switches_nothing(text: str) -> None:
    intent = understand(text, (*EVERY, PAUSE), AROUND).intent

    assert not isinstance(intent, RunJob) or "state" not in intent.given
