"""Everything people see, as JSON to look at: `python -m tests.blocks.gallery > gallery.json`."""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from blocks.answers import Suggestion, broken, clarify, mistaken, not_understood, refused, stale
from blocks.approvals import approval_card, details_view, reject_view
from blocks.cards import execution_card
from blocks.elements import Message, View
from blocks.forms import loading_view, page_view, pick_view
from blocks.help import help_answer, job_help
from blocks.home import home_view
from blocks.ids import FormPlace
from blocks.lines import thread_line
from blocks.listings import history_answer, job_list, log_answer, status_answer
from blocks.menus import menu
from blocks.pauses import answer_view, pause_message
from blocks.recurrences import Recurrence
from blocks.reviews import Review, review_view
from blocks.schedules import handover_view, schedules_answer
from bot.domain.answers import Allowed, Need, NeedsApproval
from bot.domain.approvals import Verdict
from bot.domain.askers import NOTHING_ALLOWS
from bot.domain.errors import Refused
from bot.domain.executions import Status
from bot.domain.intents import Clarify, RunJob, Unknown
from bot.domain.jobs import Job, Risk
from bot.domain.notices import Card, HomeView, LineKind
from bot.domain.parameters import Choice, ChoiceSource, Kind, Parameter
from bot.domain.results import Comparison, Link, Metric, Progress, Result
from bot.domain.schedules import State
from bot.domain.waits import Standing
from tests.blocks import test_schedules as schedules
from tests.blocks.pauses import CHOICES, FORM, paused_card, reply_of, wait_of
from tests.blocks.samples import (
    ANA,
    ENVIRONMENT,
    NOW,
    WINDOW,
    card,
    decision,
    draft,
    execution,
    job,
)

_TAIL = (
    "[14:01:58] resolving v1.4.2",
    "[14:01:59] downloading api-1.4.2.tar.gz (41 MB)",
    "[14:02:07] unpacking to releases/2026-11-21T14-02",
    "[14:02:09] migrating database: 0042_orders_index",
    "[14:02:31] waiting for http://127.0.0.1:9000/health",
)
_VALUES = (
    ("Version", "v1.4.2"),
    ("Environment", "prod"),
    ("Instances", "web-1,web-2,web-3"),
    ("Token", "•••• (env:DEPLOY_TOKEN)"),
)
_RESULT = Result(
    exit_code=0,
    summary="3 instances replaced, none failed",
    metrics=(
        Metric(name="Rows migrated", value=1_204_331),
        Metric(name="Bundle", value=41.3e6, unit="bytes"),
    ),
    links=(Link(url="https://ci.example.com/builds/42", text="Build 42"),),
    outputs={"Release": "2026-11-21T14-02"},
    log_size=20_000,
)
_FAILURE = Result(
    exit_code=7,
    cause="health check answered 502 for 30 s",
    failing_step="health check",
    tail=(*_TAIL, "[14:03:01] 502 Bad Gateway", "[14:03:01] returning to v1.4.1"),
    log_size=20_000,
)
_LONG = "数据库备份与恢复验证任务（生产环境）" * 8


def messages() -> dict[str, Message]:
    """Every message by a name that says what it shows."""
    cards = {f"card {status}": execution_card(_lively(status)) for status in Status}
    waiting = card(
        Status.AWAITING_APPROVAL,
        shown=_VALUES,
        reason="Fixes the checkout, customers wait",
        changes=("Version: v1.4.1 → v1.4.2", "Instances: web-1,web-2 → web-1,web-2,web-3"),
        risk="confirm",
        description="Puts a version of the api where people use it.",
    )
    return {
        **cards,
        "card, longest": execution_card(_longest()),
        "approval": approval_card(waiting),
        "approval, decided": approval_card(_lively(Status.RUNNING)),
        "approval, rejected": approval_card(_lively(Status.REJECTED)),
        "approval, longest": approval_card(_longest(Status.AWAITING_APPROVAL)),
        **_lines(),
        **_answers(),
        **_pauses(),
    }


def _pauses() -> dict[str, Message]:
    """A run that waits for a person, before and after the answer."""
    question = wait_of(CHOICES, needs=(Need(rule="policy: prod", roles=("payments-leads",)),))
    form = wait_of(FORM)
    said = reply_of(chosen=("Approve",))
    return {
        "pause": pause_message(paused_card(question), question),
        "pause, form": pause_message(paused_card(form), form),
        "pause, card": execution_card(paused_card(question)),
        **{
            f"pause, {standing}": pause_message(paused_card(question), each)
            for standing in (Standing.ANSWERED, Standing.TAKEN, Standing.OVER)
            for each in [replace(question, standing=standing, reply=said, note="")]
        },
    }


def views() -> dict[str, View]:
    """Every modal and Home."""
    of, given = _job(), {"environment": "prod", "window": "1h", "version": "v1.4.2"}
    held = draft(given, inferred={"version": "the latest"}, reason="Fixes the checkout")
    need = Need(rule="policy: prod needs a lead", roles=("payments-leads",))
    review = Review(
        job=of,
        draft=held,
        values={**given, "instances": ("web-1", "web-2"), "token": "env:DEPLOY_TOKEN"},
        answer=NeedsApproval(rule=need.rule, needs=(need,)),
        requester_name="Ana Lopes",
        usual=timedelta(minutes=3),
    )
    return {
        "loading": loading_view(),
        "pause": answer_view(paused_card(wait_of(FORM)), wait_of(FORM)),
        "pick": pick_view("d1"),
        "page 1": page_view(of, held, FormPlace(draft="d1")),
        "page 1, problem": page_view(
            of, held, FormPlace(draft="d1"), problems={"window": "at most 2h, this is 3h."}
        ),
        "page 2": page_view(of, held, FormPlace(draft="d1", page=1, more=True)),
        "review": review_view(review),
        "review, at once": review_view(
            Review(
                job=job(title="Disk report"),
                draft=draft(),
                values={},
                answer=Allowed(rule="r"),
                requester_name="Ana Lopes",
            )
        ),
        "schedule": review_view(
            replace(
                review,
                recurrence=Recurrence(
                    cron="0 7 * * 1-5",
                    zone="America/Argentina/ComodRivadavia",
                    upcoming=tuple(NOW + timedelta(days=n) for n in range(3)),
                ),
            )
        ),
        "hand over": handover_view(schedules.schedule()),
        "reject": reject_view(_lively(Status.AWAITING_APPROVAL)),
        "details": details_view(_longest(Status.AWAITING_APPROVAL)),
        "home": home_view(_home()),
        "home, empty": home_view(HomeView(person=ANA, now=NOW)),
    }


def _lively(status: Status) -> Card:
    failed = status in {Status.FAILED, Status.TIMED_OUT}
    verdict = Verdict.REJECT if status is Status.REJECTED else Verdict.APPROVE
    comment = "Not on a Friday" if status is Status.REJECTED else "Go ahead"
    undecided = status in {Status.AWAITING_APPROVAL, Status.EXPIRED}
    result = _FAILURE if failed else _RESULT if status is Status.SUCCEEDED else None
    return card(
        status,
        shown=_VALUES,
        decisions=() if undecided else (decision("Bo", verdict, comment),),
        progress=Progress(fraction=0.62, step="migrating database"),
        tail=_TAIL,
        result=result,
        usual=timedelta(minutes=3),
        comparison=Comparison(runs=20, usual=timedelta(seconds=64), ratio=2.1),
        rollback="rollback",
        contact="@platform-oncall",
        waits_for=1041 if status is Status.READY else None,
        cancelled_by="Bo" if status in {Status.CANCELLED, Status.CANCELLING} else "",
        due_at=NOW + timedelta(minutes=5),
        sandbox="" if status is Status.RUNNING else "no sandbox",
    )


def _longest(status: Status = Status.FAILED) -> Card:
    return card(
        status,
        job_title=_LONG[:60],
        environment="production-eu-central-1",
        requester_name="Maria-Fernanda Villalobos Etcheverry",
        reason=_LONG,
        shown=tuple((f"参数 {n} with a long label", _LONG) for n in range(9)),
        result=Result(cause=_LONG, exit_code=1, tail=(_LONG,) * 10, log_truncated=True),
        changes=(f"版本: {_LONG} → {_LONG}",) * 4,
        contact="@platform-oncall",
        rollback="rollback",
        behind=timedelta(seconds=40),
        description=_LONG,
        sandbox="no sandbox",
    )


def _lines() -> dict[str, Message]:
    facts: dict[str, Any] = {
        "by": "Bo",
        "comment": "Go ahead",
        "late": 134,
        "attempt": 2,
        "tries": 3,
        "cause": "no space left on device",
        "elapsed": 400,
        "usual": 180,
        "why": "I am not in #ops: invite me with /invite",
    }
    failed = execution(Status.FAILED, result=_FAILURE)
    return {f"line {kind}": thread_line(kind, facts, failed) for kind in LineKind}


def _answers() -> dict[str, Message]:
    error = Refused(
        "You may not run deploy in prod.", rule=NOTHING_ALLOWS, who_can=["release-managers"]
    )
    runs = tuple(RunJob(job="deploy", given={"environment": e}) for e in ("prod", "staging"))
    near = [Suggestion(label="deploy", words="run deploy env=prod")]
    ended = [execution(Status.SUCCEEDED), execution(Status.FAILED), execution(Status.EXPIRED)]
    return {
        "refusal": refused(error, contact="@platform", error_id="e7f3a1"),
        "mistake": mistaken("There is no job called `deply`.", near, error_id="e7f3a2"),
        "fault": broken("e7f3a3", doing="Cancelling #1042", contact="@platform"),
        "stale": stale("#1042 was approved by Bo already; it is running."),
        "clarify": clarify(Clarify(question="Which environment?", candidates=runs)),
        "not understood": not_understood(Unknown(text="statsu pls", near=("status",))),
        "status": status_answer([_lively(Status.RUNNING), _lively(Status.READY)], NOW),
        "jobs": job_list([_job(), job(name="disk-report", title="Disk report")]),
        "history": history_answer(ended, "deploy"),
        "log": log_answer(execution(), _TAIL),
        "menu": menu([("deploy", "Deploy api"), ("disk-report", "Disk report")]),
        "help": help_answer(["run disk-report", "status", "logs #1042"]),
        "help on a job": job_help(_job()),
        "schedules": schedules_answer(
            [
                schedules.shown(),
                schedules.shown(state=State.PAUSED, note="Paused by Bo.", ahead=7, offered_to=ANA),
            ]
        ),
        "no schedules": schedules_answer([]),
    }


def _home() -> HomeView:
    return HomeView(
        person=ANA,
        waiting=(_lively(Status.AWAITING_APPROVAL),),
        running=(_lively(Status.RUNNING), _lively(Status.READY)),
        recent=(execution(Status.SUCCEEDED), execution(Status.FAILED)),
        favourites=(("deploy", "Deploy api"), ("disk-report", "Disk report")),
        now=NOW,
    )


def _job() -> Job:
    return job(
        Parameter(name="version", required=True, description="A tag such as v1.4.2."),
        ENVIRONMENT,
        WINDOW,
        Parameter(name="start_at", kind=Kind.DATETIME),
        Parameter(name="notify_me", kind=Kind.BOOLEAN, default=True),
        Parameter(
            name="instances",
            kind=Kind.MULTI_ENUM,
            choices=tuple(Choice(value=f"web-{n}") for n in range(1, 5)),
        ),
        Parameter(name="branch", kind=Kind.ENUM, source=ChoiceSource(argv=("true",))),
        Parameter(name="reviewer", kind=Kind.USER),
        Parameter(name="token", kind=Kind.SECRET, choices=(Choice(value="env:DEPLOY_TOKEN"),)),
        examples=("deploy v1.4.2 environment=prod",),
        risk=Risk.CONFIRM,
    )


def main() -> None:
    shown = {
        "messages": {name: [m.text, list(m.blocks)] for name, m in messages().items()},
        "views": views(),
    }
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
