"""Each downloaded notebook runs alone: in an empty folder, where `lib` is not installed.

The copies run under nbval, so they also give the outputs that the book shows. They run without
the settings that the book's own kernels get: a reader has none of them.
"""

import ast
import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebooks import as_text, book_notebooks, normalised, read_notebook
from tools.self_contained import library_archive, main, self_contained

NBVAL = ["--nbval", "--nbval-current-env", "-n", "2", "--dist", "loadfile"]


def sample():
    """A small notebook that uses `lib` and shows its source, as if run, with a figure's words."""
    code = "import inspect\n\nimport lib\n\nprint(len(inspect.getsource(lib)) > 20, 0.4644)"
    cells = [new_markdown_cell("# 1 Alone"), new_code_cell(code)]
    cells[1].outputs = [new_output("stream", name="stdout", text="True 0.4644\n")]
    cells[1].metadata["mystnb"] = {"figure": {"caption": "It $falls$.", "name": "fig-a"}}
    return normalised(new_notebook(cells=cells), "sample")


def without_the_library(notebook):
    """A self-contained copy that has lost the cell which carries `lib`."""
    copy = self_contained(notebook)
    del copy.cells[1]
    return copy


def with_a_changed_digit(notebook):
    """A self-contained copy with one digit of one stored output changed."""
    copy = self_contained(notebook)
    copy.cells[3].outputs[0].text = copy.cells[3].outputs[0].text.replace("0.4644", "0.4645")
    return copy


def environment_without_the_book(folder: Path) -> str:
    """The Python of a new environment that has every package of this one, but not `lib`.

    Python reads the .pth files of its own site-packages only, so the one that makes `lib`
    importable here is not read there.
    """
    venv.create(folder, symlinks=True, with_pip=False)
    site_packages = sysconfig.get_path("purelib", vars={"base": str(folder)})
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(site_packages) / "packages.pth").write_text("\n".join(sorted(packages)) + "\n")
    return str(folder / "bin" / "python")


def run_alone(python: str, folder: Path, notebooks: dict) -> dict[str, str]:
    """What pytest says about each notebook, run in a folder of its own: "" if all is well."""
    for name, notebook in notebooks.items():
        (folder / name).mkdir()
        (folder / name / f"{name}.ipynb").write_text(as_text(notebook), encoding="utf-8")
    plain = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    command = [python, "-m", "pytest", *NBVAL, "-rA", "--color=no", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *notebooks], cwd=folder, env=plain, capture_output=True, text=True, check=False
    )
    verdicts = re.findall(r"^(PASSED|FAILED) (\w+)/\S*::Cell \d+(.*)$", done.stdout, re.MULTILINE)
    assert {name for _, name, _ in verdicts} == set(notebooks), done.stdout + done.stderr
    return {
        name: done.stdout if ("FAILED", name) in {v[:2] for v in verdicts} else ""
        for name in notebooks
    }


def test_every_notebook_runs_alone(tmp_path):
    python = environment_without_the_book(tmp_path / "environment")
    plain = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    probe = [python, "-c", "import numpy, torch, matplotlib, nbval; import lib"]
    missing = subprocess.run(probe, cwd=tmp_path, env=plain, capture_output=True, text=True)
    assert "No module named 'lib'" in missing.stderr

    book = {path.stem: self_contained(read_notebook(path)) for path in book_notebooks()}
    assert book, "no notebook found: nothing would be checked"
    small = sample()
    broken = {"bare": without_the_library(small), "changed": with_a_changed_digit(small)}
    said = run_alone(python, tmp_path, {**book, "small": self_contained(small), **broken})
    assert "No module named 'lib'" in said.pop("bare")
    assert "0.4645" in said.pop("changed")
    assert not any(said.values()), "\n".join(said.values())


def test_a_copy_is_the_notebook_and_its_code():
    original = sample()
    copy = self_contained(original)
    assert copy == self_contained(original)
    kinds = [cell.cell_type for cell in copy.cells]
    assert kinds == ["markdown", "code", "markdown", "code", "markdown"]
    assert [cell.get("execution_count") for cell in copy.cells] == [None, 1, None, 2, None]
    assert len({cell.id for cell in copy.cells}) == len(copy.cells)
    assert copy.cells[3].outputs == original.cells[1].outputs
    assert copy.cells[4].source == "_It $falls$._"
    assert max(map(len, copy.cells[1].source.split("\n"))) <= 100


def test_a_caption_is_not_written_twice():
    original = sample()
    original.cells.append(new_markdown_cell("*It $falls$.*"))
    assert [cell.source for cell in self_contained(original).cells[4:]] == ["*It $falls$.*"]


def test_the_library_is_whole_and_the_same_every_time(tmp_path):
    (tmp_path / "lib" / "__pycache__").mkdir(parents=True)
    (tmp_path / "lib" / "__pycache__" / "a.pyc").write_bytes(b"1")
    (tmp_path / "lib" / "b.py").write_text("b = 1\n")
    first = library_archive(tmp_path)
    os.utime(tmp_path / "lib" / "b.py", (0, 0))
    assert library_archive(tmp_path) == first
    assert b"a.pyc" not in first
    (tmp_path / "lib" / "b.py").write_text("b = 2\n")
    assert library_archive(tmp_path) != first


def test_the_command_writes_copies(tmp_path):
    path = tmp_path / "sample.ipynb"
    path.write_text(as_text(sample()), encoding="utf-8")
    assert main([str(tmp_path / "out"), str(path)]) == 0
    copy = read_notebook(tmp_path / "out" / "sample.ipynb")
    assert copy.cells[1].id == "sample-001"
    ast.parse(copy.cells[1].source)
