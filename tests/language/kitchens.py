"""A catalogue of a bakery's machines, for tests of plain language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.surroundings import Person, Shortcut, Surroundings, Target

_COMMAND = Command(groups=(("true",),))
NOW = datetime(2026, 5, 13, 15, 30, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Wednesday."""

OVEN = Parameter(
    name="oven",
    kind=Kind.ENUM,
    required=True,
    choices=(
        Choice(value="north", aliases=("n-oven", "北炉", "北边")),
        Choice(value="south", aliases=("南炉", "南边")),
        Choice(value="stone", aliases=("stone oven", "石炉")),
    ),
)
SITE = Parameter(
    name="site",
    kind=Kind.ENUM,
    required=True,
    choices=(
        Choice(value="trial", aliases=("试验",)),
        Choice(value="shop", aliases=("store", "门店", "店里")),
    ),
)
HEAT = Job(
    name="heat-oven",
    description="Heat an oven at a site",
    aliases=("heat", "warm up", "预热", "加热"),
    command=_COMMAND,
    parameters=(
        OVEN,
        SITE,
        Parameter(
            name="degrees",
            kind=Kind.INTEGER,
            required=True,
            minimum=50,
            maximum=300,
            aliases=("celsius", "度"),
        ),
        Parameter(name="fan", kind=Kind.BOOLEAN, default=True, aliases=("风扇",)),
    ),
)
CLEAN = Job(
    name="clean-oven",
    description="Clean an oven",
    aliases=("clean", "scrub", "清洁", "清洗烤炉"),
    command=_COMMAND,
    parameters=(
        OVEN,
        Parameter(name="soak_min", kind=Kind.INTEGER, default=10, aliases=("soak", "浸泡")),
    ),
)
RECIPE = Job(
    name="publish-recipe",
    description="Publish a version of a recipe to a site",
    aliases=("publish", "发布配方"),
    command=_COMMAND,
    parameters=(
        Parameter(name="recipe", kind=Kind.STRING, required=True, pattern=r"[a-z]+-[a-z-]+"),
        Parameter(name="version", required=True, pattern=r"v?\d+\.\d+\.\d+"),
        SITE,
    ),
)
SALES = Job(
    name="sales-report",
    description="Report the sales of a period",
    aliases=("sales", "销售报告"),
    examples=("how much bread did we sell since {since}",),
    command=_COMMAND,
    parameters=(
        Parameter(name="since", kind=Kind.DATE, required=True, aliases=("from", "从")),
        Parameter(name="to", kind=Kind.DATE, aliases=("until", "到")),
    ),
)
BADGE = Job(
    name="unlock-badge",
    aliases=("unlock", "解锁"),
    command=_COMMAND,
    parameters=(
        Parameter(name="person", kind=Kind.USER, required=True),
        Parameter(name="reason", kind=Kind.STRING, aliases=("because", "原因")),
    ),
)
JOBS = (HEAT, CLEAN, RECIPE, SALES, BADGE)

AROUND = Surroundings(
    now=NOW,
    people=(
        Person(id="U0MARTA01", names=("marta", "Marta Ruiz")),
        Person(id="U0CHEN002", names=("chenwei", "陈伟")),
    ),
    targets=(Target(name="plant-a", aliases=("a-line", "一号线")), Target(name="plant-b")),
    shortcuts=(Shortcut(name="racks", arguments=("site", "lines")),),
)
