"""Say below each piece of lib that a notebook shows (lib.source.Source) where it comes from.

The line names the file and leads to the function reference, which only the site has. It is found by
the code itself, so a piece that is no longer that of lib is a warning.
"""

import ast
import importlib
import json
from pathlib import Path

from sphinx.util import logging

log = logging.getLogger(__name__)

REFERENCE = "appendix/function_reference"
FENCE = "```python\n"


def without_docstring(function):
    """The syntax tree of a function as text, its docstring left out."""
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    return ast.dump(function)


def functions_of(folder):
    """Name of the module by the code of each function that stands at the margin in lib."""
    return {
        without_docstring(node): path.stem
        for path in sorted(folder.glob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


def shown(cell):
    """Yield the text of each Markdown output in which a cell shows functions of lib."""
    if "Source(" not in "".join(cell["source"]):
        return
    for output in cell.get("outputs", []):
        text = output.get("data", {}).get("text/markdown")
        if text and "".join(text).startswith(FENCE):
            yield output["data"], "".join(text)


def origin(code, modules, public, up):
    """The line below the code, or None if the code is not that of lib.

    *public* has the modules of the public names, which have sections of their own in the reference;
    a private function leads to the public one of the same name, or to its module.

    >>> modules = {without_docstring(ast.parse("def _half(): pass").body[0]): "halves"}
    >>> origin("def _half(): pass", modules, {"half": "halves"}, "../").split("#")[1]
    'half"><code>half</code></a> in the function reference</p>'
    """
    functions = ast.parse(code).body
    found = [modules.get(without_docstring(function)) for function in functions]
    if None in found:
        return None
    names = [function.name.removeprefix("_") for function in functions]
    anchors = {name: name for name in names if name in public}
    if not anchors and found[0] in public.values():
        anchors = {f"lib.{found[0]}": f"lib-{found[0]}"}
    elif not anchors:
        anchors = {"lib": "the-rest-of-lib"}
    files = " and ".join(f"<code>lib/{module}.py</code>" for module in dict.fromkeys(found))
    links = ", ".join(
        f'<a href="{up}{REFERENCE}.html#{anchor.replace("_", "-")}"><code>{name}</code></a>'
        for name, anchor in anchors.items()
    )
    return f'<p class="shown-source">From {files}; {links} in the function reference</p>'


def add_origins(app, docname, source):
    """Put the line below each piece of code that a notebook shows."""
    path = app.env.doc2path(docname, base=False)
    if not path.endswith(".ipynb") or "Source(" not in source[0]:
        return
    folder = Path(app.srcdir) / "lib"
    library = importlib.import_module("lib")
    public = {
        name: getattr(library, name).__module__.removeprefix("lib.") for name in library.__all__
    }
    modules = functions_of(folder)
    for module in folder.glob("*.py"):
        app.env.note_dependency(str(module))
    notebook = json.loads(source[0])
    for number, cell in enumerate(notebook["cells"], 1):
        for data, text in shown(cell):
            code = text.removeprefix(FENCE).removesuffix("```")
            line = origin(code, modules, public, "../" * docname.count("/"))
            if line is None:
                log.warning(
                    "the cell shows code that is not in lib", location=f"{path}, cell {number}"
                )
            else:
                data["text/markdown"] = f"{text}\n\n{line}"
    source[0] = json.dumps(notebook)


def setup(app):
    """Look at each source when Sphinx reads it."""
    app.connect("source-read", add_origins)
    return {"parallel_read_safe": True}
