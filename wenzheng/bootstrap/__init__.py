"""Where the parts are wired together: the only package that knows all of them.

`preparing` makes a data folder ready, `worker` and `web` build the two long-lived parts. Settings come in as
one object; nothing below this package reads the environment.
"""
