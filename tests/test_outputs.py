"""The proof that nbval, called as `make test` calls it, sees any change of a stored output.

`make test` runs it over the book itself. Here it runs once over copies of a small notebook: one
clean, one with a digit changed in each output, one without outputs, one with an output too many.
"""

import re
import subprocess
import sys
from copy import deepcopy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebooks import ROOT, as_text, executed, kernel_environment

NBVAL = [
    "--nbval",
    "--nbval-current-env",
    "-n",
    "2",
    "--dist",
    "loadfile",
    "-p",
    "no:cacheprovider",
]

SHOWS = {
    "stream": "print('loss 0.4644')",
    "text": "0.4644",
    "html": "from IPython.display import HTML\nHTML('<p>0.4644</p>')",
    "markdown": "from IPython.display import Markdown\nMarkdown('0.4644')",
    "figure": "from IPython.display import SVG\nSVG('<svg><path d=\"M 0.4644 0\"/></svg>')",
    "nothing": "loss = 0.4644",
}


def with_a_changed_digit(notebook):
    """0.4645 in place of 0.4644 in every output."""
    for cell in notebook.cells[1:]:
        for output in cell.outputs:
            if "text" in output:
                output.text = output.text.replace("0.4644", "0.4645")
            for kind, text in output.get("data", {}).items():
                output["data"][kind] = text.replace("0.4644", "0.4645")


def without_outputs(notebook):
    """Every stored output deleted."""
    for cell in notebook.cells[1:]:
        cell.outputs = []


def with_an_output_too_many(notebook):
    """A line in every cell that its code does not print."""
    for cell in notebook.cells[1:]:
        cell.outputs.append(new_output("stream", name="stderr", text="0.4644\n"))


def clean(notebook):
    """The notebook as its kernel wrote it."""


# Each copy, and the cells of it that must fail.
COPIES = [
    (clean, []),
    (with_a_changed_digit, ["stream", "text", "html", "markdown", "figure"]),
    (without_outputs, ["stream", "text", "html", "markdown", "figure"]),
    (with_an_output_too_many, list(SHOWS)),
]


def failing_cells(folder):
    """The kinds whose cells fail, for each notebook in `folder`, and what nbval says."""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *NBVAL]
    done = subprocess.run(
        [*command, "-rA", "--color=no", "-p", "no:cacheprovider", str(folder)],
        env=kernel_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = re.compile(r"^(PASSED|FAILED) \S*?(\w+)\.ipynb::Cell (\d+)", re.MULTILINE)
    failing = {}
    for said, name, cell in verdict.findall(done.stdout):
        failing.setdefault(name, {})[list(SHOWS)[int(cell)]] = said
    assert all(len(cells) == len(SHOWS) for cells in failing.values()), done.stdout
    kinds = {name: {k for k in cells if cells[k] == "FAILED"} for name, cells in failing.items()}
    return kinds, done.stdout


def test_nbval_sees_every_change_of_an_output(tmp_path):
    cells = [new_markdown_cell("# 1 Outputs"), *map(new_code_cell, SHOWS.values())]
    original = executed(new_notebook(cells=cells), "copy", tmp_path)
    for change, _ in COPIES:
        copy = deepcopy(original)
        change(copy)
        (tmp_path / f"{change.__name__}.ipynb").write_text(as_text(copy), encoding="utf-8")
    expected = {change.__name__: set(kinds) for change, kinds in COPIES}
    found, said = failing_cells(tmp_path)
    assert found == expected, said
