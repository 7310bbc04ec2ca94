"""Cut the theme's icon fonts down to the icons that the site shows: 4 KB instead of 300."""

import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
FONTS = "vendor/fontawesome/webfonts"

# .fa-bars{--fa:"\f0c9"...} or .fa-bars:before{content:"\f0c9"}
_NAMED_RULE = re.compile(r'([^{}]*\.fa-[^{}]*)\{[^{}]*"\\([0-9a-f]+)"[^{}]*\}')
_NAME = re.compile(r"\bfa-([a-z0-9-]+)")
_CODE = re.compile(r"\\([ef][0-9a-f]{3})\b")


def icons_of_style_sheets(sheets):
    """(code points by icon name, code points that rules without an icon name use)."""
    by_name, always = {}, set()
    for sheet in sheets:
        for selector, code in _NAMED_RULE.findall(sheet):
            for name in _NAME.findall(selector):
                by_name.setdefault(name, set()).add(int(code, 16))
        rest = _NAMED_RULE.sub("", sheet)
        always |= {int(code, 16) for code in _CODE.findall(rest)}
        always |= {ord(char) for char in rest if 0xE000 <= ord(char) <= 0xF8FF}
    return by_name, always


def code_points(site):
    """Code points of all icons that the pages or style sheets of the folder *site* show."""
    sheets = [path.read_text("utf-8") for path in site.glob("_static/**/*.css")]
    by_name, wanted = icons_of_style_sheets(sheets)
    for page in site.glob("**/*.html"):
        for name in set(_NAME.findall(page.read_text("utf-8"))):
            wanted |= by_name.get(name, set())
    return wanted


def cut_fonts(app, exception):
    """Write each icon font anew with these icons only."""
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    wanted = sorted(code_points(site))
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    for source in (THEME / FONTS).glob("*.woff2"):
        font = subset.load_font(str(source), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        subset.save_font(font, str(site / "_static" / FONTS / source.name), options)


def setup(app):
    """Cut once all pages are written."""
    app.connect("build-finished", cut_fonts)
    return {"parallel_read_safe": True}
