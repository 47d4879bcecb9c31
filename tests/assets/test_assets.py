"""The committed assets are whole, complete, within their budgets, and covered by the licence table."""

from __future__ import annotations

import json
import re
import struct
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
ATLAS = json.loads((ASSETS / "icons" / "atlas.json").read_text(encoding="utf-8"))
SIZES = (16, 20, 24, 32, 48, 64)
FONTS = {"Regular": 460, "SemiBold": 460}
EFFECTS = (
    *("ui_click", "ui_hover", "ui_back", "place", "wire", "refuse", "sell", "upgrade_done", "message", "announce"),
    *("alert", "alarm", "service_down", "win_fanfare", "grade_reveal", "tick", "undo"),
)
MUSIC = ("menu", "operation")
PICTURES = {
    "icon_32": (32, 32),
    "icon_192": (192, 192),
    "icon_512": (512, 512),
    "favicon": (64, 64),
    "logo": (660, 420),
    "social_preview": (1200, 630),
}
FULL_SCALE = 32768.0
CEILING = 10.0 ** (-1.0 / 20.0)


def font_path(weight: str) -> Path:
    return ASSETS / "fonts" / f"DevOpsSans-{weight}.ttf"


def sound_paths(folder: str) -> list[Path]:
    return sorted((ASSETS / "sounds" / folder).glob("*.ogg"))


def kilobytes(paths: list[Path]) -> float:
    return sum(path.stat().st_size for path in paths) / 1024.0


@pytest.fixture(scope="module")
def fonts() -> dict[str, pygame.font.Font]:
    pygame.font.init()
    return {weight: pygame.font.Font(str(font_path(weight)), 16) for weight in FONTS}


@pytest.fixture(scope="module")
def mixer() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SDL_AUDIODRIVER", "dummy")
        pygame.mixer.quit()
        pygame.mixer.init(24_000, -16, 2)
        yield
        pygame.mixer.quit()


def missing_characters(font: pygame.font.Font, characters: set[str]) -> set[str]:
    """Characters the font draws as its box for the unknown."""

    def pixels(text: str) -> bytes:
        return pygame.image.tobytes(font.render(text, True, "white", "black"), "RGB")

    unknown = pixels("\ue000")
    return {character for character in characters if pixels(character) == unknown}


def name_records(data: bytes) -> dict[int, str]:
    """Name identifier -> text, from the `name` table of a TrueType file."""
    count = struct.unpack(">H", data[4:6])[0]
    tables = {}
    for index in range(count):
        tag, _, offset, _ = struct.unpack(">4sLLL", data[12 + 16 * index : 28 + 16 * index])
        tables[tag] = offset
    base = tables[b"name"]
    _, records, strings = struct.unpack(">HHH", data[base : base + 6])
    names = {}
    for index in range(records):
        start = base + 6 + 12 * index
        _, _, _, identifier, length, offset = struct.unpack(">6H", data[start : start + 12])
        text = base + strings + offset
        names[identifier] = data[text : text + length].decode("utf-16-be")
    return names


def ks_x_1001_syllables() -> set[str]:
    return {bytes((row, cell)).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)}


# Fonts


@pytest.mark.parametrize("weight", FONTS)
def test_font_has_every_korean_syllable_and_sign_the_game_shows(
    fonts: dict[str, pygame.font.Font], weight: str
) -> None:
    wanted = ks_x_1001_syllables() | {chr(code) for code in range(0x21, 0x7F)}
    wanted |= set("–—·×•…₩≤≥≈±µρλσ∞←→↑↓°“”‘’ㄱㅎㅏㅣ")
    assert len(ks_x_1001_syllables()) == 2350
    assert missing_characters(fonts[weight], wanted) == set()


def test_a_character_outside_the_fonts_is_noticed(fonts: dict[str, pygame.font.Font]) -> None:
    assert missing_characters(fonts["Regular"], {"뷁", "漢"}) == {"뷁", "漢"}


@pytest.mark.parametrize("weight", FONTS)
def test_font_has_every_character_of_the_texts(fonts: dict[str, pygame.font.Font], weight: str) -> None:
    files = sorted((ASSETS / "locale").rglob("*.toml"))
    assert files
    shown = {character for file in files for character in file.read_text(encoding="utf-8") if character > " "}
    assert missing_characters(fonts[weight], shown) == set()


@pytest.mark.parametrize("weight", FONTS)
@pytest.mark.parametrize("size", [14, 15, 20, 22, 32, 56])
def test_digits_are_of_one_width_alone_and_in_numbers(weight: str, size: int) -> None:
    pygame.font.init()
    font = pygame.font.Font(str(font_path(weight)), size)
    assert len({font.size(digit)[0] for digit in "0123456789\u2007"}) == 1
    assert len({font.size(first + second)[0] for first in "0123456789" for second in "0123456789"}) == 1
    assert len({font.size(f"1{first}.{second}%")[0] for first in "0123456789" for second in "0123456789"}) == 1


@pytest.mark.parametrize("weight", FONTS)
def test_font_carries_its_own_name_and_the_authors_licence(weight: str) -> None:
    names = name_records(font_path(weight).read_bytes())
    for identifier in (1, 3, 4, 6, 16):
        assert "pretendard" not in names[identifier].lower()
    assert names[16] == "DevOps Sans"
    assert names[17] == weight
    assert "Kil Hyung-jin" in names[0]
    assert "SIL Open Font License" in names[13]


@pytest.mark.parametrize("weight", FONTS)
def test_font_is_within_its_budget(weight: str) -> None:
    assert kilobytes([font_path(weight)]) < FONTS[weight]


# Icons


@pytest.mark.parametrize("size", SIZES)
def test_every_icon_of_the_index_is_drawn_in_every_size(size: int) -> None:
    sheet = pygame.image.load(str(ASSETS / "icons" / ATLAS["atlases"][str(size)]))
    columns, count = ATLAS["columns"], ATLAS["count"]
    assert sheet.get_size() == (columns * size, -(-count // columns) * size)
    assert set(ATLAS["icons"].values()) == set(range(count))
    pixels = np.frombuffer(pygame.image.tobytes(sheet, "RGBA"), np.uint8).reshape(*sheet.get_size()[::-1], 4)
    assert (pixels[:, :, :3] == 255).all()
    for name, index in ATLAS["icons"].items():
        row, column = divmod(index, columns)
        cell = pixels[row * size : (row + 1) * size, column * size : (column + 1) * size, 3]
        inked = float(np.count_nonzero(cell > 127)) / size**2
        assert 0.01 < inked < 0.95, f"{name} at {size} px covers {inked:.1%}"


def test_no_two_cells_hold_the_same_drawing() -> None:
    size = max(SIZES)
    sheet = pygame.image.load(str(ASSETS / "icons" / ATLAS["atlases"][str(size)]))
    cells = set()
    for index in range(ATLAS["count"]):
        row, column = divmod(index, ATLAS["columns"])
        cells.add(pygame.image.tobytes(sheet.subsurface((column * size, row * size, size, size)), "RGBA"))
    assert len(cells) == ATLAS["count"]


def test_the_index_follows_the_naming_table() -> None:
    sections = tomllib.loads((ASSETS / "make" / "icons.toml").read_text(encoding="utf-8"))
    names = {name for section in sections.values() for name in section}
    outlines = {lucide for key, section in sections.items() if key != "filled" for lucide in section.values()}
    assert set(ATLAS["icons"]) == names | outlines


def test_every_node_kind_of_the_catalogue_has_its_icon() -> None:
    icons = {}
    for file in sorted((ROOT / "stages" / "catalog").glob("*.toml")):
        for kind in tomllib.loads(file.read_text(encoding="utf-8")).get("node_kinds", []):
            icons[kind["id"]] = kind.get("icon")
    assert icons
    assert {kind: icon for kind, icon in icons.items() if icon not in ATLAS["icons"]} == {}


def test_icons_are_within_their_budget() -> None:
    assert kilobytes(sorted((ASSETS / "icons").glob("*"))) < 300


# Sounds


def test_the_sounds_are_those_the_game_names() -> None:
    assert {path.stem for path in sound_paths("effects")} == set(EFFECTS)
    assert {path.stem for path in sound_paths("music")} == set(MUSIC)


@pytest.mark.parametrize("path", sound_paths("effects") + sound_paths("music"), ids=lambda path: path.stem)
def test_sound_loads_is_heard_and_never_clips(mixer: None, path: Path) -> None:
    samples = pygame.sndarray.array(pygame.mixer.Sound(str(path))).astype(np.float64) / FULL_SCALE
    peak = float(np.abs(samples).max())
    assert 0.03 < peak < CEILING


@pytest.mark.parametrize("name", EFFECTS)
def test_effect_is_short_and_starts_and_ends_in_silence(mixer: None, name: str) -> None:
    sound = pygame.mixer.Sound(str(ASSETS / "sounds" / "effects" / f"{name}.ogg"))
    samples = pygame.sndarray.array(sound).astype(np.float64) / FULL_SCALE
    assert sound.get_length() < 2.6
    peak = np.abs(samples).max()
    assert np.abs(samples[:2]).max() < 0.08 * peak
    assert np.abs(samples[-2:]).max() < 0.02 * peak


@pytest.mark.parametrize("name", MUSIC)
def test_music_loops_without_a_seam(mixer: None, name: str) -> None:
    sound = pygame.mixer.Sound(str(ASSETS / "sounds" / "music" / f"{name}.ogg"))
    samples = pygame.sndarray.array(sound).astype(np.float64) / FULL_SCALE
    steps = np.abs(np.diff(samples, axis=0)).max(axis=1)
    seam = np.abs(samples[0] - samples[-1]).max()
    assert 48.0 <= sound.get_length() <= 64.0
    assert seam < np.percentile(steps, 99.5)
    quarter = 6000
    around = np.sqrt(np.mean(np.concatenate((samples[-quarter:], samples[:quarter])) ** 2))
    assert around > 0.3 * np.sqrt(np.mean(samples**2))


def test_pieces_of_music_are_equally_loud(mixer: None) -> None:
    levels = []
    for name in MUSIC:
        sound = pygame.mixer.Sound(str(ASSETS / "sounds" / "music" / f"{name}.ogg"))
        samples = pygame.sndarray.array(sound).astype(np.float64) / FULL_SCALE
        levels.append(20.0 * np.log10(np.sqrt(np.mean(samples**2))))
    assert max(levels) - min(levels) < 3.0


def test_sounds_are_within_their_budgets() -> None:
    assert kilobytes(sound_paths("effects")) < 80
    assert kilobytes(sound_paths("music")) < 700
    assert max(path.stat().st_size for path in sound_paths("music")) < 350 * 1024


# Branding and licences


@pytest.mark.parametrize("name", PICTURES)
def test_branding_picture_has_its_size(name: str) -> None:
    picture = pygame.image.load(str(ASSETS / "branding" / f"{name}.png"))
    assert picture.get_size() == PICTURES[name]


def test_every_asset_folder_is_in_the_licence_table() -> None:
    table = (ASSETS / "LICENSES" / "README.md").read_text(encoding="utf-8")
    covered = set(re.findall(r"^\| `(\w+)/` \|", table, flags=re.MULTILINE))
    folders = {path.name for path in ASSETS.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    assert covered == folders - {"LICENSES"}


def test_every_licence_text_named_in_the_table_is_there_and_whole() -> None:
    folder = ASSETS / "LICENSES"
    named = re.findall(r"\]\(([\w.-]+\.txt)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert set(named) == {path.name for path in folder.glob("*.txt")}
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL-1.1-Pretendard.txt").read_text(encoding="utf-8")
    lucide = (folder / "ISC-lucide.txt").read_text(encoding="utf-8")
    assert "ISC License" in lucide
    assert "The MIT License (MIT)" in lucide
