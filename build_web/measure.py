"""Figures of the built page in a real browser: size, start, the heaviest moment, and memory over a soak."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from build_web import heavy
from build_web.browser import Browser, BrowserError
from build_web.package import MAX_PACKAGE_BYTES, PACKAGES, BuildError

MODULE = "/tmp/heavy.py"
SETTLE_S, MEASURED_S, TRACED_S = 12.0, 20.0, 10.0
SPEEDS = {1: 12.0, 8: 16.0}  # the most Python may take of a frame (p95, ms), by speed
LEAST_FPS = 58.0
LEAST_PACKETS = 295.0
# A machine that is too slow lets the game go slower than was asked for; then the other figures say nothing.
LEAST_PACE = 0.97
MOST_START_S = 4.0
SAMPLE_S = 15.0
SETTLED_S = 60.0
# Less than this is the scatter of the garbage collectors.
GROWTH_ALLOWED_MB = 2.0
GROWTH_ALLOWED_OBJECTS = 2000


def measure(folder: Path, soak_s: float = 600.0) -> dict[str, Any]:
    """All figures of a built page, with whether each is within its target. Raises BuildError without a browser.

    soak_s: seconds at 8x in which memory is watched; 0 leaves the soak out.
    """
    try:
        with Browser(folder) as browser:
            figures: dict[str, Any] = {"package": _package(folder), "start": _start(browser)}
            _prepare(browser)
            figures["heaviest_moment"] = {f"{speed}x": _moment(browser, speed) for speed in SPEEDS}
            if soak_s > 0:
                figures["soak"] = _soak(browser, soak_s)
            figures["console_errors"] = browser.problems
    except BrowserError as error:
        raise BuildError(f"cannot be measured: {error}") from error
    return figures


def _package(folder: Path) -> dict[str, Any]:
    sizes = {name: (folder / name).stat().st_size for name in (*PACKAGES, "index.html")}
    return {"bytes": sizes, "met": max(sizes.values()) < MAX_PACKAGE_BYTES}


def _start(browser: Browser) -> dict[str, Any]:
    """Seconds from the runtime being there (interpreter up, nothing of the game unpacked) to the title."""
    browser.open("?lang=en")
    runtime_s = float(browser.js("__rig.phases.pyodide"))
    title_s = float(browser.js("game_page.state.ready_ms")) / 1000.0
    taken = title_s - runtime_s
    return {"runtime_ready_s": runtime_s, "title_s": round(title_s, 2), "ready_to_title_s": round(taken, 2)} | {
        "met": taken < MOST_START_S
    }


def _prepare(browser: Browser) -> None:
    code = json.dumps(Path(heavy.__file__).read_text("utf-8"))
    browser.js(f"pyodide.FS.writeFile({MODULE!r}, {code})")
    browser.py("import sys; sys.path.append('/tmp'); import heavy; measured = heavy.running_app()")


def _moment(browser: Browser, speed: int) -> dict[str, Any]:
    """The heaviest moment at one speed. processor_ms: of whole frames, without waiting for others on the machine."""
    browser.py(f"heavy.show(measured, {speed})")
    time.sleep(SETTLE_S)
    browser.py("stretch = heavy.Stretch(measured)")
    browser.js("__rig.mark()")
    time.sleep(MEASURED_S)
    stats = browser.do("stats")
    shown = json.loads(browser.py("heavy.counts(stretch)"))
    python, fps, pace = stats["python_step_ms"], stats["fps"], shown["simulated_s"] / stats["measured_s"]
    met = {
        "python_ms": python["p95"] < SPEEDS[speed],
        "fps": fps >= LEAST_FPS,
        "packets": shown["packets"] >= LEAST_PACKETS,
        "pace": pace >= LEAST_PACE * speed,
    }
    return {
        "python_ms": python,
        "processor_ms": _percentiles(browser.do("frames", seconds=TRACED_S)),
        "fps": fps,
        "frame_gap_ms": stats["frame_gap_ms"],
        "pace": round(pace, 2),
        "machine_load": round(os.getloadavg()[0], 1),
        "shown": shown,
        "missed": [name for name, kept in met.items() if not kept],
        "met": all(met.values()),
    }


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {f"p{share}": round(ordered[len(ordered) * share // 100], 2) for share in (50, 95)}


def _soak(browser: Browser, seconds: float) -> dict[str, Any]:
    """Memory while the heaviest moment goes on at 8x; growth is counted after the first minute."""
    browser.py("heavy.show(measured, 8)")
    began, samples = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds:
        time.sleep(min(SAMPLE_S, max(0.1, seconds - passed)))
        samples.append(_memory(browser, time.monotonic() - began))
    settled = next((sample for sample in samples if sample["at_s"] >= min(SETTLED_S, seconds / 2)), samples[-1])
    last = samples[-1]
    growth = {key: round(last[key] - settled[key], 2) for key in ("js_heap_mb", "wasm_mb", "python_objects")}
    steady = growth["js_heap_mb"] < GROWTH_ALLOWED_MB and growth["wasm_mb"] <= 0
    met = steady and growth["python_objects"] < GROWTH_ALLOWED_OBJECTS
    return {"seconds": round(seconds), "growth_after_first_minute": growth, "samples": samples, "met": met}


def _memory(browser: Browser, at_s: float) -> dict[str, float]:
    browser.js("__rig.mark(); window.gc?.()")
    memory = browser.js("[performance.memory.usedJSHeapSize / 2**20, pyodide._module.HEAPU8.length / 2**20]")
    objects = browser.py("import gc; gc.collect(); len(gc.get_objects())")
    return {
        "at_s": round(at_s, 1),
        "js_heap_mb": round(memory[0], 2),
        "wasm_mb": round(memory[1], 2),
        "python_objects": float(objects),
    }
