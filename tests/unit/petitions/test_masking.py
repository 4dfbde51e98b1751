"""What identifies a person is masked in a published text, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.petitions.masking import identity_card, luhn, mask, mask_file_name

LINES = [
    line.partition(" => ")
    for line in (Path(__file__).parent / "masking_lines.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


@pytest.mark.parametrize(("text", "published"), [(text, to) for text, arrow, to in LINES if arrow])
def test_an_author_is_not_found_by_what_is_published(text: str, published: str) -> None:
    assert mask(text) == published
    assert len(mask(text)) == len(text) or "@" in published
    assert mask(published) == published


@pytest.mark.parametrize("text", [text for text, arrow, _ in LINES if not arrow])
def test_readers_still_know_what_a_letter_is_about(text: str) -> None:
    assert mask(text) == text


def test_the_list_of_lines_is_long_enough_to_mean_something() -> None:
    assert len([arrow for _, arrow, _ in LINES if arrow]) >= 90
    assert len([arrow for _, arrow, _ in LINES if not arrow]) >= 90


def test_an_author_is_found_by_nothing_in_a_long_letter() -> None:
    text = (
        "本人王芳，女，家住和平家园3号楼2单元501室，电话138 0013 8000，10月1日起停水。\n联系人：赵丽、钱进。"
    )
    assert mask(text) == (
        "本人王*，女，家住和平家园*号楼*单元***室，电话***********00，10月1日起停水。\n联系人：赵*、钱*。"
    )


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("张三身份证.jpg", "张*身份证.jpg"),
        ("王芳的病历.pdf", "王*的病历.pdf"),
        ("欧阳娜娜户口本.png", "欧阳**户口本.png"),
        ("张三_13800138000.docx", "张*_*********00.docx"),
        ("王小明（13912345678）.pdf", "王**（*********78）.pdf"),
        ("身份证11010519491231002X.jpg", "身份证****************2X.jpg"),
        ("投诉信-李四.docx", "投诉信-李*.docx"),
        ("解放路3号楼2单元501室漏水.mp4", "解放路3号楼*单元***室漏水.mp4"),
        ("鲁A12345违停.jpg", "鲁A*****违停.jpg"),
    ],
)
def test_a_person_is_not_found_by_the_name_of_a_file(name: str, published: str) -> None:
    assert mask_file_name(name) == published


@pytest.mark.parametrize(
    "name",
    [
        "路灯照片.jpg",
        "高空抛物照片.jpg",
        "和平路照片.jpg",
        "车辆行驶证.jpg",
        "IMG_20261001_123456.jpg",
        "IMG20261001123456.jpg",
        "微信图片_20261001083000.jpg",
        "2026年10月路灯.pdf",
        "报修记录.v2.xlsx",
        ".hidden",
        "无扩展名",
        "",
    ],
)
def test_readers_still_know_what_a_file_is(name: str) -> None:
    assert mask_file_name(name) == name


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),
        ("110105 19491231 002x", True),
        ("110105194912310021", False),
        ("12", False),
    ],
)
def test_the_check_character_of_an_identity_card_is_known(number: str, *, right: bool) -> None:
    assert identity_card(number) is right
    assert len(number) < 15 or mask(number) != number  # one with a slip of the pen is masked all the same
    assert len(number) < 15 or (mask(f"订单号{number}") != f"订单号{number}") is right


def test_the_check_digit_of_a_bank_card_is_known() -> None:
    assert luhn("4539 1488 0343 6467")
    assert not luhn("4539 1488 0343 6468")


@given(st.text(st.characters(max_codepoint=0x2E7F, exclude_categories=["Nd"], exclude_characters="@")))
def test_text_without_numbers_and_addresses_stays_as_it_is(text: str) -> None:
    assert mask(text) == text
