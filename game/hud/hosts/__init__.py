"""The hosts of a stage with hardware of its own: a rack to look at, and to move VMs in."""
