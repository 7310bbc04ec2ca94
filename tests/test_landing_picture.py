"""The stored pictures of the landing page are what `lib` draws today."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from tools import landing_picture


def test_the_preview_shows_what_lib_draws(tmp_path):
    """Pixel by pixel, but for a trace: letters are smoothed a little otherwise elsewhere."""
    landing_picture.draw(tmp_path)
    drawn, stored = (
        np.asarray(Image.open(folder / landing_picture.PREVIEW).convert("L"), dtype=float)
        for folder in (tmp_path, landing_picture.STORED)
    )
    assert stored.shape == landing_picture.PREVIEW_SIZE[::-1]
    assert (abs(drawn - stored) > 32).mean() < 1e-4


@pytest.mark.parametrize("name", landing_picture.LAYOUTS)
def test_stored_picture_is_what_lib_draws(name, tmp_path):
    landing_picture.draw(tmp_path)
    drawn = (tmp_path / name).read_bytes()
    assert drawn == (landing_picture.STORED / name).read_bytes()


def test_a_changed_score_changes_the_picture(tmp_path, monkeypatch):
    scores = landing_picture.HORSE.logits.copy()
    scores[0] += 0.001
    changed = dataclasses.replace(landing_picture.HORSE, logits=scores)
    monkeypatch.setattr(landing_picture, "HORSE", changed)
    landing_picture.draw(tmp_path)
    drawn = (tmp_path / "horse_wide.svg").read_bytes()
    assert drawn != (landing_picture.STORED / "horse_wide.svg").read_bytes()
