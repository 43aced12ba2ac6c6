"""`python -m benchmarks.understanding SAMPLE`: the whole table on a folder such as the sample's."""

import argparse
import gc
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.understanding import catalogues
from benchmarks.understanding.scores import same_values, score
from bot.adapters.catalog import read_catalog
from bot.adapters.worlds import read_world
from bot.domain.jobs import Job
from bot.domain.surroundings import Surroundings
from bot.language import Reader, record_of

ASIDE = 40
"""Percent of the sample that is only looked at, seldom, and never developed on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One utterance with what was understood; `ok` are named judgements."""

    row: Mapping[str, Any]
    got: Mapping[str, Any]
    ok: Mapping[str, bool]
    milliseconds: float

    @property
    def aside(self) -> bool:
        return is_aside(str(self.row["id"]))


def is_aside(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100 < ASIDE


def jobs_in(folder: Path, entries: Iterable[Mapping[str, Any]]) -> tuple[Job, ...]:
    catalogues.write(folder, entries)
    reading = read_catalog(folder, state=folder)
    if reading.mistakes:
        raise SystemExit("\n".join(str(mistake) for mistake in reading.mistakes))
    return reading.jobs


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_timed(
    texts: Sequence[str], jobs: Sequence[Job], around: Surroundings
) -> list[tuple[dict[str, Any], float]]:
    reader, known = Reader(), {job.name: job for job in jobs}
    reader.understand("warm up", jobs, around)
    # As the service does once it has read its catalogue.
    gc.collect()
    gc.freeze()
    found: list[tuple[dict[str, Any], float]] = []
    for text in texts:
        began = time.process_time()
        understood = reader.understand(text, jobs, around)
        took = (time.process_time() - began) * 1_000
        found.append((dict(record_of(understood, known)), took))
    return found


def utterances(sample: Path, folder: Path) -> tuple[list[Judged], tuple[Job, ...], Surroundings]:
    described = catalogues.neutral(sample / "catalogue.yaml")
    world = folder / "world.yaml"
    world.write_text(json.dumps(catalogues.world_of(described), ensure_ascii=False), "utf-8")
    reading = read_world(world)
    if reading.mistakes or reading.now is None:
        raise SystemExit(f"world: {reading.mistakes}")
    around = reading.surroundings(reading.now)
    jobs = jobs_in(folder / "jobs", map(catalogues.job_of, described["jobs"]))
    defaults = {
        job["name"]: {p["name"]: p["default"] for p in job["params"] if "default" in p}
        for job in described["jobs"]
    }
    rows = rows_of(sample / "utterances.jsonl")
    judged: list[Judged] = []
    for row, (got, took) in zip(
        rows, read_timed([row["text"] for row in rows], jobs, around), strict=True
    ):
        found = score(row["expected"], row, got, defaults)
        ok = {"exact": found.exact, "unsafe": found.unsafe, "started": found.started_wrongly}
        judged.append(Judged(row=row, got=got, ok=ok, milliseconds=took))
    return judged, jobs, around


def chat_aliases(sample: Path, folder: Path, around: Surroundings, *, shown: bool) -> list[Judged]:
    rows = rows_of(sample / "chat_aliases.jsonl")
    actions = {row["action_ref"]: row for row in rows}
    formats: dict[str, dict[str, None]] = {}
    for row in rows:
        formats.setdefault(row["action_ref"], {})[row["format"]] = None
    jobs = jobs_in(
        folder / f"packs-{shown}",
        (
            catalogues.pack_job_of(row, formats[ref] if shown else ())
            for ref, row in actions.items()
        ),
    )
    around = replace(around, people=(), targets=(), shortcuts=())
    judged: list[Judged] = []
    found = read_timed([row["utterance"] for row in rows], jobs, around)
    for row, (got, took) in zip(rows, found, strict=True):
        wanted = {row["expected"]["job"], *(row.get("also_acceptable_jobs") or ())}
        named = got.get("job") or next(iter(got.get("candidates", ())), None)
        job = named in {catalogues.pack_name(each) for each in wanted}
        defaults = {p["name"]: p.get("default") for p in row["params"]}
        values = job and same_values(
            row["expected"]["params"],
            got,
            defaults,
            accepted={},
            implicit=row.get("implicit_params") or {},
        )
        judged.append(
            Judged(row=row, got=got, ok={"job": job, "values": values}, milliseconds=took)
        )
    return judged


SIZES = (27, 500, 2_000)
HOSTILE = (
    "a ",
    "不",
    "deploy ",
    "1 ",
    "((",
    "in ",
    "每",
    '"',
    "the last ",
    "a.",
    "{",
    "<@",
    "k=v ",
)


def grown(jobs: Sequence[Job], count: int) -> tuple[Job, ...]:
    """The catalogue as large as this: more teams with jobs like these."""
    found = list(jobs)
    while len(found) < count:
        job, team = jobs[len(found) % len(jobs)], f"t{len(found) // len(jobs)}"
        aliases = tuple(f"{alias} {team}" for alias in job.aliases)
        about = f"{job.description} of team {team}"
        found.append(replace(job, name=f"{job.name}-{team}", aliases=aliases, description=about))
    return tuple(found[:count])


def hostile(jobs: Sequence[Job], around: Surroundings) -> float:
    """The longest time in ms that 10 kB of one piece over and over take."""
    texts = [(piece * 10_000)[:10_000] for piece in HOSTILE]
    return max(took for _, took in read_timed(texts, jobs, around))


def spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p99 = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    return f"{ordered[len(ordered) // 2]:.1f} / {p99:.1f} / {ordered[-1]:.1f}"


def share(judged: Sequence[Judged], of: Callable[[Judged], bool]) -> str:
    right = sum(map(of, judged))
    return f"{100 * right / len(judged):5.1f} % ({right}/{len(judged)})" if judged else "–"


def table(
    title: str, ops: Sequence[Judged], hidden: Sequence[Judged], seen: Sequence[Judged]
) -> None:
    def exact(each: Judged) -> bool:
        return each.ok["exact"]

    def expects(each: Judged, key: str) -> bool:
        return each.row["expected"].get(key) is True

    asks = [each for each in ops if expects(each, "clarify")]
    forbids = [each for each in ops if expects(each, "must_not_run")]
    stranger = [each for each in ops if expects(each, "unknown")]
    wrapped = [each for each in seen if each.row["style"] == "wrapped"]
    print(f"\n## {title}")
    for lang in ("en", "zh"):
        print(f"exact {lang:24}{share([e for e in ops if e.row['lang'] == lang], exact)}")
    print(f"{'unsafe (no question)':30}{sum(e.ok['unsafe'] for e in ops)}")
    print(f"{'unsafe (starts)':30}{sum(e.ok['started'] for e in ops)}")
    print(f"{'clarify right':30}{share(asks, exact)}")
    print(f"{'must not run right':30}{share(forbids, exact)}")
    print(f"{'unknown right':30}{share(stranger, exact)}")
    for name, part in (("hidden", hidden), ("shown", seen), ("shown, wrapped", wrapped)):
        print(f"{f'aliases {name}: job':30}{share(part, lambda e: e.ok['job'])}")
        print(f"{f'aliases {name}: and values':30}{share(part, lambda e: e.ok['values'])}")


def main() -> None:
    """Print the table for the whole sample and for the part that is kept aside."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("sample", type=Path)
    asked.add_argument(
        "--wrong", action="store_true", help="print what is not right, dev part only"
    )
    asked.add_argument("--aside", action="store_true", help="look at the part kept aside")
    asked.add_argument(
        "--write", type=Path, help="write the catalogue and world for `jobthread parse`"
    )
    options = asked.parse_args()
    with TemporaryDirectory() as name:
        folder = options.write or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        ops, jobs, around = utterances(options.sample, folder)
        hidden = chat_aliases(options.sample, folder, around, shown=False)
        seen = chat_aliases(options.sample, folder, around, shown=True)
        texts = [str(each.row["text"]) for each in ops]
        sizes = [(count, read_timed(texts, grown(jobs, count), around)) for count in SIZES]

    def part(judged: Sequence[Judged], aside: bool) -> list[Judged]:
        return [each for each in judged if each.aside is aside]

    table("developed on", *(part(each, False) for each in (ops, hidden, seen)))
    if options.aside:
        table("kept aside", *(part(each, True) for each in (ops, hidden, seen)))
        table("whole sample", ops, hidden, seen)
    print("\n## CPU time in ms, p50 / p99 / max")
    for count, readings in sizes:
        print(f"{f'{count} jobs':30}{spread([took for _, took in readings])}")
    print(f"{'10 kB of hostile text, worst':30}{hostile(jobs, around):.1f}")
    if options.wrong:
        show_wrong(part(ops, False), part(hidden, False), part(seen, False))


def show_wrong(*parts: Sequence[Judged]) -> None:
    for judged in parts:
        print("\n---")
        for each in judged:
            wrong = [k for k, v in each.ok.items() if v is (k in {"unsafe", "started"})]
            if wrong:
                text = each.row.get("text") or each.row.get("utterance")
                print(f"{each.row['id']} {','.join(wrong)}: {text}")
                print(f"    wanted {json.dumps(each.row['expected'], ensure_ascii=False)}")
                skipped = {"spans", "text", "rung"}
                said = {k: v for k, v in each.got.items() if k not in skipped}
                print(f"    got    {json.dumps(said, ensure_ascii=False)}")


if __name__ == "__main__":
    main()
