"""Tracking codes: nobody guesses one, and everybody can type one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.petitions.tracking import (
    ALPHABET,
    LENGTH,
    TrackingCodeError,
    new_tracking_code,
    parse_tracking_code,
)


def test_a_code_cannot_be_guessed() -> None:
    bits_per_character = 5
    assert len(set(ALPHABET)) == 2**bits_per_character
    assert (LENGTH - 1) * bits_per_character >= 60
    codes = {new_tracking_code() for _ in range(2000)}
    assert len(codes) == 2000
    for place in range(LENGTH - 1):
        assert len({code.replace("-", "")[place] for code in codes}) == len(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}\n",
        lambda code: code.replace("-", "—"),
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: code.replace("1", "I").lower(),
        lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),
    ],
)
def test_an_author_may_type_it_as_people_do(typed) -> None:
    for _ in range(50):
        code = new_tracking_code()
        assert parse_tracking_code(typed(code)) == code


@given(st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    code = parse_tracking_code("0123456789ABCDE" + _check_of("0123456789ABCDE")).replace("-", "")
    wrong = code[:place] + character + code[place + 1 :]
    if wrong != code:
        with pytest.raises(TrackingCodeError) as refused:
            parse_tracking_code(wrong)
        assert refused.value.code == "tracking.check"


def _check_of(drawn: str) -> str:
    """The one last character that is accepted."""
    (only,) = [character for character in ALPHABET if _accepted(drawn + character)]
    return only


def _accepted(code: str) -> bool:
    try:
        parse_tracking_code(code)
    except TrackingCodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "tracking.length"),
        ("7K3M", "tracking.length"),
        ("7" * 5_000_000, "tracking.length"),
        ("UUUU-UUUU-UUUU-UUUU", "tracking.character"),
        ("查询码查询码查询码查询码查询码查", "tracking.character"),
        ("\ud83d" * 16, "tracking.character"),
    ],
)
def test_what_is_no_code_is_refused_in_words(typed: str, code: str) -> None:
    with pytest.raises(TrackingCodeError) as refused:
        parse_tracking_code(typed)
    assert refused.value.code == code
    assert "核对" in refused.value.zh
    assert "Compare it with the receipt" in str(refused.value)
    refused.value.zh.encode()


def test_the_error_does_not_repeat_what_was_typed() -> None:
    code = new_tracking_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(TrackingCodeError) as refused:
        parse_tracking_code(wrong)
    assert wrong[:8] not in str(refused.value) + refused.value.zh
