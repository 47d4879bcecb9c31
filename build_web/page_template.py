"""The page around the game as one file, in the form pygbag takes for a template."""

from __future__ import annotations

import html
import json
import tomllib
from typing import Any

from build_web.page_fonts import page_fonts
from build_web.paths import PAGE, ROOT
from game.i18n import LANGUAGES

PARTS = {"style": "style.css", "script": "page.js", "bootstrap": "bootstrap.py", "wires": "wires.svg"}


def template(site: str = "") -> str:
    """The page; what is written as cookiecutter.* in it is left to pygbag.

    site: the address the page will have, ending in a slash, which link previews need to find their picture.
    """
    texts = {language: _texts(language) for language in LANGUAGES}
    page = _read("index.html")
    for name, file in PARTS.items():
        page = _put(page, name, _read(file).strip())
    for name, file in page_fonts(_read("page.js") + page + json.dumps(texts, ensure_ascii=False)).items():
        page = _put(page, name, file)
    page = _put(page, "texts", json.dumps(texts, ensure_ascii=False).replace("</", "<\\/"))
    page = _put(page, "site", html.escape(site))
    for prefix, language in (("text", "en"), ("text_ko", "ko")):
        for key, text in _flat(texts[language], prefix):
            page = page.replace(f"{{{{{key}}}}}", html.escape(text))
    return page


def manifest() -> str:
    """The web app manifest: name, colours and icons for a home screen."""
    texts = _texts("en")
    icons = [
        {"src": f"icon_{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in (192, 512)
    ]
    document = {
        "name": texts["name"],
        "short_name": texts["name"],
        "description": texts["description"],
        "start_url": ".",
        "display": "fullscreen",
        "orientation": "landscape",
        "background_color": "#0B0F17",
        "theme_color": "#0B0F17",
        "icons": icons,
    }
    return json.dumps(document, indent=2)


def _texts(language: str) -> dict[str, Any]:
    table = tomllib.loads((ROOT / "assets" / "locale" / language / "web.toml").read_text("utf-8"))
    texts: dict[str, Any] = table["web"]
    return texts


def _flat(table: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}.{key}"
        flat.extend(_flat(value, name) if isinstance(value, dict) else [(name, str(value))])
    return flat


def _read(name: str) -> str:
    return (PAGE / name).read_text("utf-8")


def _put(page: str, name: str, text: str) -> str:
    return page.replace(f"{{{{{name}}}}}", text)
