"""A notice meets a calendar: the next version's document, or every reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from wenzheng.calendars.files import Faults, Place
from wenzheng.calendars.notices import NamedDay, NewNotice


@dataclass(frozen=True, slots=True)
class Applied:
    """The document that a notice makes of another; `known` when it was in it already, and nothing changes."""

    document: dict[str, Any]
    known: bool


def apply_notice(document: dict[str, Any], notice: NewNotice, today: date, faults: Faults) -> Applied:
    """Make the next document of a calendar out of a checked one and a notice.

    `today` is the day it is in the calendar's zone. Warnings go to `faults`; `document` stays as it was.

    Raises:
        FileRefused: with every fault at once; nothing is half applied.
    """
    return _Application(document, notice, today, faults).run()


class _Application:
    """One notice meeting one document."""

    def __init__(self, document: dict[str, Any], notice: NewNotice, today: date, faults: Faults) -> None:
        self.old = document
        self.notice = notice
        self.today = today
        self.faults = faults
        self.off: dict[str, Any] = dict(document["days_off"])
        self.worked: dict[str, Any] = dict(document["days_worked"])
        self.notices: dict[str, Any] = dict(document["notices"])
        self.decreed_through = date.fromisoformat(document["decreed_through"])
        self.key = str(notice.year) if notice.year and str(notice.year) not in self.notices else notice.number
        self.amended = self._amended()

    def run(self) -> Applied:
        known = any(entry["number"] == self.notice.number for entry in self.notices.values())
        if known and self._says_the_same():
            return Applied(self.old, known=True)
        if known:
            self._error("number", "known", "a number that no notice of the calendar has", self.notice.number)
            self.faults.raise_if_refused()
        if self.notice.published > self.today:
            self._error("published", "published", f"a day up to today, {self.today}", self.notice.published)
        through = self._arranged()
        guesses = self._drop_guesses(through)
        for named in self.notice.days:
            self._check_where(named, through)
            self._take(named, guesses)
        self._check_no_effect()
        self._check_festivals(guesses)
        self._check_amended()
        self.faults.raise_if_refused()
        return Applied(self._document(through), known=False)

    # --- the year -----------------------------------------------------------------------------------

    def _arranged(self) -> date:
        """Through which day the calendar is decreed afterwards."""
        year, next_year = self.notice.year, self.decreed_through.year + 1
        if year is None or year == next_year:
            return date(year, 12, 31) if year else self.decreed_through
        if year > next_year:
            self._error("year", "gap", f"the notice for {next_year} first", year)
        else:
            self._error(
                "year", "overlap", f"a year after {self.decreed_through.year}, which is decreed", year
            )
        return self.decreed_through

    def _drop_guesses(self, through: date) -> dict[str, Any]:
        """Take out what the statute let one guess of the days that are decreed now."""
        guesses = {
            day: entry
            for day, entry in self.off.items()
            if self.old["notices"][entry["notice"]]["kind"] == "statute"
            and self.decreed_through < date.fromisoformat(day) <= through
        }
        for day in guesses:
            del self.off[day]
        return guesses

    # --- each day -------------------------------------------------------------------------------------

    def _check_where(self, named: NamedDay, through: date) -> None:
        """A day of another year is a slip of the pen; but a December may make up for a January."""
        first = date.fromisoformat(self.old["decreed_from"])
        if self.notice.year:
            first = date(self.notice.year - 1, 12, 1)
        if not first <= named.day <= through:
            self.faults.error(
                named.place,
                "notice.outside",
                expected=f"a day from {first} to {through}",
                found=str(named.day),
                remedy="Correct the year; a year that is not decreed yet needs its own notice, with year.",
            )

    def _take(self, named: NamedDay, guesses: dict[str, Any]) -> None:
        text = named.day.isoformat()
        before = self.off.get(text) or self.worked.get(text)
        worked = self._works(named.day)
        if named.works and worked and before is None:
            self.faults.error(
                named.place,
                "notice.worked_weekday",
                expected="a weekend day, or a day that was off",
                found=f"{named.day}, which is worked anyway",
                remedy="Look into the notice: the day of the month or the weekday is wrong.",
            )
            return
        if before is not None and not self._may_replace(named, before, worked=worked):
            return
        was = worked if text not in guesses else False
        if was != named.works and named.day < self.today:
            self._moves_the_past(named)
        self.off.pop(text, None)
        self.worked.pop(text, None)
        name_en = named.name_en or self._english(named.name_zh)
        days = self.worked if named.works else self.off
        days[text] = {"name_zh": named.name_zh, "name_en": name_en, "notice": self.key}

    def _may_replace(self, named: NamedDay, before: dict[str, Any], *, worked: bool) -> bool:
        """Whether the day may change hands from an earlier notice to this one."""
        notice = self.notices[before["notice"]]
        if before["notice"] in self.amended or notice["kind"] == "statute":
            return True
        name = notice["number"] or notice["title_zh"]
        if worked == named.works:
            self.faults.warn(
                named.place,
                "notice.already",
                expected="a day that this notice changes",
                found=f"{named.day}, {'worked' if worked else 'off'} already by {name}",
                remedy="The day stays with the earlier notice; nothing is to do.",
            )
        else:
            self.faults.error(
                named.place,
                "notice.overlap",
                expected=f"{named.day} {'worked' if worked else 'off'}, as {name} has it",
                found="worked" if named.works else "off",
                remedy=f"If this notice changes that one, add: amends: {name}",
            )
        return False

    def _moves_the_past(self, named: NamedDay) -> None:
        decreed = named.day <= self.decreed_through
        (self.faults.error if decreed else self.faults.warn)(
            named.place,
            "notice.past",
            expected=f"a day from today on, {self.today}",
            found=f"{named.day}, which was {'off' if named.works else 'worked'}",
            remedy="What is past stays as it was decreed: take the day out."
            if decreed
            else "Deadlines that were counted without the notice are counted anew.",
        )

    # --- the whole ------------------------------------------------------------------------------------

    def _check_no_effect(self) -> None:
        """An entry of nothing but free weekends is allowed, and most likely a slip of the pen."""
        entries: dict[Place, list[NamedDay]] = {}
        for named in self.notice.days:
            if not named.works:
                entries.setdefault(named.place, []).append(named)
        for place, days in entries.items():
            texts = [named.day.isoformat() for named in days]
            weekend = all(named.day.isoweekday() in self.old["weekend"] for named in days)
            if weekend and not any(text in self.old["days_worked"] for text in texts):
                self.faults.warn(
                    place,
                    "notice.no_effect",
                    expected="a weekday among the days off",
                    found=f"{texts[0]}, off anyway",
                    remedy="Look into the notice again; if it says so, nothing is to do.",
                )

    def _check_festivals(self, guesses: dict[str, Any]) -> None:
        """The statute's own days are off in every notice so far: one that is not was forgotten."""
        for text, entry in sorted(guesses.items()):
            day = date.fromisoformat(text)
            own = "observed" not in entry["name_en"]
            if own and (text in self.worked or (text not in self.off and self._works(day))):
                expected = f"{text} off ({entry['name_zh']}, by statute)"
                self._warn("year", "festival", expected, f"{text}, worked")

    def _check_amended(self) -> None:
        replaced = {
            entry["notice"]
            for named in self.notice.days
            for part in ("days_off", "days_worked")
            if (entry := self.old[part].get(named.day.isoformat())) is not None
        }
        for name, place in self.notice.amends:
            key = self._key_of(name)
            if key is not None and key not in replaced:
                self.faults.warn(
                    place,
                    "notice.amends",
                    expected=f"a day that {name} names",
                    found="none of them here",
                    remedy="Look whether this is the notice meant.",
                )

    def _says_the_same(self) -> bool:
        """Whether all days are as the notice has them, and the year is decreed."""
        year = self.notice.year or 0
        return year <= self.decreed_through.year and all(
            self._works(named.day) == named.works for named in self.notice.days
        )

    def _document(self, through: date) -> dict[str, Any]:
        entry = {
            "title_zh": self.notice.title_zh,
            "title_en": self.notice.title_en or self._english_title(),
            "number": self.notice.number,
            "published": self.notice.published.isoformat(),
            "kind": "decree",
        }
        if self.notice.source:
            entry["source"] = self.notice.source
        return self.old | {
            "decreed_through": through.isoformat(),
            "horizon": max(self.old["horizon"], through.isoformat()),
            "notices": self.notices | {self.key: entry},
            "days_off": self.off,
            "days_worked": self.worked,
        }

    # --- helpers --------------------------------------------------------------------------------------

    def _works(self, day: date) -> bool:
        text = day.isoformat()
        if text in self.off or text in self.worked:
            return text in self.worked
        return day.isoweekday() not in self.old["weekend"]

    def _english(self, name: str) -> str:
        """The English name that the calendar has for a festival already."""
        found = (entry["name_en"] for entry in self.old["days_off"].values() if entry["name_zh"] == name)
        return next(found, name)

    def _english_title(self) -> str:
        year = self.notice.year
        return f"Notice on the holidays of {year}" if year else "Notice changing holidays"

    def _key_of(self, name: str) -> str | None:
        """The notice of a number, title or key."""
        for key, entry in self.old["notices"].items():
            if entry["kind"] == "decree" and name in (key, entry["number"], entry["title_zh"]):
                return str(key)
        return None

    def _amended(self) -> set[str]:
        keys = set()
        for name, place in self.notice.amends:
            key = self._key_of(name)
            if key is not None:
                keys.add(key)
                continue
            known = [entry["number"] or key for key, entry in self.old["notices"].items()]
            self.faults.error(
                place,
                "notice.amends",
                expected="the number or title of a notice of the calendar",
                found=repr(name),
                remedy=f"The last ones are {', '.join(known[-4:])}.",
            )
        return keys

    def _error(self, key: str, rule: str, expected: str, found: object) -> None:
        self.faults.error(
            self.notice.places.get(key, Place(1, 1)),
            f"notice.{rule}",
            expected=expected,
            found=str(found),
            remedy=_REMEDIES[rule],
        )

    def _warn(self, key: str, rule: str, expected: str, found: str) -> None:
        place = self.notice.places.get(key, Place(1, 1))
        self.faults.warn(place, f"notice.{rule}", expected=expected, found=found, remedy=_REMEDIES[rule])


_REMEDIES: Final = {
    "known": "A notice is given once; one that changes it has a number of its own, and amends.",
    "published": "Correct the date of the notice.",
    "gap": "Give the notices in the order of their years: no year may be left to guess.",
    "overlap": "To change days of a decreed year leave out year, and say amends.",
    "festival": "Look into the notice again; if it says so, nothing is to do.",
}
