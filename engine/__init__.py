"""The simulation of Project DevOps: a deterministic fixed-timestep traffic engine on numpy and the standard library."""
