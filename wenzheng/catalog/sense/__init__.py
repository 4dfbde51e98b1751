"""Rules of good sense: what runs, and is probably not meant. Each has its page in docs/reference/rules."""
