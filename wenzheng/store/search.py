"""Finding letters by their words, on SQLite (FTS5) and on PostgreSQL (GIN) alike.

A database only says which letters hold which terms, the newest first and never all of a million: how well a
letter answers is decided in petitions.searching, for both alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY

from wenzheng.petitions.indexing import (
    ANSWERS,
    INDEXED,
    PUBLISHED,
    Entry,
    Groups,
    index_terms,
    newest_windows,
    place_of,
)
from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.visibility import PetitionFacts, publicly_listed
from wenzheng.store.logged import Logged
from wenzheng.store.session import Part
from wenzheng.store.tables.instances import FactTable, InstanceTable
from wenzheng.store.tables.petitions import ContentTable, PetitionTable
from wenzheng.store.tables.search import OWN_TABLE, SearchTable

_COMMON: Final = 500
"""A term that more letters of a look hold tells nothing about one."""
_WORDS = table(OWN_TABLE, column("rowid"), column(OWN_TABLE))


@dataclass(frozen=True, kw_only=True)
class LetterWords:
    """The words of a letter that was found, unmasked; `published` are what was told in its course."""

    petition_id: str
    number: str
    title: str
    text: str
    published: list[str]
    kind: str
    addressee: str
    author_name: str
    author_contact: str


class SearchReads(Part):
    """Questions about words."""

    def holding(self, groups: Groups, *, limit: int) -> list[str]:
        """Ids of letters that hold a term of each group, the newest first, at most `limit`."""
        if not all(groups):
            return []
        if not self._on_postgresql():
            query = select(_WORDS.c.rowid).where(self._holds(groups))
            query = query.order_by(_WORDS.c.rowid.desc()).limit(limit)
            return self._ids_at(list(self.session.scalars(query)))
        found: list[int] = []
        for look in (*newest_windows(self._newest_place()), None):
            asked = groups if look is None else (look, *groups)
            # Named and kept apart: else the newest are read one by one until there are enough, and of a
            # rare word there never are.
            held = select(SearchTable.place).where(self._holds(asked)).cte().prefix_with("MATERIALIZED")
            query = select(held.c.place).order_by(held.c.place.desc()).limit(limit)
            found = list(self.session.scalars(query))
            if len(found) >= limit:
                break
        return self._ids_at(found)

    def sharing(
        self, terms: Collection[str], groups: Groups, *, limit: int, window: int = 0
    ) -> list[tuple[str, int]]:
        """Letters that hold a term of each group, by how many of `terms` they hold, most first.

        Only the newest are looked at: the look number `window` of petitions.indexing. A term that very many
        letters hold tells none apart and does not count.
        """
        last = self._newest_place()
        if not terms or not all(groups) or last == 0:
            return []
        look = newest_windows(last)[window]
        shared: Counter[int] = Counter()
        for term in sorted(terms):
            hits = self.session.scalars(self._places_of((look, *groups, (term,))).limit(_COMMON + 1)).all()
            if len(hits) <= _COMMON:
                shared.update(hits)
        best = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))[:limit]
        ids = self._ids_at([place for place, _ in best])
        return [(petition_id, count) for petition_id, (_, count) in zip(ids, best, strict=True)]

    def words_of_letters(self, ids: Collection[str]) -> list[LetterWords]:
        """The words of several letters, in no order. Two queries."""
        columns = [getattr(PetitionTable, name) for name in _COLUMNS]
        query = (
            select(PetitionTable.id, SearchTable.published, *columns)
            .join(SearchTable, SearchTable.petition_id == PetitionTable.id)
            .where(PetitionTable.id.in_(sorted(ids)))
        )
        rows = self.session.execute(query).all()
        names = [name for row in rows for name in row.published]
        texts: dict[str, str] = {}
        if names:
            said = select(ContentTable.id, ContentTable.text).where(ContentTable.id.in_(names))
            texts = {row[0]: row[1] for row in self.session.execute(said)}
        return [
            LetterWords(
                petition_id=row.id,
                published=[texts[name] for name in row.published if name in texts],
                **{name: getattr(row, name) for name in _COLUMNS},
            )
            for row in rows
        ]

    def _on_postgresql(self) -> bool:
        return self.session.get_bind().dialect.name == "postgresql"

    def _newest_place(self) -> int:
        return self.session.scalar(select(func.max(SearchTable.place))) or 0

    def _ids_at(self, places: Sequence[int]) -> list[str]:
        query = select(SearchTable.place, SearchTable.petition_id).where(SearchTable.place.in_(places))
        by_place = {row[0]: row[1] for row in self.session.execute(query)}
        return [by_place[place] for place in places]

    def _places_of(self, groups: Groups) -> Any:
        if self._on_postgresql():
            return select(SearchTable.place).where(self._holds(groups))
        return select(_WORDS.c.rowid).where(self._holds(groups))

    def _holds(self, groups: Groups) -> ColumnElement[bool]:
        if not self._on_postgresql():
            return _WORDS.c[OWN_TABLE].match(_fts5(groups))
        held: Any = literal_column("string_to_array(search_letters.terms, ' ')", ARRAY(Text))
        every = [group[0] for group in groups if len(group) == 1]
        parts = [held.overlap(_array(group)) for group in groups if len(group) > 1]
        return and_(*([held.contains(_array(every))] if every else []), *parts)


_COLUMNS = ("number", "title", "text", "kind", "addressee", "author_name", "author_contact")


def _array(terms: Iterable[str]) -> Any:
    return literal(list(terms), ARRAY(Text))


def _fts5(groups: Groups) -> str:
    quoted = (["".join(('"', term.replace('"', '""'), '"')) for term in group] for group in groups)
    return " AND ".join(f"({' OR '.join(group)})" for group in quoted)


class SearchWrites(SearchReads):
    """Keeping what letters are found by, in the transaction that changes it."""

    def index_letter(self, petition_id: str) -> None:
        """Bring the index of one letter up to what was filed, told and decided about it so far."""
        petition = self.session.get_one(PetitionTable, petition_id)
        instance = self.session.get_one(InstanceTable, petition.instance)
        query = select(FactTable.fact, FactTable.data).where(
            FactTable.instance == petition.instance, FactTable.fact.in_(PUBLISHED)
        )
        facts = self.session.execute(query.order_by(FactTable.seq, FactTable.ordinal)).all()
        said = self._published_texts([data for _, data in facts], petition_id)
        kind = Kind(petition.kind)
        entry = Entry(
            number=petition.number,
            title=petition.title,
            text=petition.text,
            kind=kind,
            public=publicly_listed(
                PetitionFacts(
                    kind=kind, accepted=instance.accepted is True, public_consent=petition.public_consent
                )
            ),
            units=[unit for unit in (instance.department, *instance.co_handling) if unit],
            published=list(said.values()),
            answered=any(fact in ANSWERS for fact, _ in facts),
        )
        self._keep_terms(place_of(petition.number), petition_id, list(said), index_terms(entry))

    def index_facts(self, row: InstanceTable, new: Iterable[Logged], *, again: bool) -> None:
        """After a flush: `index_letter`, when something happened that changes how the letter is found."""
        told = again or any(
            record.data.get("fact") in INDEXED or record.element == "assign" for record in new
        )
        if told and row.petition_id is not None:
            self.index_letter(row.petition_id)

    def _published_texts(self, acts: Iterable[dict[str, Any]], petition_id: str) -> dict[str, str]:
        """Texts that were told to the author, by id, in their order."""
        names = [value for data in acts for value in data.values() if isinstance(value, str)]
        if not names:
            return {}
        query = select(ContentTable.id, ContentTable.text).where(
            ContentTable.petition_id == petition_id, ContentTable.id.in_(names)
        )
        texts = {row[0]: row[1] for row in self.session.execute(query)}
        return {name: texts[name] for name in names if name in texts}

    def _keep_terms(self, place: int, petition_id: str, published: list[str], terms: str) -> None:
        row = self.session.get(SearchTable, place)
        if row is None:
            self.session.add(
                SearchTable(place=place, petition_id=petition_id, published=published, terms=terms)
            )
        elif (row.published, row.terms) != (published, terms):
            row.published, row.terms = published, terms
        self.session.flush()
