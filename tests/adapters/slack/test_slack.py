"""What Slack's answers, and those of what stands before Slack, mean for another try."""

import json
from collections.abc import AsyncGenerator

import pytest

from bot.adapters.budgets import Budgets
from bot.adapters.slack import LARGEST_UPLOAD, SlackChat
from bot.domain.errors import Ambiguous, Permanent, PortError, Temporary, Unauthorized
from bot.ports import Attachment, Rendered
from tests.adapters.slack.servers import Answer, BadSlack, bad_slack, ok
from tests.fakes.values import NOW, OPS, person

HELLO = Rendered(text="hello")


@pytest.fixture
async def slack() -> AsyncGenerator[BadSlack]:
    async with bad_slack() as serving:
        yield serving


def _refused(code: str) -> str:
    return json.dumps({"ok": False, "error": code})


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(body=_refused("channel_not_found")), Permanent, "channel_not_found"),
        (Answer(body=_refused("is_archived")), Permanent, "is_archived"),
        (Answer(body=_refused("invalid_blocks")), Permanent, "invalid_blocks"),
        (Answer(body=_refused("ratelimited"), status=429), Temporary, "ratelimited"),
        (Answer(body=_refused("token_revoked")), Unauthorized, "token_revoked"),
        (Answer(body=_refused("invalid_auth")), Unauthorized, "invalid_auth"),
        (Answer(body=_refused("missing_scope")), Unauthorized, "missing_scope"),
        (Answer(body=_refused("team_access_not_granted")), Unauthorized, "team_access_not_granted"),
        (Answer(body=_refused("team_added_to_org")), Temporary, "team_added_to_org"),
        (Answer(body=_refused("service_unavailable")), Ambiguous, "service_unavailable"),
        (Answer(body=_refused("user_not_found")), Permanent, "user_not_found"),
        (Answer(body=_refused("never_heard_of")), Permanent, "never_heard_of"),
        (Answer(body=_refused("fatal_error")), Ambiguous, "fatal_error"),
        (Answer(body=_refused("internal_error")), Ambiguous, "internal_error"),
        (Answer(body="{}", status=503), Ambiguous, "503"),
        (Answer(body="oops", status=502), Ambiguous, "502"),
        (Answer(body="{}"), Ambiguous, "200"),
        (Answer(body='{"ok": tr'), Ambiguous, "200"),
        (Answer(body="[]"), Ambiguous, "200"),
        (
            Answer(body="<html>blocked</html>", status=403, headers={"Content-Type": "text/html"}),
            Ambiguous,
            "403",
        ),
    ],
)
async def test_every_answer_is_one_of_three_kinds(
    slack: BadSlack, answer: Answer, kind: type[PortError], code: str
) -> None:
    slack.answer = answer

    with pytest.raises(PortError) as failed:
        await SlackChat(slack.client, Budgets()).post(OPS, HELLO, key="k")

    assert (type(failed.value), failed.value.code) == (kind, code)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("", 30), ("soon", 30), ("-1", 0), ("99999999", 3_600), ("nan", 30), ("inf", 3_600)],
)
async def test_a_retry_after_is_believed_within_reason(
    slack: BadSlack, header: str, seconds: float
) -> None:
    headers = {"Retry-After": header} if header else {}
    slack.answer = Answer(status=429, body=_refused("ratelimited"), headers=headers)

    with pytest.raises(Temporary) as slow:
        await SlackChat(slack.client, Budgets()).post(OPS, HELLO, key="k")

    assert slow.value.retry_after == seconds


async def test_no_answer_at_all_is_waited_for_a_bounded_time(slack: BadSlack) -> None:
    slack.answer = Answer(hangs=True)

    with pytest.raises(Ambiguous):
        await SlackChat(slack.client, Budgets(), timeout=0.1).post(OPS, HELLO, key="k")


async def test_a_server_that_is_not_there_may_have_heard_us_or_not(slack: BadSlack) -> None:
    slack.client.base_url = "http://127.0.0.1:1/api/"

    with pytest.raises(Ambiguous):
        await SlackChat(slack.client, Budgets()).post(OPS, HELLO, key="k")


def _with_file(slack: BadSlack, **changes: object) -> None:
    file = {
        "id": "F1",
        "name": "../all ½.sql",
        "size": 9,
        "user": "UANA",
        "url_private_download": f"{slack.url}files/F1",
    }
    slack.answers["files.info"] = ok(file={**file, **changes})


async def _download(slack: BadSlack) -> Attachment:
    chat = SlackChat(slack.client, Budgets())
    return await chat.download("dump", "F1", by=person("UANA"), place=OPS)


@pytest.mark.parametrize(
    "shared",
    [
        {"channels": ["COPS"]},
        {"groups": ["COPS"]},
        {"shares": {"private": {"COPS": [{"ts": "1.2"}]}}},
    ],
)
async def test_a_file_of_somebody_else_counts_where_it_was_shared(
    slack: BadSlack, shared: dict[str, object]
) -> None:
    _with_file(slack, user="UBO", **shared)
    slack.answers["/files/F1"] = Answer(body="x")

    assert (await _download(slack)).content == b"x"


@pytest.mark.parametrize("whose", ["UBO", "", None])
async def test_a_file_of_somebody_else_is_not_handed_on(slack: BadSlack, whose: str | None) -> None:
    _with_file(slack, user=whose, channels=["CPRIVATE"], ims=["D1"])
    slack.answers["/files/F1"] = Answer(body="x")

    with pytest.raises(Permanent) as refused:
        await _download(slack)

    assert refused.value.code == "not_your_file"
    assert "sql" not in str(refused.value)
    assert len(slack.authorizations) == 1


async def test_a_large_file_arrives_whole_under_a_harmless_name(slack: BadSlack) -> None:
    whole = "x" * 3_000_000
    _with_file(slack)
    slack.answers["/files/F1"] = Answer(body=whole)

    got = await _download(slack)

    assert got.content == whole.encode()
    assert (got.parameter, got.filename) == ("dump", "_all_½.sql")
    assert slack.authorizations[-1] == "Bearer xoxb-1"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": LARGEST_UPLOAD + 1}, "file_too_large"),
        ({"is_external": True}, "external_file"),
        ({"url_private_download": "https://evil.example/steal"}, "external_file"),
        ({"url_private_download": "https://evilslack.com/steal"}, "external_file"),
        ({"url_private_download": "http://files.slack.com/plain"}, "external_file"),
        ({"url_private_download": None}, "external_file"),
    ],
)
async def test_the_token_goes_to_slack_and_to_nobody_else(
    slack: BadSlack, changes: dict[str, object], code: str
) -> None:
    _with_file(slack, **changes)

    with pytest.raises(Permanent) as refused:
        await _download(slack)

    assert refused.value.code == code
    assert len(slack.authorizations) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=404), Permanent),
        (Answer(status=302, headers={"Location": "https://evil.example/"}), Permanent),
        (Answer(status=503), Temporary),
        (Answer(body="x" * (LARGEST_UPLOAD + 1)), Permanent),
    ],
)
async def test_a_file_that_cannot_be_fetched_says_whether_to_try_again(
    slack: BadSlack, answer: Answer, kind: type[PortError]
) -> None:
    _with_file(slack)
    slack.answers["/files/F1"] = answer

    with pytest.raises(kind):
        await _download(slack)


async def test_what_we_may_not_read_is_no_reason_to_stop_everything(slack: BadSlack) -> None:
    slack.answers["conversations.history"] = Answer(body=_refused("missing_scope"))

    with pytest.raises(Permanent):
        await SlackChat(slack.client, Budgets()).find_posted(OPS, "k", NOW)
