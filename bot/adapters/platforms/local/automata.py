"""Finding any of many byte strings in a stream, each byte once (Aho and Corasick, 1975)."""

import re
from collections import deque
from collections.abc import Iterable

_LINE_ENDS = (0x0A, 0x0D)


class Automaton:
    """The strings looked for, as one machine: a tree of their bytes with links between branches.

    `wrapped`: a line may end anywhere inside a match at which a group of an encoding ends.
    """

    def __init__(self, forms: Iterable[bytes], *, wrapped: bool = False) -> None:
        self.wrapped = wrapped
        self.steps: dict[int, int] = {}
        self.depths = [0]
        self.matched = [0]
        wanted = sorted({form for form in forms if form})
        for form in wanted:
            self._grow(form)
        self.links = [0] * len(self.depths)
        self._link()
        # The regular expressions of C skip what can be no beginning, many times as fast.
        self.width = min((4, *(len(form) for form in wanted)))
        beginnings = sorted({form[: self.width] for form in wanted})
        self.beginnings = re.compile(b"|".join(map(re.escape, beginnings)) or b"(?!)")

    def _grow(self, form: bytes) -> None:
        state = 0
        for byte in form:
            after = self.steps.get(state << 8 | byte)
            if after is None:
                after = self.steps[state << 8 | byte] = len(self.depths)
                self.depths.append(self.depths[state] + 1)
                self.matched.append(0)
            state = after
        self.matched[state] = len(form)

    def _link(self) -> None:
        """Where to go on when a branch ends: the longest end of it that begins another one."""
        branches: dict[int, list[tuple[int, int]]] = {}
        for key, after in self.steps.items():
            branches.setdefault(key >> 8, []).append((key & 0xFF, after))
        waiting = deque([0])
        while waiting:
            state = waiting.popleft()
            for byte, after in branches.get(state, ()):
                link = self.step(self.links[state], byte) if state else 0
                self.links[after] = link
                self.matched[after] = self.matched[after] or self.matched[link]
                waiting.append(after)

    def step(self, state: int, byte: int) -> int:
        """The state after one more byte."""
        while True:
            after = self.steps.get(state << 8 | byte)
            if after is not None or not state:
                return after or 0
            state = self.links[state]


class Search:
    """One reading of one stream by an automaton. Offsets count from the stream's beginning."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._state = 0
        self._begun: deque[int] = deque()
        self._line_ends = 0

    def open_since(self, end: int) -> int:
        """Where what may become a match began; `end` when nothing is open."""
        return self._begun[0] if self._begun else end

    def feed(self, piece: bytes, offset: int) -> list[tuple[int, int]]:
        """The spans of matches that end in this piece, which stands at an offset; by their end.

        Of several that end at one place, the longest.
        """
        machine, found = self._automaton, list[tuple[int, int]]()
        at, length = 0, len(piece)
        while at < length:
            if not self._state:
                first = machine.beginnings.search(piece, at)
                # What the piece cuts short may still begin in its last bytes.
                at = first.start() if first else max(at, length - machine.width + 1)
                if at >= length:
                    break
            byte = piece[at]
            if machine.wrapped and byte in _LINE_ENDS and self._goes_on():
                self._line_ends += 1
            else:
                self._line_ends = 0
                self._take(byte, offset + at)
                matched = machine.matched[self._state]
                if matched:
                    found.append((self._begun[-matched], offset + at + 1))
            at += 1
        return found

    def _goes_on(self) -> bool:
        """A line ends between groups of an encoding; elsewhere it ends what was begun."""
        depth = self._automaton.depths[self._state]
        return depth >= 4 and depth % 2 == 0 and self._line_ends < len(_LINE_ENDS)

    def _take(self, byte: int, place: int) -> None:
        self._state = self._automaton.step(self._state, byte)
        self._begun.append(place)
        depth = self._automaton.depths[self._state]
        while len(self._begun) > depth:
            self._begun.popleft()
