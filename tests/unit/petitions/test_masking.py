"""What identifies a person is masked in a published text, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.petitions.masking import mask


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("电话13800138000，急", "电话*********00，急"),
        ("138 0013 8000", "***********00"),
        ("+86-138-0013-8000", "***************00"),
        ("tel13800138000x", "tel*********00x"),
        ("身份证11010519491231002X。", "身份证****************2X。"),
        ("卡号6222020200112233445", "卡号*****************45"),
        ("座机010-88886666", "座机**********66"),
        ("１３８００１３８０００", "*********００"),
        ("请回复wang.xiao+1@mail.example.com谢谢", "请回复***@mail.example.com谢谢"),
    ],
)
def test_numbers_and_addresses_of_persons_are_masked(text: str, published: str) -> None:
    assert mask(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01 起停水",
        "2026年10月1日",
        "12345热线",
        "3号楼2单元501",
        "国办发明电〔2025〕7号",
        "😀<b>",
        "",
    ],
)
def test_dates_and_house_numbers_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@")))
def test_text_without_numbers_and_addresses_stays_as_it_is(text: str) -> None:
    assert mask(text) == text
