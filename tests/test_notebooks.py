"""What nbval cannot see: every notebook is executed, tidy, and plain Markdown that any tool shows.

One function per rule. A rule takes a notebook and yields one message per fault, with the number of
the cell and what to do. Every rule is proved to go red on a notebook that breaks it.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.markdown_segments import prose_only
from tools.notebooks import (
    ROOT,
    NotebookError,
    as_text,
    book_notebooks,
    executed,
    is_normalised,
    main,
    normalised,
    read_notebook,
    run,
)
from tools.stated_numbers import visible_text

NOTEBOOKS = book_notebooks()
LINES_OF_A_CODE_CELL = 25
LETTERS_OF_A_LINE_OF_CODE = 78  # what the column of a page has room for
LETTERS_OF_AN_ALT_TEXT = 40


# --- Cells and their kinds --------------------------------------------------------------------


def cells_of(notebook: NotebookNode, kind: str) -> Iterator[tuple[int, NotebookNode]]:
    """The cells of one kind with their numbers, counted from 0 as in their ids."""
    return ((i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == kind)


def outputs_of(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Every output with the number of its cell."""
    return ((i, o) for i, cell in cells_of(notebook, "code") for o in cell.outputs)


def texts_of(output: NotebookNode) -> list[str]:
    """Everything textual in an output, whatever its kind."""
    data = output.get("data", {}).values()
    return [output.get("text", ""), *(text for text in data if isinstance(text, str))]


def figures_of(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """The code cells that show a figure."""
    for i, cell in cells_of(notebook, "code"):
        if any("image/svg+xml" in output.get("data", {}) for output in cell.outputs):
            yield i, cell


# --- Rules for code and outputs ---------------------------------------------------------------


def executed_in_order(notebook):
    for count, (i, cell) in enumerate(cells_of(notebook, "code"), start=1):
        if cell.execution_count != count:
            yield f"cell {i}: count {cell.execution_count}, not {count}: run `make notebooks`"


def counts_of_outputs(notebook):
    for i, cell in cells_of(notebook, "code"):
        for output in cell.outputs:
            if output.get("execution_count", cell.execution_count) != cell.execution_count:
                yield f"cell {i}: an output of another run: run `make notebooks`"


def no_empty_cell(notebook):
    for i, cell in enumerate(notebook.cells):
        if not cell.source.strip():
            yield f"cell {i}: empty: delete it"


def only_markdown_and_code(notebook):
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type not in ("markdown", "code"):
            yield f"cell {i}: a {cell.cell_type} cell: make it Markdown or code"


def no_stderr(notebook):
    for i, output in outputs_of(notebook):
        if output.get("name") == "stderr":
            yield f"cell {i}: output on stderr: mend what the warning says"


def no_error(notebook):
    for i, output in outputs_of(notebook):
        if output.output_type == "error":
            yield f"cell {i}: an exception: catch it in the cell and print it"


COMPARED = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}


def only_compared_kinds_of_output(notebook):
    for i, output in outputs_of(notebook):
        for kind in sorted(set(output.get("data", {})) - COMPARED):
            yield f"cell {i}: {kind}, which nbval does not compare as text: show SVG or text"


MACHINE = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|usr|opt|var|mnt|work|private|Users|Volumes|content)/"
    r"|\b[A-Z]:\\|site-packages|\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{11,12}\b"
)


def no_machine_path_or_address(notebook):
    for i, output in outputs_of(notebook):
        for text in texts_of(output):
            if found := MACHINE.search(text):
                yield f"cell {i}: {found.group()!r} differs between machines: do not print it"


TIMING = re.compile(r"\d\s*(?:ms|µs|us|ns|s|sec|seconds|it/s)\b|Wall time|CPU times|per loop")


def no_timing(notebook):
    for i, output in outputs_of(notebook):
        if found := TIMING.search(visible_text(output)):
            yield f"cell {i}: {found.group()!r} differs between runs: print a ratio's bound"


def no_nbval_comment(notebook):
    for i, cell in cells_of(notebook, "code"):
        if re.search(r"#.*(?:NBVAL_|PYTEST_VALIDATE_)", cell.source):
            yield f"cell {i}: a comment that switches the comparison off: delete it"


def no_semicolon_at_the_end(notebook):
    for i, cell in cells_of(notebook, "code"):
        if cell.source.rstrip().endswith(";"):
            yield f"cell {i}: `;` hides an output in Jupyter only: end with plt.show() or print"


def short_code_cells(notebook):
    for i, cell in cells_of(notebook, "code"):
        if (lines := cell.source.count("\n") + 1) > LINES_OF_A_CODE_CELL:
            yield f"cell {i}: {lines} lines: at most {LINES_OF_A_CODE_CELL}, split it"


def short_lines_of_code(notebook):
    for i, cell in cells_of(notebook, "code"):
        shown = [output.get("data", {}).get("text/markdown", "") for output in cell.outputs]
        code = [cell.source, *(text for text in shown if text.startswith("```"))]
        for line in "\n".join(code).splitlines():
            if len(line) > LETTERS_OF_A_LINE_OF_CODE:
                yield f"cell {i}: longer than the column of the page is wide: {line}"


def allowed_tags(notebook):
    for i, cell in enumerate(notebook.cells):
        for tag in sorted(set(cell.metadata.get("tags", [])) - {"hide-cell", "hide-input"}):
            yield f"cell {i}: tag {tag}: only hide-cell and hide-input"


def hidden_cells_are_hidden_everywhere(notebook):
    for i, cell in enumerate(notebook.cells):
        tagged = "hide-cell" in cell.metadata.get("tags", [])
        in_jupyter = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        in_colab = cell.metadata.get("cellView") == "form"
        if tagged and not (in_jupyter and in_colab):
            yield f'cell {i}: hide-cell also needs jupyter.source_hidden and "cellView": "form"'


# --- Rules for figures ------------------------------------------------------------------------


def one_figure_per_cell(notebook):
    for i, cell in figures_of(notebook):
        if sum("image/svg+xml" in output.get("data", {}) for output in cell.outputs) > 1:
            yield f"cell {i}: two figures share one alt text: split the cell"


def alt_text_on_every_figure(notebook):
    for i, cell in figures_of(notebook):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if len(alt) < LETTERS_OF_AN_ALT_TEXT:
            yield f"cell {i}: metadata mystnb.image.alt: say what the figure shows"


def caption_and_name_on_every_figure(notebook):
    for i, cell in figures_of(notebook):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        for key in ("caption", "name"):
            if not figure.get(key, "").strip():
                yield f"cell {i}: metadata mystnb.figure.{key} is missing"


def alt_text_is_not_the_caption(notebook):
    for i, cell in figures_of(notebook):
        mystnb = cell.metadata.get("mystnb", {})
        alt = mystnb.get("image", {}).get("alt")
        if alt is not None and alt == mystnb.get("figure", {}).get("caption"):
            yield f"cell {i}: alt text and caption are the same: the alt describes, in full"


# --- Rules for Markdown: what every tool shows, and nothing that only MyST reads --------------


def each_markdown(notebook, pattern, advice, text=lambda source: source):
    """One message for each Markdown cell in which `pattern` occurs."""
    for i, cell in cells_of(notebook, "markdown"):
        if found := re.search(pattern, text(cell.source), re.MULTILINE):
            yield f"cell {i}: {found.group()!r}: {advice}"


def no_directive(notebook):
    pattern = r"^\s*(?:>\s*)*(?:[-*]\s+)?(?:`{3,}|~{3,}|:{3,})\s*\{[^}\n]*\}|^\s*:{3,}"
    return each_markdown(notebook, pattern, "a MyST directive: use plain Markdown")


def no_role(notebook):
    return each_markdown(
        notebook, r"(?<!`)\{[A-Za-z][\w:+-]*\}`[^`]", "a MyST role: write the text"
    )


def no_target(notebook):
    return each_markdown(notebook, r"^\s*\([^()\s]+\)=\s*$", "a MyST label: link to the heading")


def no_label_after_mathematics(notebook):
    return each_markdown(notebook, r"\$\$\s*\([\w:.-]+\)\s*$", r"use \tag{...} inside the $$")


def no_glue(notebook):
    for i, cell in enumerate(notebook.cells):
        if re.search(r"\bglue\b", cell.source):
            yield f"cell {i}: glue: write the number, a test compares it with the output"


def no_footnote(notebook):
    return each_markdown(notebook, r"\[\^[^\]\n]+\]", "a footnote: say it in the text", prose_only)


def no_myst_comment_or_break(notebook):
    pattern = r"^(?:%.*|\+\+\+.*)$|\{\{.*?\}\}"
    return each_markdown(notebook, pattern, "only MyST reads this: delete it", prose_only)


def no_bare_environment(notebook):
    pattern = r"\\begin\{[^}]*\}"
    return each_markdown(notebook, pattern, "put the mathematics in $$ ... $$", prose_only)


def paired_dollars(notebook):
    pattern = r"(?<!\\)\$"
    return each_markdown(notebook, pattern, "mathematics that does not end", prose_only)


def equation_numbers_are_referred_to(notebook):
    """A number on every equation tells a reader nothing; a chapter's own text must use it."""
    everything = "\n".join(cell.source for cell in notebook.cells)
    for i, cell in cells_of(notebook, "markdown"):
        for number in re.findall(r"\\tag\{([^{}]*)\}", cell.source):
            if f"({number})" not in everything:
                yield f"cell {i}: nothing refers to equation ({number}): leave its \\tag out"


def no_image_but_figures(notebook):
    pattern = r"!\[[^\]]*\]\(|<img\b"
    yield from each_markdown(notebook, pattern, "draw it in a code cell, as SVG", prose_only)
    for i, cell in enumerate(notebook.cells):
        if cell.get("attachments"):
            yield f"cell {i}: an attachment: draw it in a code cell, as SVG"


TABLE = ["table", "thead", "tbody", "tr", "th", "td"]
BLOCK_TAGS = ["details", "summary", "div", "p", *TABLE]
TAGS = [*BLOCK_TAGS, "br", "sub", "sup"]
TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?P<attributes>(?=[\s/>])[^<>]*)>")
ATTRIBUTES = {
    "details": r"(?: open)?",
    "div": r' class="admonition [a-z]+"',
    "p": r' class="admonition-title"',
    "br": r"\s*/?",
    "th": r'(?: (?:scope|align)="[a-z]+")*',
    "td": r'(?: align="[a-z]+")?',
}


def allowed_html(notebook):
    for i, cell in cells_of(notebook, "markdown"):
        for tag in TAG.finditer(prose_only(cell.source)):
            attributes = "" if tag["end"] else ATTRIBUTES.get(tag["name"], "")
            if tag["name"] not in TAGS or not re.fullmatch(attributes, tag["attributes"]):
                yield f"cell {i}: {tag.group()}: not among the HTML that every tool shows"


def closed_html(notebook):
    for i, cell in cells_of(notebook, "markdown"):
        open_tags = []
        for tag in TAG.finditer(prose_only(cell.source)):
            if tag["name"] not in TAGS or tag["name"] == "br":
                continue
            if not tag["end"]:
                open_tags.append(tag["name"])
            elif not open_tags or open_tags.pop() != tag["name"]:
                yield f"cell {i}: {tag.group()} closes nothing that is open in this cell"
                break
        else:
            if open_tags:
                yield f"cell {i}: <{open_tags[-1]}> is never closed in this cell"


def blank_lines_around_html(notebook):
    """Markdown inside HTML is read as Markdown only after a blank line."""
    block = re.compile(rf"\s*</?(?:{'|'.join(BLOCK_TAGS)})\b")
    for i, cell in cells_of(notebook, "markdown"):
        lines = cell.source.split("\n")
        for above, below in pairwise(lines):
            both = above.strip() and below.strip()
            if both and bool(block.match(above)) != bool(block.match(below)):
                yield f"cell {i}: a blank line is needed between {above!r} and {below!r}"


# --- Rules for the file -----------------------------------------------------------------------


def python3_kernel(notebook):
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "kernelspec is not python3: run `make notebooks`"


def title_first(notebook):
    first = notebook.cells[0] if notebook.cells else new_markdown_cell("")
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "cell 0: begin with the title: # ..."


RULES = [
    executed_in_order,
    counts_of_outputs,
    no_empty_cell,
    only_markdown_and_code,
    no_stderr,
    no_error,
    only_compared_kinds_of_output,
    no_machine_path_or_address,
    no_timing,
    no_nbval_comment,
    no_semicolon_at_the_end,
    short_code_cells,
    short_lines_of_code,
    allowed_tags,
    hidden_cells_are_hidden_everywhere,
    one_figure_per_cell,
    alt_text_on_every_figure,
    caption_and_name_on_every_figure,
    alt_text_is_not_the_caption,
    no_directive,
    no_role,
    no_target,
    no_label_after_mathematics,
    no_glue,
    no_footnote,
    no_myst_comment_or_break,
    no_bare_environment,
    paired_dollars,
    equation_numbers_are_referred_to,
    no_image_but_figures,
    allowed_html,
    closed_html,
    blank_lines_around_html,
    python3_kernel,
    title_first,
]


# --- The book ---------------------------------------------------------------------------------


def test_the_book_has_chapters():
    assert list(ROOT.glob("chapters/*.ipynb")), "no chapter found: nothing would be checked"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_notebook(path, rule):
    faults = list(rule(read_notebook(path)))
    assert not faults, "\n".join(f"{path.name} {fault}" for fault in faults)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_in_normal_form(path):
    assert is_normalised(path), f"run `python -m tools.notebooks normalise {path}`"


# --- Each rule can fail -----------------------------------------------------------------------

FIGURE = {
    "figure": {"caption": "The loss falls.", "name": "fig-loss"},
    "image": {"alt": "A line that falls from 5.1 at the left to 0.02 at the right."},
}
FOLDED = "Before.\n\n<details>\n<summary>Solution</summary>\n\n**Yes.**\n\n</details>\n\nAfter."
HIDDEN = {"tags": ["hide-cell"], "jupyter": {"source_hidden": True}, "cellView": "form"}


def clean():
    """A small notebook that keeps every rule: cells are title, prose, figure, HTML, solution."""
    svg = {"image/svg+xml": "<svg>1 s</svg>", "text/plain": "<Figure size 640x320>"}
    cells = [
        new_markdown_cell("# 1 A title\n\n$a$, `{b}`, $[^c]$, 1 < 2 > 0 and a -> b."),
        new_markdown_cell("$$\n\\begin{aligned} x &= 1 \\tag{1.1} \\end{aligned}\n$$\n\nBy (1.1)."),
        new_code_cell("plot()", outputs=[new_output("display_data", data=svg)]),
        new_markdown_cell(FOLDED),
        new_code_cell("1 + 1", outputs=[new_output("execute_result", data={"text/plain": "2"})]),
    ]
    cells[2].metadata["mystnb"] = FIGURE
    cells[4].metadata.update(HIDDEN)
    return normalised(new_notebook(cells=cells), "clean")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_clean_notebook_keeps_the_rule(rule):
    assert list(rule(clean())) == []


def source(cell, text):
    """A change that replaces the source of one cell."""

    def change(notebook):
        notebook.cells[cell].source = text

    return change


def metadata(cell, **entries):
    """A change of some metadata of one cell."""

    def change(notebook):
        notebook.cells[cell].metadata.update(nbformat.from_dict(entries))

    return change


def shows(*outputs):
    """A change that makes the last cell show other outputs."""

    def change(notebook):
        notebook.cells[4].outputs = list(outputs)

    return change


def prints(text, name="stdout"):
    """A change that makes the last cell print."""
    return shows(new_output("stream", name=name, text=text))


def value(cell, key, new):
    """A change of one field of a cell."""

    def change(notebook):
        notebook.cells[cell][key] = new

    return change


def figure_twice(notebook):
    notebook.cells[2].outputs *= 2


def other_kernel(notebook):
    notebook.metadata.kernelspec.name = "julia"


def raw_cell(notebook):
    notebook.cells[1].cell_type = "raw"


SAME = FIGURE["figure"] | {"caption": FIGURE["image"]["alt"]}
BREAKS = [
    (executed_in_order, value(4, "execution_count", 3)),
    (executed_in_order, value(4, "execution_count", None)),
    (counts_of_outputs, value(4, "execution_count", 1)),
    (no_empty_cell, source(4, " \n")),
    (no_empty_cell, source(1, "")),
    (only_markdown_and_code, raw_cell),
    (no_stderr, prints("UserWarning", name="stderr")),
    (no_error, shows(new_output("error", ename="E", evalue="e", traceback=[]))),
    (only_compared_kinds_of_output, shows(new_output("display_data", data={"image/png": "iVB"}))),
    (only_compared_kinds_of_output, shows(new_output("display_data", data={"image/jpeg": "/9j"}))),
    (no_machine_path_or_address, prints("in /home/someone/book.py")),
    (no_machine_path_or_address, prints("in C:\\book.py")),
    (no_machine_path_or_address, prints("<function f at 0x7f3a>")),
    (no_timing, prints("took 12 ms")),
    (no_timing, prints("took 1.3 seconds")),
    (no_nbval_comment, source(4, "# NBVAL_IGNORE_OUTPUT\n1 + 1")),
    (no_semicolon_at_the_end, source(4, "plot();")),
    (short_code_cells, source(4, "\n".join(["1"] * 26))),
    (short_lines_of_code, source(4, "1" * 79)),
    (short_lines_of_code, shows(new_output("display_data", {"text/markdown": "```\n" + "1" * 79}))),
    (allowed_tags, metadata(4, tags=["raises-exception"])),
    (allowed_tags, metadata(4, tags=["nbval-skip", "hide-cell"])),
    (hidden_cells_are_hidden_everywhere, metadata(4, jupyter={})),
    (hidden_cells_are_hidden_everywhere, metadata(4, cellView="code")),
    (one_figure_per_cell, figure_twice),
    (alt_text_on_every_figure, metadata(2, mystnb={"figure": FIGURE["figure"]})),
    (alt_text_on_every_figure, metadata(2, mystnb=FIGURE | {"image": {"alt": "A line."}})),
    (caption_and_name_on_every_figure, metadata(2, mystnb={"image": FIGURE["image"]})),
    (caption_and_name_on_every_figure, metadata(2, mystnb=FIGURE | {"figure": {"caption": "a"}})),
    (alt_text_is_not_the_caption, metadata(2, mystnb=FIGURE | {"figure": SAME})),
    (no_directive, source(1, "```{note}\nText.\n```")),
    (no_directive, source(1, "~~~{note}\nText.\n~~~")),
    (no_directive, source(1, ":::{tip}\nText.\n:::")),
    (no_role, source(1, "See {ref}`there`.")),
    (no_role, source(1, "See {prf:ref}`there`.")),
    (no_target, source(1, "(a-label)=\n## Title")),
    (no_label_after_mathematics, source(1, "$$\nx\n$$ (eq-x)")),
    (no_glue, source(1, "The loss is {glue:text}`loss`.")),
    (no_glue, source(4, 'glue("loss", loss)')),
    (no_footnote, source(1, "Text[^1].\n\n[^1]: Note.")),
    (no_myst_comment_or_break, source(1, "% a comment")),
    (no_myst_comment_or_break, source(1, "+++")),
    (no_myst_comment_or_break, source(1, "It is {{ value }}.")),
    (no_bare_environment, source(1, "\\begin{align}\nx &= 1\n\\end{align}")),
    (paired_dollars, source(1, "It is $x.")),
    (equation_numbers_are_referred_to, source(0, r"# Title $$x = 1. \tag{7.1}$$")),
    (no_image_but_figures, source(1, "![A picture](picture.png)")),
    (no_image_but_figures, source(1, '<img src="picture.png">')),
    (no_image_but_figures, value(1, "attachments", {"a.png": {"image/png": "iVB"}})),
    (allowed_html, source(1, "<script>1</script>")),
    (allowed_html, source(1, '<div style="color: red">\n\ntext\n\n</div>')),
    (allowed_html, source(1, '<a href="x">y</a>')),
    (closed_html, source(3, FOLDED.replace("</details>", ""))),
    (closed_html, source(3, FOLDED.replace("</summary>", ""))),
    (closed_html, source(3, FOLDED + "\n\n</details>")),
    (blank_lines_around_html, source(3, FOLDED.replace("</summary>\n\n", "</summary>\n"))),
    (blank_lines_around_html, source(3, FOLDED.replace("\n\n</details>", "\n</details>"))),
    (blank_lines_around_html, source(3, FOLDED.replace("</details>\n\n", "</details>\n"))),
    (blank_lines_around_html, source(3, FOLDED.replace("\n\n<details>", "\n<details>"))),
    (python3_kernel, other_kernel),
    (title_first, source(0, "## 1 A title")),
]


@pytest.mark.parametrize(("rule", "change"), BREAKS, ids=[rule.__name__ for rule, _ in BREAKS])
def test_a_broken_notebook_breaks_the_rule(rule, change):
    notebook = clean()
    change(notebook)
    assert list(rule(notebook))


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in BREAKS} == set(RULES)


# --- Running and normalising ------------------------------------------------------------------


def stored(folder, *sources, name="sample.ipynb"):
    """A notebook of code cells on disk, as an editor would leave it: nothing run."""
    path = folder / name
    cells = [new_markdown_cell("# 1 Title  \n\n"), *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_running_twice_changes_no_byte(tmp_path):
    path = stored(tmp_path, "import sys\nprint(1)\nsys.stdout.flush()\nprint(2)", "{'b', 'a'}\n\n")
    assert run(path) == "stored"
    first = path.read_bytes()
    notebook = read_notebook(path)
    assert notebook.cells[1].outputs == [new_output("stream", name="stdout", text="1\n2\n")]
    assert [cell.id for cell in notebook.cells] == ["sample-000", "sample-001", "sample-002"]
    assert is_normalised(path)
    assert run(path) == "unchanged"
    assert path.read_bytes() == first


def test_a_failing_notebook_is_left_and_the_others_run(tmp_path, capfd):
    fails = stored(tmp_path, "print(1)", "1 / 0", name="fails.ipynb")
    warns = stored(tmp_path, "import warnings\nwarnings.warn('old')", name="warns.ipynb")
    good = stored(tmp_path, "import lib\nprint(2)", name="good.ipynb")
    before = fails.read_bytes(), warns.read_bytes()
    assert main(["run", str(fails), str(warns), str(good)]) == 1
    assert (fails.read_bytes(), warns.read_bytes()) == before
    assert read_notebook(good).cells[1].outputs[0].text == "2\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "fails.ipynb",
        "good.ipynb",
        "warns.ipynb",
    ]
    said = capfd.readouterr().err
    assert "fails.ipynb: cell 2 (1 / 0): ZeroDivisionError: division by zero" in said
    assert "warns.ipynb: cell 1 (import warnings): wrote to stderr" in said


def test_a_kernel_that_dies_is_reported(tmp_path):
    notebook = read_notebook(stored(tmp_path, "import os\nos._exit(1)"))
    with pytest.raises(NotebookError, match=r"cell 1 \(import os\)"):
        executed(notebook, "sample", tmp_path)


def test_check_and_normalise(tmp_path, capsys):
    path = stored(tmp_path, "1 + 1  ")
    assert main(["check", str(path)]) == 1
    assert main(["normalise", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    assert main(["check", str(tmp_path / "missing.ipynb")]) == 1
    capsys.readouterr()


def test_the_command_runs_as_a_script(tmp_path):
    path = stored(tmp_path, "1")
    command = [sys.executable, str(ROOT / "tools" / "notebooks.py"), "normalise", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "stored" in done.stdout


def change_ids(notebook):
    notebook.cells[1].id = "another"


def change_metadata(notebook):
    notebook.metadata.author = "somebody"


def change_cell_metadata(notebook):
    notebook.cells[1].metadata.collapsed = False


def change_output_metadata(notebook):
    notebook.cells[2].outputs[0].metadata.width = 3


def change_language(notebook):
    notebook.metadata.language_info.version = "3.12.1"


def change_white_space(notebook):
    notebook.cells[0].source += "  "


@pytest.mark.parametrize(
    "change",
    [
        change_ids,
        change_metadata,
        change_cell_metadata,
        change_output_metadata,
        change_language,
        change_white_space,
    ],
)
def test_other_forms_are_seen(tmp_path, change):
    path = tmp_path / "clean.ipynb"
    notebook = clean()
    path.write_text(as_text(notebook), encoding="utf-8")
    assert is_normalised(path)
    change(notebook)
    path.write_text(as_text(notebook), encoding="utf-8")
    assert not is_normalised(path)
