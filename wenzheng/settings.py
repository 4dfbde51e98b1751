"""One typed settings object, and where this installation keeps things.

Built once, by a command or by bootstrap, and handed down; nothing below reads the environment.
Every field can be set by an environment variable with the prefix `WENZHENG_`
(`WENZHENG_DATA_DIR`, `WENZHENG_DATABASE_URL`, …); a command's option wins over it.
May be imported by bootstrap, accounts, cli and tests only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from wenzheng.petitions.attachments import KINDS

_LIBRARY: Final = Path(__file__).resolve().parent

RUN_FILE: Final = "run.json"
"""In the data folder while `wenzheng run` is up: {"url", "temporal", "pids"}."""

TOKENS_FILE: Final = "tokens.json"
"""In the data folder, readable by its owner only: {account or role: token}."""

PASSWORDS_FILE: Final = "passwords.json"
"""In the data folder, readable by its owner only: {account: the password it began with}."""


GATEWAYS_FILE: Final = "gateways.yaml"
"""In the data folder, written by the operator: {channel: [secrets]} of `POST /intake/{channel}`."""

ALIVE_FILE: Final = "clock.alive"
"""In the data folder of a practice city; its time of change says until when the city's clock ran."""


def checkout() -> Path | None:
    """The root of the source checkout this library runs from; None when it was installed from a wheel."""
    root = _LIBRARY.parent
    return root if (root / "pyproject.toml").is_file() and (root / "definitions").is_dir() else None


def definitions_dir() -> Path:
    """The folder of the shipped definitions: the checkout's when there is one, else the wheel's copy."""
    root = checkout()
    return root / "definitions" if root else _LIBRARY / "_definitions"


def default_data_dir() -> Path:
    """`.wenzheng` in a checkout, so that two clones never mix; else the user's data folder."""
    root = checkout()
    return root / ".wenzheng" if root else Path(platformdirs.user_data_dir("wenzheng", appauthor=False))


def _spelled(value: object) -> str:
    """A value as an environment variable holds it: sets as JSON lists."""
    return json.dumps(sorted(value)) if isinstance(value, frozenset) else str(value)


def _default_attachments_dir(validated: dict[str, Any]) -> Path:
    return Path(validated["data_dir"]) / "attachments"


def _default_database_url(validated: dict[str, Any]) -> str:
    return f"sqlite:///{validated['data_dir'] / 'wenzheng.db'}"


class Settings(BaseSettings):
    """Everything an operator can choose without editing a definition.

    Immutable; make a changed copy with `settings.model_copy(update={...})`.
    Raises `pydantic.ValidationError` naming the field when a value cannot be read.
    """

    model_config = SettingsConfigDict(env_prefix="WENZHENG_", frozen=True, extra="forbid")

    data_dir: Path = Field(default_factory=default_data_dir, description="Folder of everything that is kept.")
    database_url: str = Field(
        default_factory=_default_database_url,
        description="SQLAlchemy URL of the store; SQLite in the data folder unless set.",
    )
    temporal_address: str | None = Field(
        default=None,
        description="host:port of the Temporal server for `worker` and `web`; "
        "unset: the one `run` started on this data folder.",
    )
    temporal_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of the embedded Temporal server; unset: a free one."
    )
    namespace: str = Field(default="default", description="Temporal namespace.")
    host: str = Field(default="127.0.0.1", description="Address the web listens on.")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Port of the web; unset: 8080, or the next free one."
    )
    body_limit: int = Field(
        default=1_048_576, ge=65_536, description="Largest request body in bytes; more is refused with 413."
    )
    letters_a_minute: int = Field(
        default=60,
        ge=1,
        description="Letters that one address may send in a minute; more are refused with 429.",
    )
    gateway_letters_a_minute: int = Field(
        default=600, ge=1, description="The same for the address of a gateway (`POST /intake/{channel}`)."
    )
    attachments_dir: Path = Field(
        default_factory=_default_attachments_dir,
        description="Folder of the files that come with letters, on a local disk.",
    )
    attachments_most: int = Field(
        default=20, ge=0, le=100, description="Files that may come with a letter, and with an act of a unit."
    )
    attachment_limit: int = Field(
        default=20 * 1024 * 1024, ge=1024, description="Largest file in bytes; a larger one is refused."
    )
    attachments_limit: int = Field(
        default=100 * 1024 * 1024, ge=1024, description="Bytes of all files of a letter together."
    )
    attachment_types: frozenset[str] = Field(
        default=frozenset(KINDS),
        description="Kinds of files taken, as a JSON list; what a file is, its content decides.",
    )
    calendar: str = Field(
        default="cn",
        description="The calendar that letters are counted by: `cn`, another country such as `de`, or an "
        "overlay that was set up with `wenzheng calendar overlay`.",
    )
    keep_later_date: bool = Field(
        default=True,
        description="When a new version of the calendar would bring a limit nearer, the later day holds and "
        "both are shown; switched off, the nearer day holds.",
    )
    draft_days: int = Field(
        default=7,
        ge=1,
        le=90,
        description="Days after which a letter that nobody goes on writing is deleted.",
    )
    message_days: int = Field(
        default=365,
        ge=1,
        description="Days after which a message between instances that nobody has taken is set aside for an "
        "operator.",
    )
    secure_cookies: bool = Field(
        default=False, description="Mark cookies Secure: set it wherever the pages are served over HTTPS."
    )
    session_idle_minutes: int = Field(
        default=480, ge=1, description="After so many minutes without a page, a person signs in again."
    )
    session_hours: int = Field(
        default=168, ge=1, description="After so many hours a person signs in again, whatever they did."
    )
    deploy_approval: bool = Field(
        default=False,
        description="A version of a definition comes into force only when another administrator agrees; "
        "`run` and `web` write it into the store, so that a shell obeys it.",
    )
    report_receivers: frozenset[str] = Field(
        default=frozenset(),
        description="Accounts that read reports of wrongdoing (举报), as a JSON list; nobody else does.",
    )

    @field_validator("attachment_types")
    @classmethod
    def _known_types(cls, value: frozenset[str]) -> frozenset[str]:
        if unknown := value - KINDS.keys():
            raise ValueError(f"expected kinds of {', '.join(KINDS)}, found {', '.join(sorted(unknown))}")
        return value

    @field_validator("data_dir", "attachments_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        # Parts run as separate processes: a relative folder must mean the same in all of them.
        return value.expanduser().resolve()

    @property
    def run_file(self) -> Path:
        """Where `run` tells the other commands its address."""
        return self.data_dir / RUN_FILE

    @property
    def tokens_file(self) -> Path:
        """Where the tokens of the accounts made on the first run are kept (mode 0600)."""
        return self.data_dir / TOKENS_FILE

    @property
    def gateways_file(self) -> Path:
        """The secrets of those that hand letters in (mode 0600)."""
        return self.data_dir / GATEWAYS_FILE

    @property
    def passwords_file(self) -> Path:
        """Where the first passwords of the accounts made on the first run stand (mode 0600)."""
        return self.data_dir / PASSWORDS_FILE

    @property
    def alive_file(self) -> Path:
        """What `run` touches every second while the clock of a practice city runs."""
        return self.data_dir / ALIVE_FILE

    @property
    def logs_dir(self) -> Path:
        """One log file for each part that `run` starts."""
        return self.data_dir / "logs"

    def environment(self) -> dict[str, str]:
        """The variables that give another process exactly these settings."""
        given = ((name, value) for name, value in self if value is not None)
        return {f"WENZHENG_{name.upper()}": _spelled(value) for name, value in given}
