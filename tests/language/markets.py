"""A catalogue of a market, with Chinese names, for tests of how Chinese is spoken."""

from dataclasses import replace

from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter

_COMMAND = Command(groups=(("true",),))


def _choice(name: str, *choices: Choice) -> Parameter:
    return Parameter(name=name, kind=Kind.ENUM, required=True, choices=choices)


STALL = _choice(
    "stall", Choice(value="east", aliases=("东摊",)), Choice(value="west", aliases=("西摊",))
)
BARE = _choice("stall", Choice(value="east"), Choice(value="west"))
SHIP = Job(
    name="ship-menu",
    aliases=("ship", "发布"),
    command=_COMMAND,
    parameters=(STALL, Parameter(name="version", required=True, pattern=r"v?\d+\.\d+\.\d+")),
)
CARTS = Job(
    name="set-carts",
    aliases=("扩容", "缩容"),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="carts", kind=Kind.INTEGER, required=True, minimum=0, aliases=("餐车",)),
    ),
)
DRAIN = Job(
    name="drain-queue",
    aliases=("清空队列",),
    command=_COMMAND,
    parameters=(_choice("queue", Choice(value="orders"), Choice(value="dead", aliases=("dlq",))),),
)
LIGHTS = Job(
    name="night-lights",
    aliases=("夜灯",),
    command=_COMMAND,
    parameters=(
        STALL,
        _choice(
            "state",
            Choice(value="on", aliases=("开启", "打开")),
            Choice(value="off", aliases=("关闭",)),
        ),
    ),
)
WIPE = Job(
    name="wipe-boards",
    aliases=("擦拭黑板",),
    command=_COMMAND,
    parameters=(BARE,),
)
PRINT = Job(
    name="print-bill",
    aliases=("导出报表",),
    command=_COMMAND,
    parameters=(
        Parameter(name="since", kind=Kind.DATE, required=True),
        Parameter(name="until", kind=Kind.DATE),
        STALL,
    ),
)
GREASE = Job(
    name="grease-carts",
    aliases=("上油",),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="wash", kind=Kind.BOOLEAN, default=False, aliases=("清洗",)),
    ),
)
SWEEP = Job(
    name="sweep-stall",
    aliases=("清扫", "清扫摊位"),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="older_than_days", kind=Kind.INTEGER, default=7, aliases=("早于",)),
    ),
)
COPY = Job(
    name="copy-prices",
    aliases=("同步价格",),
    command=_COMMAND,
    parameters=(
        replace(STALL, name="source", aliases=("从",)),
        replace(STALL, name="dest", aliases=("到",)),
    ),
)
SHUTTER = Job(
    name="shutters",
    aliases=("卷帘",),
    command=_COMMAND,
    parameters=(
        STALL,
        _choice(
            "state", Choice(value="on", aliases=("放下",)), Choice(value="off", aliases=("解除",))
        ),
    ),
)
UNDO = Job(
    name="undo-menu",
    aliases=("回滚",),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="to_version", pattern=r"(\d+\.\d+\.\d+|previous)", default="previous"),
    ),
)
PASS = Job(
    name="give-pass",
    aliases=("授权",),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="person", kind=Kind.USER, required=True),
        Parameter(name="expires", kind=Kind.DATE, aliases=("到期",)),
    ),
)
UNLOCK = Job(
    name="unlock-account",
    aliases=("解锁账号",),
    command=_COMMAND,
    parameters=(Parameter(name="person", kind=Kind.USER, required=True),),
)
RESTORE = Job(
    name="restore-books",
    description="Restore the books from a backup",
    aliases=("恢复账本",),
    command=_COMMAND,
    parameters=(STALL, Parameter(name="day", kind=Kind.DATE, required=True)),
)
KEEP = Job(
    name="back-up-books",
    aliases=("备份", "备份账本", "backup"),
    command=_COMMAND,
    parameters=(
        STALL,
        Parameter(name="retention_days", kind=Kind.INTEGER, default=7, aliases=("保留",)),
    ),
)
FEED = Job(
    name="feed-cats",
    aliases=("喂猫", "feed cats"),
    command=_COMMAND,
    parameters=(
        replace(STALL, required=False, default="east"),
        Parameter(name="bowls", kind=Kind.INTEGER, default=1, aliases=("碗数", "bowls")),
        Parameter(name="message", aliases=("消息",)),
    ),
)
JOBS = (
    SHIP,
    CARTS,
    DRAIN,
    LIGHTS,
    WIPE,
    PRINT,
    GREASE,
    SWEEP,
    COPY,
    SHUTTER,
    UNDO,
    PASS,
    UNLOCK,
    RESTORE,
    KEEP,
    FEED,
)
