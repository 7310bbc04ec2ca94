"""The stored pictures of the landing page are what `lib` draws today."""

import dataclasses

import pytest

from tools import landing_picture


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
