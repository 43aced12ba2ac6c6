"""Links that runs and platforms give, made harmless."""

from urllib.parse import urlsplit

from blocks.texts import safe
from bot.domain.results import Link

_LONGEST = 500


def link(given: Link) -> str:
    """A link with its host in sight; nothing when it is no web address."""
    address, host = _address(given.url)
    text = safe(given.text, 80)
    if not address:
        return ""
    return f"<{address}|{text}> ({host})" if text else f"<{address}|{host}>"


def page(url: str, text: str) -> str:
    """A link to where a platform shows something, or its words alone."""
    address, _ = _address(url)
    shown = safe(text, 80)
    return f"<{address}|{shown}>" if address and shown else shown


def _address(url: str) -> tuple[str, str]:
    """What stands in a link, and the host as it is shown; both empty for what is no address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "", ""
    if parts.scheme not in {"http", "https"} or not host or len(url) > _LONGEST:
        return "", ""
    if any(ch in "<>|`" or ch.isspace() or not ch.isprintable() for ch in url):
        return "", ""
    return url.replace("&", "&amp;"), safe(host, 80)
