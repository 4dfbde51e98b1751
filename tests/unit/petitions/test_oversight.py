"""Who watches whom: supervisors who are late themselves, escalation that nobody hears."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenzheng.petitions.organisation import OrganisationError, read_organisation
from wenzheng.petitions.oversight import flaws_of, organ_of_all

SHIPPED = (Path(__file__).parents[3] / "definitions" / "organisation.yaml").read_text(encoding="utf-8")
OFFICE = "      - {id: watch, kind: supervision, name: {zh: 督办, en: Supervision}}\n"
CITY = f"""\
units:
  - id: city
    kind: city
    name: {{zh: 清江市, en: Qingjiang City}}
    units:
      - {{id: centre, kind: centre, name: {{zh: 信息中心, en: Information Centre}}}}
{OFFICE}      - id: housing
        kind: department
        name: {{zh: 住建局, en: Housing Bureau}}
        units:
          - {{id: repairs, kind: section, name: {{zh: 维修科, en: Repairs}}}}
"""


@pytest.mark.parametrize("text", [SHIPPED, CITY])
def test_a_city_whose_supervisors_stand_beside_its_departments_is_well(text: str) -> None:
    assert flaws_of(text) == []


@pytest.mark.parametrize("deeper", ["    ", "        "], ids=["department", "section"])
def test_a_supervision_office_of_the_late_department_is_told_with_its_line(deeper: str) -> None:
    inside = CITY.replace(OFFICE, "")
    if len(deeper) > 4:
        inside = (
            inside.rstrip().replace(
                "{id: repairs, kind: section, name: {zh: 维修科, en: Repairs}}",
                "id: repairs\n            kind: section\n            name: {zh: 维修科, en: Repairs}\n"
                "            units:",
            )
            + "\n"
        )
    text = inside + deeper + OFFICE
    [flaw] = flaws_of(text)
    assert (flaw.rule, flaw.unit) == ("supervisor-late-itself", "watch")
    assert text.splitlines()[flaw.line - 1][flaw.column - 1 :].startswith("watch")
    assert "housing" in flaw.message or "repairs" in flaw.message
    assert flaw.hint == "Move 'watch' below 'city'."


def test_an_office_below_the_centre_would_be_told_of_itself_too() -> None:
    text = CITY.replace(OFFICE, "").replace(
        "{id: centre, kind: centre, name: {zh: 信息中心, en: Information Centre}}",
        "id: centre\n        kind: centre\n        name: {zh: 信息中心, en: Information Centre}\n"
        f"        units:\n    {OFFICE.rstrip()}",
    )
    assert [(flaw.rule, flaw.unit) for flaw in flaws_of(text)] == [("supervisor-late-itself", "watch")]


def test_a_city_without_supervision_escalates_to_nobody() -> None:
    [flaw] = flaws_of(CITY.replace(OFFICE, ""))
    assert (flaw.rule, flaw.unit, flaw.line) == ("escalation-nobody", "city", 2)
    assert "supervision" in flaw.hint


def test_a_section_that_no_department_answers_for_has_no_head() -> None:
    alone = "      - {id: stray, kind: section, name: {zh: 某科, en: Stray}}\n"
    [flaw] = flaws_of(CITY + alone)
    assert (flaw.rule, flaw.unit, flaw.line) == ("escalation-nobody", "stray", 13)


def test_what_is_no_organisation_is_refused_with_its_line() -> None:
    with pytest.raises(OrganisationError, match="line 12"):
        flaws_of(CITY.replace("kind: section", "kind: office"))


def test_all_of_one_department_are_of_that_department() -> None:
    units = read_organisation(CITY)
    assert organ_of_all(["housing", "repairs"], units) is units["housing"]
    assert organ_of_all(["housing", "watch"], units) is None
    assert organ_of_all([], units) is None
