"""The jobs that the tests of the language talk about."""

from bot.domain.jobs import Command, Job
from bot.domain.parameters import Choice, Kind, Parameter
from bot.domain.surroundings import Surroundings, Thread

_COMMAND = Command(groups=(("true",),))

APP = Parameter(
    name="app",
    kind=Kind.ENUM,
    required=True,
    choices=(Choice(value="api", aliases=("接口",)), Choice(value="web")),
    aliases=("应用",),
)
ENV = Parameter(
    name="env",
    kind=Kind.ENUM,
    required=True,
    choices=(
        Choice(value="dev"),
        Choice(value="staging"),
        Choice(value="prod", aliases=("production", "生产")),
    ),
    aliases=("environment", "环境"),
)
DEPLOY = Job(
    name="deploy",
    title="Deploy a service",
    aliases=("ship", "部署"),
    command=_COMMAND,
    parameters=(
        APP,
        ENV,
        Parameter(name="version"),
        Parameter(name="note", kind=Kind.TEXT),
        Parameter(name="dry_run", kind=Kind.BOOLEAN),
        Parameter(
            name="tags",
            kind=Kind.MULTI_ENUM,
            choices=(Choice(value="hotfix"), Choice(value="schema"), Choice(value="docs")),
        ),
        Parameter(name="site", kind=Kind.URL),
        Parameter(name="owner", kind=Kind.USER),
        Parameter(name="mail", kind=Kind.EMAIL),
    ),
)
DISK = Job(
    name="disk-report",
    title="Disk report",
    aliases=("磁盘报告",),
    command=_COMMAND,
    parameters=(Parameter(name="path", required=True),),
)
PROMOTE = Job(
    name="promote",
    command=_COMMAND,
    parameters=(
        Parameter(name="source", kind=Kind.ENUM, required=True, choices=ENV.choices),
        Parameter(name="target", kind=Kind.ENUM, required=True, choices=ENV.choices),
    ),
)
BACKUP = Job(name="backup", aliases=("备份", "不停机备份"), command=_COMMAND)
APPEAL = Job(
    name="appeal",
    command=_COMMAND,
    parameters=(Parameter(name="reason", kind=Kind.TEXT),),
)
JOBS = (DEPLOY, DISK, PROMOTE, BACKUP, APPEAL)

DEPLOYED = Surroundings(
    in_thread=True,
    thread=Thread(job="deploy", given={"app": "api", "env": "dev"}, execution=1001),
)
"""In the thread of a run of DEPLOY."""
