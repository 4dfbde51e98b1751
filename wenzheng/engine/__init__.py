"""The sans-I/O BPMN engine: definition + event + now -> effects.

It reads no clock, draws no random number and does no I/O. It may import
`wenzheng.calendars` and nothing else of the project: it knows nothing of petitions.
"""
