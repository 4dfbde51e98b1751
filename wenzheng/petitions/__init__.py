"""The domain: letters, lamps, roles, units and who may see what. Pure: no I/O, no clock, no framework."""
