"""Runs a worker: `python worker.py`, with the settings of the environment.

The same as `wenzheng worker`; for those who deploy by script.
"""

import asyncio

from wenzheng.bootstrap.worker import run_worker
from wenzheng.cli.options import load_settings
from wenzheng.cli.serve import with_temporal

if __name__ == "__main__":
    asyncio.run(run_worker(with_temporal(load_settings(None))))
