"""The image: small rights, pinned contents, nothing of a working folder."""

import json
import re
import shlex
import tomllib

from tests.deploy.files import DEPLOY, ROOT, from_a_registry, known, settings_of, takes, version

TEXT = (DEPLOY / "Dockerfile").read_text()
IGNORED = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()


def _instructions() -> list[tuple[str, str]]:
    lines = re.sub(r"^\s*#.*\n", "", TEXT, flags=re.M).replace("\\\n", " ").splitlines()
    words = (line.split(maxsplit=1) for line in lines if line.strip())
    return [(name.upper(), " ".join(rest.split())) for name, rest in words]


STEPS = _instructions()


def _last(name: str) -> str:
    return [rest for step, rest in STEPS if step == name][-1]


def _environment() -> dict[str, str]:
    return dict(word.split("=", 1) for word in shlex.split(_last("ENV")))


def test_it_runs_as_a_user_who_is_not_root_and_is_a_number() -> None:
    user, group = _last("USER").split(":")

    assert int(user) > 1_000
    assert int(group) > 1_000
    assert max(i for i, (step, _) in enumerate(STEPS) if step == "RUN") < max(
        i for i, (step, _) in enumerate(STEPS) if step == "USER"
    )


def test_its_bases_are_pinned_and_the_same() -> None:
    bases = {rest.split()[0] for step, rest in STEPS if step == "FROM"}

    [base] = bases
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base)
    assert not from_a_registry(base)


def test_nothing_is_fetched_but_packages() -> None:
    commands = " ".join(rest for step, rest in STEPS if step == "RUN")

    assert not [step for step, _ in STEPS if step == "ADD"]
    assert not re.search(r"https?://|curl|wget|--index-url|--extra-index|--trusted-host", commands)
    assert (
        "pip install --no-cache-dir --disable-pip-version-check -r /src/requirements.txt"
        in commands
    )
    assert "--no-deps" in commands


def test_what_is_pinned_is_pinned_exactly() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]

    assert all("==" in line for line in wanted)
    assert any(line.startswith("setuptools==") for line in wanted)


def test_every_source_is_there_and_let_through() -> None:
    copied = [rest.split() for step, rest in STEPS if step == "COPY" and "--from" not in rest]
    sources = {word for words in copied for word in words[:-1]}

    assert all((ROOT / each).exists() for each in sources)
    assert IGNORED[1] == "*"
    assert {f"!{each}" for each in sources} == {line for line in IGNORED if line.startswith("!")}


def test_every_package_is_in_it() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    packages = {pattern.rstrip("*") for pattern in found["find"]["include"]}
    copied = {rest.split()[0] for step, rest in STEPS if step == "COPY"}

    assert packages <= copied


def test_its_settings_are_settings() -> None:
    ours = {k: v for k, v in _environment().items() if k.startswith(("JOBTHREAD", "SLACK"))}

    assert known(ours)
    settings = settings_of(ours)
    assert str(settings.jobthread_web_port) == _last("EXPOSE")
    assert str(settings.jobthread_state).startswith(_last("VOLUME"))
    assert settings.jobthread_database_url.get_secret_value().endswith(
        f"{_last('VOLUME')}/jobthread.db"
    )


def test_an_init_comes_first_and_the_command_line_after_it() -> None:
    entry = json.loads(_last("ENTRYPOINT"))

    assert entry == ["tini", "--", "jobthread"]
    assert takes(json.loads(_last("CMD")))
    assert "tini" in next(rest for _, rest in STEPS if "apt-get install" in rest)


def test_its_health_is_asked_by_a_command_that_exists() -> None:
    words = json.loads(_last("HEALTHCHECK").split("CMD ")[1])

    assert words[0] == "jobthread"
    assert takes(words[1:])


def test_the_way_to_build_it_names_this_release() -> None:
    assert f"jobthread:{version()}" in TEXT
