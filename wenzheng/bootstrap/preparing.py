"""Makes a data folder ready to run."""

from __future__ import annotations

import contextlib

from wenzheng.accounts import DEMO_PASSWORD, save_first_accounts
from wenzheng.bootstrap.city import FORUM, PETITION
from wenzheng.bootstrap.deploying import deploy_shipped
from wenzheng.bootstrap.organisation import ORGANISATION, findings_of
from wenzheng.calendar_versions import keep_or_tell
from wenzheng.demo.folder import is_demo
from wenzheng.petitions.organisation import Organisation, read_organisation
from wenzheng.practice import kept_pace, utc_now
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import Store, open_store
from wenzheng.workshop import remember_approval


def prepare(settings: Settings, *, demo: bool = False) -> list[str]:
    """Make a data folder ready to run: tables, calendar, organisation, accounts, definitions.

    Safe to repeat. With `demo`, accounts get the password that everybody may know; the letters come
    with `load_demo`. Returns what the operator should be told. Raises DefinitionRefused when the
    definition in the folder must not run and none was deployed before, and DemoRefused.
    """
    with contextlib.closing(open_store(settings.database_url)) as store:
        store.migrate()
        password = DEMO_PASSWORD if is_demo(store, asked=demo) else None
        told: list[str] = []
        if kept_pace(store) is None:  # a practice city keeps the calendar it began with
            told += keep_or_tell(store, settings.calendar, utc_now())
        text = (definitions_dir() / ORGANISATION).read_text(encoding="utf-8")
        organisation = read_organisation(text)
        _save_organisation(store, organisation)
        told += [str(finding) for finding in findings_of(text, ORGANISATION)]
        save_first_accounts(store, organisation, settings, password=password)
        told += deploy_shipped(store, definitions_dir() / PETITION)
        told += deploy_shipped(store, definitions_dir() / FORUM)
        remember_approval(store, needed=settings.deploy_approval)
        return told + _about_receivers(store, settings.report_receivers)


def _about_receivers(store: Store, named: frozenset[str]) -> list[str]:
    """What is wrong with who reads reports (举报): their text is kept from everybody who is not named."""
    with store.reader() as reader:
        able = {account.id for account in reader.accounts() if account.disabled_at is None}
    told = []
    if unknown := sorted(named - able):
        names = ", ".join(unknown)
        told.append(
            f"WENZHENG_REPORT_RECEIVERS names {names}: no account that can act (wenzheng accounts list)."
        )
    if not named & able:
        told.append(
            "Nobody can read reports of wrongdoing (举报): name accounts for them, for example "
            """WENZHENG_REPORT_RECEIVERS='["centre_head"]'."""
        )
    return told


def _save_organisation(store: Store, organisation: Organisation) -> None:
    with store.unit_of_work() as unit:
        if not unit.units():
            unit.save_units(organisation.rows())
