"""What may stand below an Airflow in `platforms.yaml`."""

from datetime import timedelta
from importlib.metadata import entry_points
from typing import Any

import pytest
from pydantic import ValidationError

from bot.adapters.platforms.airflow import KIND
from bot.adapters.platforms.airflow.kinds import AirflowSettings
from tests.adapters.platforms.airflow.benches import opened

URL = "https://airflow.example.com"


def test_airflow_is_a_kind_of_platform() -> None:
    (point,) = entry_points(group="jobthread.platforms", name="airflow")

    assert point.load() is KIND


def test_an_address_is_enough() -> None:
    said = AirflowSettings.model_validate({"url": f"{URL}/api/v2/"})

    assert (said.url, said.tags) == (URL, ("chatops",))


async def test_how_long_a_stop_may_take_can_be_said() -> None:
    platform = opened(URL, stops_within="10m")

    assert (platform.name, platform.host, platform.stops_within) == (
        "airflow",
        "",
        timedelta(minutes=10),
    )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"url": "airflow.example.com"},
        {"url": "https://bot:hunter2@airflow.example.com"},
        {"url": URL, "auth": {"user": "bot"}},
        {"url": URL, "auth": {"user": "bot", "password": "env:P", "token": "env:T"}},
        {"url": URL, "proxy": "proxy"},
        {"url": URL, "requests": 0},
        {"url": URL, "stops_within": "0s"},
        {"url": URL, "nope": 1},
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AirflowSettings.model_validate(said)


def test_a_secret_that_was_written_down_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        AirflowSettings.model_validate({"url": URL, "auth": {"user": "b", "password": "hunter2"}})

    assert "name a secret" in str(refused.value)
    assert all("hunter2" not in each["msg"] for each in refused.value.errors())
