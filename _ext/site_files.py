"""Give every page one style sheet and one script, in place of the nine and seven of the theme.

Each file is the others in their order, one after another; the fonts are in the style sheet. A page
with figures then needs few requests, and no text moves when a font arrives.
"""

import base64
import hashlib
import re
from pathlib import Path

from sphinx.errors import ExtensionError

STYLE_SHEET, SCRIPT = "site.css", "site.js"

# What the theme's own webpack-macros.html loads, beside what it tells Sphinx to.
THEME_STYLE_SHEETS = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
THEME_SCRIPTS = ["scripts/pydata-sphinx-theme.js"]

# What the theme does when a page has loaded; _static/scroll_boxes.js says why it does it instead.
MEASURING = ',"complete"===document.readyState?I():window.addEventListener("load",I)'

# The theme sets these on each page. They serve a menu of versions and a search while typing, which
# this site has not.
_UNUSED = re.compile(r"DOCUMENTATION_OPTIONS\.(pagename = '[^']*'|search_as_you_type = false);")

_IMPORT = re.compile(r'@import "([^"]+)";')
_FONT_SOURCES = re.compile(r'\bsrc:url\("?([^")]+\.woff2)"?\) ?format\("woff2"\)[^;}]*')
_FILE = re.compile(r'\burl\((?!"?(?:data:|#))([^)]*)\)')
_CHARSET = re.compile(r'^\ufeff|@charset "[^"]*";', re.IGNORECASE)
_SOURCE_MAP = re.compile(r"^(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)
_STAMP = re.compile(rf"(_static/({re.escape(STYLE_SHEET)}|{re.escape(SCRIPT)}))\?v=\w*")

# What goes into each of the two files; all pages agree on it.
merged = {}


def in_order(assets):
    """Names in _static/ of style sheets or scripts, in the order in which Sphinx loads them."""
    ordered = sorted(assets, key=lambda asset: asset.priority)
    return [str(asset.filename).removeprefix("_static/") for asset in ordered if asset.filename]


def take_over(app, pagename, templatename, context, doctree):
    """Note what the page would load; _templates/static/webpack-macros.html loads the two files."""
    for script in context["script_files"]:
        body = script.attributes.get("body")
        if not script.filename and not _UNUSED.fullmatch(body):
            raise ExtensionError(f"{pagename} has a script that site.js would leave out: {body}")
    wanted = {
        STYLE_SHEET: THEME_STYLE_SHEETS + in_order(context["css_files"]),
        SCRIPT: in_order(context["script_files"]) + THEME_SCRIPTS,
    }
    if wanted != (merged or wanted):
        raise ExtensionError(f"{pagename} loads other files than the pages before: {wanted}")
    merged.update(wanted)
    context["css_files"], context["script_files"] = [], []


def whole(sheet, static):
    """Text of a style sheet with its imports and fonts inside, and the files that are in it."""
    files = [sheet]

    def font(found):
        files.append(sheet.parent / found[1])
        data = base64.b64encode(files[-1].read_bytes()).decode("ascii")
        return f'src:url(data:font/woff2;base64,{data}) format("woff2")'

    def imported(found):
        text, more = whole((sheet.parent / found[1]).resolve(), static)
        files.extend(more)
        return text

    text = _FONT_SOURCES.sub(font, _CHARSET.sub("", sheet.read_text("utf-8")))
    if sheet.parent != static and _FILE.search(text):
        raise ExtensionError(
            f"{sheet} refers to a file that {STYLE_SHEET} would look for elsewhere"
        )
    return _IMPORT.sub(imported, text), files


def without_measuring(name, script):
    """A script, less the theme's function that lays out all of a page."""
    if name not in THEME_SCRIPTS:
        return script
    if script.count(MEASURING) != 1:
        raise ExtensionError(f"{name} no longer has what _static/scroll_boxes.js does in its place")
    return script.replace(MEASURING, "")


def merge(app, exception):
    """Write the two files in place of those that are in them, and mark their contents in all pages.

    The mark in the address makes a browser fetch a file again when it has changed.
    """
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static").resolve()
    sheets = [whole(static / name, static) for name in merged[STYLE_SHEET]]
    scripts = {name: (static / name).read_text("utf-8") for name in merged[SCRIPT]}
    contents = {
        STYLE_SHEET: "\n".join(text for text, _ in sheets),
        # A file may end in an expression, and the next one begin with a parenthesis.
        SCRIPT: "\n;\n".join(without_measuring(*script) for script in scripts.items()),
    }
    for file in {
        *(static / name for name in scripts),
        *(file for _, files in sheets for file in files),
    }:
        file.unlink()
    stamps = {}
    for name, content in contents.items():
        content = _SOURCE_MAP.sub("", content)
        (static / name).write_text(content, "utf-8")
        stamps[name] = hashlib.sha256(content.encode()).hexdigest()[:8]
    for page in Path(app.outdir).glob("**/*.html"):
        html = page.read_text("utf-8")
        page.write_text(_STAMP.sub(lambda m: f"{m[1]}?v={stamps[m[2]]}", html), "utf-8")


def setup(app):
    """Come last: after all that adds files to a page (500), and after what cuts them."""
    app.connect("html-page-context", take_over, priority=900)
    app.connect("build-finished", merge, priority=900)
    return {"parallel_read_safe": True}
