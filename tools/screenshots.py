"""Photograph every page of the built site, wide and on a phone, light and dark, to leaf through.

    python -m tools.screenshots [PAGE ...] [--site FOLDER] [--output FOLDER]

A PAGE is named as in _toc.yml (chapters/03_softmax); without any, all are taken. Open index.html in
the output folder.
"""

import argparse
from html import escape
from pathlib import Path

from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import open_browser

ROOT = Path(__file__).resolve().parents[1]

WINDOWS = {"wide": (1280, 900), "phone": (390, 844)}
THEMES = ("light", "dark")

STYLE = """
body { background: #888; color: #000; font: 1rem system-ui, sans-serif; margin: 1rem; }
.views { align-items: start; display: flex; gap: 1rem; }
.views a { flex: 390; min-width: 0; }
.views a.wide { flex: 1280; }
img { display: block; width: 100%; }
"""


def photograph(browser, site, pages, output):
    """Write a picture of each page in each window and theme; return their names by page."""
    output.mkdir(parents=True, exist_ok=True)
    taken = {}
    for theme in THEMES:
        for window, (width, height) in WINDOWS.items():
            viewport = {"width": width, "height": height}
            context = browser.new_context(viewport=viewport, color_scheme=theme)
            for page in pages:
                name = f"{Path(page).name}-{window}-{theme}.png"
                tab = context.new_page()
                tab.goto((site / f"{page}.html").as_uri())
                # What is far below may not be laid out yet, and the picture would be too short.
                tab.add_style_tag(content="* { content-visibility: visible !important; }")
                tab.screenshot(path=output / name, full_page=True)
                tab.close()
                taken.setdefault(page, []).append(name)
            context.close()
    return taken


def album(taken):
    """The page on which all pictures of a page stand side by side."""
    parts = []
    for page, names in taken.items():
        views = "".join(
            f'<a class="{"wide" if "-wide-" in name else "phone"}" href="{name}">'
            f'<img src="{name}" alt="{name}" loading="lazy"></a>'
            for name in names
        )
        parts.append(f'<h2>{escape(page)}</h2><div class="views">{views}</div>')
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>'
        f"<style>{STYLE}</style><h1>Every page</h1>{''.join(parts)}</html>"
    )


def main():
    """Read the options, take the pictures, and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "screenshots")
    arguments = parser.parse_args()
    pages = arguments.pages or [*map(str, parse_toc_yaml(ROOT / "_toc.yml")), "search"]
    with open_browser() as browser:
        taken = photograph(browser, arguments.site.resolve(), pages, arguments.output)
    index = arguments.output / "index.html"
    index.write_text(album(taken), "utf-8")
    print(f"Open {index} in a browser: {sum(map(len, taken.values()))} pictures")


if __name__ == "__main__":
    main()
