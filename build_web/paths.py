"""Where the build reads and writes."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).resolve().parent / "page"
NAME = "project-devops"
TITLE = "Project DevOps"

BUILD = ROOT / "build"
