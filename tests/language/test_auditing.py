"""Questions about the audit log, in English and Chinese."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.audit import AuditQuestion, AuditSearch
from bot.language.auditing import UNLESS_SAID, audit_asked

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MIDNIGHT = NOW.replace(hour=0, minute=0)
JOBS = {"deploy", "db-backup", "部署"}


def _read(text: str) -> AuditQuestion | None:
    return audit_asked(text, JOBS, NOW)


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("audit", {"since": NOW - UNLESS_SAID}),
        ("/job audit", {"since": NOW - UNLESS_SAID}),
        ("Audit log last 7 days", {"since": NOW - timedelta(days=7)}),
        ("audit 24h", {"since": NOW - timedelta(hours=24)}),
        ("audit <@UANA|ana> last week", {"person": "UANA", "since": NOW - timedelta(weeks=1)}),
        ("audit of db-backup by <@UANA>", {"person": "UANA", "job": "db-backup"}),
        ("audit job=gone today", {"job": "gone", "since": MIDNIGHT}),
        ("audit #1042", {"subject": "execution:1042"}),
        ("audit yesterday", {"since": MIDNIGHT - timedelta(days=1), "until": MIDNIGHT}),
        (
            "audit since 2026-11-01 until 2026-11-03",
            {
                "since": datetime(2026, 11, 1, tzinfo=NOW.tzinfo),
                "until": datetime(2026, 11, 4, tzinfo=NOW.tzinfo),
            },
        ),
        (
            "audit on 2026-11-01",
            {
                "since": datetime(2026, 11, 1, tzinfo=NOW.tzinfo),
                "until": datetime(2026, 11, 2, tzinfo=NOW.tzinfo),
            },
        ),
        ("审计", {"since": NOW - UNLESS_SAID}),
        ("审计最近7天", {"since": NOW - timedelta(days=7)}),
        ("审计日志 <@UANA> 今天", {"person": "UANA", "since": MIDNIGHT}),
        ("审计 部署 过去2周", {"job": "部署", "since": NOW - timedelta(weeks=2)}),
        (
            "审计 从2026-11-01到2026-11-03",
            {
                "since": datetime(2026, 11, 1, tzinfo=NOW.tzinfo),
                "until": datetime(2026, 11, 4, tzinfo=NOW.tzinfo),
            },
        ),
    ],
)
def test_who_what_and_when_are_read(text: str, search: dict[str, Any]) -> None:
    expected = AuditSearch(**search)
    if expected.since is None and not expected.subject:
        expected = AuditSearch(**search, since=NOW - UNLESS_SAID)

    assert _read(text) == AuditQuestion(search=expected)


@pytest.mark.parametrize("text", ["audit csv", "audit deploy as csv", "审计 导出", "audit export"])
def test_a_table_is_asked_for(text: str) -> None:
    asked = _read(text)

    assert asked is not None
    assert asked.as_file
    assert not asked.unread


@pytest.mark.parametrize(
    "text", ["", "run deploy", "auditor", "auditing deploy", "the audit", "audit-x", "/job list"]
)
def test_anything_else_is_not_about_the_audit_log(text: str) -> None:
    assert _read(text) is None


def test_a_job_called_audit_is_meant_by_its_name() -> None:
    assert audit_asked("audit last 7 days", {"audit"}, NOW) is None
    assert audit_asked("audit log", {"audit"}, NOW) is not None


def test_what_means_nothing_is_given_back() -> None:
    asked = _read("audit of the moon last 7 days")

    assert asked is not None
    assert asked.unread == "moon"


@pytest.mark.parametrize("text", ["audit since 2026-13-45", "audit 9999w", "audit #99999999999999"])
def test_what_cannot_be_is_read_without_an_error(text: str) -> None:
    assert _read(text) is not None


@given(some.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    audit_asked(f"audit {text}", JOBS, NOW)
