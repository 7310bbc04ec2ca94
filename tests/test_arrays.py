"""lib.arrays: block by block is the same as all at once, and what has no share costs nothing."""

import numpy as np
import pytest

import lib
from lib import arrays
from lib.arrays import in_blocks, times

RNG = np.random.default_rng(0)
SCORES = RNG.normal(0, 3, (7, 5))
UPSTREAM = RNG.normal(0, 1, SCORES.shape)
LABELS = np.array([0, 4, 2, -100, 1, 1, 3])
PROBS = lib.softmax(SCORES[:, ::-1])
YES_OR_NO = (UPSTREAM > 0).astype(float)
SMOOTHED = {"label_smoothing": 0.1, "weight": np.arange(1.0, 6.0)}

IN_BLOCKS = [
    lambda: lib.softmax(SCORES),
    lambda: lib.log_softmax(SCORES, axis=0),
    lambda: lib.logsumexp(SCORES),
    lambda: lib.sigmoid(SCORES),
    lambda: lib.log_sigmoid(SCORES),
    lambda: lib.softplus(SCORES),
    lambda: lib.softmax_vjp(SCORES, UPSTREAM),
    lambda: lib.softmax_vjp(SCORES, UPSTREAM, axis=0),
    lambda: lib.log_softmax_vjp(SCORES, UPSTREAM),
    lambda: lib.softmax_cross_entropy(SCORES, LABELS, reduction="none"),
    lambda: lib.softmax_cross_entropy(SCORES, PROBS, reduction="none"),
    lambda: lib.softmax_cross_entropy(SCORES, LABELS, reduction="none", **SMOOTHED),
    lambda: lib.softmax_cross_entropy_grad(SCORES, LABELS),
    lambda: lib.softmax_cross_entropy_grad(SCORES, PROBS),
    lambda: lib.softmax_cross_entropy_grad(SCORES, LABELS, **SMOOTHED),
    lambda: lib.softmax_cross_entropy_grad(SCORES.T[None], PROBS.T[None]),
    lambda: lib.kl_div_loss(np.log(PROBS), PROBS[:, ::-1], reduction="none"),
    lambda: lib.kl_div_loss_grad(np.log(PROBS), np.log(PROBS), log_target=True),
    lambda: lib.binary_cross_entropy(PROBS, YES_OR_NO, reduction="none"),
    lambda: lib.binary_cross_entropy_grad(PROBS, YES_OR_NO),
    lambda: lib.binary_cross_entropy_with_logits(SCORES, YES_OR_NO, reduction="none"),
    lambda: lib.binary_cross_entropy_with_logits_grad(
        SCORES, YES_OR_NO, pos_weight=[1, 2, 3, 4, 5]
    ),
]


@pytest.mark.parametrize("block", [1, 5, 9, 10, 34, 35])
@pytest.mark.parametrize("call", IN_BLOCKS)
def test_block_by_block_is_the_same_as_all_at_once(call, block, monkeypatch):
    at_once = call()
    monkeypatch.setattr(arrays, "BLOCK", block)
    np.testing.assert_array_equal(call(), at_once)


@pytest.mark.parametrize("call", IN_BLOCKS)
def test_these_functions_do_go_in_blocks(call, monkeypatch):
    """Else the test above would compare a thing with itself."""
    at_once, seen = call(), []
    monkeypatch.setattr(arrays, "BLOCK", 5)
    monkeypatch.setattr(np, "empty", _remember(seen, np.empty))
    call()
    assert at_once.size in [np.prod(shape) for shape in seen]


def _remember(seen, function):
    def remembering(shape, *rest):
        seen.append(shape)
        return function(shape, *rest)

    return remembering


def test_a_result_may_have_another_shape_than_its_rows(monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 6)
    rows = np.arange(12.0).reshape(4, 3)
    assert in_blocks(lambda block: block.sum(axis=-1), rows).tolist() == [3, 12, 21, 30]


@pytest.mark.parametrize("rows", [np.float64(3), np.zeros((0, 3)), np.zeros((3, 0))])
def test_a_number_and_an_empty_array_are_one_block(rows):
    np.testing.assert_array_equal(in_blocks(np.negative, rows), -rows)


def test_no_share_costs_nothing_and_nan_stays():
    share = np.array([0, 0, 0, 1, 0.5])
    cost = np.array([np.inf, np.nan, 2, np.inf, np.nan])
    np.testing.assert_array_equal(times(share, cost), [0, 0, 0, np.inf, np.nan])


def test_one_share_for_all():
    np.testing.assert_array_equal(times(0.0, np.array([np.inf, 1])), [0, 0])
    assert times(np.array([]), np.array([])).size == 0
