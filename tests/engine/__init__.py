"""Tests of the engine, on the engine the game plays, through its public interface."""
