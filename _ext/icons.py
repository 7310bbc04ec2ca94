"""Cut the theme's icons down to those that the site shows.

Of three fonts with 300 KB, and 85 KB of rules that name 1800 icons, some 5 KB remain.
"""

import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
FONTS = "vendor/fontawesome/webfonts"
STYLE_SHEET = "styles/pydata-sphinx-theme.css"

# .fa-bars:before,.fa-navicon:before{content:"\f0c9"}
_ICON_RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
_ICON_NAME = re.compile(r"\bfa-[\w-]+")
_CODE = re.compile(r"\\([ef][0-9a-f]{3})\b")


def names_on_pages(site):
    """Class names of icons on the pages of the folder *site*."""
    pages = (page.read_text("utf-8") for page in site.glob("**/*.html"))
    return {name for page in pages for name in _ICON_NAME.findall(page)}


def cut_style_sheet(sheet, names):
    """The style sheet without rules for other icons than *names*, and the code points in it."""
    sheet = _ICON_RULE.sub(
        lambda rule: rule[0] if names.intersection(_ICON_NAME.findall(rule[1])) else "", sheet
    )
    return sheet, code_points(sheet)


def code_points(sheet):
    """Code points of icons in a style sheet: by number or, in variables, as they are."""
    named = {int(code, 16) for _, code in _ICON_RULE.findall(sheet)}
    numbered = {int(code, 16) for code in _CODE.findall(sheet)}
    plain = {ord(character) for character in sheet if 0xE000 <= ord(character) <= 0xF8FF}
    return named | numbered | plain


def cut_font(source, target, wanted):
    """Write the font *source* to *target* with the characters *wanted* only."""
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def cut(app, exception):
    """Write the theme's style sheet and icon fonts anew, once all pages are there."""
    if exception or app.builder.name != "html":
        return
    site, static = Path(app.outdir), Path(app.outdir, "_static")
    # From the theme's own files: those in the site may be cut already, for fewer pages.
    original = (THEME / STYLE_SHEET).read_text("utf-8")
    sheet, wanted = cut_style_sheet(original, names_on_pages(site))
    (static / STYLE_SHEET).write_text(sheet, "utf-8")
    for other in static.rglob("*.css"):
        if other != static / STYLE_SHEET:
            wanted |= code_points(other.read_text("utf-8"))
    for font in (THEME / FONTS).glob("*.woff2"):
        cut_font(font, static / FONTS / font.name, wanted)


def setup(app):
    """Cut at the end of a build."""
    app.connect("build-finished", cut)
    return {"parallel_read_safe": True}
