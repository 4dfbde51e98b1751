"""Other people's cases (betsy) through `wenzheng trace`: each gives the trace that the suite expects.

They lie beside the checkout and are not part of it (../shared/conformance, see its README).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.betsy import CASES, matches, run_case
from wenzheng.cli.main import execute

pytestmark = pytest.mark.skipif(not CASES, reason="needs ../shared/conformance beside the checkout")

# Cases whose expectation contradicts their own file, with the trace that the file says.
ERRORS_OF_THE_SUITE = {
    name: ["SCRIPT_task1", "SCRIPT_task1", "SCRIPT_task2"]
    for name in (
        # The third task's script is SCRIPT_task1 there, so SCRIPT_task3, which is expected, stands nowhere.
        "AdHocSubProcess_Sequential",
        "AdHocSubProcess_Parallel",
    )
}


def named(value: Any) -> str:
    return str(value.get("name") or value.get("number"))


@pytest.mark.parametrize(("test", "case"), CASES, ids=named)
def test_a_case_gives_the_trace_that_the_suite_expects(
    test: dict[str, Any], case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run_case(execute, lambda: capsys.readouterr().out, test, case, tmp_path)
    expected = ERRORS_OF_THE_SUITE.get(test["name"], case["expected_trace"])
    assert matches(found, expected), (found, expected)


def test_at_most_two_cases_of_the_suite_are_held_to_be_wrong() -> None:
    assert len(ERRORS_OF_THE_SUITE) == 2
    assert len(CASES) - len(ERRORS_OF_THE_SUITE) >= 98
