"""Runs expressions in a process of its own, under a memory limit; started by the tests beside it.

Standard input: {"megabytes": int, "cases": [{"text", "declared", "data"}]}. Standard output: a list
of {"outcome", "value", "peak_mb", "cpu_s"}; `outcome` is "value" or the code of the error.
"""

import json
import resource
import sys
import time
from pathlib import Path

from wenzheng.engine.expressions import ExpressionFailed, ExpressionRefused, compile_expression


def peak():
    # On Linux ru_maxrss begins with the size of the process that forked this one, here pytest.
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def run(case):
    value, began = None, time.process_time()
    try:
        value, outcome = compile_expression(case["text"], case["declared"]).evaluate(case["data"]), "value"
    except (ExpressionFailed, ExpressionRefused) as error:
        outcome = error.code
    shown = value if len(json.dumps(value)) < 1_000 else "large"
    return {"outcome": outcome, "value": shown, "peak_mb": peak(), "cpu_s": time.process_time() - began}


def main():
    task = json.load(sys.stdin)
    limit = task["megabytes"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    json.dump([run(case) for case in task["cases"]], sys.stdout)


if __name__ == "__main__":
    main()
