"""The inspector: the numbers of what is selected, and what can be done with it."""
