"""Chinese names as they sound: 重起 for 重启, or `chongqi`, whose characters nobody chose."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from bot.language.sentences import Atom, Shape

_ALIKE = (
    "启起其期气", "布部步不", "署属暑", "份分", "滚棍", "锁琐索所", "测侧策", "理里", "清请青轻",
    "容荣融", "续序", "证正", "授收", "权全", "迁签千", "移以", "同童", "导倒到", "出初", "演眼",
    "练炼", "压鸭", "重虫", "复负付", "还环换", "原源", "解姐", "缩锁", "扩阔", "轮论", "密蜜",
    "钥要", "备被", "恢灰", "发法", "线限现", "版板", "丁定", "订", "建见健", "引印", "回会汇",
)  # fmt: skip
_LONGEST = 6
_SHORTEST_SPELLING = 4
"""Letters of a name in pinyin; shorter ones are words of other languages."""

_SYLLABLES = (
    "bu部布步补", "shu署数输", "hui回恢灰", "gun滚", "chong重", "qi启起器期", "kuo扩", "suo缩锁",
    "rong容", "bei备", "fen份", "fu复服副负", "fa发", "xian线限", "shang上", "xia下", "qing清",
    "li理例", "huan缓换环还", "cun存", "qie切", "ting停", "zhi止执志置制", "dong动", "jian检建监件",
    "cha查", "ce测", "shi试实事时", "ya压", "yan演", "lian练连链", "quan权", "shou授", "qian迁签",
    "yi移", "tong同通", "dao导到", "chu出除", "ru入", "jie解", "xu续", "zheng证", "sheng升生",
    "ji级机", "jiang降", "gou构", "da打", "bao包报", "ku库", "biao表", "zhang账", "hao号", "mi密",
    "ma码", "liu流", "liang量", "fang放", "guan关", "kai开", "xin新", "geng更", "hu户", "yong用",
    "tui退推", "song送", "ding丁定", "san三", "diao调", "ping平屏", "zhuang装", "an安",
)  # fmt: skip


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


_SPELLINGS = {
    character: "".join(filter(str.isascii, each))
    for each in _SYLLABLES
    for character in each
    if not character.isascii()
}


def spelling_of(name: str) -> str:
    """A name in pinyin without blanks and tones; empty where a character is not known here."""
    syllables = [_SPELLINGS.get(character, "") for character in name]
    spelt = "".join(syllables) if all(syllables) else ""
    return spelt if len(spelt) >= _SHORTEST_SPELLING else ""


def sounds_of(names: Collection[str]) -> dict[str, str]:
    """Chinese names of two and more characters by their sound, and by how it is spelt."""
    han = sorted(n for n in names if 2 <= len(n) <= _LONGEST and not n.isascii())
    spelt = {spelling_of(name): name for name in han}
    own = {key: name for key, name in spelt.items() if key and key not in names}
    return own | {sound_of(name): name for name in han}


def sounding(atoms: Sequence[Atom], sounds: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Runs of characters (first, last, name) that sound like a name."""
    found: list[tuple[int, int, str]] = []
    for first, atom in enumerate(atoms):
        if not atom.is_word:
            continue
        key = ""
        for last in range(first, min(first + _LONGEST, len(atoms))):
            if atoms[last].shape is not atom.shape:
                break
            key += atoms[last].text
            is_long = len(key) >= (2 if atom.shape is Shape.HAN else _SHORTEST_SPELLING)
            name = sounds.get(sound_of(key)) if is_long else None
            if name is not None and name != key:
                found.append((first, last, name))
    return found
