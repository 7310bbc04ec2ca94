"""Messages of other packages that chapter 10 quotes without running them: they say them still."""

import os

import nbformat
import numpy as np
import pytest
from sklearn.metrics import log_loss

from tools.notebooks import ROOT

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

SCORES = np.array([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4]])
SAID = [
    (
        "Arguments `target` and `output` must have the same shape.",
        lambda: keras.losses.categorical_crossentropy(np.array([1, 2]), SCORES),
    ),
    (
        "must have the same shape up until the last dimension",
        lambda: keras.losses.sparse_categorical_crossentropy(np.eye(3)[[1, 2]], SCORES),
    ),
    (
        "y_true contains only one label (1). Please provide the list of all expected class labels "
        "explicitly through the labels argument.",
        lambda: log_loss([1], [[0.1, 0.7, 0.2]]),
    ),
    (
        "y_true and y_prob contain different number of classes: 3 vs 2.",
        lambda: log_loss([0, 1, 2], [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]),
    ),
]


@pytest.mark.parametrize(("message", "call"), SAID)
def test_a_quoted_message_is_what_the_package_says(message, call):
    page = nbformat.read(ROOT / "chapters" / "10_when_the_loss_looks_wrong.ipynb", as_version=4)
    assert any(message in cell.source for cell in page.cells)
    with pytest.raises(ValueError) as error:
        call()
    assert message in " ".join(str(error.value).split())
