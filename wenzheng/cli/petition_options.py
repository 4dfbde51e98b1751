"""Options that every `wenzheng petition` command has, and how a command fails.

A command is written with its own parameters and one `Session`; `register` gives it the
common options (--format, --url, --data and, where it acts for an account, --as).
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, get_type_hints
from urllib.parse import quote

import typer

from wenzheng.cli import connection
from wenzheng.cli.connection import CommandError, SecondFactorError, Target, UncertainError
from wenzheng.cli.options import Format

HOW_TO_PROVE: Final = (
    f"Here: set {connection.PASSPHRASE_VARIABLE}, or give --passphrase-file FILE."  # how an author is known
)


def path_of(ref: str, verb: str = "") -> str:
    """The API path of a letter and, with a verb, of an act on it."""
    return f"/api/petitions/{quote(ref, safe='')}" + (f"/{verb}" if verb else "")


@dataclass(frozen=True)
class Session:
    """Where a command sends its requests, as whom, and how it prints the answer."""

    target: Target
    format: Format
    passphrase_file: Path | None = None

    def passphrase(self) -> str | None:
        """The author's second factor: from a file or the environment, never from the command line."""
        if self.passphrase_file is None:
            return os.environ.get(connection.PASSPHRASE_VARIABLE) or None
        return read_text(None, self.passphrase_file).strip("\r\n") or None

    def as_author(self, ask: Callable[[str | None], dict[str, Any]]) -> dict[str, Any]:
        """Ask with the second factor; at a terminal, ask its author for it when the letter needs one."""
        given = self.passphrase()
        try:
            return ask(given)
        except SecondFactorError as error:
            if given is None and sys.stdin.isatty():
                return ask(typer.prompt("Passphrase (or the contact you gave)", hide_input=True, err=True))
            raise CommandError(f"{error} {HOW_TO_PROVE}") from error

    def call(
        self,
        method: str,
        path: str,
        *,
        as_: tuple[str, ...] = (),
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        act_id: str | None = None,
        passphrase: str | None = None,
        file: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        """One request; values of None are left out."""
        given = None if body is None else {key: value for key, value in body.items() if value is not None}
        return connection.call(
            self.target,
            method,
            path,
            body=given,
            query=query,
            as_=as_,
            act_id=act_id,
            passphrase=passphrase,
            file=file,
        )

    def act(
        self,
        ref: str,
        verb: str,
        body: Mapping[str, Any],
        *,
        act_id: str | None,
        as_: tuple[str, ...],
        passphrase: str | None = None,
    ) -> dict[str, Any]:
        """One act, under the given name or a fresh one."""
        return self.once(path_of(ref, verb), body, act_id=act_id, as_=as_, passphrase=passphrase)

    def authors_act(
        self, code: str, verb: str, body: Mapping[str, Any], *, act_id: str | None
    ) -> dict[str, Any]:
        """One act of the author, who has the tracking code and the second factor."""
        name = act_id or fresh_act_id()
        return self.as_author(
            lambda passphrase: self.act(code, verb, body, act_id=name, as_=(), passphrase=passphrase)
        )

    def once(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        act_id: str | None,
        as_: tuple[str, ...] = (),
        passphrase: str | None = None,
    ) -> dict[str, Any]:
        """A POST under an act id; where its fate is unknown, the error names the id to repeat it with."""
        name = act_id or fresh_act_id()
        try:
            return self.call("POST", path, body=body, act_id=name, as_=as_, passphrase=passphrase)
        except UncertainError as error:
            raise CommandError(f"{error} To send it again as the same act: --act-id {name}") from error

    def show(self, answer: dict[str, Any], text: Callable[[dict[str, Any]], str]) -> None:
        """Print an answer as asked for."""
        as_json = self.format is Format.JSON
        print(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else text(answer))


def fresh_act_id() -> str:
    """A name for an act that nobody has used."""
    return f"cli-{uuid.uuid4()}"


def wrong_usage(message: str) -> NoReturn:
    """End with exit code 2 and one sentence."""
    raise typer.BadParameter(message)


def read_text(argument: str | None, file: Path | None) -> str:
    """The text of an act: argument, file or ('-') standard input; kept exactly."""
    if (argument is None) == (file is None):
        wrong_usage("give the text once: as argument, with --text-file FILE, or '-' for standard input")
    if file is None and argument != "-":
        return argument or ""
    try:
        raw = file.read_bytes() if file is not None else sys.stdin.buffer.read()
        return raw.decode("utf-8")
    except OSError as error:
        raise CommandError(f"cannot read the text: {error}; check the path") from error
    except UnicodeDecodeError as error:
        message = f"the text is not UTF-8 (byte {error.start}): convert it, then send it again"
        raise CommandError(message) from error


_COMMON: Final[dict[str, tuple[Any, Any]]] = {
    "format": (Annotated[Format, typer.Option("--format", help="text or json.")], Format.TEXT),
    "url": (
        Annotated[str | None, typer.Option("--url", help="Address; default: the running Wenzheng.")],
        None,
    ),
    "data": (Annotated[Path | None, typer.Option("--data", help="Data folder of `wenzheng run`.")], None),
}
_PASSPHRASE: Final = (
    Annotated[
        Path | None,
        typer.Option(help=f"File with the author's passphrase. Default: {connection.PASSPHRASE_VARIABLE}."),
    ],
    None,
)
_AS: Final = (
    Annotated[
        str | None, typer.Option("--as", metavar="ACCOUNT", help="Account or role of tokens.json to act as.")
    ],
    None,
)


def _session(options: dict[str, Any]) -> Session:
    data: Path | None = options.pop("data")
    if data is None:
        from wenzheng.settings import Settings

        data = Settings().data_dir
    target = Target(data_dir=data, url=options.pop("url"), account=options.pop("account", None))
    return Session(target, options.pop("format"), options.pop("passphrase_file", None))


def register(
    app: typer.Typer, name: str, *, account: bool = True, author: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function `f(session, …)` a command with the common options added to its own.

    `account` is False where nobody needs an account; `author` is True where the caller may be the letter's
    author, who has a tracking code and a second factor.
    A CommandError becomes one line on stderr and exit code 1.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        def run(**options: Any) -> None:
            try:
                function(_session(options), **options)
            except CommandError as error:
                print(f"wenzheng: {error}", file=sys.stderr)
                raise typer.Exit(1) from error

        hints = get_type_hints(function, include_extras=True)
        keyword = inspect.Parameter.KEYWORD_ONLY
        own = [
            parameter.replace(annotation=hints[parameter.name], kind=keyword)
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]
        common = {**_COMMON, "account": _AS} if account else dict(_COMMON)
        if author:
            common["passphrase_file"] = _PASSPHRASE
        added = [
            inspect.Parameter(option, keyword, default=default, annotation=kind)
            for option, (kind, default) in common.items()
        ]
        run.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *added]}
        run.__doc__ = function.__doc__
        app.command(name)(run)
        return function

    return decorate
