"""Results for people: a table on the terminal, a page of documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stages.experiments.result import Claim, Result, show
from stages.tables import table

_INTRODUCTION = """\
# Experiments

Systems, a disturbance each, and what theory or operations say will happen beside what happened. This page and its
pictures are made by

```
{command}
```

An experiment is a stage in `stages/examples/` and a module in `stages/experiments/`; `tests/stages/test_experiments.py`
asserts every line of every table. Seed {seed}.
"""
_HEADERS = ("what", "predicted", "measured", "why")


def text(result: Result) -> str:
    """A result as plain text; a line that does not hold says so."""
    rows = [
        [claim.what, claim.predicted, _measured(claim), "" if claim.holds else "NO", claim.source]
        for claim in result.claims
    ]
    headers = [*_HEADERS[:3], "", _HEADERS[3]]
    return f"{result.title} (seed {result.seed})\n\n{_aligned(headers, rows)}"


def _aligned(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table with its last column flush left."""
    figures = table(headers[:-1], [row[:-1] for row in rows]).splitlines()
    width = max(map(len, figures))
    reasons = [headers[-1], "-" * max(len(row[-1]) for row in rows), *(row[-1] for row in rows)]
    return "\n".join(f"{line.ljust(width)}  {reason}" for line, reason in zip(figures, reasons, strict=True))


def _measured(claim: Claim) -> str:
    return f"{show(claim.measured)} {claim.unit}".strip()


def data(result: Result) -> dict[str, Any]:
    """A result ready for JSON."""
    claims = [
        {
            "what": claim.what,
            "predicted": claim.predicted,
            "measured": claim.measured if claim.measured == claim.measured else None,
            "unit": claim.unit,
            "holds": claim.holds,
            "source": claim.source,
        }
        for claim in result.claims
    ]
    return {"name": result.name, "title": result.title, "seed": result.seed, "holds": result.holds, "claims": claims}


def page(results: Sequence[Result], command: str, picture_folder: str) -> str:
    """The page of all results, with their pictures from `picture_folder`."""
    parts = [_INTRODUCTION.format(command=command, seed=results[0].seed)]
    for result in results:
        parts.append(f"## {result.title}\n\n{result.story}\n")
        parts.append(f"`python -m stages experiment {result.name}` runs `stages/examples/{result.name}.toml`.\n")
        parts.append(f"![{result.title}]({picture_folder}/{result.name}.png)\n")
        lines = ["| What | Predicted | Measured | Why |", "|---|---|---|---|"]
        for claim in result.claims:
            mark = "" if claim.holds else " **no**"
            lines.append(f"| {claim.what} | {claim.predicted} | {_measured(claim)}{mark} | {claim.source} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
