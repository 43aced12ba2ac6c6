"""Bytes of a log cut where a person would cut them."""


def cut(content: bytes, *, whole: bool) -> bytes:
    """Up to its last line end; where there is none, up to its last whole character."""
    if whole:
        return content
    return content[: content.rfind(b"\n") + 1] or _whole_characters(content)


def whole_lines(content: bytes, *, from_the_start: bool) -> bytes:
    """Without the half line that it begins with."""
    return content if from_the_start else content[content.find(b"\n") + 1 :]


def _whole_characters(content: bytes) -> bytes:
    for back in range(1, min(4, len(content)) + 1):
        lead = content[-back]
        if lead >= 0xC0:
            length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return content if back >= length else content[:-back]
    return content
