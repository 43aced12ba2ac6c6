"""Words that carry no value: politeness, articles, ties, and what any sentence is made of."""

# ruff: noqa: E501, SIM905  lists of words read best as they are
FILLERS = frozenset(
    """
    a an the this that these those some any all every each my our him your its their his her it them us
    me i you we he she they to of in on at for from with by into onto as and or then also too so be
    is are do does please pls plz plox kindly hey hi hello yo ok okay alright bot jobthread team
    folks guys everyone there here now right away asap immediately quickly soon real quick thanks
    thank thx ty cheers tia just again still can could would will u may like
    lets go ahead get got gonna make made sure set let give run runs running start starting execute
    trigger launch kick off perform apply against take bring put use using via new up out over job task command
    instance instances version env environment service app application server machine host box node
    cluster region called named which is value one ones only down back keep whole full-time
    show display view schedule fetch between today's good morning afternoon evening great awesome nice time hour moment once help ill id im
    were weve youre lol fyi btw eh um uh hmm well oh yeah yep yes sir mate dear friend quick someone somebody anyone svc mind try under inside
    """.split()
)
"""English words that say nothing about what runs."""

HAN_FILLERS = tuple(
    sorted(
        """
        请 麻烦 劳驾 帮忙 帮我 帮 给我 给 我 我们 你 您 他 她 他们 她们 咱 咱们 把 将 对 在 上 里 中 内 到 至 往 为 成 的 地 得 了 吧 呀 啊 哦
        嗯 呢 哈 一下 一次 一遍 个 台 条 次 份 这 那 这个 那个 这台 那台 此 和 与 及 并 以 用 从 由 向 让它 现在 马上 立刻 立即 尽快
        赶紧 快点 谢谢 多谢 谢了 辛苦 你好 您好 嗨 大家好 各位 同学 机器人 小助手 想 要 想要 需要 可以 能 能不能 能否 可否 可不可以 行吗 好吗
        可以吗 执行 运行 启动 跑 跑一下 做 进行 操作 来 去 下 设 设为 设成 设置 设置为 改成 改为 调 调到 调整 调整到 环境 服务 版本 服务器 机器 主机 集群
        任务 作业 数据库 库 实例 是 开始 格式 吗 嘛 好不好 行不行 有 就 都 也 先 再 一个 整个 所有 全部 目录 文件 状况 情况 时候 时 时间 号 名 位 值 换 发 发到 推 推到 搞
        弄 搞一下 弄一下 看 看看 麻烦你 急 加急 紧急 早 晚 权限 账号 用户 系统 域名 证书 报表 队列 索引 密码 缓存 日志 磁盘 密钥 配置 脚本 模式 理由 出
        呗 啦 咯 喽 哟 噢 喔 哦 呐 诶 欸 哎 嘞 哒 日期 那组 这组 那些 这些 那边 这边 咱们的 呗 顺手 赶快 尽早 组 数量 个数 数 一份 版 类型 策略 方式 角色 路径 时长 比例 权重 触发 发起 安排 一轮 一波 一把 一趟 打一下 打下 打个 尽量 即刻 持续 临时
        """.split(),
        key=lambda word: (-len(word), word),
    )
)
"""The same in Chinese, the longest first."""

FREE_NAMES = frozenset({"message", "args", "arguments", "note", "notes", "comment", "text", "body"})
"""Parameters whose value is whatever follows."""

LINKS = frozenset(
    {"is", "to", "of", "as", "be", ":", "：", "=", "为", "是", "成", "到", "于", "设", "日", "the"}
)
"""Between the name of a parameter and its value."""

ON = frozenset(
    {
        "on",
        "in",
        "at",
        "to",
        "into",
        "within",
        "@",
        "onto",
        "using",
        "from",
        "在",
        "到",
        "往",
        "用",
        "去",
    }
)
"""Before the name of a place."""

CLUSTERS = frozenset({"cluster", "region", "dc", "datacenter", "集群", "机房"})

HOSTS = frozenset(
    {"host", "server", "machine", "box", "node", "vm", "主机", "服务器", "机器", "节点"}
)
