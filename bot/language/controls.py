"""Sentences about executions and the catalogue itself: status, logs, cancel, approve, list, help."""

# ruff: noqa: E501  patterns read best on one line
import re

from bot.domain.intents import (
    CancelRun,
    Intent,
    ListApprovals,
    ListJobs,
    ListPlatforms,
    ListRunning,
    ListSchedules,
    QuietAlert,
    RerunJob,
    ShowHelp,
    ShowHistory,
    ShowStatus,
)
from bot.language.control_words import (
    COUNT,
    EXECUTION,
    LATEST,
    LOGS,
    NUMBERED,
    RUNS,
    SHOW,
    STATE,
    WHY,
    Makes,
    approved,
    chinese,
    count,
    english,
    is_run,
    logs_of,
    mute,
    reference,
    rejected,
    rules,
)
from bot.language.english_controls import FURTHER
from bot.language.mixing import in_one_tongue

LONGEST_CONTROL = 200


def control_of(text: str, *, in_thread: bool) -> Intent | None:
    """The intent of a whole text that is about executions or the catalogue, else None.

    `text` is folded; nothing here is fuzzy, and a denial never fits.
    """
    said = " ".join(text.split()).rstrip(" .!?~。！？…")
    if not said or len(said) > LONGEST_CONTROL:
        return None
    intent = _control(said, in_thread=in_thread)
    if intent is None and (plain := in_one_tongue(said)) != said:
        return _control(plain, in_thread=in_thread)
    return intent


def _control(said: str, *, in_thread: bool) -> Intent | None:
    for pattern, make in _RULES:
        found = pattern.fullmatch(said)
        if found is not None and (in_thread or _names_one(found) or "x" not in found.re.groupindex):
            intent = make(found)
            if intent is not None:
                return intent
    return None


def _names_one(found: re.Match[str]) -> bool:
    """Outside a thread, `it` means nothing."""
    groups = found.groupdict()
    return bool(groups.get("n") or groups.get("last")) or not groups.get("it")


_RULES: tuple[tuple[re.Pattern[str], Makes], ...] = (
    *english(
        [
            r"(?:i need |show )?(?:some )?help(?: me)?(?: out)?",
            r"what (?:can|do) you do(?: for (?:me|us))?|who are you|how (?:do|can) i use (?:you|this)|how does this work",
        ],
        lambda _: ShowHelp(),
    ),
    *chinese(
        [r"你?都?(?:能|会|可以)(?:做|干)?(?:什么|哪些事|啥)|你是谁|(?:怎么|如何)(?:用|使用)(?:你|机器人)?|使用说明"],
        lambda _: ShowHelp(),
    ),
    *english(
        [
            rf"(?:what's|whats|what is) (?:the )?{LATEST} (?:status|state)",
            rf"(?:what's|whats|what is) (?:the )?(?:status|state) of (?:the )?{LATEST.replace('<last>', '<last2>')}",
        ],
        lambda _: ShowStatus(),
    ),
    *english(
        [rf"{SHOW}(?:the |my )?(?:(?:last|latest) )?(?:{COUNT} (?:lines of )?)?(?:the )?{LOGS}"],
        lambda f: logs_of(f),
    ),
    *english(
        [
            rf"(?P<x>status|state|progress)(?: (?:of|for|on))? (?:the )?{EXECUTION}",
            rf"(?:whats|what is|what's|{SHOW}?)? ?(?P<x>the )?(?:current )?(?:status|state|progress) (?:of|for|on) {EXECUTION}",
            rf"(?:how is|hows|how's|how did|how does|how about) (?P<x>){EXECUTION}(?: (?:doing|going|coming along|go|look|looking|run|progressing|getting on))?",
            rf"(?:is|did|has|was|does) (?P<x>){EXECUTION} (?:(?:been|it) )?(?:{STATE}|finish|succeed|fail|work|complete|pass|end|succeeded|look ok)(?: (?:yet|already|now|successfully|or not|ok))*",
            rf"(?:check|check on|look at|show|show me|watch|where is|wheres|whats up with|(?:what's|whats|what is) (?:happening|going on|up)(?: with)?|any progress on|what about|any news on|any update on|what happened to|what happened with|update on) (?P<x>)(?:the )?{EXECUTION}(?: (?:status|state|progress))?",
            rf"(?P<x>){EXECUTION}(?:'s)? (?:status|state|progress|{STATE}|status update)(?: yet)?",
        ],
        lambda f: ShowStatus(execution=reference(f)),
    ),
    *chinese(
        [
            rf"(?:查看|查询|查|看看|看下|看|检查|显示)?(?:一下|下)? ?(?P<x>){EXECUTION} ?的?(?:当前|现在|执行|运行)?的?(?:状态|进度|进展|情况|结果|怎么样了?|怎样了?|如何了?|好了[吗没]?|好了没有|完成了?[吗没]?|完成了没有?|跑完了?[吗没]?|跑完没有?|跑完了没有?|结束了?[吗没]?|成功了?[吗没]?|失败了?[吗没]?|(?:现在)?(?:跑|执行|进行|运行|走)?到(?:哪|哪儿|哪里|哪一?步|什么程度|百分之几)了?|卡(?:住)?在?(?:哪|哪儿|哪里)?了?|还在跑吗|还在运行吗|在跑吗|啥情况|什么情况|什么状态|跑得怎么样了?|(?:是否|有没有)(?:已经?)?(?:成功|完成|结束|失败|跑完)了?|(?:状态|进度|进展|情况|结果)(?:怎么?样|如何|是什么|是啥|呢)?了?|(?:成功|失败|完成|结束|跑完|好)了?没有?)",
            rf"(?:状态|进度|查看|查询|查|看看|看下|看一下|查一下|查下)(?:一下|下)? ?(?P<x>){EXECUTION}",
        ],
        lambda f: ShowStatus(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:{SHOW})?(?P<x>)(?:the )?(?:(?:last|latest|final|tail) )?(?:{COUNT} lines? )?(?:(?:of|from) )?(?:the )?{LOGS}(?: (?:of|for|from|in))? (?:the )?{EXECUTION}(?:[, ]+(?:last|tail|-n|lines=?)? ?(?:lines=)?{COUNT.replace('<c>', '<c2>')}(?: lines?)?)?",
            rf"(?:{SHOW})?(?P<x>){EXECUTION}(?:'s)? {LOGS}",
            rf"{SHOW}(?P<x>)(?:the )?(?:last|latest|final) {COUNT} (?:log )?lines (?:of|from|for) (?:the )?(?:{LOGS} )?(?:of |for |from )?{EXECUTION}",
            rf"(?P<x>)tail {EXECUTION}|tail -n ?{COUNT} {EXECUTION.replace('<n>', '<n3>').replace('<it>', '<it3>').replace('<last>', '<l3>')}",
            rf"(?P<x>)(?:what (?:did|does) {EXECUTION} (?:print|say|output|log)|what is {EXECUTION.replace('<n>', '<n2>').replace('<it>', '<it2>').replace('<last>', '<l2>')} (?:printing|logging))",
        ],
        lambda f: logs_of(f),
    ),
    *chinese(
        [
            rf"(?:查看|查询|查|看看|看下|看|打印|显示|输出|调出|拉)?(?:一下|下)? ?(?P<x>){EXECUTION} ?的?(?:最后|最近|末尾|最新)?(?:的)? ?(?:{COUNT} ?[行条])?的?(?:运行|执行)?(?:日志|输出|log|logs)(?:[，, ]*的?(?:最后|最近|末尾)? ?{COUNT.replace('<c>', '<c2>')} ?[行条])?(?:发给?我|贴一下|发一下|发出来|给我)?",
            rf"(?:查看|查询|查|看看|看下|看|打印|显示)?(?:一下|下)?(?:最后|最近)? ?(?:{COUNT} ?[行条])?的?(?:日志|输出|log|logs) ?(?P<x>){EXECUTION}",
            rf"(?:为什么|为何|为啥|怎么) ?(?P<x>){EXECUTION} ?(?:又|会|就)*(?:失败|报错|出错|挂|崩|中断|异常|没跑成)了?(?:呢|啊|呀)?",
            rf"(?P<x>){EXECUTION} ?(?:是|到底)*(?:为什么|为何|为啥|怎么|因为什么) ?(?:又|会|就)*(?:失败|报错|出错|挂|崩|中断|异常|没跑成)了?的?(?:呢|啊|呀)?",
            rf"(?P<x>){EXECUTION} ?的?(?:失败|报错|出错|错误)的?(?:原因|信息|详情)(?:是(?:什么|啥))?",
        ],
        lambda f: logs_of(f),
    ),
    *english(
        [rf"(?:cancel|stop|abort|kill|terminate|halt|end)(?: running| the run)? (?P<x>){EXECUTION}(?:{WHY})?"],
        lambda f: CancelRun(execution=reference(f)),
    ),
    *chinese(
        [
            rf"(?:取消|停止|终止|中止|撤销|停掉|停了|停|杀掉|杀了|结束|中断|叫停)(?:掉)? ?(?P<x>){EXECUTION}",
            rf"(?P<x>){EXECUTION} ?(?:取消|停止|终止|中止|停掉|停了|停|杀掉|杀了|结束|中断|叫停)",
        ],
        lambda f: CancelRun(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:rerun|re-run|retry|redo|repeat|restart|relaunch|replay|re-execute|re-trigger|retrigger) (?P<x>)(?:run |execution )?{EXECUTION}(?: (?:again|once more|one more time))?",
            rf"(?:run|do|execute|try|start) (?P<x>){EXECUTION} (?:again|once more|one more time|another time)",
        ],
        lambda f: RerunJob(execution=reference(f)) if is_run(f) else None,
    ),
    *chinese(
        [
            rf"(?:重跑|重试|重新执行|重新运行|重新跑|重做|再跑一[次遍下]|再执行一[次遍]|再运行一[次遍]|再来一[次遍]|再试一[次遍])(?:一[次遍])? ?(?P<x>){EXECUTION}",
            rf"(?P<x>){EXECUTION} ?(?:重跑|重试|重来|重做|(?:再|重新)(?:跑|执行|运行|来|试|做))(?:一?[次遍回])?",
        ],
        lambda f: RerunJob(execution=reference(f)),
    ),
    *english(
        [
            rf"(?:(?:lgtm|looks good(?: to me)?|sounds good|fine(?: by me)?)[, ]+)?(?:i )?(?:approve|approved|accept|ok|okay|lgtm|confirm|sign off on|sign off|allow|green-?light) (?P<x>)(?:the )?(?:request )?{EXECUTION}{WHY}",
            rf"(?P<x>){NUMBERED} (?:approved|is approved|lgtm)",
        ],
        approved,
    ),
    *chinese(
        [
            rf"(?:批准|同意|通过|审批通过|批了|批一下|批|准许|准了|审批) ?(?P<x>){EXECUTION}{WHY}",
            rf"(?P<x>){EXECUTION} ?(?:的?(?:审批|申请))?[，, ]?(?:我|可以|没问题|没意见|ok)?[，, ]?(?:批准|同意|通过|批了|准了|可以执行|审批通过)",
        ],
        approved,
    ),
    *english(
        [rf"(?:i )?(?:reject|deny|decline|refuse|disapprove|veto) (?P<x>)(?:the )?(?:request )?{EXECUTION}(?:{WHY}|(?: (?P<why2>.{{1,300}}))?)"],
        rejected,
    ),
    *chinese(
        [
            rf"(?:拒绝|驳回|否决|不批准?|不予批准|不同意|不通过|打回|拒了|驳) ?(?P<x>){EXECUTION}(?:{WHY}|(?P<why2>.{{1,300}})?)",
            rf"(?P<x>){EXECUTION} ?(?:的?(?:审批|申请))?[，, ]?我?(?:拒绝|驳回|否决|不批准?|不予批准|不同意|不通过|打回)(?:{WHY}|(?P<why2>.{{1,300}})?)",
        ],
        rejected,
    ),
    *english(
        [
            r"(?:(?:list|show|show me|what are|whats|view|see|get)(?: me)?(?: all| the| my| our)* )?(?:scheduled|recurring|upcoming|planned|cron) ?(?:jobs|runs|tasks|executions|ones)?",
            r"(?:list|show|show me|what are|view|see)?(?: ?\b(?:all|the|my|our)\b)* ?(?:schedules|cron jobs|crons|timers)",
            r"what(?:'s|s| is| jobs are| runs are)? (?:is )?scheduled.{0,30}",
        ],
        lambda _: ListSchedules(),
    ),
    *chinese(
        [
            r"(?:有(?:哪些|什么)|列出|列一下|查看|看看|看一下|显示|查一下|我的|所有|全部|都)*(?:定时|计划|周期|调度|排期|预定)的?(?:任务|作业|执行)?(?:有(?:哪些|什么)|列表|清单)?",
        ],
        lambda _: ListSchedules(),
    ),
    *english(
        [
            r"(?:list|show|show me|what are|whats|what's|what is|view|see|any)?(?: all| the| my| our)* ?(?:pending |open |waiting |outstanding )?(?:approvals?|approval requests)(?: (?:pending|waiting|list|for me))*",
            r"(?:list|show|show me|whats|what's|what is|what)?(?: the| all)* ?(?:waiting|pending|waits|runs waiting|jobs waiting)(?: for)? (?:my |an |our )?approvals?(?: from me)?",
        ],
        lambda _: ListApprovals(),
    ),
    *chinese(
        [
            r"(?:有(?:哪些|什么|没有)|列出|列|查看|查|看看|看下|看|一下|显示|我的|我|所有|全部|有)*(?:待|等待|需要|等我|等着我)(?:我)?(?:审批|批准|处理)的?的?(?:任务|申请|执行|请求|单子)?(?:有(?:哪些|什么)|列表)?",
            r"(?:打开|查看|查询|查|看看|看下|看|列出|列|显示|我的|所有|全部|有)*(?:一下|下|的)?审批(?:列表|单子?|请求|申请|事项|任务|记录)?(?:有(?:哪些|什么)|有?[吗没])?",
            r"(?:现在|目前)?(?:有)?(?:哪些|什么|啥)(?:任务|申请|东西)?(?:还)?(?:在)?(?:等|等着|等待|需要)我?(?:来)?(?:审批|批准|批)的?",
        ],
        lambda _: ListApprovals(),
    ),
    *english(
        [
            r"(?:list|show|show me|what are|which are|whats|view|see)?(?: ?\b(?:all|the|my|our)\b)* ?(?:job |execution )?(?:platforms|engines)(?: (?:status|health|state|list))?",
            r"(?:how are|are) (?:the |our |all )*(?:job )?(?:platforms|engines)(?: (?:doing|healthy|up|well|ok|okay))?",
        ],
        lambda _: ListPlatforms(),
    ),
    *chinese(
        [
            r"(?:有(?:哪些|什么)|列出|列一下|查看|看看|看一下|看下|显示|查一下|所有|全部|各个?)*(?:任务|执行|作业)?(?:平台|引擎)的?(?:状态|列表|情况|健康(?:状况|状态)?)?(?:有(?:哪些|什么)|怎么?样|正常吗)?",
        ],
        lambda _: ListPlatforms(),
    ),
    *english(
        [
            r"(?:whats|what's|what is|what) ?(?:currently |still )?(?:running|in progress|executing|active|going on)(?: (?:now|right now|at the moment|currently))?",
            rf"(?:list|show|show me|get|view)(?: all| the| my| me)* ?(?:running|active|current|ongoing) ?(?:{RUNS}|tasks)?",
            r"(?:is )?(?:anything|something) running(?: now)?",
        ],
        lambda _: ListRunning(),
    ),
    *chinese(
        [
            r"(?:有(?:哪些|什么)|列出|查看|看看|看一下|显示|现在|当前|目前|所有|都)*(?:正在|在)(?:运行|执行|跑|进行)(?:中)?的?(?:任务|作业|执行)?(?:有(?:哪些|什么)|列表)?",
            r"(?:现在|当前|目前)?(?:在跑|正在跑|跑着)(?:什么|哪些|啥)(?:任务|作业)?",
            r"(?:现在|当前|目前)?(?:还)?有?(?:哪些|什么|啥|多少)(?:任务|作业|job)?(?:还)?(?:正在|在)(?:运行|执行|跑|进行)(?:中|着)?的?",
        ],
        lambda _: ListRunning(),
    ),
    *english(
        [
            r"(?:list|show|show me|display|get|view|see|give me|tell me)(?: me)?(?: a list of)?(?: all| the| my| our| available| of)* (?:available )?(?:jobs|commands|tasks|job list|job catalog|catalog|job catalogue|catalogue|workflows|actions|automations)(?: available| (?:you|we|i) (?:have|can run|can do))?",
            r"(?:what|which) (?:jobs?|tasks?|commands?|things|automations|workflows)(?: (?:are there|are available|can (?:i|you|we) (?:run|do|use|start|execute)|do (?:you|we) have|exist|is there|are supported))?(?: available)?",
            r"what can (?:i|we) (?:run|do|start)(?: here| with you)?|all jobs|available jobs|job list|what jobs",
        ],
        lambda _: ListJobs(),
    ),
    *chinese(
        [
            r"(?:现在|目前|都|这里|我们|系统)*(?:有|支持|能跑|可以跑|可以运行|可以执行|能执行|能运行|提供)(?:哪些|什么|啥)(?:任务|作业|job|操作|命令|活)?(?:可以|能|可)?(?:跑|运行|执行|用|做)?的?",
            r"(?:列出|列一下|查看|看看|看一下|显示|给我看|展示)(?:一下)?(?:所有|全部|可用|可以运行|能跑|可执行)?的?(?:任务|作业|job|命令)(?:列表|清单)?",
            r"(?:任务|作业)(?:列表|清单|目录)|所有任务|(?:可以|能)(?:跑|运行|执行)(?:哪些|什么|啥)(?:任务|作业|东西)?|(?:哪些|什么)(?:任务|作业)(?:可以|能)(?:跑|运行|执行)",
        ],
        lambda _: ListJobs(),
    ),
    *english(
        [
            rf"(?:{SHOW})?(?:the |my |our )?(?:run |job |execution )?history(?: of (?:all )?{RUNS})?(?:,? (?:last )?{COUNT})?",
            rf"(?:{SHOW}|list )?(?:the |my |our )?(?:last|latest|recent|past|previous) {COUNT} (?:{RUNS})",
            rf"(?:{SHOW}|list )?(?:the |my |our |all )*(?:recent|past|previous|last|latest) (?:runs|executions|jobs|activity)",
            r"what (?:ran|was run|has run|did we run|happened|jobs ran)(?: (?:today|yesterday|recently|last night|this week|lately|last week))?",
        ],
        lambda f: ShowHistory(limit=count(f) if "c" in f.re.groupindex else None),
    ),
    *chinese(
        [
            rf"(?:查看|看看|看下|看一下|查|显示|列出|查询)?(?:一下)?(?:最近|过去|近)?(?:的)? ?(?:{COUNT} ?[次条个])?的?(?:执行|运行|任务|操作)?(?:历史|历史记录|记录|执行记录)(?: ?{COUNT.replace('<c>', '<c2>')} ?[次条个])?",
            rf"(?:查看|看看|看下|看一下|查|显示|列出)?(?:一下)?最近(?:的)? ?{COUNT} ?[次条个]的?(?:执行|运行|任务|记录)",
            r"(?:最近|今天|昨天|刚才|昨晚|这周)(?:都|我们)?(?:跑|执行|运行)(?:了|过)(?:哪些|什么|啥)(?:任务|作业)?",
            r"(?:查看|看看|列出)?最近的(?:执行|运行|任务)(?:记录)?",
        ],
        lambda f: ShowHistory(limit=count(f) if "c" in f.re.groupindex else None),
    ),
    *rules(
        [
            r"(?:mute|silence|snooze)(?: alert)? (?P<alert>[\w./:#-]{1,80})(?: for (?P<c>\d{1,4}) ?(?P<u>[a-z]{1,7}))?",
            r"(?:静音|屏蔽|静默)(?:告警)? ?(?P<alert>[\w./:#-]{1,80}) ?(?P<c>\d{1,4})? ?(?P<u>分钟|小时|天)?",
        ],
        mute,
    ),
    *rules(
        [r"(?:ack|acknowledge)(?: alert)? (?P<alert>[\w./:#-]{1,80})", r"(?:确认|认领)告警 ?(?P<alert>[\w./:#-]{1,80})"],
        lambda f: QuietAlert(alert=f["alert"]),
    ),
    *FURTHER,
)  # fmt: skip
