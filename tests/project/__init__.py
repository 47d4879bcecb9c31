"""Tests of the project itself: which way imports point, and what files say."""
