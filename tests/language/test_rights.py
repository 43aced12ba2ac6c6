"""Questions about rights, in English and Chinese."""

import pytest

from bot.domain.rights import MayQuestion, RightsQuestion, WhyQuestion
from bot.domain.rules import Command
from bot.language.rights import rights_asked

RUN_PROD = MayQuestion(user="UANA", words="deploy env=prod")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("can <@UANA> run deploy env=prod", RUN_PROD),
        ("/job can <@UANA|ana> run deploy env=prod?", RUN_PROD),
        ("<@UANA> 能运行 deploy env=prod 吗？", RUN_PROD),
        ("<@UANA> 可不可以执行 deploy env=prod", RUN_PROD),
        ("can i run deploy", MayQuestion(words="deploy")),
        ("can run deploy", MayQuestion(words="deploy")),
        ("我能运行部署吗", MayQuestion(words="部署")),
        (
            "can <@UANA> approve deploy",
            MayQuestion(user="UANA", command=Command.APPROVE, words="deploy"),
        ),
        ("can <@UANA> audit", MayQuestion(user="UANA", command=Command.AUDIT)),
        ("why", WhyQuestion()),
        ("why last refusal", WhyQuestion()),
        ("why was i refused?", WhyQuestion()),
        ("why #1042", WhyQuestion(execution=1042)),
        ("为什么 1042", WhyQuestion(execution=1042)),
        ("为什么被拒绝", WhyQuestion()),
        ("can you run deploy in prod", None),
        ("run deploy because <@UANA> can run it", None),
        ("why is the disk full", None),
        ("cancel #1042", None),
        ("能看到 1042 吗", None),
        ("x" * 3_000, None),
    ],
)
def test_a_question_about_rights_is_read(text: str, question: RightsQuestion | None) -> None:
    assert rights_asked(text, ["deploy"]) == question


def test_a_job_called_can_is_run_by_its_name() -> None:
    assert rights_asked("can run deploy", ["can"]) is None
