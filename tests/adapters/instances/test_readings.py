"""The platforms file: instances by name, every mistake with its line, one's no other's."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.instances import entry_point_kinds, read_platforms, version_at
from bot.domain.jobs import ApprovalRule, Risk
from tests.adapters.instances.files import ToySettings, read, told

WHOLE = """
x-common: &common {tags: [chatops]}
local: {concurrency: 4, who: [developer]}
etl:
  type: toy
  url: http://etl.test
  concurrency: 20
  who: [data, sre]
  default: true
  jobs: {risk: safe, timeout: 2h, approval: approver, tags: etl, notify: C0DATA}
  <<: *common
reports: {type: toy, url: http://reports.test, requests: 2}
"""


def test_a_file_that_is_not_there_names_no_instance(tmp_path: Path) -> None:
    found = read_platforms(tmp_path / "platforms.yaml")

    assert (found.instances, found.mistakes) == ((), ())


def test_an_instance_has_common_keys_and_those_of_its_kind(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    etl = next(each for each in found.instances if each.instance.name == "etl")

    assert found.all_mistakes == ()
    assert etl.settings == ToySettings(url="http://etl.test", tags=("chatops",))
    assert (etl.instance.concurrency, etl.instance.who) == (20, ("data", "sre"))
    assert etl.instance.is_default
    assert etl.instance.terms.approval == ApprovalRule(by=("approver",))
    assert (etl.instance.terms.risk, etl.instance.terms.timeout) == (Risk.SAFE, timedelta(hours=2))


def test_the_embedded_platform_takes_what_concerns_all(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    local = next(each for each in found.instances if each.instance.name == "local")

    assert (local.kind, local.instance.concurrency) == (None, 4)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a: {url: x}", "1: a.type: `type` is needed; there are: ghost, toy."),
        ("a: {type: tyo, url: x}", "1: a.type: there is no kind `tyo`; did you mean `toy`?"),
        ("a: {type: toy}", "1: a.url: it is missing."),
        ("a:\n  type: toy\n  url: x\n  tgas: [x]", "4: a.tgas: there is no key `tgas` here"),
        ("a:\n  type: toy\n  url: x\n  requests: 0", "4: a.requests: "),
        ("a:\n  type: toy\n  url: x\n  concurrency: many", "4: a.concurrency: a whole number"),
        ("a: {type: ghost}", "1: a.type: the kind `ghost` cannot be loaded: no module."),
        ("A_b: {type: toy, url: x}", "1: A_b: a name has lower-case letters"),
        ("local: {type: toy}", "1: local.type: `local` is the embedded platform"),
        ("local: {url: x}", "1: local.url: `local` is the embedded platform"),
        ("[a, b]", "1: instances by their names are wanted"),
        ("a: 5", "1: a: keys and values are wanted"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, mistake: str) -> None:
    assert any(mistake in each for each in told(tmp_path, text)), told(tmp_path, text)


def test_a_broken_instance_leaves_the_others_whole(tmp_path: Path) -> None:
    found = read(tmp_path, "a: {type: toy, url: x, bad: 1}\nb: {type: toy, url: y}\n")

    assert [bool(each.mistakes) for each in found.instances] == [True, False]
    assert found.mistakes == ()


def test_what_is_wrong_with_the_embedded_platform_is_wrong_with_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, "local: {whoo: [developer]}").mistakes


def test_only_one_instance_is_the_default(tmp_path: Path) -> None:
    text = "a: {type: toy, url: x, default: true}\nb: {type: toy, url: y, default: true}\n"
    found = read(tmp_path, text)

    assert [each.instance.is_default for each in found.instances] == [True, False]
    assert "`a` is the default already." in told(tmp_path, text)[0]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "a: {type: toy, bad: 1}\nb: {type: nothing}\nC: {type: toy, url: x}\n"

    assert len(told(tmp_path, text)) == 4


def test_the_kinds_of_the_field_are_installed() -> None:
    assert {"prefect", "airflow"} <= entry_point_kinds().keys()


def test_a_version_is_of_what_a_file_says_and_not_of_how_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "platforms.yaml"

    def version(text: str) -> str:
        file.write_text(text)
        return version_at(file)

    said = version("a: {type: toy, url: u}\nb: {type: toy}\n")

    assert version("# why\nx-note: 1\nb: {type: toy}\na:\n  url: u\n  type: toy\n") == said
    assert version("a: {type: toy, url: other}\nb: {type: toy}\n") != said
    assert version("a: {type: toy, url: u}\nb: {type: toy\n") != said
    assert version("{}\n") == version("") == version_at(tmp_path / "none.yaml") == ""


def test_a_file_is_read_with_its_version(tmp_path: Path) -> None:
    file = tmp_path / "platforms.yaml"
    file.write_text("local: {concurrency: 3}\n")

    assert read_platforms(file).version == version_at(file) != ""
