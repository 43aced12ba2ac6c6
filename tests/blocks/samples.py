"""Executions, jobs and hostile words to render, and what every rendered thing must hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from blocks.elements import Block, Message, View
from blocks.texts import size
from bot.domain.actors import PersonId, Place
from bot.domain.approvals import Decision, Verdict
from bot.domain.drafts import Draft
from bot.domain.executions import Execution, Status
from bot.domain.jobs import Command, Job
from bot.domain.notices import Card
from bot.domain.parameters import Choice, Kind, Parameter, Raw, When
from bot.domain.results import Link, Metric, Progress, Result
from simulator.blocks import BLOCK_CHARACTERS, characters, check_blocks, check_view

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
ANA = PersonId(team="T0LOCAL", user="UANA")
BO = PersonId(team="T0LOCAL", user="UBO")
DIGEST = "ab12cd34" * 8

HOSTILE = (
    "<!channel> <!here> <@U123> <#C123> <https://evil.example|bank>",
    "```\n<!everyone>\n```",
    "*bold* _slanted_ ~gone~ `code` :tada: @here #general",
    "> quoted\n&gt; twice\n\n\n* bullet",
    "\u202eright to left\u2066 \u0633\u0644\u0627\u0645",
    "x" * 10_000,
    "&<>" * 3_000,
    "👩\u200d👩\u200d👧\u200d👦🇵🇹" * 900,
    "e\u0301" * 4_000,
    "z" + "\u0301" * 5_000,
    "\x1b[31mred\x1b[0m\x00\x07\r\nnext",
    "\ud800 half a pair",
    "https://evil.example/?a=1&b=2",
    " \n\t ",
    "",
)

hostile_text = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("<>!@#|^&*_~`: \n\\é👩\u200d🇵a1-"), max_size=400),
    st.text(max_size=300),
)

_OURS = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>]*>|<@[UW][A-Z0-9]+>|<https?://[^|<>\s]+\|[^<>]*>")


def execution(status: Status = Status.RUNNING, **changes: Any) -> Execution:
    """An execution as it is in that status: only those that ran have a start, and so on."""
    ran = status not in {
        Status.AWAITING_APPROVAL,
        Status.SCHEDULED,
        Status.READY,
        Status.SUBMITTING,
        Status.REJECTED,
        Status.EXPIRED,
    }
    plain = Execution(
        id=1042,
        request_id="r1",
        request_key="k1",
        job="deploy",
        job_title="Deploy api",
        job_version="v1",
        platform="local",
        environment="prod",
        values={"version": "v1.4.2"},
        requester=ANA,
        requester_name="Ana",
        place=Place(team="T0LOCAL", channel="COPS"),
        status=status,
        created_at=NOW - timedelta(minutes=10),
        changed_at=NOW,
        started_at=NOW - timedelta(seconds=134) if ran else None,
        ended_at=NOW if status.is_final and ran else None,
        timeout=timedelta(minutes=10),
        approvals_needed=1,
        approvers=("payments-leads",),
        expires_at=NOW + timedelta(hours=1),
        rule="policy: prod",
        digest=DIGEST,
    )
    return replace(plain, **changes)


def card(status: Status = Status.RUNNING, **changes: Any) -> Card:
    """A card; a change to a field that a card lacks is made to its execution."""
    of_card = {name: value for name, value in changes.items() if name in Card.__slots__}
    of_execution = {name: value for name, value in changes.items() if name not in of_card}
    plain = Card(
        execution=execution(status, **of_execution),
        shown=(("Version", "v1.4.2"), ("Environment", "prod")),
        now=NOW,
    )
    return replace(plain, **of_card)


def hostile_card(status: Status, text: str) -> Card:
    """A card with the same words in every place that somebody else fills."""
    result = Result(
        exit_code=3,
        signal=text,
        summary=text,
        cause=text,
        failing_step=text,
        tail=(text,) * 12,
        metrics=(Metric(name=text, value=1.5, unit=text),) * 9,
        links=(Link(url=f"https://a.example/{text}", text=text), Link(url=text, text=text)),
        outputs={text: text, f"{text}2": text},
        log_truncated=True,
    )
    return card(
        status,
        job_title=text,
        platform=text,
        environment=text,
        requester_name=text,
        reason=text,
        note=text,
        sandbox=text,
        rule=text,
        cancelled_by=text,
        progress=Progress(fraction=0.6, step=text),
        tail=(text,) * 12,
        result=result if status.is_final else None,
        rerun_of=7,
        shown=((text, text),) * 14,
        decisions=(decision(text), decision(text, Verdict.REJECT)),
        changes=(text,) * 20,
        risk=text,
        description=text,
        rollback="rollback",
        contact=text,
        behind=timedelta(seconds=40),
        usual=timedelta(minutes=3),
    )


def decision(name: str = "Bo", verdict: Verdict = Verdict.APPROVE, comment: str = "") -> Decision:
    return Decision(
        execution=1042,
        person=BO,
        name=name,
        verdict=verdict,
        comment=comment or name,
        digest=DIGEST,
        at=NOW,
    )


def job(*parameters: Parameter, **changes: Any) -> Job:
    plain = Job(
        name="deploy",
        title="Deploy api",
        description="Puts a version of the api where people use it.",
        command=Command(groups=(("true",),)),
        parameters=parameters,
        environment_parameter="environment",
    )
    return replace(plain, **changes)


def draft(given: Mapping[str, Raw] | None = None, **changes: Any) -> Draft:
    plain = Draft(
        id="d1",
        owner=ANA,
        place=Place(team="T0LOCAL", channel="COPS"),
        job="deploy",
        given=dict(given or {}),
        request_id="r1",
        created_at=NOW,
        changed_at=NOW,
    )
    return replace(plain, **changes)


ENVIRONMENT = Parameter(
    name="environment",
    kind=Kind.ENUM,
    required=True,
    choices=(Choice(value="prod", label="Production", aliases=("live",)), Choice(value="staging")),
)
WINDOW = Parameter(
    name="window",
    kind=Kind.DURATION,
    required=True,
    when=When(parameter="environment", values=("prod",)),
)


def check_message(message: Message) -> None:
    """Slack takes it, the local workspace takes it, and nothing in it mentions or formats."""
    given = [dict(block) for block in message.blocks]
    assert message.text.strip()
    assert size(message.text) <= 4_000
    assert check_blocks(given) == []
    assert characters(given) <= BLOCK_CHARACTERS
    for block in given:
        _accepted_by_sdk(block)
    _check_words(message.text, given)
    assert sum(_is_primary(element) for element in elements(given)) <= 1


def check_modal(view: View) -> None:
    """The same for a modal or Home."""
    assert check_view(view) == []
    assert len(view["blocks"]) <= 100
    SdkView(**view).to_dict()
    for block in view["blocks"]:
        _accepted_by_sdk(block)
    _check_words("", view["blocks"])


def check_harmless(text: str) -> None:
    """Every mark-up token in mrkdwn is one that we make ourselves."""
    left = _OURS.sub("", text)
    assert "<" not in left, text
    assert ">" not in left, text


def elements(given: object) -> Iterator[Block]:
    """Buttons and inputs, wherever they stand."""
    if isinstance(given, dict):
        found = cast("Block", given)
        if "action_id" in found:
            yield found
        for value in found.values():
            yield from elements(value)
    elif isinstance(given, list | tuple):
        for value in cast("list[object]", given):
            yield from elements(value)


def labels(given: object) -> list[str]:
    """What the buttons say, in order."""
    return [each["text"]["text"] for each in elements(given) if each["type"] == "button"]


def words(given: object) -> str:
    """Every text in blocks, in reading order."""
    return "\n".join(text for _, text in _texts(given))


def state_of(view: View) -> dict[str, Any]:
    """`state.values` of a view that was submitted as it was shown."""
    return {
        block["block_id"]: {block["element"]["action_id"]: _filled(block["element"])}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _filled(element: Block) -> Block:
    kind = element["type"]
    keys = {
        "plain_text_input": ("initial_value", "value"),
        "url_text_input": ("initial_value", "value"),
        "email_text_input": ("initial_value", "value"),
        "number_input": ("initial_value", "value"),
        "static_select": ("initial_option", "selected_option"),
        "external_select": ("initial_option", "selected_option"),
        "radio_buttons": ("initial_option", "selected_option"),
        "multi_static_select": ("initial_options", "selected_options"),
        "multi_external_select": ("initial_options", "selected_options"),
        "checkboxes": ("initial_options", "selected_options"),
        "datepicker": ("initial_date", "selected_date"),
        "timepicker": ("initial_time", "selected_time"),
        "datetimepicker": ("initial_date_time", "selected_date_time"),
        "users_select": ("initial_user", "selected_user"),
        "conversations_select": ("initial_conversation", "selected_conversation"),
        "file_input": ("", "files"),
    }
    initial, selected = keys[kind]
    empty: object = [] if selected in {"selected_options", "files"} else None
    return {"type": kind, selected: element.get(initial, empty)}


def _accepted_by_sdk(block: Block) -> None:
    parsed = SdkBlock.parse(block)
    assert parsed is not None
    parsed.to_dict()


def _check_words(text: str, given: object) -> None:
    check_harmless(text)
    for kind, found in _texts(given):
        assert found.strip()
        assert size(found) <= 3_000
        if kind == "mrkdwn":
            check_harmless(found)


def _is_primary(element: Block) -> bool:
    return element.get("style") == "primary"


def _texts(given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, dict):
        found = cast("Block", given)
        if found.get("type") in {"mrkdwn", "plain_text"}:
            yield found["type"], found["text"]
        for value in found.values():
            yield from _texts(value)
    elif isinstance(given, list | tuple):
        for value in cast("list[object]", given):
            yield from _texts(value)
