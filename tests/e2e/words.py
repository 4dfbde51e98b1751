"""What people of the stories write, in both languages."""

from __future__ import annotations

from typing import Final

from tests.support import files
from wenzheng.accounts import first_accounts
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import definitions_dir

PDF: Final = ("order-1.pdf", "application/pdf", files.PDF)
PNG: Final = ("lamp-1.png", "image/png", files.png())
PROGRAM: Final = ("holiday.jpg", "image/jpeg", files.EXE)
"""A Windows program whose name says it is a picture."""

WORDS: Final = {
    "zh": {
        "title": "锦绣花园三号楼电梯坏了两个月",
        "text": "三号楼两部电梯只有一部能用，\n老人上下楼很困难。请尽快修好。",
        "name": "王小明",
        "word": "锦绣花园的老邻居",
        "return": "请写明哪一天修好。",
        "draft": "已联系维保单位，配件到了就修。",
        "reply": "已联系维保单位，九月三十日前修好。",
        "report": "电梯已经修好。",
        "missing": "请附上验收单。",
        "evidence": "电梯已于九月二十八日修好，验收单附后。",
        "result": "电梯已经恢复运行，请您查看。",
        "unsolved": "才两天又停了。",
        "again": "更换了主板，请再试。",
        "thanks": "现在好了，谢谢。",
        "note": "物业的电话已经问到。",
        "order": "两日内报告原因。",
    },
    "en": {
        "title": "One lift of building three is out of order",
        "text": "Only one of two lifts works.\nElderly people cannot get out. Please repair it.",
        "name": "Ann Miller",
        "word": "neighbours of building three",
        "return": "Say by which day it will be repaired.",
        "draft": "The maintenance company has been called.",
        "reply": "The maintenance company will repair it before 30 September.",
        "report": "The lift has been repaired.",
        "missing": "Add the certificate of inspection.",
        "evidence": "The lift was repaired on 28 September; see the certificate.",
        "result": "The lift runs again. Please have a look.",
        "unsolved": "It stopped again after two days.",
        "again": "The controller was replaced. Please try again.",
        "thanks": "It works now, thank you.",
        "note": "The caretaker's number is known now.",
        "order": "Report the cause within two days.",
    },
}

FORUM_WORDS: Final = {
    "zh": {"title": "十二月论坛", "topic": "冬天供暖", "matter": "北街暖气\n月底前修好。"},
    "en": {
        "title": "Forum of December",
        "topic": "Heating in winter",
        "matter": "North Street\nRepaired soon.",
    },
}
"""What people write about a session of the forum."""

PRACTICE: Final = ("桥上的护栏断了", "公交站没有雨棚", "Broken railing", "No shelter")
"""Letters that nobody handles in a city where a working day is a second."""


def _accounts() -> list[str]:
    text = (definitions_dir() / "organisation.yaml").read_text(encoding="utf-8")
    return [name for _, name, *_ in first_accounts(read_organisation(text))]


DATA: Final = (
    *(text for words in WORDS.values() for text in words.values()),
    *(text for words in FORUM_WORDS.values() for text in words.values()),
    *(line for words in FORUM_WORDS.values() for line in words["matter"].splitlines()),
    *PRACTICE,
    *(line for words in WORDS.values() for line in words["text"].splitlines()),
    *(name for name, *_ in (PDF, PNG, PROGRAM)),
    *_accounts(),
)
"""What may stand on a page of either language: people typed it, or it is somebody's name."""
