"""A demo city: letters with a past, as live workflows. Used by bootstrap and tests only.

Their past is lived by the engine in virtual time (`past`), from a script that an administrator can
read (`script`, definitions/demo). What comes of it, state and log, is the input of a workflow, as if it
went on from an earlier history (`load`): nothing is written into the store that a letter's own
acts would not write.
"""
