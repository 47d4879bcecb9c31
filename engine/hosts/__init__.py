"""Own hardware: hosts with cores and memory, the VMs on them, and what happens when a host is gone."""
