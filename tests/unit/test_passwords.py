"""Passwords: what is kept, what is refused, what is made up."""

from __future__ import annotations

import pytest

from wenzheng import passwords


def test_the_hash_is_argon2id_and_differs_each_time() -> None:
    one, two = passwords.hashed("vier-alte-Bäume"), passwords.hashed("vier-alte-Bäume")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != two
    assert passwords.verified("vier-alte-Bäume", one)
    assert not passwords.verified("vier-alte-bäume", one)


def test_one_text_in_two_spellings_of_unicode_is_one_password() -> None:
    assert passwords.verified("Ba\u0308ume", passwords.hashed("Bäume"))


def test_nobodys_password_is_never_right() -> None:
    assert not passwords.verified("", None)
    assert not passwords.verified("x", None)


def test_a_longer_text_that_begins_with_the_password_is_wrong() -> None:
    longest = "x" * passwords.LONGEST
    kept = passwords.hashed(longest)
    assert passwords.verified(longest, kept)
    assert not passwords.verified(longest + "x", kept)
    assert not passwords.verified("x" * 10_000_000, kept)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elf-zeichen", "short"),
        ("a\u0308" * 11, "short"),
        ("x" * 257, "long"),
        (" zwölf-zeichen", "spaces"),
        ("zwölf-zeichen\n", "spaces"),
        ("密" * 12, "name"),
        ("Department_Housing", "name"),
    ],
)
def test_a_password_that_is_not_taken_says_what_to_do(password: str, code: str) -> None:
    with pytest.raises(passwords.PasswordRefused, match=r"remove|choose") as refused:
        passwords.check(password, "department_housing")
    assert refused.value.code == code
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password", ["zwölf-zeichen", "一二三四五六七八九十百千", "correct horse battery", "\ud800" + "a" * 12]
)
def test_length_is_what_counts_in_any_script(password: str) -> None:
    assert passwords.verified(password, passwords.hashed(passwords.check(password)))


def test_a_made_up_password_is_taken_and_can_be_read_aloud() -> None:
    made = {passwords.made_up() for _ in range(100)}
    assert len(made) == 100
    for password in made:
        assert passwords.check(password) == password
        assert not set("0o1il") & set(password)
