"""The result of a run, as a screen."""

from game.scenes.result.scene import ResultScene

__all__ = ["ResultScene"]
