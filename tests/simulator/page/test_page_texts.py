"""How texts are drawn: mrkdwn, Markdown and rich text, table by table."""

import pytest
from playwright.async_api import expect

from simulator import Workspace
from tests.simulator.page.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DRAW = """async ([module, text]) => {
    const { state } = await import("/page/static/store.js");
    const renderers = await import(`/page/static/${module}.js`);
    const box = document.createElement("div");
    box.append(...renderers[module](text, state.names));
    return box.innerHTML.replace(/ (class|title|target|rel|role|aria-\\w+)="[^"]*"/g, "");
}"""

MRKDWN = {
    "*bold* _em_ ~gone~": "<strong>bold</strong> <em>em</em> <s>gone</s>",
    "2*3*4 snake_case_name a~b~c": "2*3*4 snake_case_name a~b~c",
    "*_both_*": "<strong><em>both</em></strong>",
    "**": "**",
    "* not bold *": "* not bold *",
    "`a *b* <https://x.y|z>`": "<code>a *b* z</code>",
    "a ```code\n  *b*``` c": "a <pre><code>code\n  *b*</code></pre> c",
    "a\nb": "a<br>b",
    "&gt; one\n&gt; two\nthree": "<blockquote>one<br>two</blockquote>three",
    "&lt;b&gt; &amp;amp;": "&lt;b&gt; &amp;amp;",
    "<https://e.com/?a=1&amp;b=2|A &amp; B>": '<a href="https://e.com/?a=1&amp;b=2">A &amp; B</a>',
    "see https://e.com/x.": 'see <a href="https://e.com/x">https://e.com/x</a>.',
    "<mailto:a@b.c>": '<a href="mailto:a@b.c">a@b.c</a>',
    "<@UBO> <@UNOBODY|ned> <!subteam^SPLATFORM> <!here>": "<span>@Bo Chen</span> "
    "<span>@ned</span> <span>@platform</span> <span>@here</span>",
    "<#COPS> <#CVAULT|vault>": '<a href="#user=ana&amp;channel=ops">#ops</a> <span>#vault</span>',
    ":tada: :not_known: 10:30:20": "<span>🎉</span> :not_known: 10:30:20",
    "部署*完成*了": "部署<strong>完成</strong>了",
    "<!date^nonsense^{date}|one day>": "<time>one day</time>",
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
}
MARKDOWN = {
    "# Title": "<p>Title</p>",
    "**b** *i* ~~s~~ `c`": "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>",
    "snake_case_name": "<p>snake_case_name</p>",
    "- a\n- b\n  - c": "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
    "3. c\n4. d": '<ol start="3"><li>c</li><li>d</li></ol>',
    "> q": "<blockquote><p>q</p></blockquote>",
    "```\n<b>\n```": "<pre><code>&lt;b&gt;</code></pre>",
    "[x](https://e.com) [y](javascript:1)": '<p><a href="https://e.com/">x</a> y</p>',
    "<script>1</script>": "<p>&lt;script&gt;1&lt;/script&gt;</p>",
    "a\n\nb": "<p>a</p><p>b</p>",
    "- [x] done": "<ul><li><span>☑ </span>done</li></ul>",
}


async def draw(window: Window, module: str, text: str) -> str:
    return await window.page.evaluate(DRAW, [module, text])


async def test_mrkdwn_is_drawn_as_slack_does(quiet: Workspace, window: Window) -> None:
    await window.visit("ana")
    await expect(window.composer).to_be_visible()

    drawn = {text: await draw(window, "mrkdwn", text) for text in MRKDWN}

    assert drawn == MRKDWN


async def test_markdown_is_drawn_as_it_is_read(quiet: Workspace, window: Window) -> None:
    await window.visit("ana")
    await expect(window.composer).to_be_visible()

    drawn = {text: await draw(window, "markdown", text) for text in MARKDOWN}

    assert drawn == MARKDOWN


async def test_endless_marks_are_drawn_in_bounded_time(quiet: Workspace, window: Window) -> None:
    await window.visit("ana")
    await expect(window.composer).to_be_visible()

    for text in ("*" * 40_000, "*a _b ~c `d <e " * 2_500, "<" * 40_000, "> " * 20_000):
        assert await draw(window, "mrkdwn", text)
        assert await draw(window, "markdown", text[:12_000])


async def test_rich_text_tables_and_alerts_are_drawn(workspace: Workspace, window: Window) -> None:
    cell = {"type": "raw_text", "text": "<td>"}
    style = {"bold": True}
    words = [{"type": "text", "text": "Rich", "style": style}, {"type": "user", "user_id": "UBO"}]
    blocks = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]},
        {"type": "table", "rows": [[cell, cell], [cell, {"type": "raw_text", "text": "7"}]]},
        {"type": "markdown", "text": "| a | b |\n|--|--:|\n| 1 | 2 |"},
    ]
    await window.visit("ana")

    await window.page.evaluate(
        """async (blocks) => {
            const { state } = await import("/page/static/store.js");
            const { renderBlocks } = await import("/page/static/blocks.js");
            const drawn = renderBlocks(blocks, { names: state.names });
            document.querySelector("#feed [role=log]").append(...drawn);
        }""",
        blocks,
    )

    await expect(window.feed.get_by_role("cell", name="<td>")).to_be_visible()
    await expect(window.feed.get_by_role("columnheader", name="b")).to_be_visible()
    await expect(window.feed.locator("strong")).to_have_text("Rich")
    await window.sees("@Bo Chen")
