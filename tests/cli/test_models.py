"""What check and doctor say of Claude: whether it is on, and never the key."""

import pytest

from tests.cli.desks import Desk

KEY = "sk-ant-planted-key-0123456789"


async def test_without_a_key_check_says_that_claude_is_off(desk: Desk) -> None:
    assert (await desk.types("migrate")).code == 0

    said = await desk.types("check")

    assert said.code == 0, said.err
    assert "Claude is off" in said.out


@pytest.mark.parametrize("how", ["itself", "env", "file"])
async def test_check_and_doctor_say_that_it_is_on_and_never_the_key(desk: Desk, how: str) -> None:
    assert (await desk.types("migrate")).code == 0
    (desk.folder / "key").write_text(f"{KEY}\n")
    where = {"itself": KEY, "env": "env:OUR_OWN", "file": f"file:{desk.folder}/key"}[how]
    given = {"JOBTHREAD_CLAUDE_KEY": where, "OUR_OWN": KEY, "JOBTHREAD_CLAUDE_TOKENS": "77000"}

    checked = await desk.types("check", **given)
    report = await desk.types("doctor", **given)

    assert "Claude is on" in checked.out
    assert "77000 tokens" in checked.out
    assert "JOBTHREAD_CLAUDE_KEY: set" in report.out
    assert "planted" not in checked.out + checked.err + report.out + report.err


@pytest.mark.parametrize(
    "said", ["env:NOBODY_SET_THIS", "file:/nowhere/planted", "two words-planted", "schlüssel"]
)
async def test_a_key_that_is_none_is_a_sentence(desk: Desk, said: str) -> None:
    assert (await desk.types("migrate")).code == 0

    found = await desk.types("check", JOBTHREAD_CLAUDE_KEY=said)

    assert found.code == 1
    assert "JOBTHREAD_CLAUDE_KEY" in found.err
    assert "words-planted" not in found.err
