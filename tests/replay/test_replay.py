"""Recorded histories replay exactly, and the guards that make it so are really there.

The histories were recorded by scripts/record_histories.py. A change that breaks one is a change
for running letters too: version it (docs/decisions/), do not record anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.replaying import replayed

HERE = Path(__file__).parent
DRIFT = "Expected the state recorded as"


def replay(*options: str, seed: int = 1) -> dict[str, str | None]:
    """The outcome of every recorded history."""
    return replayed(HERE / "histories", HERE / "library", *options, seed=seed)


def _acted(name: str) -> bool:
    """Whether somebody or another instance did something to it after it had begun."""
    return "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" in (HERE / "histories" / f"{name}.json").read_text()


@pytest.mark.parametrize("seed", [1, 77])
def test_operator_may_restart_workers_because_every_recorded_history_replays(seed: int) -> None:
    outcomes = replay(seed=seed)
    assert len(outcomes) >= 49
    assert outcomes == dict.fromkeys(outcomes)


@pytest.mark.parametrize("guard", ["ids", "time"])
def test_replay_diverges_when_spiffworkflow_draws_its_own(guard: str) -> None:
    outcomes = replay("--without", guard)
    # A run continued from an earlier state may end without opening anything, as may one that nobody acts on.
    first_runs = [error for name, error in outcomes.items() if not name[-1].isdigit() and _acted(name)]
    assert len(first_runs) > 20
    assert all(first_runs), outcomes
    assert any(DRIFT in error for error in outcomes.values() if error)


def test_drift_digest_notices_a_definition_that_computes_something_else() -> None:
    outcomes = replay("--tamper", "--only", "second-round", "solved")
    assert DRIFT in (outcomes["second-round"] or "")
    assert outcomes["solved"] is None


def test_without_the_drift_digest_the_same_tampering_would_go_unnoticed() -> None:
    assert replay("--tamper", "--without", "drift", "--only", "second-round") == {"second-round": None}
