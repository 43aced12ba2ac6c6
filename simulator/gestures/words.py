"""What Slack makes of what a person types: escapes, mentions, links."""

import re

from simulator.teams import Team

_TOKENS = re.compile(
    r"(?P<ready><(?:@[UW]\w+|#[CG]\w+|![a-z^]|https?:|mailto:)[^<>]*>)"
    r"|(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)\]\"'])"
    r"|(?P<person>(?<![\w.@])@[\w.-]*\w)"
    r"|(?P<channel>(?<![\w#&])#[\w-]+)"
    r"|(?P<special>[&<>])"
)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_sent(team: Team, text: str, *, named: bool) -> str:
    """Typed text as payloads carry it; `named` adds names to mentions as commands do."""

    def replaced(match: re.Match[str]) -> str:
        word = match.group()
        match match.lastgroup:
            case "url":
                return f"<{word.replace('&', '&amp;')}>"
            case "person":
                return _person(team, word, named=named)
            case "channel":
                return _channel(team, word, named=named)
            case "special":
                return _ESCAPES[word]
            case _:
                return word

    return _TOKENS.sub(replaced, text)


def _person(team: Team, word: str, *, named: bool) -> str:
    if (user := team.people.find(word)) is not None and user.name == word[1:]:
        return f"<@{user.id}|{user.name}>" if named else f"<@{user.id}>"
    if (group := team.people.group(word)) is not None:
        return f"<!subteam^{group.id}|@{group.handle}>" if named else f"<!subteam^{group.id}>"
    if word in {"@here", "@channel", "@everyone"}:
        return f"<!{word[1:]}>"
    return word


def _channel(team: Team, word: str, *, named: bool) -> str:
    channel = team.channels.find(word)
    if channel is None or channel.name != word[1:]:
        return word
    return f"<#{channel.id}|{channel.name}>" if named else f"<#{channel.id}|>"
