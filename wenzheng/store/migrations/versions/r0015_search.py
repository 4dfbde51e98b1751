"""What letters are found by: their terms, and the database's own index over these."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wenzheng.petitions.indexing import ANSWERS, PUBLISHED, Entry, index_terms, place_of
from wenzheng.petitions.kinds import Kind

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_AT_ONCE = 500

# An index without texts of its own: they stay in search_letters. Every character but a blank is of a term.
_SQLITE = (
    """CREATE VIRTUAL TABLE search_words USING fts5(terms, content='search_letters', content_rowid='place',
       detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")""",
    """CREATE TRIGGER search_letters_new AFTER INSERT ON search_letters BEGIN
       INSERT INTO search_words(rowid, terms) VALUES (new.place, new.terms); END""",
    """CREATE TRIGGER search_letters_gone AFTER DELETE ON search_letters BEGIN
       INSERT INTO search_words(search_words, rowid, terms) VALUES ('delete', old.place, old.terms); END""",
    """CREATE TRIGGER search_letters_changed AFTER UPDATE OF place, terms ON search_letters BEGIN
       INSERT INTO search_words(search_words, rowid, terms) VALUES ('delete', old.place, old.terms);
       INSERT INTO search_words(rowid, terms) VALUES (new.place, new.terms); END""",
)
# The terms lie apart from the rows: a search reads thousands of rows and no terms. What waits to be merged
# into the index stays small: every search reads it.
_POSTGRESQL = (
    "ALTER TABLE search_letters SET (toast_tuple_target = 128)",
    """CREATE INDEX ix_search_letters_terms ON search_letters USING gin (string_to_array(terms, ' '))
       WITH (gin_pending_list_limit = 512)""",
)


def upgrade() -> None:
    op.create_table(
        "search_letters",
        sa.Column("place", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("petition_id", sa.Text(), nullable=False),
        sa.Column("published", sa.JSON(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_search_letters"),
        sa.UniqueConstraint("petition_id", name="uq_search_letters_petition_id"),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name="fk_search_letters_petition_id_petitions"
        ),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    if not postgresql:
        for statement in _SQLITE:
            op.execute(statement)
    _index_what_is_there()
    if postgresql:
        for statement in _POSTGRESQL:
            op.execute(statement)


def _index_what_is_there() -> None:
    target = sa.table(
        "search_letters",
        sa.column("place"),
        sa.column("petition_id"),
        sa.column("published", sa.JSON()),
        sa.column("terms"),
    )
    connection, last = op.get_bind(), ""
    while True:
        letters = connection.execute(_LETTERS, {"last": last, "most": _AT_ONCE}).mappings().all()
        if not letters:
            return
        rows = [row for letter in letters if (row := _row(connection, letter)) is not None]
        if rows:
            connection.execute(sa.insert(target), rows)
        last = letters[-1]["id"]


_LETTERS = sa.text(
    "SELECT p.id, p.number, p.title, p.text, p.kind, p.instance, p.public_consent, i.accepted, i.department,"
    " i.co_handling FROM petitions p JOIN instances i ON i.instance = p.instance WHERE p.id > :last"
    " ORDER BY p.id LIMIT :most"
).columns(public_consent=sa.Boolean(), accepted=sa.Boolean(), co_handling=sa.JSON())
_FACTS = sa.text("SELECT fact, data FROM facts WHERE instance = :instance ORDER BY seq, ordinal").columns(
    data=sa.JSON()
)
_TEXTS = sa.text("SELECT id, text FROM contents WHERE petition_id = :id")


def _row(connection: Any, letter: Any) -> dict[str, Any] | None:
    """None for a letter with a number of another form: this program never gave one."""
    try:
        place, kind = place_of(letter["number"]), Kind(letter["kind"])
    except ValueError:
        return None
    facts = connection.execute(_FACTS, {"instance": letter["instance"]}).all()
    texts = {row[0]: row[1] for row in connection.execute(_TEXTS, {"id": letter["id"]})}
    named = [value for fact, data in facts if fact in PUBLISHED for value in data.values()]
    said = list(dict.fromkeys(name for name in named if isinstance(name, str) and name in texts))
    entry = Entry(
        number=letter["number"],
        title=letter["title"],
        text=letter["text"],
        kind=kind,
        public=bool(letter["accepted"] and letter["public_consent"]) and kind is not Kind.REPORT,
        units=[unit for unit in (letter["department"], *(letter["co_handling"] or [])) if unit],
        published=[texts[name] for name in said],
        answered=any(fact in ANSWERS for fact, _ in facts),
    )
    return {"place": place, "petition_id": letter["id"], "published": said, "terms": index_terms(entry)}


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_words")
    op.drop_table("search_letters")
