"""What somebody types for a secret is gone before anything is kept; all else stays as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.jobs import Command, Job
from bot.domain.parameters import VEIL, Choice, Kind, Parameter
from bot.language.veils import Veil

HIDDEN = Job(
    name="hidden",
    aliases=("hide",),
    command=Command(groups=(("true",),)),
    parameters=(
        Parameter(
            name="db_token",
            title="Database token",
            kind=Kind.SECRET,
            aliases=("tok", "口令"),
            choices=(Choice(value="env:DB_TOKEN", label="Staging DB"), Choice(value="store:prod")),
        ),
        Parameter(name="env"),
        Parameter(name="key"),
    ),
)
VEIL_OVER = Veil([HIDDEN])


@pytest.mark.parametrize(
    "text",
    [
        "run hidden db_token=hunter2",
        "run hidden db-token = hunter2",
        "run hidden env=prod db_token=hunter2 because we must",
        "run hidden tok:hunter2",
        "run hidden tok: hunter2",
        "run hidden --db-token hunter2",
        "run hidden --tok=hunter2",
        "run hidden —tok hunter2",
        'run hidden db_token="hunter2 with blanks" env=prod',
        "run hidden `db_token=hunter2`",
        "run hidden DB_TOKEN=hunter2",
        "my password is: hunter2",
        "make it nice, the db_token was: hunter2",
        "run hidden db_tokne=hunter2",
        "run hidden db_token hunter2",
        "run hidden database token hunter2",
        "hide tok hunter2",
        "运行 hidden 口令=hunter2",
        "运行 hidden 口令：hunter2",
        "run hidden\ndb_token=\nhunter2",
        "my database token hunter2 does not work",
        "run other password=hunter2",
        "run other api_key=hunter2",
        "run hidden db_token=<https://hunter2.test|hunter2.test>",
        "db_token=env:DB_TOKEN tok=hunter2",
    ],
)
def test_a_typed_secret_is_gone_with_all_that_follows(text: str) -> None:
    veiled = VEIL_OVER.over(text)

    assert "hunter2" not in veiled
    assert veiled.endswith(VEIL)
    assert veiled.removesuffix(VEIL) == text[: len(veiled) - len(VEIL)]


@pytest.mark.parametrize(
    "text",
    [
        "run hidden db_token=env:DB_TOKEN env=prod",
        'run hidden db_token="Staging DB" env=prod',
        "run hidden db_token=Staging DB",
        "run hidden --tok store:prod",
        "run hidden tok=file:/run/secrets/db",
        "run hidden db_token= env=prod",
        "run hidden env=prod key=hunter2",
        "what is the database token for",
        "which database token does hidden take?",
        "logs #1042",
        "run hidden db_token",
        "https://example.org/a?x=1",
        f"run hidden tok={VEIL}",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert VEIL_OVER.over(text) == text


@pytest.mark.parametrize(
    "token",
    [
        "xoxb-1234567890-abcdefgh",
        "ghp_" + "a1B2" * 9,
        "AKIA" + "ABCD1234" * 2,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_a_token_is_known_by_its_looks(token: str) -> None:
    assert token not in Veil([]).over(f"please use {token}")


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_can_be_looked_at_and_looking_twice_changes_nothing(text: str) -> None:
    once = VEIL_OVER.over(text)

    assert VEIL_OVER.over(once) == once


@given(st.from_regex(r"[a-zA-Z0-9!$%^&*()+]{6,40}", fullmatch=True))
def test_any_value_behind_a_secrets_name_is_gone(value: str) -> None:
    assert VEIL_OVER.over(f"run hidden db_token={value} now") == f"run hidden db_token={VEIL}"
