"""The pictures of all pages, tried on one of them."""

import subprocess
import sys
from pathlib import Path

from matplotlib.image import imread

ROOT = Path(__file__).resolve().parents[1]


def test_the_pictures_of_a_page(browser, site, tmp_path):
    """Each is as wide as its window, the dark ones are dark, and index.html shows them all."""
    command = [sys.executable, "-m", "tools.screenshots", "appendix/notation", "--output", tmp_path]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Open {tmp_path / 'index.html'} in a browser: 4 pictures\n"
    for window, width in (("wide", 1280), ("phone", 390)):
        for theme, dark in (("light", False), ("dark", True)):
            file = tmp_path / f"notation-{window}-{theme}.png"
            picture = imread(file)
            assert picture.shape[1] == width and picture.shape[0] > 900
            assert bool(picture[-1, -1, :3].mean() < 0.5) is dark
            assert f'<img src="{file.name}"' in (tmp_path / "index.html").read_text("utf-8")
    assert len(list(tmp_path.iterdir())) == 5
