"""What the compiler makes of a definition stays as it is: letters under way were begun by it (decision 0012).

A change of these digests changes the BPMN of definitions that cities have deployed. Leave the output as it is
where nothing new is used; what is new may be added here.
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from scripts.yaml_examples import EXAMPLES, everything_beside
from wenzheng.catalog.language import Library, translate
from wenzheng.engine.findings import FindingList

COMPILED = {
    "definition": "56ad6c8344494e4c",
    "data": "4e53eae45380ad22",
    "deadlines": "dd1b582705bed2f7",
    "ledger": "dc1194348414c3ac",
    "by": "1ad1a6f87002dcb1",
    "tell": "aa11ca03395f26e4",
    "mark": "f48e96b3c1faad54",
    "call": "459c7a2046156ef5",
    "set": "2d28f604baef80d8",
    "choose": "2383b2fd148f2cc5",
    "wait": "d81b6f28b04d8b86",
    "together": "ff6e3bc877af8979",
    "for_each": "36d69c7a3bbff167",
    "each_deadline": "31b09bd03676c72b",
    "beside": "54ac00e1bf6fd8a9",
    "back_to": "391661cd47abfea0",
    "anytime": "2eca440ffccccc27",
    "decide": "e3b2a3127641112c",
    "send": "703d6a2ba4e9558d",
    "do": "0e7c9361c35eefe9",
    "schedule": "3377a97044732e35",
    "again": "52279a51b8857d60",
    "roles": "a5c2be25d3351ce1",
    "forms": "0e82fd3667d09198",
    "import": "780997f89b5b4d5b",
}


@pytest.mark.parametrize("name", COMPILED)
def test_the_bpmn_of_a_definition_deployed_before_is_still_the_same(name: str) -> None:
    library = Library(everything_beside())
    translation = translate(EXAMPLES[name].encode(), "p.yaml", FindingList(), library=library)
    assert translation is not None
    assert sha256(translation.data).hexdigest()[:16] == COMPILED[name]


def test_every_example_is_held() -> None:
    assert set(COMPILED) == set(EXAMPLES)
