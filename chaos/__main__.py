"""`make chaos`: a course on PostgreSQL with two replicas, one on SQLite, and a verdict."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from chaos.plans import Size, lines_of, summary_of
from chaos.runs import Course, Outcome, run
from chaos.towns import Moods

FULL = Size(runs=1_500, approvals=650, kills=24, stops=6, sockets=30, databases=10)
ALONE = Size(runs=1_500, approvals=650, kills=20, stops=4, sockets=20, databases=0)
QUICK = Size(runs=30, approvals=10, kills=2, stops=1, sockets=4, databases=2)

WORSE = Moods(lost_answers=0.04, duplicates=0.10, late=0.10, very_late=0.02)
"""A short run has few envelopes; each kind of trouble has to meet some of them."""

MOST_SHOWN = 15
"""Broken cases that are printed for one promise; all of them are in the folder."""


def courses(seed: int, *, quick: bool) -> Sequence[Course]:
    moods = WORSE if quick else Moods()
    return (
        Course(
            name="postgres",
            seed=seed,
            size=QUICK if quick else FULL,
            replicas=2,
            on_postgres=True,
            moods=moods,
            within=300.0 if quick else 3_600.0,
        ),
        Course(
            name="sqlite",
            seed=seed,
            size=QUICK if quick else ALONE,
            replicas=1,
            on_postgres=False,
            moods=moods,
            within=300.0 if quick else 3_600.0,
        ),
    )


def report_of(outcome: Outcome) -> str:
    """Figures and verdicts as Markdown."""
    lines = [f"## {outcome.course.name}", "", summary_of(outcome.course.plan), ""]
    lines += [f"asked for {outcome.asking:.0f} s, quiet {outcome.settling:.0f} s later", ""]
    lines += ["| promise | kept | figures |", "|---|---|---|"]
    lines += [
        f"| {each.promise} | {'NO: ' + str(len(each.broken)) if each.broken else 'yes'} "
        f"| {each.figure} |"
        for each in outcome.verdicts
    ]
    lines += ["", *(f"- {name}: {said}" for name, said in outcome.facts)]
    for each in outcome.verdicts:
        lines += [f"  BROKEN {each.promise}: {case}" for case in each.broken[:MOST_SHOWN]]
    return "\n".join(lines)


def write_down(outcome: Outcome, folder: Path) -> None:
    """The report, and every broken case."""
    (folder / "report.md").write_text(report_of(outcome) + "\n")
    cases = [f"{each.promise}: {case}" for each in outcome.verdicts for case in each.broken]
    (folder / "broken.txt").write_text("\n".join(cases) + "\n")


async def main(wanted: Sequence[Course], folder: Path) -> int:
    kept = True
    for course in wanted:
        print(summary_of(course.plan), flush=True)
        print(f"plan, logs and rows: {folder / course.name}", flush=True)
        outcome = await run(course, folder / course.name)
        write_down(outcome, folder / course.name)
        print(report_of(outcome), flush=True)
        kept = kept and outcome.is_kept
    print(
        "Every promise was kept." if kept else f"A promise was broken; again: SEED={wanted[0].seed}"
    )
    return 0 if kept else 1


def begin(said: Mapping[str, str]) -> int:
    """As the environment says: SEED, QUICK, ONLY (a course's name), FOLDER, PLAN (only print)."""
    seed, only = int(said.get("SEED") or "1"), said.get("ONLY", "")
    every = courses(seed, quick=bool(said.get("QUICK")))
    wanted = [course for course in every if only in {"", course.name}]
    if said.get("PLAN"):
        for course in wanted:
            print(f"{course.name}: {summary_of(course.plan)}")
            print("\n".join(lines_of(course.plan)))
        return 0
    folder = said.get("FOLDER") or tempfile.mkdtemp(prefix="jobthread-chaos-")
    return asyncio.run(main(wanted, Path(folder)))


if __name__ == "__main__":
    sys.exit(begin(os.environ))  # noqa: TID251  a program of its own
