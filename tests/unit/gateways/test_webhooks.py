"""Signatures of webhooks, after Standard Webhooks 1.0."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wenzheng.gateways.webhooks import (
    ID,
    LONGEST_ID,
    SIGNATURE,
    TIMESTAMP,
    TOLERANCE,
    BadSecrets,
    NotGenuine,
    Secret,
    headers,
    read_secret,
    read_secrets,
    signature,
    verify,
)

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
OLD, NEW = Secret(b"o" * 32), Secret(b"n" * 32)
BODY = '{"text": "路灯坏了"}'.encode()


def sent(
    *secrets: Secret, at: datetime = NOW, webhook_id: str = "msg_1", body: bytes = BODY
) -> dict[str, str]:
    return headers(secrets or (NEW,), webhook_id, at, body)


def test_a_gateway_that_uses_the_libraries_of_standard_webhooks_is_understood() -> None:
    # The example of the specification's reference libraries.
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_replaced_the_old_and_the_new_one_are_believed() -> None:
    for secrets in ((OLD,), (NEW,), (OLD, NEW)):
        assert verify((NEW, OLD), sent(*secrets), BODY, NOW) == "msg_1"
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), sent(OLD), BODY, NOW)
    assert refused.value.code == "bad-signature"


def test_a_signature_of_a_version_to_come_beside_ours_does_no_harm() -> None:
    given = sent()
    given[SIGNATURE] = f"v1a,{'A' * 40} nonsense v2, ü {given[SIGNATURE]}"
    assert verify((NEW,), given, BODY, NOW) == "msg_1"


@pytest.mark.parametrize("late", [TOLERANCE, -TOLERANCE])
def test_five_minutes_of_a_wrong_clock_are_forgiven_and_no_second_more(late: timedelta) -> None:
    second = timedelta(seconds=1 if late > timedelta() else -1)
    assert verify((NEW,), sent(at=NOW - late), BODY, NOW)
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), sent(at=NOW - late - second), BODY, NOW)
    assert refused.value.code == ("too-old" if late > timedelta() else "too-early")


@pytest.mark.parametrize("part", [ID, TIMESTAMP, SIGNATURE])
def test_nothing_that_was_signed_can_be_changed_or_left_out(part: str) -> None:
    given = sent()
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), {name: value for name, value in given.items() if name != part}, BODY, NOW)
    assert refused.value.code == "missing-signature"
    other = {ID: "msg_2", TIMESTAMP: str(int(given[TIMESTAMP]) + 1), SIGNATURE: "v1,AAAA"}[part]
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), given | {part: other}, BODY, NOW)
    assert refused.value.code == "bad-signature"


@pytest.mark.parametrize("webhook_id", ["a.b", "a b", "路灯", "x" * (LONGEST_ID + 1), "a/b"])
def test_an_id_that_two_texts_could_share_is_refused(webhook_id: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), sent(webhook_id=webhook_id), BODY, NOW)
    assert refused.value.code == "bad-webhook-id"


@pytest.mark.parametrize("stamp", ["now", "-1", "9" * 13, "١٢٣", "1.5", "99999999999"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        verify((NEW,), sent() | {TIMESTAMP: stamp}, BODY, NOW)
    assert refused.value.code in {"bad-timestamp", "too-early"}


def test_the_operators_file_names_secrets_by_channel(tmp_path: Path) -> None:
    path = tmp_path / "gateways.yaml"
    assert read_secrets(path) == {}
    first, second = (f"whsec_{base64.b64encode(one.key).decode()}" for one in (OLD, NEW))
    path.write_text(f"sms: [{first}, {second}]\nkiosk: {second}\n")
    assert read_secrets(path) == {"sms": (OLD, NEW), "kiosk": (NEW,)}
    assert "nnnn" not in repr(read_secrets(path))


@pytest.mark.parametrize(
    "text", ["sms: [hunter2]", "sms: [c2hvcnQ=]", "- hunter2", "sms: [hunter2", "sms: 7"]
)
def test_a_mistake_in_the_file_is_named_and_no_secret_is_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gateways.yaml"
    path.write_text(text)
    with pytest.raises(BadSecrets) as refused:
        read_secrets(path)
    assert "gateways.yaml" in str(refused.value)
    assert "hunter2" not in str(refused.value)
