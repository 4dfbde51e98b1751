"""`wenzheng run` as the operator of a small city meets it: one address, crashes, Ctrl-C, a second start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.processes import ended, freeze
from wenzheng.cli import listening
from wenzheng.cli.connection import CommandError
from wenzheng.gateways.parts import wait_until
from wenzheng.gateways.temporal_server import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """A supervisor in another process, and what it has said."""

    def __init__(self, data: Path, *arguments: str) -> None:
        command = [sys.executable, str(Path(__file__).parent / "small_parts.py"), str(data), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.data = data
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        # Reading its words has no time limit of its own: a test that waits in vain must still end.
        self.limit = threading.Timer(90, self.process.kill)
        self.limit.start()

    def until(self, words: str) -> str:
        """Reads what it says until a line holds the words; returns that line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return line.rstrip()
        raise AssertionError(f"expected {words!r}, but it said {self.said} and ended")

    def file(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return content

    def web_pid(self) -> int:
        return int(httpx2.get(self.file()["url"], trust_env=False, timeout=60).text)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@contextmanager
def running(data: Path, *arguments: str) -> Iterator[Running]:
    supervisor = Running(data, *arguments)
    try:
        yield supervisor
    finally:
        if supervisor.process.poll() is None:
            supervisor.interrupt()
        supervisor.limit.cancel()
        assert supervisor.process.stdout is not None
        supervisor.process.stdout.close()


def test_operator_gets_one_address_and_ctrl_c_stops_everything(tmp_path: Path) -> None:
    with running(tmp_path) as city:
        url = city.until("Wenzheng: http://").split()[-1]
        found = city.file()
        assert found["url"] == url
        assert set(found["pids"]) == {"run", "temporal", "worker", "web"}
        assert city.web_pid() == found["pids"]["web"]
        city.until("The definition is refused.")  # what preparing found, below the address
        assert city.interrupt() == 0
        assert all(ended(pid, 0) for pid in found["pids"].values())
        assert not (tmp_path / "run.json").exists()


def test_dead_part_is_started_again_and_the_operator_is_told(tmp_path: Path) -> None:
    with running(tmp_path) as city:
        city.until("Wenzheng: http://")
        before = city.file()
        for name in ("worker", "web", "temporal"):
            os.kill(before["pids"][name], signal.SIGKILL)
            line = city.until(f"The {name} stopped")
            assert "killed by SIGKILL" in line
            assert f"{name}.log" in line
        # The socket never closed: this request waits for the new web instead of failing.
        assert city.web_pid() != before["pids"]["web"]
        assert city.file()["temporal"] == before["temporal"]
        assert city.interrupt() == 0


def test_dead_part_that_cannot_be_started_again_yet_is_tried_until_it_can(tmp_path: Path) -> None:
    with running(tmp_path) as city:
        city.until("Wenzheng: http://")
        before = city.file()
        port = int(before["temporal"].rpartition(":")[2])
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            os.kill(before["pids"]["temporal"], signal.SIGKILL)
            assert ended(before["pids"]["temporal"], 20)
            squatter.bind(("127.0.0.1", port))
            squatter.listen()
            assert f"port {port} is used by another program" in city.until("could not be started")
        assert wait_until(lambda: city.file()["pids"]["temporal"] != before["pids"]["temporal"], 60)
        assert city.file()["temporal"] == before["temporal"]
        assert city.interrupt() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_kill_9_leaves_nothing_and_the_next_run_takes_the_same_port(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, str(port)) as city:
        city.until("Wenzheng: http://")
        pids = city.file()["pids"]
        city.process.kill()
        with running(tmp_path, str(port)) as again:  # at once, while the old parts still stop
            again.until(f"Wenzheng: http://127.0.0.1:{port}")
            assert all(ended(pid, 0) for pid in pids.values())
            assert again.interrupt() == 0


def test_part_that_hangs_after_kill_9_is_ended_by_the_next_run(tmp_path: Path) -> None:
    with running(tmp_path) as city:
        city.until("Wenzheng: http://")
        worker = city.file()["pids"]["worker"]
        freeze(worker)
        city.process.kill()
        with running(tmp_path) as again:
            assert str(worker) in again.until("Ended worker")
            assert ended(worker, 0)
            again.until("Wenzheng: http://")


def test_second_run_on_the_same_data_is_told_where_the_first_is(tmp_path: Path) -> None:
    with running(tmp_path) as city:
        url = city.until("Wenzheng: http://").split()[-1]
        with running(tmp_path) as second:
            line = second.until("already runs")
            assert url in line
            assert second.process.wait(60) == 1
        assert city.web_pid()


def test_part_that_cannot_start_is_one_line_with_its_last_words(tmp_path: Path) -> None:
    with running(tmp_path, "broken") as city:
        line = city.until("did not start")
        assert "no such table: petitions" in line
        assert "web.log" in line
        assert city.process.wait(60) == 1


def test_port_the_operator_names_is_not_exchanged_for_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} is used by another program.*--port"):
            listening.listen("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(listening, "FIRST_PORT", taken)
        with listening.listen("127.0.0.1", None) as found:
            assert found.getsockname()[1] != taken
            assert listening.url_of(found) == f"http://127.0.0.1:{found.getsockname()[1]}"


def test_host_that_is_not_this_machine_is_named_in_the_error() -> None:
    with pytest.raises(CommandError, match=r"cannot listen on 192\.0\.2\.1.*WENZHENG_HOST"):
        listening.listen("192.0.2.1", None)
