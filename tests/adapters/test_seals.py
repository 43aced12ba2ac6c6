"""Keys: made once, read from wherever they are given, and never another one."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.seals import Keyring, public_key_of, signer_given
from bot.domain.chains import Seal
from bot.domain.errors import Mistake
from tests.fakes.chains import KEY, OTHER_KEY, chain, signed, signer

[CHECKPOINT] = signed(chain(3), 3)


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "audit.key"

    made = signer_given("", file)

    assert signer_given("", file).key == made.key
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["audit.key"]


def test_a_key_can_be_given_as_a_file_or_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(KEY)

    given = [f"file:{tmp_path / 'key.pem'}", KEY, KEY.replace("\n", "\\n")]

    assert {signer_given(said, tmp_path / "none").key for said in given} == {signer().key}
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("said", ["file:/nowhere/key.pem", "hunter2", signer().public.decode()])
def test_what_is_no_private_key_is_a_mistake(said: str, tmp_path: Path) -> None:
    with pytest.raises(Mistake):
        signer_given(said, tmp_path / "none")


def test_a_mistaken_key_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Mistake) as raised:
        signer_given("hunter2", tmp_path / "none")

    assert "hunter2" not in str(raised.value)


def test_whoever_holds_the_public_key_can_prove_a_signature(tmp_path: Path) -> None:
    (tmp_path / "public.pem").write_bytes(signer().public)
    ring = Keyring([public_key_of(tmp_path / "public.pem")])

    assert ring.judge(CHECKPOINT) is Seal.GOOD
    assert ring.judge(replace(CHECKPOINT, number=2)) is Seal.BAD
    assert ring.judge(replace(CHECKPOINT, key="0" * 16)) is Seal.UNKNOWN


def test_a_private_key_stands_for_its_public_one(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(OTHER_KEY)

    ring = Keyring([public_key_of(tmp_path / "key.pem")])

    assert ring.judge(signer(OTHER_KEY).signed(CHECKPOINT)) is Seal.GOOD


def test_a_file_without_a_key_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("nothing")

    with pytest.raises(Mistake, match="no Ed25519 key"):
        public_key_of(tmp_path / "key.pem")
