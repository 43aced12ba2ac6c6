"""What is asked for when somebody wants a job run, and the execution that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from bot.domain.actors import Place
from bot.domain.answers import Answer
from bot.domain.executions import Execution, Status
from bot.domain.parameters import Raw
from bot.domain.windows import Window
from bot.domain.wording import language_of
from bot.services.gates import Asked
from bot.services.renewals import asking_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRequest:
    """Somebody wants a job run.

    `request_id` makes a repeat the same request. `exact` is true when job and values were said
    exactly; `reviewed` when the person saw the review step and confirmed it; `confirmed` is what
    they typed where a second confirmation is due. It starts from `start_at` on (None: at once) and
    before `start_until` (None: as long after that as the job says), both with their zones;
    `schedule` is the number of the schedule that asks, `line` what only one run may hold at a time
    where its job has nothing like that itself.
    """

    job: str
    given: Mapping[str, Raw] = field(default_factory=dict[str, Raw])
    reason: str = ""
    place: Place
    request_id: str
    exact: bool = True
    reviewed: bool = False
    confirmed: str = ""
    rerun_of: int | None = None
    start_at: datetime | None = None
    start_until: datetime | None = None
    schedule: int | None = None
    line: str = ""


def asked_for(asked: Asked, wanted: RunRequest, answer: Answer, window: Window | None) -> Execution:
    """The execution that is to be added, as the answer lets it stand."""
    job, values, actor, now = asked.job, asked.values, asked.actor, asked.now
    environment = job.environment_of(values)
    made = Execution(
        id=0,
        request_id=wanted.request_id,
        request_key=uuid4().hex,
        job=job.name,
        job_title=job.label,
        job_version=job.version,
        platform=job.platform,
        about=job.about(values),
        environment=environment,
        values=values,
        masked=frozenset(p.name for p in job.parameters if p.is_masked),
        defaults=frozenset(p.name for p in job.parameters if values.get(p.name) == p.default),
        requester=actor.id,
        requester_name=actor.name,
        account=asked.account,
        requester_email=actor.email,
        reason=wanted.reason,
        language=language_of(actor.locale),
        place=wanted.place,
        status=Status.READY,
        created_at=now,
        changed_at=now,
        timeout=job.timeout,
        concurrency_key=job.concurrency_key(values) or wanted.line or None,
        retries=job.retries.count,
        policy_version=asked.policy.version,
        rule=answer.rule,
        rerun_of=wanted.rerun_of,
        notify=job.notify,
        start_at=window.start_at if window else None,
        start_until=window.until if window else None,
        schedule=wanted.schedule,
    )
    made = replace(made, **asking_facts(answer, now, window))
    if wanted.schedule is not None and made.status is Status.AWAITING_APPROVAL:
        made = _asked_by_nobody(made)
    return replace(made, digest=made.own_digest)


def _asked_by_nobody(execution: Execution) -> Execution:
    """Nobody waits for the answer to a schedule's question: it stays open while it may start."""
    until = execution.start_until or execution.expires_at
    due = until if execution.due_at == execution.expires_at else execution.due_at
    return replace(execution, expires_at=until, due_at=due)
