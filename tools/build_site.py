"""Build the site with warnings as errors, and replace the published one only when all went well.

    python tools/build_site.py [--source FOLDER] [--output FOLDER]

Sphinx works in a folder beside the output (`html.work`) and keeps there what it can use again. A
build that fails leaves the output as it was; one that finds nothing changed ends at once.
"""

import argparse
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]

# Sphinx sees a change in a page by itself; a change in these needs every page written anew.
SETTINGS = ("_config.yml", "_toc.yml", "CITATION.cff", "LICENSE")
APPARATUS = (*SETTINGS, "_ext", "_templates", "_static", "tools")
INPUTS = (*APPARATUS, "intro.md", "chapters", "appendix", "lib")

# Parts of the theme that no page loads.
UNPUBLISHED = ("*.map", "*.ttf", "fontawesome.js*", "bootstrap.js*", "locales", ".buildinfo*")

# https, ssh and scp-like remotes; a user name or token before the @ is left out of the address.
GITHUB = re.compile(
    r"(?:(?:https|ssh)://)?(?:[^@/]+@)?github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?"
)


def github_address(url):
    """'https://github.com/owner/name' for a remote on GitHub, '' for any other.

    >>> github_address("git@github.com:owner/name.git")
    'https://github.com/owner/name'
    >>> github_address("https://token@github.com/owner/name/")
    'https://github.com/owner/name'
    >>> github_address("/srv/git/name.git")
    ''
    """
    found = GITHUB.fullmatch(url.strip())
    return f"https://github.com/{found[1]}/{found[2]}" if found else ""


def origin(source):
    """URL of the git remote `origin` of the folder, '' when there is none (or no git)."""
    command = ["git", "-C", str(source), "remote", "get-url", "origin"]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""


def repository_address(source):
    """Address that the pages link to: BOOK_REPOSITORY if set (empty: none), else the remote's."""
    given = os.environ.get("BOOK_REPOSITORY")
    if given is None:
        return github_address(origin(source))
    if given and not github_address(given):
        sys.exit(f"BOOK_REPOSITORY is not an address on github.com: {given!r}")
    return github_address(given)


def site_address(repository):
    """Full address of the site: BOOK_ADDRESS if set (empty: none), else GitHub Pages'.

    >>> site_address("https://github.com/Owner/name")
    'https://owner.github.io/name/'
    >>> site_address("https://github.com/owner/owner.github.io")
    'https://owner.github.io/'
    """
    given = os.environ.get("BOOK_ADDRESS")
    if given:
        if not re.fullmatch(r"https?://[^\s?#]+", given):
            sys.exit(f"BOOK_ADDRESS is not the address of a site: {given!r}")
        return given.rstrip("/") + "/"
    if given == "" or not repository:
        return ""
    owner, name = repository.split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def files(source, names):
    """Yield the files at and below *names* in the folder *source*, always in the same order."""
    for name in names:
        path = source / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
                yield file


def fingerprint(source, names, *addresses):
    """Digest of these files and of what else a page depends on."""
    digest = hashlib.sha256()
    for file in files(source, names):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(source)} {len(content)}\n".encode() + content)
    packages = sorted(f"{p.name} {p.version}" for p in importlib.metadata.distributions())
    digest.update("\n".join([*addresses, sys.version, *packages]).encode())
    return digest.hexdigest()


def recorded(path):
    """Text of a small file, '' if it is not there."""
    return path.read_text("utf-8") if path.exists() else ""


def readable(messages, source):
    """Sphinx's messages without colour codes, with paths from the root and lines within a cell.

    >>> readable("/book/chapters/x.ipynb:160004: WARNING: no such page", Path("/book"))
    'chapters/x.ipynb, cell 16, line 4: WARNING: no such page'
    """
    plain = re.sub(r"\x1b\[[\d;]*m", "", messages).replace(f"{source}{os.sep}", "")
    # myst-nb counts the lines of a notebook as 10000 * cell + line.
    return re.sub(
        r"(\.ipynb):(\d+)(\d{4}):", lambda m: f"{m[1]}, cell {m[2]}, line {int(m[3])}:", plain
    )


def run_jupyter_book(source, work, repository, address):
    """Build the pages into work/_build/html; print what is wrong, return whether nothing is."""
    # jupyter-book has no `python -m` form, and its command may not be on the PATH.
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    options = ["--path-output", str(work), "-W", "--keep-going", "-q"]
    environment = {**os.environ, "BOOK_REPOSITORY": repository, "BOOK_ADDRESS": address}
    done = subprocess.run(
        [*command, str(source), *options], env=environment, capture_output=True, text=True
    )
    print(readable(done.stderr, source), end="", file=sys.stderr)
    return done.returncode == 0


def publish(pages, output):
    """Put the finished pages in the place of the old ones, in one step."""
    new, old = output.with_name(output.name + ".new"), output.with_name(output.name + ".old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(pages, new, ignore=shutil.ignore_patterns(*UNPUBLISHED))
    shutil.copy(new / "intro.html", new / "index.html")
    (new / ".nojekyll").touch()  # else GitHub Pages leaves out folders that begin with _
    if output.exists():
        output.rename(old)
    new.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def build(source, output):
    """Bring *output* up to date with *source*; return whether that worked."""
    work = output.with_name(output.name + ".work")
    work.mkdir(parents=True, exist_ok=True)
    repository = repository_address(source)
    address = site_address(repository)
    built_from, built_with = work / "inputs.sha256", work / "apparatus.sha256"
    with FileLock(work.with_name(work.name + ".lock")):
        inputs = fingerprint(source, INPUTS, repository, address)
        apparatus = fingerprint(source, APPARATUS, repository, address)
        if recorded(built_from) == inputs and output.exists():
            print("Nothing has changed since the last build.")
            return True
        if recorded(built_with) != apparatus:
            shutil.rmtree(work / "_build", ignore_errors=True)
        # Gone until this build has ended well: a page kept from one that failed, or was
        # interrupted, would not repeat its warning, and pass the next time.
        built_from.unlink(missing_ok=True)
        built_with.unlink(missing_ok=True)
        if not run_jupyter_book(source, work, repository, address):
            kept = f" {output} is still the last good one." if output.exists() else ""
            print(f"The site was not built: see the messages above.{kept}", file=sys.stderr)
            return False
        publish(work / "_build" / "html", output)
        built_with.write_text(apparatus, "utf-8")
        built_from.write_text(inputs, "utf-8")
        return True


def main():
    """Read the options, build, and say where to look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, default=ROOT)
    parser.add_argument("--output", type=Path, help="default: _build/html in the source folder")
    arguments = parser.parse_args()
    source = arguments.source.resolve()
    output = (arguments.output or source / "_build" / "html").resolve()
    if not build(source, output):
        return 1
    print(f"Open {output / 'index.html'} in a browser, or serve it with: make serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
