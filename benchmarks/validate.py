"""How long checking takes: the largest shipped definition, warm, and 500 files; run this script.

The issue asks for 0.3 s warm. On 2026-11-23, on two cores: 0.05 s for the forum (worst of 20: 0.10 s;
0.15 and 0.27 with other work beside it); 500 files of the petition's size took 22 s (36).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from wenzheng.cli.validate import checked, with_progress  # noqa: E402  # after the path is set

FILES = 500
AGAIN = 20


def largest() -> Path:
    """The shipped definition with the most flow nodes."""
    shipped = [
        ROOT / "definitions" / "petition",
        ROOT / "definitions" / "forum",
        *(path for path in sorted((ROOT / "definitions" / "examples").iterdir()) if path.is_dir()),
    ]

    def size(path: Path) -> int:
        definition = checked(path).definition
        processes = definition.processes.values() if definition is not None else ()
        return sum(len(process.model.all_elements()) for process in processes)

    return max(shipped, key=size)


def seconds(path: Path) -> float:
    """How long one definition takes."""
    began = time.perf_counter()
    checked(path)
    return time.perf_counter() - began


def main() -> None:
    """Print the figures."""
    began = time.perf_counter()
    checked(ROOT / "definitions" / "petition")
    print(f"first, with all that is imported: {time.perf_counter() - began:.2f} s")
    path = largest()
    warm = [seconds(path) for _ in range(AGAIN)]
    print(f"{path.name}, warm: median {statistics.median(warm):.3f} s, worst {max(warm):.3f} s of {AGAIN}")
    with tempfile.TemporaryDirectory() as folder:
        text = (ROOT / "definitions" / "petition" / "petition.yaml").read_text(encoding="utf-8")
        files = []
        for number in range(FILES):
            file = Path(folder) / f"letter_{number}.yaml"
            file.write_text(text.replace("process: petition", f"process: letter_{number}"), encoding="utf-8")
            files.append(file)
        began = time.perf_counter()
        for file in with_progress(files):
            checked(file)
        print(f"{FILES} files of that size: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
