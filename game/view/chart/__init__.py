"""Charts: the live traffic with what is coming, the forecast of a whole stage, and sparklines.

Each owns an opaque picture that is painted anew only when a pixel of it would differ; a frame costs one blit.
"""

from game.view.chart.base import Chart
from game.view.chart.forecast import ForecastChart
from game.view.chart.live import ANSWERED_SHADE, FAILED_SHADE, LiveChart
from game.view.chart.sparkline import Sparkline

__all__ = ["ANSWERED_SHADE", "FAILED_SHADE", "Chart", "ForecastChart", "LiveChart", "Sparkline"]
