"""Accounts: those a new installation begins with, and those an operator adds.

Tokens and first passwords go into files that only the owner of the data folder can read; the store keeps
hashes. May be imported by bootstrap, cli and tests only.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from wenzheng import passwords
from wenzheng.petitions.organisation import ASSIGNABLE, Organisation, UnitKind
from wenzheng.petitions.roles import CENTRE, DEPARTMENTS, Role
from wenzheng.settings import Settings
from wenzheng.store import Store
from wenzheng.store.views.people import Account

DEMO_PASSWORD: Final = "wenzheng-demo"  # noqa: S105 - known on purpose, for a data folder of a demo only
"""The password of every account of a demo (`save_first_accounts(…, password=DEMO_PASSWORD)`)."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_HASHING_THREADS: Final = 2
"""Hashing leaves Python's lock; more threads than cores gain nothing."""

FirstAccount = tuple[str, str, Role, str | None]
"""(id, name, role, unit)"""


def first_accounts(organisation: Organisation) -> list[FirstAccount]:
    """The accounts a new installation begins with."""
    centre = organisation.centre
    accounts: list[FirstAccount] = [
        ("clerk", "受理员", Role.CLERK, centre.id),
        ("centre_head", f"{centre.name_zh}负责人", Role.CENTRE_HEAD, centre.id),
        ("process_admin", "流程管理员", Role.PROCESS_ADMIN, None),
        ("operator", "运维员", Role.OPERATOR, None),
        ("leader", "市领导", Role.LEADER, organisation.root.id),
    ]
    accounts += [
        (f"supervisor_{unit.id}", f"{unit.name_zh}督办员", Role.SUPERVISOR, unit.id)
        for unit in organisation.of_kind(UnitKind.SUPERVISION)
    ]
    for unit in organisation.of_kind(UnitKind.DEPARTMENT, UnitKind.COUNTY):
        accounts.append((f"department_{unit.id}", f"{unit.name_zh}经办人", Role.DEPARTMENT, unit.id))
        accounts.append((f"head_{unit.id}", f"{unit.name_zh}负责人", Role.DEPARTMENT_HEAD, unit.id))
    return accounts


def save_first_accounts(
    store: Store, organisation: Organisation, settings: Settings, *, password: str | None = None
) -> None:
    """Create the first accounts once, with tokens and passwords made up for them. Safe to repeat.

    `password` is everybody's, for a demo only. Accounts of an older version get a password as well;
    one that somebody has changed stays.
    """
    wanted = first_accounts(organisation)
    tokens = _read(settings.tokens_file)
    tokenless = {account for account, *_ in wanted} - tokens.keys()
    with store.reader() as reader:
        known = {account.id: account for account in reader.accounts()}
        lacking = reader.without_password() | ({account for account, *_ in wanted} - known.keys())
    first = _read(settings.passwords_file)
    fresh = {
        account: first.get(account) or password or passwords.made_up() for account in _in(wanted, lacking)
    }
    if not tokenless and not fresh:
        return
    for account in _in(wanted, tokenless):
        tokens[account] = secrets.token_urlsafe(32)
    # The files come first: after a kill in between, the next run saves accounts with what they say.
    _write_private(settings.tokens_file, tokens)
    if fresh:
        _write_private(settings.passwords_file, first | fresh)
    hashes = _hashed(fresh)
    with store.unit_of_work() as unit:
        for account, name, role, unit_id in wanted:
            if account in known and account in tokenless:
                now = known[account]
                unit.save_account(
                    id=account, name=now.name, role=now.role, unit_id=now.unit_id, token=tokens[account]
                )
            elif account not in known:
                unit.save_account(
                    id=account, name=name, role=role.value, unit_id=unit_id, token=tokens[account]
                )
            if account in hashes:
                unit.set_password(account, hashes[account])


class AccountRefused(ValueError):
    """An account that cannot be: the sentence says what was expected, found, and what to do."""


def add_account(
    store: Store, organisation: Organisation, *, account: str, name: str, role: Role, unit_id: str | None
) -> Account:
    """Keep a new account, without password and token: nobody can use it yet.

    Raises AccountRefused for a bad or taken id, and for a unit that does not suit the role.
    """
    if _ID.fullmatch(account) is None:
        raise AccountRefused(
            f"expected an id of small letters, digits, '_', '-' and '.', at most 64, found {account!r}"
        )
    if not name.strip():
        raise AccountRefused("expected the person's name, found nothing; give one with --name")
    home = _home(organisation, role, unit_id)
    with store.unit_of_work() as unit:
        if unit.account(account) is not None:
            raise AccountRefused(f"expected a new id, found {account!r} taken; choose another")
        return unit.save_account(id=account, name=name.strip(), role=role.value, unit_id=home)


def _home(organisation: Organisation, role: Role, unit_id: str | None) -> str | None:
    """The unit of a new account: what was asked for if it suits the role, else the only one that does."""
    if role in (Role.PROCESS_ADMIN, Role.OPERATOR, Role.AUTHOR):
        if role is Role.AUTHOR:
            raise AccountRefused("expected a role of staff, found author; citizens need no account")
        if unit_id is not None:
            raise AccountRefused(f"expected no unit for a {role.value}, found {unit_id!r}; leave --unit out")
        return None
    kinds: frozenset[UnitKind] = frozenset(UnitKind)
    only: str | None = organisation.root.id
    if role in CENTRE:
        kinds, only = frozenset({UnitKind.CENTRE}), organisation.centre.id
    elif role is Role.SUPERVISOR:
        kinds, only = frozenset({UnitKind.SUPERVISION}), None
    elif role in DEPARTMENTS:
        kinds, only = frozenset(ASSIGNABLE), None
    wanted = unit_id or only
    found = organisation.get(wanted) if wanted is not None else None
    if found is None or found.kind not in kinds:
        fitting = ", ".join(unit.id for unit in organisation.of_kind(*kinds))
        raise AccountRefused(f"expected a unit of a {role.value}, found {unit_id!r}; one of: {fitting}")
    return found.id


def forget_first_password(settings: Settings, account: str) -> None:
    """Take an account out of the file of first passwords: it has another one now."""
    first = _read(settings.passwords_file)
    if first.pop(account, None) is not None:
        _write_private(settings.passwords_file, first)


def _in(wanted: Iterable[FirstAccount], some: set[str]) -> list[str]:
    return [account for account, *_ in wanted if account in some]


def _hashed(given: Mapping[str, str]) -> dict[str, str]:
    """The hash of each password; of one that many share, once for each as well: a salt is not shared."""
    with ThreadPoolExecutor(_HASHING_THREADS, thread_name_prefix="hash") as threads:
        return dict(zip(given, threads.map(passwords.hashed, given.values()), strict=True))


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write_private(path: Path, content: Mapping[str, str]) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    fresh.replace(path)
