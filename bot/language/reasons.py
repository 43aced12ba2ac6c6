"""Taking the reason out of a command: `reason="…"`, `because …`, 原因：…."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.jobs import Job
from bot.language.normalising import decoded, folded
from bot.language.parameters import parameter_called
from bot.language.tokens import Shape, Token, tokens_of
from bot.language.vocabulary import BECAUSE, REASON_KEYS, limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Reasoned:
    """The reason and the tokens that say something else; `exact` unless it may hold more."""

    reason: str = ""
    rest: tuple[Token, ...]
    exact: bool = True


def without_reason(job: Job | None, tokens: Sequence[Token], text: str) -> Reasoned:
    """A reason goes on to the end or to the next parameter's value; a second one is added."""
    first = _first_reason(job, tokens, text)
    more = [token.text for token in first.rest if _says_reason(job, token)]
    rest = tuple(token for token in first.rest if not _says_reason(job, token))
    reason = "; ".join(said for said in (first.reason, *more) if said)
    return Reasoned(reason=reason, rest=rest, exact=first.exact and not more)


def _first_reason(job: Job | None, tokens: Sequence[Token], text: str) -> Reasoned:
    start = next((i for i, token in enumerate(tokens) if begins_reason(job, token)), None)
    if start is None:
        return Reasoned(rest=tuple(tokens))
    token = tokens[start]
    if token.shape is Shape.PAIR and (token.quoted or not token.text):
        return Reasoned(reason=token.text, rest=(*tokens[:start], *tokens[start + 1 :]))
    end = next(
        (i for i in range(start + 1, len(tokens)) if _ends_reason(job, tokens[i])), len(tokens)
    )
    rest = (*tokens[:start], *tokens[end:])
    said = text[_first_character(token) : tokens[end].start if end < len(tokens) else None]
    return _reasoned(token, said, tokens[start:end], rest)


def _reasoned(
    first: Token, said: str, tokens: Sequence[Token], rest: tuple[Token, ...]
) -> Reasoned:
    pieces = tokens_of(said)
    if len(pieces) == 1 and pieces[0].quoted:
        return Reasoned(reason=pieces[0].text, rest=rest)
    reason = decoded(said, bare=False).strip(" \t\n,，;；`")
    # `reason=fix prod` may mean a value after the first word, `because …` a condition.
    said_to_the_end = len(tokens) == 1 or first.sign != "="
    is_sure = said_to_the_end and not first.unclosed
    words = [token.text for token in tokens if not token.quoted]
    return Reasoned(reason=reason, rest=rest, exact=is_sure and not limits(words))


def begins_reason(job: Job | None, token: Token) -> bool:
    if token.shape is Shape.PAIR:
        key = folded(token.key)
        return key in REASON_KEYS and (job is None or parameter_called(job, token.key) is None)
    return token.is_bare_word and _because(token) is not None


def _says_reason(job: Job | None, token: Token) -> bool:
    return token.shape is Shape.PAIR and begins_reason(job, token)


def _because(token: Token) -> str | None:
    word = folded(token.text)
    glued = (said for said in BECAUSE if not said.isascii() and word.startswith(said))
    return word if word in BECAUSE else next(glued, None)


def _ends_reason(job: Job | None, token: Token) -> bool:
    if not token.key:
        return False
    return job is None or parameter_called(job, token.key) is not None


def _first_character(token: Token) -> int:
    if token.shape is Shape.PAIR:
        return token.value_at
    return token.start + len(_because(token) or "")
