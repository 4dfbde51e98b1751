"""Letters that say the same are told from letters about other matters, on the letters of the demo."""

from __future__ import annotations

from itertools import combinations

import pytest
import yaml

from wenzheng.petitions.likeness import THRESHOLD, Matter, asked_terms, likeness, pairs_of
from wenzheng.settings import definitions_dir

LETTERS = {
    letter["id"]: Matter(letter["title"], letter["text"])
    for path in sorted((definitions_dir() / "demo").glob("*.yaml"))
    for letter in yaml.safe_load(path.read_text(encoding="utf-8"))
}

AGAIN = {
    "bus-17-gap": Matter(
        "17路车等半小时也不来",
        "每天早上七点多在柳林小区站等17路去人民医院，站牌上写12分钟一趟，实际半个小时才来一辆，车上挤满了人。",
    ),
    "heating-pipe-noise": Matter(
        "楼下换热站噪音大，晚上睡不着",
        "我住和平家园6号楼一楼，供暖以后楼下换热站的水泵整夜响，找物业物业推给热力公司，热力公司推给开发商。",
    ),
    "village-clinic-closed": Matter(
        "槐树沟村卫生室一直没有医生",
        "村卫生室关门好几个月了，老人量血压拿药都要跑到镇上，走路一个多小时，希望上级派医生来。",
    ),
    "first-grade-registration": Matter(
        "孩子上小学一年级报名要什么材料",
        "我在高新区打工，社保交了两年多，租的房子，女儿明年上小学，居住证要满几年，租房合同有没有年限要求，在哪里预约？",
    ),
    "streetlight-binhe": Matter("滨河路路灯坏了", "滨河路有三盏路灯晚上不亮，走路看不见，请派人修。"),
    "square-dance": Matter("广场舞太吵", "晚上跳广场舞的音响开得太大，孩子没法写作业，劝了也不听。"),
}


@pytest.mark.parametrize("name", AGAIN)
def test_clerk_is_told_of_a_letter_that_says_the_same_in_other_words(name: str) -> None:
    scores = {other: likeness(AGAIN[name], letter)[0] for other, letter in LETTERS.items()}
    assert max(scores, key=scores.__getitem__) == name
    assert [other for other, score in scores.items() if score >= THRESHOLD] == [name]


def test_clerk_is_not_shown_letters_about_other_matters() -> None:
    assert len(LETTERS) == 40
    assert max(likeness(one, other)[0] for one, other in combinations(LETTERS.values(), 2)) < THRESHOLD


def test_the_same_author_makes_a_likely_letter_likelier_and_an_unlike_one_no_duplicate() -> None:
    lamp = Matter("滨河路路灯坏了", "三盏不亮。", "王芳", "10000000001", "transport")
    again = Matter("路灯又坏了", "滨河路的路灯。", "王芳", "10000000001", "transport")
    other = Matter("食堂的菜是凉的", "中午吃不饱。", "王芳", "10000000001", "transport")
    alone = Matter(again.title, again.text)
    assert likeness(lamp, again)[0] > likeness(lamp, alone)[0]
    assert set(likeness(lamp, again)[1]) >= {"title", "author", "contact", "addressee"}
    assert likeness(lamp, other) == (0.0, [])


def test_likeness_is_the_same_both_ways_and_empty_letters_are_like_nothing() -> None:
    for one, other in combinations(AGAIN.values(), 2):
        assert likeness(one, other) == likeness(other, one)
    assert likeness(Matter("", ""), Matter("", "")) == (0.0, [])
    assert likeness(Matter("您好", "请问，谢谢"), Matter("您好", "请问，谢谢")) == (0.0, [])
    letter = AGAIN["bus-17-gap"]
    assert likeness(letter, letter)[0] == 1.0


def test_a_long_letter_is_looked_for_by_few_pairs_its_title_first() -> None:
    letter = LETTERS["bus-17-gap"]
    terms = asked_terms(letter.title, letter.text)
    assert len(terms) <= 24
    assert set(terms) >= pairs_of(letter.title)
    assert asked_terms("", "") == []
