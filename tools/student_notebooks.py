"""Make notebooks for students: the book's, without the solutions of the exercises.

    python -m tools.student_notebooks [OUTDIR]    default: _build/student

A solution is a fold with the title "Solution", and code in a cell tagged `hide-cell` among the
exercises. What is left carries `lib/` and runs alone, like the downloads of the site.
"""

import argparse
import re
import sys
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

from tools.notebooks import ROOT, as_text, book_notebooks, read_notebook
from tools.self_contained import self_contained

SOLUTION = re.compile(r"\n*<details>\s*<summary>Solution</summary>.*?</details>", re.DOTALL)
SECTION = re.compile(r"^## +(.*)", re.MULTILINE)


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """A copy of `notebook` that has the exercises and not their solutions."""
    result = deepcopy(notebook)
    result.cells = []
    section = ""
    for cell in deepcopy(notebook.cells):
        if cell.cell_type == "markdown":
            section = [section, *SECTION.findall(cell.source)][-1]
            cell.source = SOLUTION.sub("", cell.source)
        is_solution = section == "Exercises" and "hide-cell" in cell.metadata.get("tags", [])
        if cell.source.strip() and not is_solution:
            result.cells.append(cell)
    return result


def main(arguments: list[str] | None = None) -> int:
    """Write the copies, in the folders of the book so that their links to each other hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "student")
    folder = parser.parse_args(arguments).folder
    for path in book_notebooks():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = self_contained(without_solutions(read_notebook(path)), ROOT, path.stem)
        target.write_text(as_text(copy), encoding="utf-8")
    print(f"Notebooks without solutions: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
