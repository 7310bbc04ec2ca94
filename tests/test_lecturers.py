"""The page for lecturers follows the chapters; the notebooks for students have no solutions."""

import ast
import builtins
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.notebooks import ROOT, book_notebooks, read_notebook
from tools.self_contained import self_contained
from tools.student_notebooks import main, without_solutions

CHAPTERS = [path for path in book_notebooks() if path.parent.name == "chapters"]
PAGE = (ROOT / "appendix" / "lecturers.md").read_text("utf-8")
PARTS = dict(re.findall(r"^## (\d.*)\n((?:(?!## ).*\n)*)", PAGE, re.M))
EXERCISE = re.compile(r"^\*\*(\d+)\. ", re.M)


def markdown_of(notebook):
    """All text of a notebook."""
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def title_of(path):
    """The title of a notebook, with its number."""
    return read_notebook(path).cells[0].source.partition("\n")[0].removeprefix("# ")


# ---- The page --------------------------------------------------------------------------------


def test_every_chapter_is_on_the_page():
    assert list(PARTS) == [title_of(path) for path in CHAPTERS]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_objectives_are_the_chapter_s(path):
    box = re.search(r"In this chapter \(.*?</div>", markdown_of(read_notebook(path)), re.S)[0]
    listed = re.search(r"\*\*Objectives\*\*\n\n(.*?)\n\n", PARTS[title_of(path)], re.S)[1]
    assert listed.splitlines() == re.findall(r"^- .*", box, re.M)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_a_difficulty(path):
    exercises = re.search(r"\*\*Exercises\.\*\* (.*)", PARTS[title_of(path)])[1]
    assert exercises.count(":") == 3
    listed = sorted(int(number) for number in re.findall(r"\d+", exercises))
    assert listed == [int(n) for n in EXERCISE.findall(markdown_of(read_notebook(path)))]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_a_path_and_figures(path):
    """They link into their own chapter; that the sections exist, the build sees."""
    part = PARTS[title_of(path)]
    route = re.search(r"\*\*In fifty minutes\.\*\* (.*)", part)[1]
    figures = re.search(r"\*\*To project\*\*\n\n((?:- .*\n)+)", part)[1]
    words = {"five": 5, "ten": 10, "fifteen": 15}
    assert sum(words[word] for word in re.findall(r"\((\w+)(?: minutes)?\)", route)) <= 50
    for text in (route, figures):
        links = re.findall(r"\]\((.*?)#", text)
        assert links and set(links) == {f"../chapters/{path.name}"}


# ---- The notebooks for students --------------------------------------------------------------


def names(cells, context):
    """Names that the code of some cells binds (ast.Store) or uses (ast.Load)."""
    found = set()
    for cell in cells:
        for node in ast.walk(ast.parse(re.sub(r"^[%!].*", "", cell.source, flags=re.M))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, context):
                found.add(node.id)
            elif context is ast.Store and isinstance(node, ast.arg):
                found.add(node.arg)
            elif context is ast.Store and isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
            elif context is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_student_gets_the_exercises_and_no_solution(path):
    whole = read_notebook(path)
    student = without_solutions(whole)
    text = markdown_of(student)
    assert "Solution</summary>" in markdown_of(whole) and "Solution</summary>" not in text
    assert text.count("<details") == text.count("</details>")
    assert EXERCISE.findall(text) == EXERCISE.findall(markdown_of(whole))
    exercises = next(i for i, c in enumerate(student.cells) if "## Exercises" in c.source)
    assert not any("tags" in cell.metadata for cell in student.cells[exercises:])
    code = [cell for cell in whole.cells if cell.cell_type == "code"]
    kept = [cell for cell in student.cells if cell.cell_type == "code"]
    removed = [cell for cell in code if cell not in kept]
    assert removed and all(cell.metadata.tags == ["hide-cell"] for cell in removed)
    # What is left runs: it uses no name that only a solution has bound.
    only_there = names(removed, ast.Store) - names(kept, ast.Store) - set(dir(builtins))
    assert names(kept, ast.Load) & only_there == set()


def small():
    """A notebook with a fold in the text, a hidden cell outside the exercises, and a solution."""
    hidden = {"tags": ["hide-cell"]}
    return new_notebook(
        cells=[
            new_markdown_cell("# A\n\n<details><summary>More</summary>\n\nKept.\n\n</details>"),
            new_code_cell("kept = 1", metadata=hidden),
            new_markdown_cell("## Exercises\n\n**1. One.** Ask."),
            new_markdown_cell("<details>\n<summary>Solution</summary>\n\nNo.\n\n</details>"),
            new_code_cell("answer = 2", metadata=hidden),
            new_markdown_cell(
                "**2. B.** Go.\n\n<details><summary>Solution</summary>\n\nNo.\n\n</details>\n\nOn."
            ),
            new_markdown_cell("## References\n\n- A book."),
            new_code_cell("kept = 3", metadata=hidden),
        ]
    )


def test_only_solutions_are_removed():
    original = small()
    before = [cell.source for cell in original.cells]
    left = [cell.source for cell in without_solutions(original).cells]
    assert left == [*before[:3], "**2. B.** Go.\n\nOn.", *before[6:]]
    assert [cell.source for cell in original.cells] == before


def test_the_command_writes_every_notebook(tmp_path, capsys):
    assert main([str(tmp_path)]) == 0
    assert str(tmp_path) in capsys.readouterr().out
    written = {p.relative_to(tmp_path).as_posix(): p for p in tmp_path.rglob("*.ipynb")}
    assert set(written) == {path.relative_to(ROOT).as_posix() for path in book_notebooks()}
    stored = read_notebook(written["chapters/03_softmax.ipynb"])
    original = without_solutions(read_notebook(ROOT / "chapters" / "03_softmax.ipynb"))
    assert stored == self_contained(original, ROOT, "03_softmax")
