"""A small search for openings that beat the reference: exploits are better found here than by players."""
