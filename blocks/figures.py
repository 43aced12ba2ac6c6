"""Numbers that a run reports, as people read them: progress, metrics, comparisons."""

from datetime import timedelta

from blocks.texts import duration, joined, safe
from bot.domain.results import Comparison, Metric, Progress, Resources
from bot.domain.wording import _, ngettext

_CELLS = 10
WORTH_SAYING = timedelta(seconds=1)
WORTH_SAYING_OF_MEMORY = 64 * 1024 * 1024
"""Bytes; a small script is below both, and its card says nothing of them."""

_BYTES = frozenset({"b", "byte", "bytes"})


def bar(fraction: float) -> str:
    """`▓▓▓▓▓▓░░░░ 62 %`; never full before the end."""
    known = min(1.0, max(0.0, fraction)) if fraction == fraction else 0.0
    full = int(known * _CELLS)
    return f"{'▓' * full}{'░' * (_CELLS - full)} {int(known * 100)} %"


def progress_line(
    progress: Progress | None, elapsed: timedelta | None, usual: timedelta | None
) -> str:
    """`▓▓▓▓▓▓░░░░ 62 % · migrating database · 1 m 40 s of about 3 m`, as far as it is known."""
    fraction = progress.fraction if progress else None
    return joined(
        [
            bar(fraction) if fraction is not None else "",
            safe(progress.step, 200) if progress else "",
            _("try {tries} on its platform").format(tries=progress.tries)
            if progress and progress.tries > 1
            else "",
            _time_line(elapsed, usual),
        ]
    )


def figure(metric: Metric) -> str:
    """`1,204 rows`, `3.2 GB`, `0.25`."""
    if metric.unit.casefold() in _BYTES:
        return _bytes(metric.value)
    return f"{_plain(metric.value)} {metric.unit}".strip()


def used(resources: Resources) -> str:
    """`used 3.2 s of processor, 210 MB`; nothing of what is too little to matter."""
    span, size = resources.processor, resources.memory
    processor = duration(span) if span is not None and span >= WORTH_SAYING else ""
    memory = _bytes(size) if size is not None and size >= WORTH_SAYING_OF_MEMORY else ""
    if processor and memory:
        return _("used {span} of processor, {size}").format(span=processor, size=memory)
    if processor:
        return _("used {span} of processor").format(span=processor)
    return _("used {size}").format(size=memory) if memory else ""


def comparison_line(comparison: Comparison | None) -> str:
    """What was different from usual; nothing when nothing was."""
    if comparison is None or not comparison.is_unusual:
        return ""
    many, usual = comparison.runs, duration(comparison.usual)
    runs = ngettext("its last {count} run", "its last {count} runs", many).format(count=many)
    if comparison.ratio >= 1:
        return _("{ratio:.1f}x slower than {runs} (usually {span})").format(
            ratio=comparison.ratio, runs=runs, span=usual
        )
    faster = 1 / max(comparison.ratio, 0.001)
    return _("{faster:.1f}x faster than {runs} (usually {span})").format(
        faster=faster, runs=runs, span=usual
    )


def _time_line(elapsed: timedelta | None, usual: timedelta | None) -> str:
    if elapsed is None:
        return ""
    if usual is None:
        return duration(elapsed)
    if elapsed > usual:
        return _("{span}, usually about {usual}").format(
            span=duration(elapsed), usual=duration(usual)
        )
    return _("{span} of about {usual}").format(span=duration(elapsed), usual=duration(usual))


def _plain(value: float) -> str:
    if value == int(value) if abs(value) < 1e15 else False:
        return f"{int(value):,}"
    if 0.01 <= abs(value) < 1e15:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.3g}"


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.1f}".removesuffix(".0") + f" {unit}"
