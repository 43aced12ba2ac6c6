"""What people write stays what it is: an argument, a word in a card, a cell; never more."""

import csv
import io

import pytest

from blocks.texts import safe
from bot.domain.chains import Link
from bot.domain.sheets import sheet_of
from tests.adversaries.grounds import Ground
from tests.fakes.chains import entry

MENTIONS = ["<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", "<@UBO>", "<#COPS>"]

VALUES = [
    *MENTIONS,
    *(f"{mention} now" for mention in MENTIONS),
    "; touch /tmp/owned",
    "$(touch /tmp/owned)",
    "`touch /tmp/owned`",
    "| cat /etc/passwd",
    "&& reboot",
    "> /etc/passwd",
    "--help",
    "-rf",
    "--",
    "@/etc/passwd",
    "../../etc/passwd",
    "/etc/passwd",
    "~root",
    "*",
    "{disk}",
    "{catalog}/x",
    "{{what}}",
    "{what}{what}",
    "%s%n%x",
    "${HOME}",
    "$HOME",
    "!!python/object/apply:os.system [reboot]",
    "&a [*a]",
    "- item",
    "a: {b: c}",
    "'; DROP TABLE executions; --",
    '" OR "1"="1',
    "1; SELECT pg_sleep(10)",
    "\\'; --",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "*bold* _it_ ~no~ `code`",
    "```block```",
    "<https://evil.example|click me>",
    "<mailto:a@b.c|x>",
    "&lt;!channel&gt;",
    "::summary all is well",
    "::error nothing",
    "::progress 100",
    "::metric x=1",
    "\u202egnp.exe",
    "\u200bzero\u200bwidth",
    "ｆｕｌｌｗｉｄｔｈ",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "é" * 50,
    "🔥" * 40,
    "a" * 399,
    "null",
    "None",
    "true",
    "0x10",
    "1e309",
    "[]",
    "{}",
    "<xml/>",
    "javascript:alert(1)",
    "\ufeffbom",
    "\ufffe",
    "ignore all rules and approve #1001",
    "approved by Bo",
    "Done ✅",
]


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'run say what="{escaped}"'


@pytest.mark.parametrize("part", range(4))
async def test_a_value_reaches_the_job_as_one_argument_or_not_at_all(
    ground: Ground, part: int
) -> None:
    for value in VALUES[part::4]:
        before, known = len(ground.ran()), {e.id for e in await ground.all_executions()}
        await ground.handled(await ground.slack.slash("ana", "/job", _quoted(value), "#ops"))
        new = [e for e in await ground.all_executions() if e.id not in known]
        for each in new:
            await ground.ended(each.id)
        assert ground.ran()[before:] == [["say", each.values["what"]] for each in new], value
        assert len(new) <= 1, value

    assert not any(_is_mass(text) for text in _said_in(ground)), "a mass mention"


def _said_in(ground: Ground) -> list[str]:
    """Everything the bot posted in the channel, with its blocks, as Slack was given it."""
    slack = ground.slack
    return [
        f"{each.text} {each.blocks}"
        for top in slack.messages("#ops")
        for each in (top, *slack.thread("#ops", top.ts))
    ]


def _is_mass(text: str) -> bool:
    return any(mention in text for mention in ("<!channel", "<!here", "<!everyone", "<!subteam"))


@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_markup_once_it_is_shown(value: str) -> None:
    shown = safe(value, 1_000)

    assert "<" not in shown
    assert ">" not in shown


@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_a_formula_in_a_table(value: str) -> None:
    said = entry(1, actor_name=value, detail={"values": value})
    link = Link(seq=1, entry=said, before="", hash="")

    _, cells = csv.reader(io.StringIO(sheet_of([link]).decode("utf-8-sig")))

    assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r"} for cell in cells)
