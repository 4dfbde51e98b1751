"""Rules of BPMN 2.0.2, by subject: of the markup (`file_rules`) and of the graph (`structure`)."""
