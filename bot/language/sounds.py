"""Chinese names with one character typed for another of the same sound: 重起 for 重启."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.language.sentences import Atom, Shape

_ALIKE = (
    "启起其期气", "布部步不", "署属暑", "份分", "滚棍", "锁琐索所", "测侧策", "理里", "清请青轻",
    "容荣融", "续序", "证正", "授收", "权全", "迁签千", "移以", "同童", "导倒到", "出初", "演眼",
    "练炼", "压鸭", "重虫", "复负付", "还环换", "原源", "解姐", "缩锁", "扩阔", "轮论", "密蜜",
    "钥要", "备被", "恢灰", "发法", "线限现", "版板", "丁定", "订", "建见健", "引印", "回会汇",
)  # fmt: skip
_LONGEST = 6


def _groups() -> dict[str, str]:
    found: dict[str, str] = {}
    for alike in _ALIKE:
        first = next((found[c] for c in alike if c in found), alike[0])
        found.update(dict.fromkeys(alike, first))
    return found


_SOUND = _groups()


@lru_cache(maxsize=8_192)
def sound_of(text: str) -> str:
    return "".join(_SOUND.get(character, character) for character in text)


def sounds_of(names: Iterable[str]) -> dict[str, str]:
    """Chinese names of two and more characters by their sound."""
    han = {name for name in names if 2 <= len(name) <= _LONGEST and not name.isascii()}
    return {sound_of(name): name for name in sorted(han)}


def sounding(atoms: Sequence[Atom], sounds: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Runs of characters (first, last, name) that sound like a name."""
    found: list[tuple[int, int, str]] = []
    for first, atom in enumerate(atoms):
        if atom.shape is not Shape.HAN:
            continue
        key = ""
        for last in range(first, min(first + _LONGEST, len(atoms))):
            if atoms[last].shape is not Shape.HAN:
                break
            key += atoms[last].text
            name = sounds.get(sound_of(key)) if len(key) > 1 else None
            if name is not None and name != key:
                found.append((first, last, name))
    return found
