"""The report: one page that needs no other file, dark on the screen and light on paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from stages.balance import plots, tables
from stages.balance.measure import StageBalance
from stages.balance.promises import Promise, difficulty
from stages.experiments.plot import PlotUnavailable

STYLE = """
:root { color-scheme: dark; }
body { margin: 0 auto; max-width: 1180px; padding: 28px; background: #10161d; color: #dbe4ee;
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 20px; margin: 44px 0 8px; } h3 { font-size: 14px; margin: 0 0 6px; }
p, .note { color: #9fb0c2; margin: 4px 0 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: #9fb0c2; font-weight: 500; border-bottom: 1px solid #3a4a5a; padding: 5px 12px 5px 0; }
td { border-bottom: 1px solid #22303c; padding: 5px 12px 5px 0; vertical-align: top; }
td:last-child { white-space: nowrap; font-weight: 600; }
.holds { color: #56B4E9; } .broken { color: #ff8a4c; } .unknown { color: #9fb0c2; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 18px; }
figure { margin: 0; padding: 14px; background: #16202a; border: 1px solid #22303c; border-radius: 8px; }
figure svg { width: 100%; height: auto; }
pre { background: #16202a; border: 1px solid #22303c; border-radius: 8px; padding: 14px; overflow-x: auto;
  font: 12.5px/1.5 ui-monospace, monospace; }
@media print {
  :root { color-scheme: light; }
  body { background: #fff; color: #000; padding: 0; font-size: 11px; }
  p, .note, th { color: #333; }
  figure, pre { background: #fff; border-color: #bbb; break-inside: avoid; }
  figure svg { filter: invert(1) hue-rotate(180deg); }
  td, th { border-color: #bbb; } tr { break-inside: avoid; }
  .holds { color: #00507e; } .broken { color: #a33c00; } .unknown { color: #555; }
  .plots { grid-template-columns: 1fr 1fr; }
}
"""


def write(file: Path, balances: Sequence[StageBalance], found: Sequence[Promise], speed: tables.Speed) -> None:
    """Write the page. Raises PlotUnavailable without matplotlib, or when the file cannot be written."""
    text = page(balances, found, speed)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlotUnavailable(f"{file}: cannot be written: {error.strerror}") from None


def page(balances: Sequence[StageBalance], found: Sequence[Promise], speed: tables.Speed) -> str:
    """The page as text."""
    broken = sum(promise.holds is False for promise in found)
    unknown = sum(promise.holds is None for promise in found)
    verdict = f"{len(found) - broken - unknown} of {len(found)} promises hold, {broken} broken, {unknown} not measured."
    body = [
        "<h1>Balance of the campaign</h1>",
        f"<p>{verdict} {escape(tables.speed_line(speed))}.</p>",
        _promises(found),
        *(_stage(balance) for balance in balances),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Balance of the campaign</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _promises(found: Sequence[Promise]) -> str:
    rows = []
    for promise in found:
        state = {True: "holds", False: "broken", None: "unknown"}[promise.holds]
        cells = (promise.stage or "all", promise.name, promise.promised, promise.measured)
        row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr>{row}<td class="{state}">{state}</td></tr>')
    head = "".join(f"<th>{name}</th>" for name in ("stage", "promise", "promised", "measured", ""))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _stage(balance: StageBalance) -> str:
    hardness = f"Difficulty {difficulty(balance):.2f}. " if balance.bots else ""
    taught = f"Taught: {', '.join(balance.taught)}." if balance.taught else ""
    figures = [f"<figure><h3>{escape(title)}</h3>{svg}</figure>" for title, svg in plots.of_stage(balance)]
    figures_box = f'<div class="plots">{"".join(figures)}</div>'
    numbers = "\n\n".join(tables.of_stage(balance))
    return (
        f"<h2>{escape(balance.stage.id)}</h2><p>{hardness}{escape(taught)}</p>{figures_box}"
        f"<h3 style='margin-top:18px'>In numbers</h3><pre>{escape(numbers)}</pre>"
    )
