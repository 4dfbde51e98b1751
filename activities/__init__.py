"""Side effects, each small, idempotent and given its ports.

`record` writes an instance's rows; `services/` holds one file for each activity that a service
task may name. May import petitions' ports, contracts and the engine's service contract.
"""
