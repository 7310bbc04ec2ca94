"""License, citation, changes and the guide for contributors agree with the rest of the book."""

import re
import tomllib

import pytest
import yaml

from tools.notebooks import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
RECIPES = re.findall(r"^## (.*)\n+((?:(?!## ).*\n)+)", GUIDE, re.M)


def citation():
    """The entries of CITATION.cff."""
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def test_the_guide_says_how_to_add_what_in_under_ten_lines():
    assert [title for title, _ in RECIPES] == ["A number", "A figure", "An exercise", "A chapter"]
    for _, text in RECIPES:
        assert 0 < len(text.strip().splitlines()) < 10


def named_files(text):
    """Paths that a text names as code, less those that stand for others."""
    names = re.findall(r"`([\w./-]+(?:\.(?:md|py|toml|ipynb|cff|yml)|/))`", text)
    return {name for name in names if "its_name" not in name}


def test_what_the_guide_names_is_there():
    assert {"tests/excepted_numbers.toml", "lib/graders.py", "_toc.yml"} <= named_files(GUIDE)
    assert sorted(name for name in named_files(GUIDE) if not (ROOT / name).exists()) == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.M))
    assert set(re.findall(r"`make (\w+)`", GUIDE)) <= targets
    modules = re.findall(r"python -m ([\w.]+)", GUIDE)
    assert modules and all((ROOT / f"{m.replace('.', '/')}.py").exists() for m in modules)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("text", "Creative Commons Attribution 4.0 International (CC BY 4.0)"),
        ("text", "https://creativecommons.org/licenses/by/4.0/"),
        ("code", "MIT License"),
        ("code", "Permission is hereby granted, free of charge"),
        ("code", 'THE SOFTWARE IS PROVIDED "AS IS"'),
    ],
)
def test_the_license_says_which_is_which(part, words):
    license_of = (ROOT / "LICENSE").read_text("utf-8").partition("THE CODE is")
    assert words in license_of[0 if part == "text" else 2]


def test_every_folder_of_the_book_has_a_license():
    """A folder that is neither text nor code would have none."""
    text = (ROOT / "LICENSE").read_text("utf-8")
    tracked = {"chapters", "appendix", "lib", "tests", "tools", "benchmarks"}
    tracked |= {path.name for path in ROOT.glob("_[est]*") if path.is_dir()}
    assert sorted(name for name in tracked if f"{name}/" not in text) == []


def test_the_citation_is_complete():
    """What the format 1.2.0 requires, and the book's own title."""
    entries = citation()
    assert {"cff-version", "message", "title", "authors"} <= set(entries)
    assert entries["cff-version"] == "1.2.0"
    title = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["title"]
    assert entries["title"] == title
    assert entries["authors"] == [{"name": f"The authors of {title}"}]
    assert entries["license"] == ["CC-BY-4.0", "MIT"]


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    latest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)[1]
    assert project["version"] == latest == citation()["version"]
