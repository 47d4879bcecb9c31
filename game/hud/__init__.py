"""The panels around the map: what is known about the run, and what can be done about it."""
