"""Make the game's two font files from Pretendard: cut to what the game shows, tabular digits, renamed.

    npm pack pretendard@1.3.9 && tar xzf pretendard-1.3.9.tgz
    pip install fonttools
    python assets/make/fonts.py package

The licence (SIL Open Font License 1.1) reserves the name Pretendard, so a changed font carries another name.
`pygame.font` can switch no OpenType feature, therefore the tabular figures become the plain digits: a number on a
dashboard keeps its width while it counts.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "DevOps Sans"
VERSION = "1.309"
WEIGHTS = ("Regular", "SemiBold")
OUTPUT = Path(__file__).resolve().parent.parent / "fonts"
SOURCE_FOLDER = Path("dist/public/static/alternative")

FIGURE_SPACE = 0x2007
DIGITS = range(ord("0"), ord("9") + 1)

PUNCTUATION = "‐‑‒–—―‘’‚“”„†‡•‥…‰′″‹›※"
CURRENCY = "₩€₿"
MATHEMATICS = "∂∆∏∑−√∞∫≈≠≤≥⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
GREEK = "ΔΣΩαβγδεθλμπρστφω"
ARROWS = "←↑→↓↔↕↖↗↘↙↵↩↪⇒⇧"
SHAPES = "■□▲△▶▷▼▽◀◁◆◇●○★☆✓✗"
KEYS = "⌘⌥⌃⌫␣⏎⎋⇥"
KOREAN_MARKS = "〈〉《》「」『』【】〔〕㎞㎳ℓ℃"
COMPATIBILITY_JAMO = range(0x3131, 0x3164)


def ks_x_1001_hangul() -> set[int]:
    """Code points of the 2,350 Hangul syllables of KS X 1001 (rows 16 to 40 of the EUC-KR plane)."""
    rows, columns = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return {ord(bytes((row, column)).decode("euc_kr")) for row in rows for column in columns}


def wanted_code_points() -> set[int]:
    """Code points the game may show; those the source font lacks are left out by the subsetter."""
    latin = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    signs = PUNCTUATION + CURRENCY + MATHEMATICS + GREEK + ARROWS + SHAPES + KEYS + KOREAN_MARKS
    return latin | {ord(sign) for sign in signs} | set(COMPATIBILITY_JAMO) | {FIGURE_SPACE} | ks_x_1001_hangul()


def tabular_substitutions(font: TTFont) -> dict[str, str]:
    """Glyph name -> glyph name of the font's `tnum` feature."""
    table = font["GSUB"].table
    substitutions: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for subtable in table.LookupList.Lookup[index].SubTable:
                substitutions.update(getattr(subtable, "ExtSubTable", subtable).mapping)
    return substitutions


def make_digits_tabular(font: TTFont) -> None:
    """Map 0-9 to the tabular figures, and give the figure space (U+2007) their width.

    Raises ValueError when the font has no tabular figures or they differ in width.
    """
    substitutions = tabular_substitutions(font)
    best = font.getBestCmap()
    glyphs = [substitutions.get(best[digit], "") for digit in DIGITS]
    if "" in glyphs:
        raise ValueError("the font has no `tnum` glyph for every digit: use the static TTF files of Pretendard 1.3.9")
    advances = {font["hmtx"][glyph][0] for glyph in glyphs}
    if len(advances) != 1:
        raise ValueError(f"the tabular figures are not of one width: {sorted(advances)}")
    for table in font["cmap"].tables:
        for digit, glyph in zip(DIGITS, glyphs, strict=True):
            if digit in table.cmap:
                table.cmap[digit] = glyph
    space = best[FIGURE_SPACE]
    font["hmtx"][space] = (advances.pop(), font["hmtx"][space][1])


def rename(font: TTFont, weight: str) -> None:
    """Set the family and style names; the names of authors, copyright and licence stay."""
    regular = weight == "Regular"
    file_name = f"{FAMILY.replace(' ', '')}-{weight}"
    values = {
        1: FAMILY if regular else f"{FAMILY} {weight}",
        2: "Regular",
        3: f"{VERSION};{file_name}",
        4: f"{FAMILY} {weight}",
        5: f"Version {VERSION}",
        6: file_name,
        10: "A subset of the typeface by Kil Hyung-jin with tabular figures as the default digits.",
        16: FAMILY,
        17: weight,
    }
    names = font["name"]
    for record in list(names.names):
        if record.nameID in values or record.platformID != 3:
            names.removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    for identifier, value in values.items():
        names.setName(value, identifier, 3, 1, 0x409)


def subset(font: TTFont) -> None:
    """Cut the font in place to the wanted characters; of the layout features only kerning and marks stay.

    Contextual alternates would reshape text between digits ("x" to a multiplication sign), so they go.
    """
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.name_IDs = [0, 7, 8, 9, 11, 12, 13, 14]
    options.name_languages = [0x409]
    options.glyph_names = False
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables = [*options.drop_tables, "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted_code_points())
    subsetter.subset(font)


def make(source: Path, weight: str) -> Path:
    """Write one weight and return its path."""
    font = TTFont(source / SOURCE_FOLDER / f"Pretendard-{weight}.ttf", recalcTimestamp=False)
    make_digits_tabular(font)
    subset(font)
    rename(font, weight)
    target = OUTPUT / f"{FAMILY.replace(' ', '')}-{weight}.ttf"
    font.save(target)
    return target


def main() -> None:
    """Read the folder of the unpacked package from the command line and write both weights."""
    parser = argparse.ArgumentParser(description="Make the game's fonts from an unpacked npm package `pretendard`.")
    parser.add_argument("package", type=Path, help="folder that holds dist/public/static/alternative")
    source = parser.parse_args().package
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        target = make(source, weight)
        sys.stdout.write(f"{target.name}: {target.stat().st_size / 1024:.0f} KB\n")


if __name__ == "__main__":
    main()
