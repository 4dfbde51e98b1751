"""How a command reaches the API: address and token from the data folder, errors as one line.

`wenzheng run` writes run.json ({"url": ...}) and tokens.json ({role or account: token}) there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx2

PASSPHRASE_VARIABLE: Final = "WENZHENG_PASSPHRASE"  # noqa: S105 - the name of a variable
TOKEN_VARIABLE: Final = "WENZHENG_TOKEN"  # noqa: S105 - the name of a variable, not a token
_TIMEOUT: Final = httpx2.Timeout(60.0, connect=5.0)
_COMMANDS: Final = {"GET /api/units": "`wenzheng petition units`"}
"""What a hint for programs is for people at a shell."""
_START: Final = "start it with `wenzheng run`, or name its address with --url"


class CommandError(Exception):
    """A command could not do its work: one line with a remedy, exit code 1."""

    exit_code = 1


class WrongUseError(CommandError):
    """A command was asked for something it does not do: one line with a remedy, exit code 2."""

    exit_code = 2


class SecondFactorError(CommandError):
    """The letter needs its author's second factor, or another one than was given."""


class UncertainError(CommandError):
    """Nobody knows whether the request was done: sent again under the same act id it is done once."""


@dataclass(frozen=True)
class Target:
    """Where to send requests and as whom. `account` None means: choose by the verb."""

    data_dir: Path
    url: str | None = None
    account: str | None = None


def _read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty when the file is absent."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {path}: {error}; restart `wenzheng run` to write it anew") from error
    return loaded if isinstance(loaded, dict) else {}


def address(target: Target) -> str:
    """The address of the API: --url, else what the running `wenzheng run` wrote."""
    found = target.url or _read_json(target.data_dir / "run.json").get("url")
    if not isinstance(found, str) or not found:
        raise CommandError(
            f"no running Wenzheng found in {target.data_dir}: {_START}; if it runs on another data folder, "
            "name that with --data or WENZHENG_DATA_DIR"
        )
    return found.rstrip("/")


def environment_token() -> str | None:
    """The token of the environment variable, if it is set."""
    return os.environ.get(TOKEN_VARIABLE) or None


def _account(known: Mapping[str, Any], name: str) -> str | None:
    """The account of a name: the account itself, or a role that one unit after another has.

    Accounts of a role in several units are called ROLE_UNIT: `supervisor` finds the first of them.
    """
    if name in known:
        return name
    return next((account for account in known if account.startswith(f"{name}_")), None)


def token(target: Target, *defaults: str) -> str | None:
    """The token to send.

    `--as` names an account or role of tokens.json. Without it WENZHENG_TOKEN counts,
    then the first of `defaults` that tokens.json has; None when there is none.
    """
    known = _read_json(target.data_dir / "tokens.json")
    if target.account is not None:
        account = _account(known, target.account)
        if account is None:
            names = ", ".join(known) or "nobody"
            file = target.data_dir / "tokens.json"
            raise CommandError(f"no token for '{target.account}' in {file}; known: {names}")
        return str(known[account])
    if (given := environment_token()) is not None:
        return given
    accounts = (_account(known, name) for name in defaults)
    return next((str(known[account]) for account in accounts if account), None)


@contextmanager
def http_client(url: str) -> Iterator[httpx2.Client]:
    """A client for the API; tests replace it by one that calls the application directly."""
    # trust_env off: a proxy of the environment is not asked for an address on this machine.
    with httpx2.Client(base_url=url, timeout=_TIMEOUT, trust_env=False) as client:
        yield client


def call(
    target: Target,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    as_: tuple[str, ...] = (),
    act_id: str | None = None,
    passphrase: str | None = None,
    file: tuple[str, bytes] | None = None,
) -> dict[str, Any]:
    """One request; its JSON answer. Raises CommandError with the problem's words.

    `passphrase` is the second factor of an author who names a letter by its tracking code; `file` (name,
    bytes) is sent as a form instead of a JSON body.
    """
    url = address(target)
    headers = {"Accept": "application/json"}
    bearer = token(target, *as_)
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    if act_id:
        headers["Idempotency-Key"] = act_id
    if passphrase:
        headers["Wenzheng-Passphrase"] = quote(passphrase, safe="")
    params = {name: value for name, value in (query or {}).items() if value is not None}
    try:
        with http_client(url) as client:
            sent: dict[str, Any] = {"json": body} if file is None else {"files": {"file": file}}
            answer = client.request(method, path, params=params, headers=headers, **sent)
    except httpx2.InvalidURL as error:
        raise CommandError(f"'{url}' is not an address: {error}; expected http://HOST:PORT") from error
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end].encode("unicode-escape").decode("ascii")
        raise CommandError(
            f"'{found}' cannot be sent: texts must be valid UTF-8, act ids and tokens ASCII; correct it"
        ) from error
    except httpx2.ConnectError as error:
        raise CommandError(f"nobody answers at {url} ({type(error).__name__}): {_START}") from error
    except httpx2.HTTPError as error:
        raise UncertainError(f"no answer from {url} ({type(error).__name__}): {_START}") from error
    return _answer(answer)


def _answer(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise CommandError(f"{answer.url} answered {answer.status_code} without JSON: is it a Wenzheng?")
    if answer.is_success:
        return body
    failed = UncertainError if answer.is_server_error else CommandError
    if body.get("code") == "second-factor":
        failed = SecondFactorError
    raise failed(_line(body, answer.status_code))


def _line(problem: Mapping[str, Any], status: int) -> str:
    """A problem as one line: what happened, each fault with its hint, and the stable code."""
    faults = [
        f"{fault.get('pointer')}: {_fault(fault)}{fault.get('hint')}" for fault in problem.get("errors", [])
    ]
    text = " ".join([str(problem.get("detail", "refused")), *faults])
    for address, command in _COMMANDS.items():
        text = text.replace(address, command)
    return f"{' '.join(text.split())} [{problem.get('code', status)}]"


def _fault(fault: Mapping[str, Any]) -> str:
    """What was expected and found; the domain's own sentences hold both already."""
    if not fault.get("found"):
        return ""
    return f"expected {fault.get('expected')}, found {fault.get('found')}. "
