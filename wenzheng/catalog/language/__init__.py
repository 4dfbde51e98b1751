"""The definition language, version 1: how a letter is handled, for people who never saw BPMN.

On paper. A file is read aloud from top to bottom:

    language: 1
    process: petition                                the name programs know
    name: {zh: 来信办理, en: Handling of a letter}      every name is a text, or one per language
    data: {received_on: date}                        what is known of a letter
    start: {received: Letter received}
    deadlines:                                       counted in working days
      letter: {starts: received, stops: reply, limits: {red: {working_days: 15, lamp: red, notify: leader}}}
    steps:                                           in order; each does exactly one thing
      accept: {by: clerk, form: {accepted: {type: yes_no, required: true}}}     a person's work
      is_accepted: {choose: [{if: accepted, go: told}, {otherwise: rejected}]}  a fork, always with a way on
      told: {tell: accepted}                         a notice to the author
      replied: {mark: replied, keeps: [content_id]}  a fact that is reached here
      look_up: {call: some_service, with: {x: 1}}    another service
      note: {set: {amount: amount + 1}}              a calculation
      rest: {wait: {working_days: 3}}                a pause, or a message that is waited for
      reply: {by: department, unless: {late: {working_days: 10, go: lapsed}}}   what interrupts a step
      again: {back_to: reply, rounds: 2, count: round}                          a loop, always with a limit
    outcomes: {rejected: Not ours}                   how it can end; named in `go`
    anytime: {author_withdraws: {message: withdrawn, go: withdrawn}}

One rule for all of it: names stand before the colon, once; a step leads to the next one unless it
says `go`; nothing leads back but `back_to` with its limit, and an `if` after a person's step.
It compiles to BPMN, which is all the engine reads.
"""

from wenzheng.catalog.language.imports import Library, imported_files
from wenzheng.catalog.language.reuse_meaning import Names
from wenzheng.catalog.language.translate import Translation, translate

__all__ = ["Library", "Names", "Translation", "imported_files", "translate"]
