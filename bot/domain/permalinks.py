"""Links to where something was said in Slack, for pages of other systems."""

from urllib.parse import urlsplit

from bot.domain.executions import Execution


def workspace_url(told: str) -> str:
    """A workspace's address as `auth.test` has it, ending in a slash; empty when it is none."""
    parts = urlsplit(told)
    is_web = parts.scheme in {"https", "http"} and bool(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}/" if is_web else ""


def thread_link(workspace: str, execution: Execution) -> str:
    """A link to the thread of an execution; empty while nobody knows where that is.

    The form is that of `chat.getPermalink`: https://docs.slack.dev/reference/methods/chat.getPermalink
    """
    place, card = execution.place, execution.card
    channel, ts = (place.channel, place.thread) if place.thread else ("", "")
    if not ts and card is not None:
        channel, ts = card.channel, card.ts
    if not workspace or not channel or not ts:
        return ""
    return f"{workspace}archives/{channel}/p{ts.replace('.', '')}"
