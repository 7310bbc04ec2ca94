"""Run the book's notebooks in fresh kernels, and keep them in one normal form.

    python -m tools.notebooks run [FILES]        execute, store the outputs in normal form
    python -m tools.notebooks normalise [FILES]  rewrite in normal form, without executing
    python -m tools.notebooks check [FILES]      exit 1 if a file is not in normal form

Without FILES: every notebook of the book. The normal form holds what a reader needs and nothing
that depends on who ran the notebook, when, or with which editor. Running twice changes no byte.
"""

import argparse
import copy
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
SECONDS_PER_CELL = 600

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
CELL_METADATA = ("cellView", "mystnb", "tags")


class NotebookError(Exception):
    """A cell that failed: which one, how it begins, and what went wrong."""

    def __init__(self, index: int, source: str, reason: str):
        first_line = source.strip().split("\n")[0]
        super().__init__(f"cell {index} ({first_line}): {reason}")


def book_notebooks(root: Path = ROOT) -> list[Path]:
    """Every notebook of the book, in reading order."""
    return sorted(root.glob("chapters/*.ipynb")) + sorted(root.glob("appendix/*.ipynb"))


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in `path`, as nbformat's version 4."""
    return nbformat.read(path, as_version=4)


def kernel_environment() -> dict[str, str]:
    """The environment of a kernel whose outputs depend on the notebook alone."""
    environment = dict(os.environ)
    # `import lib` finds this book, whatever else is installed.
    environment["PYTHONPATH"] = str(ROOT)
    # A set of strings is printed in an order that depends on the hash seed.
    environment["PYTHONHASHSEED"] = "0"
    # A sum split over threads is added in another order, which moves its last digits.
    for library in ("OMP", "MKL", "OPENBLAS"):
        environment[f"{library}_NUM_THREADS"] = "1"
    # A warning filter inherited from the caller would hide a warning from the book.
    environment.pop("PYTHONWARNINGS", None)
    return environment


def normalised(notebook: NotebookNode, stem: str) -> NotebookNode:
    """A copy of `notebook` in normal form; `stem` is its file name without the suffix."""
    result = copy.deepcopy(notebook)
    result.nbformat, result.nbformat_minor = 4, 5
    result.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO})
    count = 0
    for index, cell in enumerate(result.cells):
        cell.id = cell_id(stem, index)
        cell.metadata = nbformat.from_dict(kept_metadata(cell.metadata))
        cell.source = "\n".join(line.rstrip() for line in cell.source.split("\n")).strip("\n")
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count  # never null: nbval does not compare "unrun" cells
            cell.outputs = [normalised_output(o, count) for o in merged_streams(cell.outputs)]
    return result


def cell_id(stem: str, index: int) -> str:
    """`03_softmax-012`: unique, stable, and it says where the cell stands."""
    return f"{re.sub('[^A-Za-z0-9_-]', '-', stem)[:60]}-{index:03d}"


def kept_metadata(metadata: dict) -> dict:
    """The cell metadata that a reader's tool uses; the rest is some editor's private state."""
    kept = {key: metadata[key] for key in CELL_METADATA if key in metadata}
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return kept


def merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where a kernel cuts its text is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        previous = merged[-1] if merged else None
        if (
            previous is not None
            and output.output_type == previous.output_type == "stream"
            and output.name == previous.name
        ):
            previous.text += output.text
        else:
            merged.append(copy.deepcopy(output))
    return merged


def normalised_output(output: NotebookNode, count: int) -> NotebookNode:
    """`output` numbered like its cell and without metadata."""
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    if "execution_count" in output:
        output.execution_count = count
    return output


def executed(notebook: NotebookNode, stem: str, folder: Path) -> NotebookNode:
    """A copy of `notebook` run from top to bottom in a fresh kernel in `folder`, in normal form.

    Raises NotebookError at the first cell that raises or that writes to stderr: a warning is a
    fault of the chapter, and no reader should see it.
    """
    result = normalised(notebook, stem)
    client = NotebookClient(
        result,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        force_raise_errors=True,
    )
    # A kernel greets its terminal with a remark on encryption; the cells' stderr comes by message.
    with client.setup_kernel(env=kernel_environment(), stderr=subprocess.DEVNULL):
        for index, cell in enumerate(result.cells):
            run_cell(client, cell, index)
    return normalised(result, stem)


def run_cell(client: NotebookClient, cell: NotebookNode, index: int) -> None:
    """Execute one cell; raise NotebookError if it raises or writes to stderr."""
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
        raise NotebookError(index, cell.source, reason) from error
    except (CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(index, cell.source, str(error)) from error
    complaint = "".join(o.text for o in cell.get("outputs", []) if o.get("name") == "stderr")
    if complaint:
        raise NotebookError(index, cell.source, f"wrote to stderr: {complaint.strip()}")


def as_text(notebook: NotebookNode) -> str:
    """The bytes of the file, with one newline at its end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def write_if_changed(path: Path, text: str) -> bool:
    """Put `text` in `path` in one step, so that nobody ever reads half a notebook."""
    if path.read_text(encoding="utf-8") == text:
        return False
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False
    ) as file:
        file.write(text)
    os.chmod(file.name, path.stat().st_mode)
    os.replace(file.name, path)
    return True


def run(path: Path) -> str:
    """Execute the notebook in `path` and store it; on failure the file stays as it was."""
    text = as_text(executed(read_notebook(path), path.stem, path.parent))
    return "stored" if write_if_changed(path, text) else "unchanged"


def normalise(path: Path) -> str:
    """Rewrite the notebook in `path` in normal form."""
    text = as_text(normalised(read_notebook(path), path.stem))
    return "stored" if write_if_changed(path, text) else "unchanged"


def is_normalised(path: Path) -> bool:
    """Whether the file is, byte for byte, its own normal form."""
    return path.read_text(encoding="utf-8") == as_text(normalised(read_notebook(path), path.stem))


def check(path: Path) -> str:
    """Raise ValueError unless the notebook in `path` is in normal form."""
    if not is_normalised(path):
        raise ValueError(f"not in normal form: run `python -m tools.notebooks normalise {path}`")
    return "normal form"


def main(arguments: list[str] | None = None) -> int:
    """Apply one command to each file; go on after a failure; say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["run", "normalise", "check"])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    command = {"run": run, "normalise": normalise, "check": check}[options.command]
    failed = False
    for path in options.files or book_notebooks():
        try:
            print(f"{path}: {command(path)}", flush=True)
        except (NotebookError, nbformat.ValidationError, ValueError, OSError) as error:
            failed = True
            print(f"{path}: {error}", file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
