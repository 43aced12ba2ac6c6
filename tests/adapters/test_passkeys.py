"""What judges passkeys: answers that hold, and everything else that might be sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.passkeys import WebAuthn
from bot.domain.errors import Permanent
from bot.domain.passkeys import Passkey
from tests.fakes.authenticators import ORIGIN, Authenticator
from tests.fakes.values import NOW, person

CHALLENGE = b"c" * 32
JUDGE = WebAuthn(ORIGIN)
BO = person("UBO")


def _made(key: Authenticator) -> Passkey:
    made = JUDGE.made(key.make(JUDGE.making(CHALLENGE, BO, "bo", [])), CHALLENGE)
    return Passkey(
        id=made.id, person=BO, name="bo", public_key=made.public_key, created_at=NOW, sign_count=0
    )


def test_a_passkey_that_was_made_proves_afterwards() -> None:
    key = Authenticator()
    passkey = _made(key)

    assert passkey.id == key.name
    assert JUDGE.proved(key.prove(JUDGE.proving(CHALLENGE, [passkey])), CHALLENGE, passkey) == 1


def test_browsers_are_asked_for_a_finger_or_a_pin_on_our_site_and_for_known_passkeys() -> None:
    passkey = _made(Authenticator())
    proving = JUDGE.proving(CHALLENGE, [passkey])
    making = JUDGE.making(CHALLENGE, BO, "bo", [passkey])

    assert (proving["rpId"], proving["userVerification"]) == ("jobs.example.com", "required")
    assert [each["id"] for each in proving["allowCredentials"]] == [passkey.id]
    assert making["authenticatorSelection"]["userVerification"] == "required"
    assert [each["id"] for each in making["excludeCredentials"]] == [passkey.id]


def test_another_passkey_of_the_same_name_is_found_out() -> None:
    key = Authenticator()
    passkey = _made(key)
    answer = Authenticator(id=key.id).prove(JUDGE.proving(CHALLENGE, [passkey]))

    with pytest.raises(Permanent):
        JUDGE.proved(answer, CHALLENGE, passkey)


_NAMES = (
    *("id", "rawId", "type", "response", "clientDataJSON", "attestationObject"),
    *("authenticatorData", "signature", "userHandle"),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(answer=st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), _JSON))
def test_whatever_is_sent_is_judged_and_breaks_nothing(answer: dict[str, Any]) -> None:
    passkey = _KNOWN
    for judge in (
        lambda: JUDGE.made(answer, CHALLENGE),
        lambda: JUDGE.proved(answer, CHALLENGE, passkey),
    ):
        with pytest.raises(Permanent):
            judge()


@given(at=st.integers(0, 400), to=st.text("AQgw_-", min_size=0, max_size=3), which=st.booleans())
def test_an_answer_changed_anywhere_does_not_hold_or_is_the_same(
    at: int, to: str, which: bool
) -> None:
    """Base64url has bits at its end that mean nothing: those may differ."""
    key = Authenticator(id=b"k" * 16)
    options = JUDGE.proving(CHALLENGE, [])
    answer = key.prove(options)
    name = "signature" if which else "authenticatorData"
    was = answer["response"][name]
    answer["response"][name] = was[: at % len(was)] + to + was[at % len(was) + len(to) :]

    passkey = _made(key)
    if answer["response"][name][:-1] == was[:-1]:
        return
    with pytest.raises(Permanent):
        JUDGE.proved(answer, CHALLENGE, passkey)


_KNOWN = _made(Authenticator())
