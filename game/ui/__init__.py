"""The widgets: a small retained layer over pygame surfaces, one file each."""
