"""What several files of engine tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.bpmn import Run, compiled


@pytest.fixture(params=[False, True], ids=["straight", "restored"])
def begun(request: pytest.FixtureRequest) -> Callable[..., Run]:
    """Start a process, with or without writing it out and reading it back after each event."""

    def begin(source: bytes, **variables: object) -> Run:
        run = Run(compiled(source), restored=request.param).start(**variables)
        assert run.codes == []
        return run

    return begin
