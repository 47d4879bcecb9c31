"""Bad disks, bad files and bad browsers: nothing that cannot be read is lost, and the player is told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from game import settings
from game.savegame import AUTOSAVE, AUTOSAVE_VERSION, PROGRESS, PROGRESS_VERSION, best_of, saved_run
from game.storage import BrowserStorage, FileStorage, Storage


class LocalStorage:
    """The page's storage. refusing: every call throws, as in private mode. room: characters until the quota."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.refusing = False
        self.room = 10_000

    def getItem(self, key: str) -> str | None:  # noqa: N802  (the browser's name)
        self._check()
        return self.items.get(key)

    def setItem(self, key: str, value: str) -> None:  # noqa: N802
        self._check()
        if sum(map(len, self.items.values())) - len(self.items.get(key, "")) + len(value) > self.room:
            raise RuntimeError("QuotaExceededError")
        self.items[key] = value

    def removeItem(self, key: str) -> None:  # noqa: N802
        self._check()
        self.items.pop(key, None)

    def _check(self) -> None:
        if self.refusing:
            raise RuntimeError("SecurityError")


class Page:
    """A window with a local storage."""

    def __init__(self) -> None:
        self.localStorage = LocalStorage()  # the browser's name


@pytest.fixture(params=["file", "browser"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return FileStorage(tmp_path) if request.param == "file" else BrowserStorage(Page())


def put(store: Storage, name: str, text: str) -> None:
    """Place a text where the store keeps a document, past the store."""
    if isinstance(store, BrowserStorage):
        store.window.localStorage.items[f"project-devops/{name}"] = text
    elif isinstance(store, FileStorage):
        (store.folder / f"{name}.json").write_text(text, "utf-8")


def all_texts(store: Storage) -> list[str]:
    """Every text the store's medium holds."""
    if isinstance(store, BrowserStorage):
        return list(store.window.localStorage.items.values())
    assert isinstance(store, FileStorage)
    return [path.read_text("utf-8") for path in store.folder.iterdir()]


def keys(store: Storage) -> list[str]:
    return [problem.key for problem in store.problems]


def test_a_document_comes_back_and_can_be_forgotten(store: Storage) -> None:
    assert store.load("progress") is None
    assert store.save("progress", {"version": 1, "name": "한국어 ✓"})
    assert store.load("progress") == {"version": 1, "name": "한국어 ✓"}
    store.delete("progress")
    assert store.load("progress") is None and store.problems == []


@pytest.mark.parametrize("text", ['{"version": 1, "sta', "[1, 2]", "[" * 100_000, "7"])
def test_a_damaged_document_is_put_aside_and_never_overwritten(store: Storage, text: str) -> None:
    if isinstance(store, BrowserStorage):
        store.window.localStorage.room = 1_000_000
    for _ in range(2):
        put(store, "progress", text)
        assert store.load("progress") is None
    assert keys(store) == ["damaged", "damaged"], "each is put at a place of its own"
    assert len({problem.values["place"] for problem in store.problems}) == 2
    assert store.save("progress", {"version": 1})
    assert all_texts(store).count(text) == 2


def test_a_document_of_a_newer_game_is_put_aside(store: Storage) -> None:
    store.save("settings", {"version": 9, "values": {"palette": "ultraviolet"}})
    assert store.load_version("settings", 1) is None
    assert keys(store) == ["newer"]
    store.save("settings", {"version": 1})
    assert any("ultraviolet" in text for text in all_texts(store))


def test_one_without_a_version_is_damaged(store: Storage) -> None:
    store.save("settings", {"values": {}})
    assert store.load_version("settings", 1) is None
    assert keys(store) == ["damaged"]


def test_an_autosave_and_progress_that_make_no_sense_are_put_aside(store: Storage) -> None:
    store.save(
        AUTOSAVE, {"version": AUTOSAVE_VERSION, "stage": "hello_world", "run": [], "step": 1, "speed": 1, "time_s": 0}
    )
    store.save(PROGRESS, {"version": PROGRESS_VERSION, "stages": ["hello_world"]})
    assert saved_run(store) is None and best_of(store, "hello_world") == {}
    assert keys(store) == ["damaged", "damaged"]
    assert len(all_texts(store)) == 2, "both are still there"


def test_text_that_is_no_text_is_put_aside(tmp_path: Path) -> None:
    store = FileStorage(tmp_path)
    (tmp_path / "progress.json").write_bytes(b"\xff\xfe\x00")
    assert store.load("progress") is None
    assert (tmp_path / "progress.json.damaged").read_bytes() == b"\xff\xfe\x00"


def full_disk(*_: object) -> NoReturn:
    raise OSError(28, "No space left on device")


def test_a_full_disk_keeps_the_old_save_and_leaves_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStorage(tmp_path)
    store.save("progress", {"version": 1, "wins": 3})
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", full_disk)
        for wins in (4, 5):
            assert not store.save("progress", {"version": 1, "wins": wins})
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]
    assert json.loads((tmp_path / "progress.json").read_text("utf-8"))["wins"] == 3
    assert keys(store) == ["unwritable"], "said once, however often it happens"
    assert "No space" in store.problems[0].values["reason"]
    assert store.load("progress") == {"version": 1, "wins": 5}, "what was won is remembered until the program ends"
    assert store.save("progress", {"version": 1, "wins": 6})
    assert store.problems == [], "there is room again"
    assert FileStorage(tmp_path).load("progress") == {"version": 1, "wins": 6}


def test_a_file_that_may_not_be_read_is_moved_before_another_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStorage(tmp_path)
    store.save("progress", {"version": 1, "wins": 3})
    with monkeypatch.context() as locked:
        locked.setattr(Path, "read_text", full_disk)
        assert store.load("progress") is None
    assert keys(store) == ["unreadable"]
    store.delete("progress")
    assert (tmp_path / "progress.json").exists(), "what was not read is not deleted"
    assert store.save("progress", {"version": 1, "wins": 0})
    kept = [json.loads(text)["wins"] for text in all_texts(store)]
    assert sorted(kept) == [0, 3]


def test_a_file_that_can_be_neither_read_nor_moved_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStorage(tmp_path)
    put(store, "progress", "{broken")
    monkeypatch.setattr(Path, "rename", full_disk)
    assert store.load("progress") is None
    assert not store.save("progress", {"version": 1, "wins": 1})
    assert all_texts(store) == ["{broken"]
    assert store.load("progress") == {"version": 1, "wins": 1}


def test_a_page_that_keeps_nothing_says_so_once_and_the_game_goes_on() -> None:
    page = Page()
    page.localStorage.refusing = True
    store = BrowserStorage(page)
    assert store.load("settings") is None and store.load("progress") is None
    for name in ("settings", "progress", "autosave"):
        assert not store.save(name, {"version": 1, "name": name})
        assert store.load(name) == {"version": 1, "name": name}
    store.delete("autosave")
    assert store.load("autosave") is None
    assert keys(store) == ["no_browser_storage"]
    assert "SecurityError" in store.problems[0].values["reason"]


def test_a_full_page_loses_neither_the_damaged_entry_nor_the_new_one() -> None:
    page = Page()
    store = BrowserStorage(page)
    put(store, "progress", "{broken")
    page.localStorage.room = 10
    assert store.load("progress") is None
    assert not store.save("progress", {"version": 1, "wins": 1})
    assert page.localStorage.items == {"project-devops/progress": "{broken"}
    page.localStorage.room = 1_000
    assert store.save("progress", {"version": 1, "wins": 1})
    assert sorted(page.localStorage.items.values()) == ['{"version": 1, "wins": 1}', "{broken"]


def test_settings_that_make_no_sense_have_their_defaults() -> None:
    values = {"ui_scale": float("nan"), "music_volume": True, "palette": "mauve", "no_flashing": 1, "language": "ko"}
    kept = settings.from_document({"version": 1, "values": {**values, "slow_frames": True}}, "en")
    defaults = settings.Settings()
    assert (kept.ui_scale, kept.music_volume, kept.palette) == (
        defaults.ui_scale,
        defaults.music_volume,
        defaults.palette,
    )
    assert not kept.no_flashing and not kept.slow_frames and kept.language == "ko"
    assert settings.from_document(kept.to_document(), "en") == kept
