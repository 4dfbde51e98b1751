"""bpmnlint's cases: what its rules find, ours find at the same element, and nothing in its good models."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.conformance import LINT, cases, unlike

CASES = cases(LINT)
pytestmark = pytest.mark.skipif(not CASES, reason="needs ../shared/conformance beside the checkout")


def named(case: dict[str, Any]) -> str:
    return f"{case['file']}-{case['expect']}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_bpmnlint_finds_is_found_at_the_same_element(case: dict[str, Any]) -> None:
    assert unlike(case) == ""
