"""The `wenzheng` command: one module for each group of commands."""
