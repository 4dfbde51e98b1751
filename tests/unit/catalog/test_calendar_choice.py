"""A process says by which calendar its days are counted, written or drawn; the city's unless it does."""

from __future__ import annotations

from datetime import UTC, datetime

from wenzheng.calendars.china import china
from wenzheng.calendars.countries import shipped
from wenzheng.calendars.overlays import compose
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.changes.compare import Version, compare
from wenzheng.catalog.checking import House, Report, check_bundle
from wenzheng.catalog.language import translate
from wenzheng.engine.findings import FindingList, Severity
from wenzheng.simulation.world import World

PLAIN = """\
language: 1
process: p
data: {received_on: date}
start: {received: Received}
deadlines:
  answer: {starts: received, stops: reply, limits: {red: {working_days: 5, lamp: red, notify: leader}}}
steps:
  reply: {by: clerk, form: {done: {type: yes_no, required: true}}, go: closed_well}
outcomes: {closed_well: Done}
"""
CHOOSES = PLAIN.replace("data:", "calendar: cn-office\ndata:", 1)


def written(text: str, *, drawn: bool = False) -> Bundle:
    if not drawn:
        return Bundle("p", {"p.yaml": text.encode()})
    translation = translate(text.encode(), "p.yaml", FindingList())
    assert translation is not None
    return Bundle("p", {"p.bpmn": translation.data})


def named(report: Report) -> str | None:
    assert report.definition is not None, [str(one) for one in report.findings]
    choice = report.definition.processes["p"].model.calendar
    return None if choice is None else choice.name


def test_yaml_and_bpmn_name_it_at_the_process() -> None:
    city = House(calendars={"cn", "cn-office"})
    for drawn in (False, True):
        assert named(check_bundle(written(CHOOSES, drawn=drawn), city)) == "cn-office"
        assert named(check_bundle(written(PLAIN, drawn=drawn), city)) is None
    assert b"wz:calendar" not in written(PLAIN, drawn=True).files["p.bpmn"]


def test_away_from_a_city_a_name_that_did_not_come_with_the_program_warns() -> None:
    for drawn, place in ((False, ("p.yaml", 3, 11)), (True, ("p.bpmn", 3, 3))):
        report = check_bundle(written(CHOOSES, drawn=drawn))
        (finding,) = [one for one in report.findings if one.rule == "calendar-unknown"]
        assert finding.severity is Severity.WARNING
        where = finding.position
        assert (where.file, where.line, where.column) == place
        assert not report.refused
    for known in ("cn", "de", "de-by"):
        report = check_bundle(written(CHOOSES.replace("cn-office", known)))
        assert "calendar-unknown" not in {one.rule for one in report.findings}


def test_in_a_city_only_its_own_calendars_will_do() -> None:
    report = check_bundle(written(CHOOSES.replace("cn-office", "de")), House(calendars={"cn"}))
    (finding,) = [one for one in report.findings if one.rule == "calendar-unknown"]
    assert (finding.severity, report.refused) == (Severity.ERROR, True)
    assert "`wenzheng calendar check --calendar de --take`" in finding.hint


def test_an_unknown_calendar_is_told_together_with_what_else_is_wrong() -> None:
    report = check_bundle(written(CHOOSES.replace("go: closed_well", "go: nowhere")), House(calendars={"cn"}))
    assert {"calendar-unknown", "unknown-step"} <= {one.rule for one in report.findings}


def test_what_is_no_name_is_refused_in_both() -> None:
    wrong = CHOOSES.replace("cn-office", "Our office")
    (finding,) = check_bundle(written(wrong)).findings
    assert (finding.rule, finding.position.line) == ("wrong-value", 3)
    data = written(CHOOSES, drawn=True).files["p.bpmn"].replace(b"cn-office", b"Our office")
    found = check_bundle(Bundle("p", {"p.bpmn": data})).findings
    (finding,) = [one for one in found if one.rule.startswith("calendar-")]
    assert (finding.rule, finding.element) == ("calendar-name", "p")


def test_another_calendar_is_a_change_in_words() -> None:
    def version(text: str) -> Version:
        bundle = written(text)
        found = check_bundle(bundle).definition
        assert found is not None
        return Version(found, bundle.files)

    other = CHOOSES.replace("cn-office", "de")
    told = {
        ("calendar.chosen", None, "cn-office"): (PLAIN, CHOOSES),
        ("calendar.changed", "cn-office", "de"): (CHOOSES, other),
        ("calendar.dropped", "de", None): (other, PLAIN),
    }
    for expected, (before, after) in told.items():
        (change,) = compare(version(before), version(after))
        assert (change.code, change.before, change.after) == expected
        assert all(str(change.after or change.before) in change.sentence(one) for one in ("zh", "en"))


def test_in_virtual_time_each_process_has_its_own() -> None:
    closed = {"2026-09-03": {"name_zh": "搬迁", "name_en": "Moving"}}
    notice = {"title_zh": "搬迁", "title_en": "Moving", "number": None, "published": None, "kind": "decree"}
    content = {"on": "cn", "days_off": closed, "days_worked": {}, "notice": notice}
    office = compose(shipped("cn"), "cn-office", content)
    start = datetime(2026, 9, 1, 2, tzinfo=UTC)
    found = {}
    for name, text in (("city", PLAIN), ("office", CHOOSES)):
        definition = check_bundle(written(text)).definition
        assert definition is not None
        world = World(definition, china(), start, calendars={"cn-office": office})
        who = world.start("p", {"received_on": "2026-09-01"})
        found[name] = who.instance.clocks.running["answer"]["thresholds"][0]["due"]
    assert found == {"city": "2026-09-08", "office": "2026-09-09"}
