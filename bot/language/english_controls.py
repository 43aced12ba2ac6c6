"""Further ways to ask about executions, schedules and what ran, in English."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.domain.intents import (
    ApproveRun,
    CancelRun,
    ListApprovals,
    ListJobs,
    ListRunning,
    ListSchedules,
    RejectRun,
    RerunJob,
    ShowHistory,
    ShowStatus,
)
from bot.language.control_words import (
    COUNT,
    EXECUTION,
    LOGS,
    NUMBERED,
    RUNS,
    SHOW,
    Makes,
    english,
    logs_of,
    reference,
)
from bot.language.numbers import number_of

_LOOK = r"(?:let me |can i |could i |may i |i(?:'d| would) like to |i want to |i need to )"
_WHEN = r"(?: (?:so far|today|yesterday|tonight|recently|lately|last (?:night|week|month)|this (?:morning|afternoon|week|month)|over the weekend|on (?:mon|tues|wednes|thurs|fri|satur|sun)day))*"
_SOON = r"(?: (?:for |coming up |up )?(?:today|tonight|tomorrow|this week|this weekend|the weekend|next week|next|soon|later))*"
_DONE = r"(?:go|went|gone|going|come|came|turn(?:ed)? out|work(?:ed)?|pass(?:ed)?|make it|made it|go through|gone through)"

FURTHER: tuple[tuple[re.Pattern[str], Makes], ...] = (
    *english(
        [
            rf"where (?:are we|do we stand|is it) (?:with|on|at with|at on) (?P<x>)(?:the )?{EXECUTION}",
            rf"(?:how far|how far along|how much longer|how long|what stage|which step)(?: (?:is|has|does|will|did))? (?P<x>)(?:the )?{EXECUTION}(?: (?:at|on|got|gotten|take|be|come|along|need|still need|now))*",
            rf"(?:what is|what's|whats) (?P<x>)(?:the )?{EXECUTION} (?:doing|up to|waiting for|waiting on|stuck on|at)(?: (?:now|right now|at the moment))?",
            rf"(?:did|has|have|is|was|will|does) (?P<x>)(?:the )?{EXECUTION} (?:already |still |just |now |ever )?(?:{_DONE}|through|pending|queued|waiting|hanging|in progress|underway|started|start|begun|begin|finished|waiting for approval)(?: (?:through|out|yet|already|well|ok|okay|fine|now|by now|successfully|alright|all right))*",
            rf"(?:any (?:news|update|updates|progress|word|result|results)|news|update|updates|progress|result|results|outcome) ?(?:on|of|from|about|for|regarding) (?P<x>)(?:the )?{EXECUTION}",
            rf"(?:tell me|give me|get me|fetch|show me|show|i need|{_LOOK}(?:see|know|check))(?: (?:the|a|an))? ?(?:about|status|state|progress|update|news|result|outcome)(?: (?:of|on|about|for|from))?(?: how)? (?P<x>)(?:the )?{EXECUTION}(?: (?:is|doing|is doing|went|is going))?",
            rf"(?:let me know|tell me) (?:how|where|whether|if) (?P<x>)(?:the )?{EXECUTION}(?: (?:is|has|went|goes))?(?: (?:doing|going|at|done|finished|running|through|ready|on))*",
            rf"(?:check|look|have a look|take a look|keep an eye|check up)(?: (?:up|at|on|in|into))* (?P<x>)(?:the )?{EXECUTION}",
            rf"(?:still )?waiting (?:for|on) (?P<x>)(?:the )?{EXECUTION}(?: (?:to finish|still running))?",
            rf"(?P<x>){NUMBERED} (?:still|already|now) (?:running|done|going|pending|waiting|queued|stuck)",
        ],
        lambda f: ShowStatus(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:{_LOOK}|{SHOW})*(?:have |see |get |read |look at |check |view |pull (?:up )?|open )?(?P<x>)(?:the |some |all )?(?:(?:last|latest|final|first) )?(?:{COUNT} (?:lines?|rows?) (?:of |from )?)?(?:the )?(?:(?:full|whole|complete|error|run) )?{LOGS} (?:of|for|from|in|on) (?:the )?{EXECUTION}",
            rf"(?:{SHOW})?(?P<x>)(?:the )?(?:last|latest|final) {COUNT} (?:log )?(?:lines?|rows?)(?: (?:of|from|for|in))? (?:the )?{EXECUTION}(?:'s)?(?: {LOGS})?",
            rf"(?:{SHOW})?(?P<x>){COUNT} (?:log )?lines? (?:of|from|for) (?:the )?(?:{LOGS} (?:of |for |from )?)?{EXECUTION}",
            rf"(?:why|how come|what made) (?:did |has |is |was )?(?P<x>)(?:the )?{EXECUTION} (?:fail(?:ed|ing)?|crash(?:ed)?|break|broke|broken|go wrong|not work|stop(?:ped)?|abort(?:ed)?|error(?:ed)? out|die[ds]?|red)",
            rf"what (?:went wrong|broke|failed|happened)(?: (?:with|in|on|during))? (?P<x>)(?:the )?{EXECUTION}",
            rf"(?:{SHOW})?(?P<x>)(?:the )?(?:tail|end|rest) of (?:the )?(?:{LOGS} (?:of |for |from )?)?{EXECUTION}",
            rf"{LOGS} (?:please|pls) (?:for|of|from) (?P<x>){EXECUTION}|what (?:does|did|do) (?:the )?{LOGS} (?:of|for|from) {NUMBERED.replace('<n>', '<n2>')} (?:say|show|tell|look like)(?: (?:me|us))?",
            rf"(?P<x>)(?:tail|follow|stream|dump|cat|open|read)(?: the)?(?: {LOGS})?(?: (?:of|for|from))? (?:the )?{EXECUTION}",
        ],
        logs_of,
    ),
    *english(
        [
            rf"(?:call off|shut down|break off|interrupt|drop|scrap|pull the plug on|stop running|cancel the execution of) (?P<x>)(?:the )?{EXECUTION}",
            rf"(?P<x>)make {EXECUTION} stop",
        ],
        lambda f: CancelRun(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:try|give|do|run|start|launch|execute|kick off) (?P<x>)(?:the )?{EXECUTION} (?:over|over again|again|once more|once again|another (?:try|go|shot|time|run)|a(?:nother)? second time|from scratch|from the start|from the beginning)",
            rf"(?:run|start|do) again (?P<x>)(?:the )?{NUMBERED}",
        ],
        lambda f: RerunJob(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:go ahead with|thumbs up (?:for|on|to)|green light (?:for|to)|yes to|ok to|good to go with|i(?:'m| am) (?:ok|okay|fine|good|happy) with) (?P<x>)(?:the )?(?:request )?{NUMBERED}",
            rf"(?P<x>){NUMBERED} (?:is |looks )?(?:fine|good|ok|okay|good to go)(?: (?:by|to|with|for) me)?(?:, (?:go ahead|approved?|approve it))",
            rf"(?P<x>){NUMBERED} (?:is |looks )?(?:fine|good|ok|okay) (?:by|to|with) me",
            rf"(?:let|allow) (?P<x>){NUMBERED} (?:run|start|proceed|go ahead|go through|through)",
        ],
        lambda f: ApproveRun(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:no to|thumbs down (?:for|on|to)|turn down|block|send back|do not allow|don't allow|say no to) (?P<x>)(?:the )?(?:request )?{NUMBERED}",
            rf"(?P<x>){NUMBERED} (?:is )?(?:rejected|denied|declined|refused)",
        ],
        lambda f: RejectRun(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:what|which) (?:{RUNS} |tasks? )?(?:is|are|do we have|have we got|do i have)? ?(?:currently )?(?:scheduled|planned|coming up|lined up|queued up){_SOON}",
            rf"(?:what|which) (?:other )?(?:scheduled|recurring|planned|upcoming|cron) (?:{RUNS}|tasks?|ones|things)(?: (?:do we have|have we got|do i have|are there|exist|are set up|are active))?{_SOON}",
            rf"(?:what's|whats|is (?:anything|something)|anything) (?:currently )?(?:scheduled|planned|coming up|lined up){_SOON}",
            rf"(?:show|list|view|see|give|get)(?: me)?(?: (?:all|the|my|our))* (?:schedule|planned (?:{RUNS}|tasks?)|upcoming (?:{RUNS}|tasks?|ones)|scheduled (?:{RUNS}|tasks?)){_SOON}",
            rf"(?:upcoming|scheduled|planned|recurring) (?:{RUNS}|tasks?){_SOON}|what runs (?:tonight|tomorrow|next|later|today|regularly|every day|every night)",
        ],
        lambda _: ListSchedules(),
    ),
    *english(
        [
            rf"(?:what|which)(?: (?:{RUNS}|tasks?|requests?|things))? (?:need|needs|require|requires|await|awaits|wait for|waits for|is waiting for|are waiting for|is awaiting|are awaiting|do i have to|can i|should i|must i)(?: (?:my|our|an|a|somebody's|someone's))? (?:approv\w*|sign-?off|review|decision|ok|okay)(?: (?:now|still|today))*",
            r"(?:is )?(?:anything|something|what's|whats|what is|what)(?: still)? (?:waiting|pending|left|there|open)(?: (?:for|on))?(?: (?:me|us|my|our|an|the))*(?: (?:to))? ?(?:approve|approval|approvals|sign off|sign-off|review|decide|decision)?(?: on)?",
            r"(?:show|list|view|see|get|give)(?: me)?(?: (?:all|the|my|our|open|pending|waiting|outstanding|what))* (?:approvals?|approval queue|sign-offs?|requests?(?: (?:to|for|waiting for|awaiting|pending)(?: my)? (?:approv\w+|review))?|needs (?:my )?approval|(?:is )?waiting for (?:my |an )?approval)",
            rf"(?:my |our |the )?(?:approval queue|pending requests|open requests|requests (?:to approve|for approval|waiting for approval|awaiting approval)|{RUNS} (?:to approve|awaiting (?:my )?approval|pending approval|in need of approval))",
        ],
        lambda _: ListApprovals(),
    ),
    *english(
        [
            rf"(?:what|which)(?: {RUNS}| tasks?| ones?)? (?:is|are|'s) (?:currently |still |now )?(?:running|active|in progress|executing|ongoing|underway|going)(?: (?:now|right now|at the moment|currently|today|still))*",
            rf"(?:show|list|view|see|get|give)(?: me)?(?: (?:all|the|my|our|me|everything|what|whats|what's|that|is|are))* (?:currently )?(?:running|active|in progress|underway)(?: (?:{RUNS}|tasks?))?(?: (?:now|right now|at the moment|currently))*",
            rf"(?:is|are) (?:anything|something|any (?:{RUNS}|tasks?)|there any (?:{RUNS}|tasks?)|there anything) (?:currently |still )?(?:running|active|in progress|executing)(?: (?:now|right now|at the moment|currently))*",
            rf"(?:running|active|current|ongoing) (?:{RUNS}|tasks?)|anything (?:still )?(?:running|in progress|active)(?: (?:now|right now|at the moment))*",
        ],
        lambda _: ListRunning(),
    ),
    *english(
        [
            rf"what (?:all )?(?:did|have) (?:i|we|you|people|the team|my team|anyone|everyone) (?:all )?(?:run|ran|start|started|do|done|launch|launched|execute|executed){_WHEN}",
            rf"(?:what|which)(?: {RUNS}| tasks?)? (?:ran|has run|have run|was run|were run|has been run|have been run|got run|was started|were started|was executed|were executed|happened|finished|failed){_WHEN}",
            rf"(?:show|list|view|see|get|give)(?: me)? (?:everything|all|what) (?:that )?(?:i|we|you) (?:ran|run|did|started|have run){_WHEN}",
            rf"(?:my|our|today's|yesterday's|recent|latest|past|previous|last)(?: (?:few|couple of))? (?:runs|executions|activity)(?:,? (?:last )?{COUNT})?",
            rf"(?:show|list|view|see|get|give|fetch)(?: me)?(?: (?:the|my|our))* (?:last|latest|most recent|past|previous) {COUNT.replace('<c>', '<c2>')}(?: (?:of )?(?:my |our )?(?:{RUNS}|things))?",
        ],
        lambda f: ShowHistory(limit=_limit(f)),
    ),
    *english(
        [
            r"(?:what|which) (?:other |else )?(?:jobs?|tasks?|commands?|things|automations?|workflows|actions?) (?:do you (?:know|have|offer|support)|can you (?:run|do|start|execute)|are (?:there|available|offered|supported)|is available|exist|could i (?:run|use))(?: (?:here|for me|for us|today|now))*",
            r"what (?:else )?(?:can|could|may) (?:i|we) (?:ask|tell)(?: you)?(?: to (?:do|run))?|what do you (?:offer|support|know)|what(?:'s| is) (?:available|on offer|on the menu)|what's there to run",
            r"(?:show|list|view|see|get|give|tell)(?: me)?(?: (?:all|the|everything|every))*(?: (?:job|jobs|command|task|thing|things))? (?:(?:i|we|you) can (?:run|do|start|use)|available to (?:me|us))",
        ],
        lambda _: ListJobs(),
    ),
)  # fmt: skip


def _limit(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    number = number_of(groups.get("c") or groups.get("c2") or "")
    return int(number) if number is not None and 0 < number <= 10_000 else None
