"""Stories for `record_histories` in which every family of elements is lived through once on a server.

A story is a process in the short notation of the tests, and moves that follow one another: each waits until
it can be done. `complete ELEMENT {data}`, `send MESSAGE {data}`, `retry`, `skip`,
`answer {data}`, `pass` (time passes until the next alarm), `break` and `mend` (the services).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.support.bpmn import bpmn
from tests.support.house import petition_bundle
from wenzheng.catalog.bundle import Bundle

TELL: Final = "call=notify_author petition_id=\"'p1'\" template"
DECISION: Final = """\
hit: unique
inputs: {amount: int}
outputs: {fee: {type: int, default: 0}}
rules:
  - {amount: "< 100", fee: 5}
  - {amount: ">= 100", fee: amount / 10}
"""


@dataclass(frozen=True)
class Family:
    """A process, what happens to it, and when it begins a new history."""

    notation: str
    moves: tuple[str, ...]
    history_limit: int = 0
    files: dict[str, str] = field(default_factory=dict)
    """Further files of its bundle."""
    rewritten: tuple[str, str] = ("", "")
    """What the notation has no word for: a text of the file, and what stands there instead."""

    def bundle(self, name: str) -> Bundle:
        """Its definition, with the words of the shipped notices."""
        words = {file: text for file, text in petition_bundle().files.items() if file.startswith("messages/")}
        more = {file: text.encode() for file, text in self.files.items()}
        source = bpmn(self.notation).decode().replace(*self.rewritten) if self.rewritten[0] else None
        return Bundle(name, {"p.bpmn": source.encode() if source else bpmn(self.notation), **words, **more})


FAMILIES: Final = {
    "loops": Family(
        """
        var n int = 0
        var items list = ["a", "b", "c"]
        var item string
        var said list
        var word string
        start s
        user twice max=2
        user one_by_one each=items:item into=said:word in_turn
        field one_by_one word string
        user vote times=3 until="numberOfCompletedInstances >= 2"
        xor m
        catch sleep duration=P1D
        script count: n = n + 1
        sub box while="n < 5"
        start i
        script more: n = n + 1
        user look
        end o
        i -> more -> look -> o
        close
        xor g default=g_m
        end e
        s -> twice -> one_by_one -> vote -> m -> sleep -> count -> g -> m
        g -> box if n >= 3
        box -> e
        """,
        (
            *("complete twice", "complete twice"),
            *(f'complete one_by_one {{"word": "{word}"}}' for word in ("x", "y", "z")),
            *("complete vote", "complete vote", "pass", "pass", "pass", "complete look", "complete look"),
        ),
        history_limit=30,
    ),
    "gateways": Family(
        """
        var n int = 0
        start s
        and f
        user a
        user b
        and j
        or k default=k_r
        user more
        user most
        task r
        or l
        and t
        user u
        user v
        user w
        complex c until="activationCount >= 2"
        events h
        catch told message=go
        catch late duration=P2D
        xor z
        end e
        field a n int
        s -> f
        f -> a -> j
        f -> b -> j
        j -> k
        k -> more if n > 1
        k -> most if n > 2
        k -> r
        more -> l
        most -> l
        r -> l
        l -> t
        t -> u -> c
        t -> v -> c
        t -> w -> c
        c -> h
        h -> told -> z
        h -> late -> z
        z -> e
        """,
        (
            *("complete b", 'complete a {"n": 3}', "complete most", "complete more"),
            *("complete w", "complete u", "pass", "complete v"),
        ),
    ),
    "events": Family(
        """
        var n int = 0
        clock k starts=s stops=work yellow=1:supervision red=2:supervision
        start s
        sub work
        start i
        and both
        user a
        field a n int
        catch either message=go signal=alarm
        throw up escalation=LATE
        catch grown condition="n > 4"
        end o
        end o2
        i -> both
        both -> a -> up -> o
        both -> either -> grown -> o2
        handler beside
        start hs message=note keep
        task noted
        end he
        hs -> noted -> he
        close
        close
        boundary again on=work cycle=R2/P1D keep
        task reminded
        end ae
        again -> reminded -> ae
        boundary raised on=work escalation=LATE keep
        user hear
        end re
        raised -> hear -> re
        boundary gone on=rest error=BAD
        boundary over on=rest duration=P1W
        sub rest
        start ri
        user x
        field x n int
        xor y default=y_ro
        end ro
        end bad error=BAD
        ri -> x -> y -> ro
        y -> bad if n > 9
        close
        throw away link=L
        catch here link=L
        user last
        end e terminate
        end e2
        s -> work -> rest -> e2
        gone -> away
        here -> last -> e
        over -> e2
        """,
        (
            *("send note", "pass", "send note", "pass", "pass", "send go", 'complete a {"n": 5}'),
            *("complete hear", 'complete x {"n": 10}', "complete last"),
        ),
    ),
    "undone": Family(
        """
        var n int = 0
        start s
        xor m
        user book
        boundary bb on=book compensation
        user unbook undo
        bb => unbook
        script count: n = n + 1
        xor g default=g_pay
        transaction pay
        start i
        user charge
        boundary bc on=charge compensation
        user refund undo
        bc => refund
        user agree
        end no cancel
        i -> charge -> agree -> no
        close
        boundary cancelled on=pay cancel
        throw undo compensation
        end e
        end e2
        s -> m -> book -> count -> g
        g -> m if n < 3
        g -> pay -> e2
        cancelled -> undo -> e
        """,
        (
            *("complete book",) * 3,
            *("complete charge", "complete agree", "complete refund"),
            *("complete unbook",) * 3,
        ),
        history_limit=25,
    ),
    "calls": Family(
        """
        var n int = 1
        start s
        call c of=q
        call twice of=q2 times=2
        adhoc some in_turn
        user first
        user second
        close
        call g of=GS
        user tell
        end e
        s -> c -> twice -> some -> g -> tell -> e
        global GS: escalate LATE
        process q
        var n int
        start qs
        user u
        field u n int
        end qe
        qs -> u -> qe
        process q2
        start ps
        user w
        end pe
        ps -> w -> pe
        """,
        (
            *('complete u {"n": 7}', "complete w", "complete w"),
            *("complete first", "complete second", "complete tell"),
        ),
    ),
    "incidents": Family(
        f"""
        var n int = 0
        start s
        and f
        and j
        service a {TELL}="'accepted'"
        service b {TELL}="'replied'" output=out
        var out map
        script divide: n = 6 / n
        user fix
        field fix n int
        xor g
        user yes
        end e
        end e2
        s -> f
        f -> a -> j
        f -> b -> j
        f -> divide -> j
        f -> fix -> j
        j -> g
        g -> yes if n > 100
        g -> e2 if n > 200
        yes -> e
        """,
        (
            *("break", "expect 3", 'complete fix {"n": 2}', "retry divide", "mend", "retry a"),
            *('answer b {"queued": true}', 'answer g {"flow": "g_yes"}', "complete yes"),
        ),
    ),
    "several-services": Family(
        f"""
        start s
        and f
        and j
        service a {TELL}="'accepted'"
        service b {TELL}="'replied'"
        service c {TELL}="'fed_back'"
        service each times=3 {TELL}="'replied'"
        user u
        end e
        s -> f
        f -> a -> j
        f -> b -> j
        f -> c -> j
        j -> each -> u -> e
        """,
        ("complete u",),
    ),
    "decisions": Family(
        """
        var amount int = 0
        var fee int
        start s
        user ask
        field ask amount int required
        task decide
        user pay
        end e
        s -> ask -> decide -> pay -> e
        """,
        ('complete ask {"amount": 250}', "complete pay"),
        files={"fees.decision.yaml": DECISION},
        rewritten=(
            '<task id="decide"></task>',
            (
                '<businessRuleTask id="decide"><extensionElements><wz:decision name="fees"/>'
                "</extensionElements></businessRuleTask>"
            ),
        ),
    ),
}
