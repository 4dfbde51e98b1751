"""How many cases of BPMNspector and bpmnlint come out as they should; `python benchmarks/conformance.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.conformance import figures


def main() -> None:
    """Print the figures, and what is not as it should be."""
    said = figures()
    print(json.dumps({name: value for name, value in said.items() if value}, indent=1, ensure_ascii=False))
    found = said["invalid"] - len(said["missed"])
    print(f"bpmnspector: {found} of {said['invalid']} invalid cases found at their place,")
    print(f"             {len(said['blamed'])} of {said['valid']} valid ones said to break the standard")
    print(f"bpmnlint:    {said['lint'] - len(said['lint missed'])} of {said['lint']} cases as expected")


if __name__ == "__main__":
    main()
