"""A job's parameters filled from a sentence, in the order in which words can be trusted."""

import re
from collections.abc import Collection, Sequence

from bot.domain.jobs import Job
from bot.domain.parameters import Kind, Parameter
from bot.domain.surroundings import Surroundings
from bot.language.amounts import NUMERIC, fill_amounts, former_amounts
from bot.language.choosing import (
    fill_choices,
    fill_people,
    fill_target,
    guess_misspelt,
)
from bot.language.claims import Claims
from bot.language.clauses import unsettled_by
from bot.language.corrections import claim_taken_back
from bot.language.cuts import give_back_cut
from bot.language.dates import day_for, due_after, fill_spans, last_day_for
from bot.language.frames import claim_frames
from bot.language.leftovers import fill_leftovers
from bot.language.lexicons import Lexicon, called, is_telling, phrase_key, stem, tokens_in
from bot.language.naming import fill_named, fill_pairs, fill_reason
from bot.language.patterns import fill_patterns
from bot.language.phrases import windows
from bot.language.pleasantries import claim_pleasantries
from bot.language.ranking import Ranked, Strength
from bot.language.sentences import Sentence, Shape
from bot.language.states import fill_state
from bot.language.stopwords import FILLERS, HAN_FILLERS
from bot.language.switches import fill_booleans
from bot.language.times import Time


def filled(
    ranked: Ranked,
    lexicon: Lexicon,
    sentence: Sentence,
    times: Sequence[Time],
    around: Surroundings,
    told: Sequence[tuple[int, int]] = (),
) -> Claims:
    """What the sentence says about this job; never raises. What is over of `told` is a reason."""
    claims = Claims(
        sentence=sentence,
        words=lexicon.words_of(ranked.job),
        around=around,
        times=tuple(_placed(sentence, times, ranked.job)),
        owner=[""] * len(sentence.atoms),
    )
    if ranked.strength > Strength.WORDS:
        for place in ranked.places:
            claims.claim(place, place, "job")
        if ranked.places:
            claims.places["job"] = (min(ranked.places), max(ranked.places))
    fill_pairs(claims)
    claim_taken_back(claims)
    fill_reason(claims)
    fill_named(claims, lexicon.known)
    claim_pleasantries(claims)
    fill_people(claims)
    _fill_date_parameters(claims)
    fill_choices(claims)
    fill_state(claims)
    fill_booleans(claims)
    _fill_ages(claims)
    _fill_schedule(claims)
    fill_spans(claims)
    fill_amounts(claims)
    fill_patterns(claims)
    fill_target(claims)
    for first, last in told:
        claims.claim(first, last, "reason")
    guess_misspelt(claims)
    _claim_own(claims, lexicon)
    claim_frames(claims)
    _claim_fillers(claims)
    give_back_cut(claims)
    fill_leftovers(claims, left_over(claims))
    claims.unsure += dict.fromkeys(unsettled_by(claims))
    return claims


def _placed(sentence: Sentence, times: Sequence[Time], job: Job) -> list[tuple[int, int, Time]]:
    found: list[tuple[int, int, Time]] = []
    for time in times:
        covered = sentence.within(time.at, time.end)
        if covered and not _is_version(sentence.atoms[covered[0]].raw, job):
            found.append((covered[0], covered[-1], time))
    return found


def _is_version(said: str, job: Job) -> bool:
    """`2026.3.1` is a version where one is asked for, and a day elsewhere."""
    return said.count(".") == 2 and any(
        p.pattern and is_telling(p.pattern) and re.fullmatch(p.pattern, said)
        for p in job.parameters
    )


_UNTIL = frozenset({"until", "till", "til", "through", "by", "到", "至"})


def _fill_date_parameters(claims: Claims) -> None:
    """A day without a clock is the date that the job asks for, before it is a time to start."""
    for first, last, time in claims.times:
        open_ones = claims.open_of(Kind.DATE)
        if not open_ones or time.day is None or time.has_clock or time.cron:
            continue
        if not claims.is_free(first, last):
            continue
        ordered = [p for p in claims.job.parameters if p in open_ones]
        if time.loose == "days":
            claims.guessed[ordered[0].name] = time.day.isoformat()
            claims.unsure.append(ordered[0].name)
            claims.claim(first, last, "guess")
            continue
        if due := due_after(claims, first, last):
            claims.put(due[0], day_for(due[0], time, claims.around.now), first, due[1])
        elif time.last is not None and len(ordered) > 1:
            claims.put(ordered[0], day_for(ordered[0], time, claims.around.now), first, last)
            claims.put(ordered[1], last_day_for(ordered[0], time, claims.around.now), first, last)
        elif time.last is not None:
            continue
        elif first and claims.atoms[first - 1].text in _UNTIL:
            claims.put(ordered[-1], day_for(ordered[-1], time, claims.around.now), first - 1, last)
        elif open_ones[0].required or time.is_past:
            claims.put(open_ones[0], day_for(open_ones[0], time, claims.around.now), first, last)


def _fill_ages(claims: Claims) -> None:
    """`7 days ago` of files is an age where the job asks for one."""
    for first, last, time in claims.times:
        if time.is_past and claims.is_free(first, last) and claims.open_of(*NUMERIC):
            fill_amounts(claims)
            if not claims.is_free(first, last):
                claims.claim(first, last, "age")


def _fill_schedule(claims: Claims) -> None:
    for first, last, time in claims.times:
        says_when = time.cron or time.at_moment is not None or time.day is not None or time.doubt
        if says_when and claims.is_free(first, last):
            _take_time(claims, first, last, time)


_DAILY = re.compile(r"nightly|daily|everyday|(?:every|each) (?:single )?(?:day|night)")
_ONLY_CLOCK = re.compile(r"(?:at )?(?:\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\.?)?|noon|midnight)")


def _recurring(claims: Claims, before: Time, time: Time) -> str:
    """`Nightly backup … at 1am`, `weekly backup … on fridays 22:00`: one rhythm, said apart."""
    said = [claims.sentence.folded[each.at : each.end].strip() for each in (before, time)]
    if before.doubt != "clock" or time.doubt:
        return ""
    if said[0] == "weekly" and time.cron and time.cron[-1] != "*":
        return time.cron
    is_daily = _DAILY.fullmatch(said[0]) and _ONLY_CLOCK.fullmatch(said[1])
    if not is_daily or time.at_moment is None:
        return ""
    return f"{time.at_moment.minute} {time.at_moment.hour} * * *"


def _take_time(claims: Claims, first: int, last: int, time: Time) -> None:
    before = next((t for f, e, t in claims.times if (f, e) == claims.places.get("at")), None)
    cron = _recurring(claims, before, time) if before is not None else ""
    if cron:
        claims.claim(first, last, "at")
        claims.cron, claims.at, claims.time_doubt = cron, None, ""
        return
    if claims.at is not None or claims.cron:
        claims.unsure.append("at")
    claims.claim(first, last, "at")
    claims.places.setdefault("at", (first, last))
    if _is_deadline(claims, first, last):
        claims.time_doubt = "deadline"
        return
    claims.time_doubt = claims.time_doubt or time.doubt
    if time.cron:
        claims.cron = time.cron
    elif time.at_moment is not None:
        claims.at = time.at_moment


_DEADLINES = frozenset({"by", "within"})


def _is_deadline(claims: Claims, first: int, last: int) -> bool:
    """`By 5pm`, `within two hours`: until when it shall be done, and no start."""
    said = [atom.text for atom in claims.atoms[max(first - 1, 0) : last + 1]]
    return bool(_DEADLINES & {*said}) or _NEXT_SPAN in zip(said, said[1:], said[2:], strict=False)


_NEXT_SPAN = ("in", "the", "next")


_WISHES = frozenset({"need", "want"})


def _claim_fillers(claims: Claims) -> None:
    atoms = claims.atoms
    for at, atom in enumerate(atoms):
        if claims.owner[at]:
            continue
        if atom.shape is Shape.MARK:
            claims.owner[at] = "mark"
        elif atom.shape is Shape.WORD and _is_part(claims, at):
            continue
        elif atom.shape is Shape.WORD and {atom.text, stem(atom.text)} & (FILLERS | _WISHES):
            claims.owner[at] = "filler"
    _claim_only(claims)
    partial = _parts_of_it(claims)
    for first, last in former_amounts(claims):
        claims.claim(first, last, "filler")
    text = "".join(
        a.text
        if a.shape is Shape.HAN and not claims.owner[i] and i not in partial
        else "\0" * max(len(a.text), 1)
        for i, a in enumerate(atoms)
    )
    starts: dict[int, int] = {}
    count = 0
    for i, atom in enumerate(atoms):
        starts[count] = i
        count += max(len(atom.text), 1)
    for filler in HAN_FILLERS:
        begin = text.find(filler)
        while begin >= 0:
            first = starts[begin]
            claims.claim(first, first + len(filler) - 1, "filler")
            text = text[:begin] + "\0" * len(filler) + text[begin + len(filler) :]
            begin = text.find(filler)


_PART_OF = re.compile(
    r"(?:一个|一台|某个|某台|其中|单个|部分|几个|两个|半数|一半)(?:的|个|台)?(?:实例|节点|副本)"
)


def _parts_of_it(claims: Claims) -> set[int]:
    """As `_is_part`: 重启支付的一个实例."""
    spans = [found.span() for found in _PART_OF.finditer(claims.sentence.folded)]
    return {
        i for i, a in enumerate(claims.atoms) if any(begin <= a.at < end for begin, end in spans)
    }


def _claim_only(claims: Claims) -> None:
    """`只同步网关的`: it limits what has a parameter, and then says no more than its value."""
    for at in range(len(claims.atoms) - 1):
        if claims.atoms[at + 1].text == "掉" and claims.owner[at] == "job":
            claims.claim(at + 1, at + 1, "filler")
        if claims.atoms[at].text not in {"只", "仅"} or claims.owner[at]:
            continue
        verb = "".join(a.text for i, a in enumerate(claims.atoms) if claims.owner[i] == "job")
        end = at + 1
        while end < len(claims.atoms) and claims.atoms[end].text in verb + "对给要":
            end += 1
        if end < len(claims.atoms) and claims.job.parameter(claims.owner[end]) is not None:
            claims.claim(at, end - 1, "courtesy" if _ends_after(claims, end) else "filler")


def _ends_after(claims: Claims, at: int) -> bool:
    """Whether nothing but 的 follows a value: 只要 gateway is then no condition."""
    owner, after = claims.owner[at], at
    while after < len(claims.atoms) and claims.owner[after] == owner:
        after += 1
    rest = "".join(atom.text for atom in claims.atoms[after:])
    return rest.rstrip("。.!！") in {"", "的", "的配置", "服务"}


_PARTS = frozenset({"instance", "pod", "replica", "node", "copy", "server", "host", "machine"})


def _is_part(claims: Claims, at: int) -> bool:
    """`One instance of it`: not the whole, so the word must not go by unseen."""
    after = claims.atoms[at + 1].text if at + 1 < len(claims.atoms) else ""
    if claims.atoms[at].text == "back":
        # `Fail it over back` is another deed than to fail it over.
        return after not in _BACK_UP
    return claims.atoms[at].text in {"one", "any", "each"} and stem(after) in _PARTS


_BACK_UP = frozenset({"up", "on", "online", "again"})


def _claim_own(claims: Claims, lexicon: Lexicon) -> None:
    """Another job's name that this job's description uses, as a restore its 备份 (`backup`)."""
    described = {*tokens_in(claims.job.description)}
    for first, last, key in windows(claims.atoms, lexicon.names):
        for index in () if key.isascii() else lexicon.names[key]:
            job = lexicon.jobs[index]
            if job is claims.job or not claims.is_free(first, last):
                continue
            if any(phrase_key(said) in described for said in called(job)):
                claims.claim(first, last, "own")


def left_over(claims: Claims) -> list[int]:
    """Places that say something nobody understood."""
    named = {a.text for i, a in enumerate(claims.atoms) if claims.owner[i] == "job"}
    return [at for at in claims.free() if at in claims.cut or not _is_own_word(claims, at, named)]


def _is_own_word(claims: Claims, at: int, named: Collection[str]) -> bool:
    """A word with which the job describes itself explains nothing away, and disturbs nothing."""
    atom = claims.atoms[at]
    if atom.shape is Shape.WORD:
        if any(c.isdigit() for c in atom.text):
            # A number is a value, even of the example in a description.
            return False
        pieces = atom.text.replace("_", "-").split("-")
        return all(stem(piece) in claims.words.own for piece in pieces if piece)
    if atom.shape is not Shape.HAN:
        return False
    before = claims.atoms[at - 1].text if at else ""
    after = claims.atoms[at + 1].text if at + 1 < len(claims.atoms) else ""
    if atom.text in named:
        # 强制续 after 续签: the verb once more.
        return True
    return before + atom.text in claims.words.own or atom.text + after in claims.words.own


def missing(claims: Claims) -> list[Parameter]:
    """Required parameters without value or default."""
    known = claims.given.keys() | claims.invalid.keys()
    return [
        parameter
        for parameter in claims.job.parameters
        if parameter.required and parameter.default is None and parameter.name not in known
    ]
