"""How fast the book builds, tests and loads, as ratios measured in one run.

    python benchmarks/book_speed.py [CHAPTER]        default: chapters/03_softmax

Three comparisons, explained in benchmarks/README.md: the site build and the nbval run with their
floors, and a chapter's page with the same page built by jupyter-book as it comes.
"""

import ast
import functools
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
from jupyter_client.manager import start_new_kernel
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "_build" / "benchmark"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
REPEATS = 3
LOADS = 5

# What a build of this book imports before it reads the first page.
BUILD_IMPORTS = (
    "import jupyter_book.cli.main, sphinx.application, sphinx.builders.html, myst_nb.sphinx_ext, "
    "sphinx_book_theme, pydata_sphinx_theme, sphinx_copybutton, sphinx_external_toc"
)

# A reader's machine: four times slower than this one, on 10 Mbit/s with 40 ms to the server.
CPU_SLOWDOWN = 4
NETWORK = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}

# Notes the moment when every formula outside closed folds is drawn, in fonts that have arrived.
WATCH_FOR_MATHEMATICS = """
(() => {
  const selector = "article :is(.math, .formula, .formula-display)";
  const drawn = formula => {
    const set = formula.querySelector("mjx-container, .katex-html");
    return set && set.getBoundingClientRect().width > 0;
  };
  const look = () => {
    const formulas = document.readyState === "loading" ? [] : [
      ...document.querySelectorAll(selector)
    ].filter(formula => !formula.closest("details:not([open])"));
    const painted = performance.getEntriesByName("first-contentful-paint").length > 0;
    if (painted && formulas.length && formulas.every(drawn) && document.fonts.status === "loaded")
      window.mathematicsReadable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""

DEFAULT_CONFIG = """\
title: The same pages with jupyter-book's defaults
only_build_toc_files: true
execute:
  execute_notebooks: "off"
sphinx:
  config:
    mathjax_path: ../mathjax/tex-mml-chtml.js
    html_extra_path: [extra]
"""


def seconds(command):
    """Wall time of a command that must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    elapsed = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr}")
    return elapsed


def medians(*measurements):
    """Median of each measurement, taken in turn so that a busy moment falls on all of them."""
    rounds = [[measure() for measure in measurements] for _ in range(REPEATS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


# ---- The build and nbval, against their floors --------------------------------------------------


def build_site(output):
    """Seconds for building the site into *output*."""
    return seconds([sys.executable, "tools/build_site.py", "--output", output])


def build_site_anew(output):
    """Seconds for building the site with nothing to start from."""
    for folder in (output, output.with_name(output.name + ".work")):
        shutil.rmtree(folder, ignore_errors=True)
    return build_site(output)


def compare_build():
    """Print the time of a build, beside the time to import what builds it."""
    output = CACHE / "book" / "html"
    floor, anew, again = medians(
        lambda: seconds([sys.executable, "-c", BUILD_IMPORTS]),
        lambda: build_site_anew(output),
        lambda: build_site(output),
    )
    print_row("site build, from nothing", anew, floor)
    print_row("site build, nothing changed", again, floor)
    return output


def nbval_call():
    """The command by which `make test` runs nbval, from the Makefile, and its workers."""
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    (line,) = [line for line in lines if "--nbval" in line]
    words = line.replace("$(RUN)", sys.executable).split()
    return words, int(words[words.index("-n") + 1])


def pytest_start(folder, workers):
    """Seconds for pytest to run one empty test with these workers."""
    (folder / "test_nothing.py").write_text("def test_nothing(): pass\n", "utf-8")
    options = ["-n", str(workers), "-c", os.devnull, "-p", "no:cacheprovider"]
    return seconds([sys.executable, "-m", "pytest", *options, folder])


def imports_of(notebook):
    """The import statements of a notebook, those within other statements left out."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    statements = [node for source in cells for node in ast.parse(source).body]
    imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(map(ast.unparse, imports))


def kernel_start(path):
    """Seconds until a fresh kernel has imported what the notebook at *path* imports."""
    code = imports_of(nbformat.read(path, as_version=4))
    start = time.perf_counter()
    manager, client = start_new_kernel(
        cwd=path.parent,
        # Keras looks for its backend when it is imported; the notebooks name it in a cell.
        env={**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "torch"},
        stderr=subprocess.DEVNULL,  # a warning per kernel about its connection
    )
    reply = client.execute_interactive(code, output_hook=lambda message: None)
    elapsed = time.perf_counter() - start
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        sys.exit(f"{path}: its imports fail: {reply['content']['evalue']}")
    return elapsed


def longest_share(times, workers):
    """Seconds that the busiest worker needs when each takes whole notebooks, the longest first."""
    shares = [0.0] * workers
    for duration in sorted(times, reverse=True):
        shares[shares.index(min(shares))] += duration
    return max(shares)


def compare_nbval():
    """Print the time of nbval, beside that of starting pytest, the kernels and their imports."""
    command, workers = nbval_call()
    empty = CACHE / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    notebooks = sorted((ROOT / "chapters").glob("*.ipynb"))
    nbval, pytest, *kernels = medians(
        lambda: seconds(command),
        lambda: pytest_start(empty, workers),
        *(functools.partial(kernel_start, notebook) for notebook in notebooks),
    )
    name = f"nbval, {len(notebooks)} notebooks"
    print_row(f"{name}, against all kernels in turn", nbval, sum(kernels))
    print_row(f"{name}, against {workers} workers", nbval, pytest + longest_share(kernels, workers))


# ---- A page, against the page that jupyter-book builds by default -------------------------------


def mathjax():
    """Folder of MathJax 3, fetched from npm once."""
    folder = CACHE / "mathjax"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        packed = ["npm", "pack", "--silent", "mathjax@3.2.2"]
        subprocess.run(packed, cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(CACHE / "mathjax-3.2.2.tgz") as archive:
            archive.extractall(CACHE / "unpacked", filter="data")
        (CACHE / "unpacked" / "package" / "es5").rename(folder)
    return folder


def build_default():
    """Build the book's sources with jupyter-book's defaults and MathJax on the same host."""
    source = CACHE / "default"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    for name in ("_toc.yml", "intro.md"):
        shutil.copy(ROOT / name, source)
    for name in ("chapters", "appendix"):
        shutil.copytree(ROOT / name, source / name)
    (source / "_static").mkdir()
    for picture in (ROOT / "_static").glob("*.svg"):
        shutil.copy(picture, source / "_static")
    # Not in _static: every script there becomes a tag in every page, and MathJax would load twice.
    shutil.copytree(mathjax(), source / "extra" / "mathjax")
    (source / "_config.yml").write_text(DEFAULT_CONFIG, "utf-8")
    seconds(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", source]
    )
    return source / "_build" / "html"


class CompressingHandler(SimpleHTTPRequestHandler):
    """Serves files as static hosts do: text compressed, over connections that stay open."""

    protocol_version = "HTTP/1.1"
    packed_types = ("text/", "application/json", "application/javascript", "image/svg")

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(path))
        packed = kind.startswith(self.packed_types)
        body = compressed(path) if packed else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Say nothing."""


@functools.cache
def compressed(path):
    """A file's bytes after gzip, kept so that no load waits for it."""
    return gzip.compress(path.read_bytes())


@contextmanager
def served(folder):
    """Serve *folder* on a free port; yield its address."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(CompressingHandler, directory=folder)
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def cold_load(browser, url):
    """Load a page with empty caches on the reader's machine; return what it took."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH_FOR_MATHEMATICS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(url, wait_until="load", timeout=120_000)
    page.wait_for_function("window.mathematicsReadable", timeout=120_000)
    page.wait_for_load_state("networkidle")
    responses = [response for response in responses if response.url.startswith("http")]
    failed = [response.url for response in responses if not response.ok]
    if failed:
        sys.exit(f"{url} asks for what is not there: {failed}")
    taken = {
        "requests": len(responses),
        "bytes": sum(len(response.body()) for response in responses),
        "bytes, compressed": sum(r.request.sizes()["responseBodySize"] for r in responses),
        "ms to readable mathematics": page.evaluate("window.mathematicsReadable"),
    }
    context.close()
    return taken


def compare_page(chapter, book, default):
    """Print what a chapter's page takes, in the book and with the defaults."""
    with sync_playwright() as playwright, served(book) as ours, served(default) as theirs:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        loads = [
            [cold_load(browser, f"{address}/{chapter}.html") for address in (ours, theirs)]
            for _ in range(LOADS)
        ]
        browser.close()
    for quantity in loads[0][0]:
        pairs = zip(*[[load[quantity] for load in pair] for pair in loads], strict=True)
        print_row(f"{chapter}: {quantity}", *map(statistics.median, pairs))


def print_row(name, value, reference):
    """Print a quantity, what it is compared with, and their ratio."""
    digits = 0 if reference >= 100 else 2
    numbers = f"{value:12,.{digits}f} {reference:12,.{digits}f} {value / reference:8.2f}"
    print(f"{name:48} {numbers}", flush=True)


def main():
    if CHROMIUM is None:
        sys.exit("no Chromium found (install one, or give its path in CHROMIUM)")
    chapter = sys.argv[1] if len(sys.argv) > 1 else "chapters/03_softmax"
    print(f"{'seconds':48} {'measured':>12} {'floor':>12} {'ratio':>8}")
    book = compare_build()
    compare_nbval()
    print(f"\n{'page':48} {'book':>12} {'default':>12} {'ratio':>8}")
    compare_page(chapter, book, build_default())


if __name__ == "__main__":
    main()
