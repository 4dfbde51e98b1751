"""BPMNspector's cases: what breaks the standard is found where it is, and nobody is blamed for good BPMN."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.conformance import SPECTOR, blamed, cases, missed

CASES = cases(SPECTOR)
INVALID = [case for case in CASES if case["expect"] == "invalid"]
VALID = [case for case in CASES if case["expect"] == "valid"]
pytestmark = pytest.mark.skipif(not CASES, reason="needs ../shared/conformance beside the checkout")


def named(case: dict[str, Any]) -> str:
    return str(case["file"])


@pytest.mark.parametrize("case", INVALID, ids=named)
def test_what_breaks_the_standard_is_found_where_it_stands(case: dict[str, Any]) -> None:
    assert missed(case) is None


@pytest.mark.parametrize("case", VALID, ids=named)
def test_a_model_that_keeps_the_standard_is_not_said_to_break_it(case: dict[str, Any]) -> None:
    assert blamed(case) == []
