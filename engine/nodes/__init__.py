"""What is particular to a kind of node, one model a file. See `engine.nodes.behaviour`."""
