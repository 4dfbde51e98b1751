"""`wenzheng validate`: what is wrong with a definition, all at once, with positions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import Format, FormatOption, Language, LanguageOption
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.rules.kinds import Kind

if TYPE_CHECKING:
    from wenzheng.catalog.checking import House, Report
    from wenzheng.engine.definition import Definition


ORGANISATION: Final = "organisation.yaml"
"""The file of the organisation, which is no definition and is checked for who watches whom."""
_MANY: Final = 20
_EVERY: Final = 100
"""How many definitions are worth telling how far it is, and how often a log is told."""
_HEADINGS: Final = {
    Kind.STRUCTURE: "Against the standard (structure)",
    Kind.EXECUTABILITY: "Not run here (executability)",
    Kind.SENSE: "Probably not meant (good sense)",
}


def validate(
    paths: Annotated[list[Path], typer.Argument(help="Definitions: folders, .yaml or .bpmn files.")],
    output: FormatOption = Format.TEXT,
    language: LanguageOption = Language.EN,
) -> None:
    """Check definitions without running or deploying anything; exit code 1 when one is refused.

    Structure is what breaks the standard, executability what is not run here; both refuse. Good sense is what
    runs and is probably not meant; it warns, unless the definition's rules.yaml says otherwise. With
    --language zh it is said in Chinese what the rule is about and what to do, before what was found.
    """
    findings: list[Finding] = []
    refused = 0
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise CommandError(
            f"cannot read {missing[0]}: it does not exist; name a folder, a .yaml or a .bpmn file"
        )
    for path in with_progress(paths):
        report = checked(path)
        found = report.findings
        findings += found if len(paths) == 1 else [_of_many(finding, path) for finding in found]
        refused += report.refused
    if output is Format.JSON:
        chinese = language is Language.ZH
        told = [one.as_dict() | (_in_chinese(one) if chinese else {}) for one in findings]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print_by_kind(findings, language)
        print_sum(paths, refused, language)
    if refused:
        raise typer.Exit(1)


def print_sum(paths: list[Path], refused: int, language: Language) -> None:
    """What has come of it all; nothing of one that was refused, whose findings say it."""
    chinese = language is Language.ZH
    if not refused and [path.name for path in paths] == [ORGANISATION]:
        print("机构文件可以使用。" if chinese else "The organisation can be used.")
    elif not refused:
        many = "s" if len(paths) > 1 else ""
        print(f"{len(paths)} 个定义可以运行。" if chinese else f"{len(paths)} definition{many} can run.")
    elif len(paths) > 1:
        of_all = f"{len(paths)} 个定义中有 {refused} 个不能运行。"
        print(of_all if chinese else f"{refused} of {len(paths)} definitions cannot run.")


def print_by_kind(findings: list[Finding], language: Language = Language.EN) -> None:
    """The findings, what breaks the standard first; each kind under a heading of its own."""
    from wenzheng.catalog.rule_words import KINDS_ZH

    chinese = language is Language.ZH
    for kind, heading in (KINDS_ZH if chinese else _HEADINGS).items():
        of_kind = [finding for finding in findings if finding.kind is kind]
        if of_kind:
            print(f"{heading}:")
        for finding in of_kind:
            said = _in_chinese(finding) if chinese else {}
            if said:
                place = f"{finding.position.file}:{finding.position.line}:{finding.position.column}"
                print(f"  {place}: {said['title_zh']}。怎样改：{said['remedy_zh']}。")
            print(f"{'    ' if said else '  '}{finding}")


def _in_chinese(finding: Finding) -> dict[str, str]:
    """What the rule is about and what to do."""
    from wenzheng.catalog.rule_words import words_of_rule

    words = words_of_rule(finding.rule)
    return {} if words is None else {"title_zh": words.title, "remedy_zh": words.remedy}


def with_progress(paths: list[Path]) -> Iterator[Path]:
    """The paths, while people at the terminal see how far it is; a log gets a line every hundred."""
    at_terminal = sys.stderr.isatty()
    for done, path in enumerate(paths):
        yield path
        if len(paths) < _MANY:
            continue
        if at_terminal:
            end = "\n" if done + 1 == len(paths) else ""
            print(f"\rchecked {done + 1} of {len(paths)}", end=end, file=sys.stderr, flush=True)
        elif (done + 1) % _EVERY == 0:
            print(f"checked {done + 1} of {len(paths)}", file=sys.stderr, flush=True)


def _of_many(finding: Finding, path: Path) -> Finding:
    """The finding with the path of its file: of several definitions, a file's name alone says too little."""
    file = path / finding.position.file if path.is_dir() else path
    return replace(finding, position=replace(finding.position, file=str(file)))


def check(path: Path) -> Definition:
    """The compiled definition of a folder or file. Raises DefinitionRefused with all findings."""
    report = checked(path)
    if report.definition is None:
        raise DefinitionRefused(list(report.findings))
    return report.definition


def checked(path: Path) -> Report:
    """All that is wrong with the definition in a folder or file, or with the file of an organisation."""
    from wenzheng.catalog.checking import check_path

    if path.name == ORGANISATION:
        from wenzheng.bootstrap.organisation import check_organisation

        return check_organisation(path)
    return check_path(path, city())


def city() -> House:
    """What definitions of the city may name."""
    from activities.services import contracts
    from wenzheng.catalog.checking import House
    from wenzheng.catalog.language import Names
    from wenzheng.catalog.message_check import Messages
    from wenzheng.petitions.recipients import NOTIFY_NAMES
    from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES, HOUSES

    names = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
    return House(contracts(), names, Messages.WRITTEN, HOUSES)
