"""Lets `python -m wenzheng` do what the `wenzheng` command does."""

from __future__ import annotations

from wenzheng.cli.main import main

if __name__ == "__main__":
    main()
