"""Masks: what must not leave the machine is blotted out of whatever text it got into."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from bot.domain.errors import Mistake
from bot.domain.jobs import Job
from bot.domain.parameters import Kind, shown
from bot.logs import without_tokens
from bot.settings import Settings
from bot.wiring.models import model_key

BLOT = "•••"

SHORTEST = 6
"""Characters; a shorter secret is blotted out of words that have nothing to do with it."""

_TELLING = re.compile(
    r"token|secret|passw|pwd|key|credential|auth|dsn|cookie|private|headers", re.IGNORECASE
)
"""Names of environment variables whose values are taken for secrets."""

_QUOTED = re.compile(r"`(?!jobthread )[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|(?<!\w)'[^'\n]*'(?!\w)")


class Mask:
    """Knows this machine's secrets, so that it can find them in any text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
        # The longest first: a part of one secret must not hide the rest of it.
        known = sorted((each for each in forms if len(each) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def over(self, text: str) -> str:
        """The text without any secret that is known, or looks like one of Slack's."""
        blotted = self._known.sub(BLOT, text) if self._known else text
        return without_tokens(blotted)

    def over_words(self, text: str) -> str:
        """As `over`, and without anything quoted: a sentence about a file quotes what is in it."""
        return self.over(_QUOTED.sub(f"`{BLOT}`", text))


def mask_of(settings: Settings, jobs: Iterable[Job], environment: Mapping[str, str]) -> Mask:
    """A mask over tokens, passwords in URLs, what jobs name as secrets, and telling variables."""
    named = {
        reference.removeprefix("env:")
        for job in jobs
        for reference in _references(job)
        if reference.startswith("env:")
    }
    held = {value for name, value in environment.items() if name in named or _TELLING.search(name)}
    urls = [
        settings.jobthread_database_url.get_secret_value(),
        settings.slack_api_url,
        settings.otel_exporter_otlp_endpoint,
        settings.jobthread_claude_url,
        *(value for value in environment.values() if "://" in value),
    ]
    tokens = [
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.jobthread_claude_key.get_secret_value(),
        _model_key(settings),
    ]
    return Mask([*tokens, *held, *(part for url in urls for part in _parts(url))])


def _model_key(settings: Settings) -> str:
    """The key itself, also where the setting only says where it is."""
    try:
        return model_key(settings)
    except Mistake:
        return ""


def bare(url: str) -> str:
    """An address without who one is there and what is asked of it."""
    parts = urlsplit(url)
    if not parts.hostname:
        return ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _references(job: Job) -> Iterable[str]:
    for parameter in job.parameters:
        if parameter.kind is Kind.SECRET:
            yield from (choice.value for choice in parameter.choices)
            if parameter.default is not None:
                yield shown(parameter.default)


def _parts(url: str) -> Iterable[str]:
    """The password in a URL, as written and as meant, and every value of its query."""
    try:
        parts = urlsplit(url)
        password = parts.password or ""
    except ValueError:
        return
    values = [pair.partition("=")[2] for pair in parts.query.split("&")] if parts.scheme else []
    for each in (password, *values):
        yield from {each, unquote(each)} - {""}
