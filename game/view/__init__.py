"""The topology map and the charts: what the player looks at while the traffic runs."""
