"""The losses against PyTorch over all options together, against 50 digits, and on bad input."""

import math

import mpmath
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import (
    log_softmax,
    nll_loss,
    nll_loss_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

PROPERTY = settings(max_examples=300, deadline=None, derandomize=True)
INF, NAN = np.inf, np.nan
OF_LOG_PROBS = [nll_loss, nll_loss_grad]
LOSSES = pytest.mark.parametrize(
    "function", [softmax_cross_entropy, softmax_cross_entropy_grad, *OF_LOG_PROBS]
)


# --- against PyTorch, all options together ------------------------------------------------------


@st.composite
def problems(draw, kinds=("index", "probability")):
    """Draw scores, a target and options: every combination that PyTorch accepts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    num_classes = draw(st.integers(1, 5))
    batch = draw(st.sampled_from([(), (0,), (1,), (4,), (3, 2), (2, 0), (2, 2, 3)]))
    shape = (*batch[:1], num_classes, *batch[1:])
    logits = rng.normal(0, draw(st.sampled_from([0.5, 5])), shape).astype(dtype)
    options = {
        "weight": rng.uniform(0.2, 3, num_classes).astype(dtype) if draw(st.booleans()) else None,
        "reduction": draw(st.sampled_from(["none", "mean", "sum"])),
    }
    if draw(st.sampled_from(kinds)) == "index":
        options["ignore_index"] = draw(st.sampled_from([-100, -1, 0, num_classes - 1]))
        target = rng.integers(0, num_classes, batch)
        ignored = rng.random(batch) < draw(st.sampled_from([0, 0.3, 1]))
        target = np.where(ignored, options["ignore_index"], target)
    else:
        target = rng.dirichlet(np.ones(num_classes), batch).astype(dtype)
        target = np.moveaxis(target, -1, min(1, logits.ndim - 1))
    if options["reduction"] == "none":
        upstream = rng.normal(size=batch).astype(dtype)
    else:
        upstream = np.asarray(rng.normal(), dtype)
    return logits, target, options, upstream


def as_torch(options):
    """Return the options with the weights as a tensor."""
    weight = options["weight"]
    return options | {"weight": None if weight is None else torch.from_numpy(weight)}


def tolerance(dtype):
    eps = np.finfo(dtype).eps
    return {"rtol": 100 * eps, "atol": 20 * eps}


@PROPERTY
@given(problems(), st.sampled_from([0.0, 0.1, 0.75, 1.0]))
def test_cross_entropy_and_its_gradient_agree_with_torch(problem, smoothing):
    logits, target, options, upstream = problem
    options["label_smoothing"] = smoothing
    scores = torch.tensor(logits, requires_grad=True)
    theirs = F.cross_entropy(scores, torch.tensor(target), **as_torch(options))
    theirs.backward(torch.tensor(upstream))

    ours = softmax_cross_entropy(logits, target, **options)
    grad = softmax_cross_entropy_grad(logits, target, upstream=upstream, **options)
    assert ours.dtype == grad.dtype == logits.dtype
    np.testing.assert_allclose(ours, theirs.detach(), **tolerance(logits.dtype))
    np.testing.assert_allclose(grad, scores.grad, **tolerance(logits.dtype))


@PROPERTY
@given(problems(kinds=("index",)))
def test_nll_loss_and_its_gradient_agree_with_torch(problem):
    logits, target, options, upstream = problem
    log_probs = log_softmax(logits, axis=min(1, logits.ndim - 1))
    theirs_of = torch.tensor(np.ascontiguousarray(log_probs), requires_grad=True)  # torch insists
    theirs = F.nll_loss(theirs_of, torch.tensor(target), **as_torch(options))
    theirs.backward(torch.tensor(upstream))

    ours = nll_loss(log_probs, target, **options)
    grad = nll_loss_grad(log_probs, target, upstream=upstream, **options)
    assert ours.dtype == grad.dtype == logits.dtype
    np.testing.assert_allclose(ours, theirs.detach(), **tolerance(logits.dtype))
    np.testing.assert_allclose(grad, theirs_of.grad, **tolerance(logits.dtype))


@PROPERTY
@given(problems())
def test_the_gradient_of_an_example_sums_to_zero(problem):
    """Every example's entries add up to 0: probability is moved, not made."""
    logits, target, options, upstream = problem
    grad = softmax_cross_entropy_grad(logits, target, upstream=upstream, **options)
    sums = grad.sum(axis=min(1, logits.ndim - 1))
    np.testing.assert_allclose(sums, 0, atol=30 * np.finfo(logits.dtype).eps)


@pytest.mark.parametrize("labels", [np.uint8, np.int16, np.int32, np.uint64])
def test_labels_of_every_integer_type(labels):
    logits, target = [[1.0, 2.0, 0.5], [0.0, 1.0, 2.0]], [2, 0]
    expected = softmax_cross_entropy(logits, target)
    assert softmax_cross_entropy(logits, np.array(target, labels)) == expected


def test_more_classes_than_the_label_type_can_count():
    logits = np.random.default_rng(0).normal(size=(2, 300))
    labels = np.array([7, 255], np.uint8)
    expected = softmax_cross_entropy(logits, labels.astype(int), ignore_index=255)
    assert softmax_cross_entropy(logits, labels, ignore_index=255) == expected


# --- against 50 digits --------------------------------------------------------------------------

HARD = {
    "plain": [1.0, 2.0, 0.5],
    "tie": [1.5, 1.5],
    "gap 40": [0.0, 40.0],
    "gap 80": [0.25, 80.5, -3.0],
    "gap 700": [0.0, 700.0, 699.0],
    "offset 1e4": [10001.0, 10002.0, 10000.5],
    "far apart": [1000.0, 0.0, -1000.0],
    "one class": [3.7],
    "a hundred": list(np.random.default_rng(0).normal(0, 5, 100)),
}


def law(z, i):
    """Return (4 + gap/2) eps; gap: distance of z_i to the maximum, of the maximum to the next."""
    others = np.delete(z.astype(float), i)
    gap = max(z.max() - float(z[i]), 0) or (z[i] - others.max() if others.size else 0)
    return float((4 + gap / 2) * np.finfo(z.dtype).eps)


@pytest.mark.parametrize("row", HARD.values(), ids=HARD.keys())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loss_and_gradient_obey_the_error_law(row, dtype):
    z = np.array(row, dtype)
    with mpmath.workdps(50):
        e = [mpmath.exp(mpmath.mpf(float(entry))) for entry in z]
        total = mpmath.fsum(e)
        for y in range(min(len(z), 5)):
            others = mpmath.fsum(e[:y] + e[y + 1 :])
            wrong = others / total  # 1 - p_y without the subtraction
            loss = mpmath.log1p(others / e[y])
            grad = [-wrong if i == y else e[i] / total for i in range(len(z))]

            got = softmax_cross_entropy(z, y)
            floor = 2 * float(np.finfo(dtype).smallest_subnormal)
            assert abs(float(got) - loss) <= law(z, y) * loss + floor
            for i, entry in enumerate(softmax_cross_entropy_grad(z, y)):
                assert abs(float(entry) - grad[i]) <= law(z, i) * abs(grad[i]) + floor


NOTHING = mpmath.mpf("1e-45")  # what 80 digits make of a cost or slope of 0


def exactly(values):
    return [mpmath.mpf(float(value)) for value in np.ravel(values)]


def exact_share(y, weight, ignore_index, e):
    """Return weight_c q_c for one example's label or probabilities, and its weight in the mean."""
    soft = np.ndim(y) > 0
    if not soft and y == ignore_index:
        return [mpmath.mpf(0) for _ in weight], mpmath.mpf(0)
    q = exactly(y if soft else np.eye(len(weight))[y])
    e = mpmath.mpf(e)
    share = [w * ((1 - e) * q_c + e / len(q)) for w, q_c in zip(weight, q, strict=True)]
    return share, mpmath.mpf(1) if soft else weight[y]


def exact_loss(z, share):
    log_total = mpmath.log(mpmath.fsum(map(mpmath.exp, z)))
    return mpmath.fsum(s * (log_total - score) for s, score in zip(share, z, strict=True))


def exact_slope(z, share, place):
    """Return the derivative of `exact_loss` by one score: a central difference."""
    step = mpmath.mpf("1e-25")
    up = [score + step * (c == place) for c, score in enumerate(z)]
    down = [score - step * (c == place) for c, score in enumerate(z)]
    return (exact_loss(up, share) - exact_loss(down, share)) / (2 * step)


@settings(PROPERTY, max_examples=150)  # 80 digits take their time
@given(problems(), st.sampled_from([0.0, 0.3, 1.0]))
def test_with_every_option_the_loss_is_exact_and_the_gradient_its_slope(problem, smoothing):
    """Within the law of the size of their terms, which may cancel in the gradient."""
    logits, target, options, upstream = problem
    options["label_smoothing"] = smoothing
    axis = min(1, logits.ndim - 1)
    num_classes = logits.shape[axis]

    def rows_of(array):
        return np.moveaxis(array, axis, -1).reshape(-1, num_classes)

    rows, truth = rows_of(logits), rows_of(target) if target.dtype.kind == "f" else target.ravel()
    losses = softmax_cross_entropy(logits, target, **options | {"reduction": "none"})
    grads = rows_of(softmax_cross_entropy_grad(logits, target, upstream=upstream, **options))
    with mpmath.workdps(80):
        weight = exactly(np.ones(num_classes) if options["weight"] is None else options["weight"])
        ignore_index = options.get("ignore_index", -100)
        truth = [exact_share(y, weight, ignore_index, smoothing) for y in truth]
        divisor = mpmath.fsum(w for _, w in truth) if options["reduction"] == "mean" else 1
        scales = exactly(np.broadcast_to(upstream, len(rows)) if upstream.ndim == 0 else upstream)
        total = mpmath.mpf(0)
        for z, (share, _), scale, loss, grad in zip(
            map(exactly, rows), truth, scales, np.ravel(losses), grads, strict=True
        ):
            law = float((8 + (max(z) - min(z)) / 2) * np.finfo(logits.dtype).eps)
            true = exact_loss(z, share)
            total += true
            assert abs(float(loss) - true) <= law * true + NOTHING
            scale = scale / divisor if divisor else 0
            for c, entry in enumerate(grad):
                p = mpmath.exp(z[c] - max(z))  # at least its probability
                size = abs(scale) * (p * mpmath.fsum(share) + share[c])
                error = abs(float(entry) - scale * exact_slope(z, share, c))
                assert error <= law * size + NOTHING
        if options["reduction"] != "none" and divisor:
            reduced = float(softmax_cross_entropy(logits, target, **options))
            law = 60 * float(np.finfo(logits.dtype).eps)
            assert abs(reduced - total / divisor) <= law * reduced + NOTHING


@PROPERTY
@given(problems(kinds=("index",)))
def test_the_gradient_of_nll_loss_is_its_slope(problem):
    """The loss is a straight line in every log-probability: any step shows its slope."""
    logits, target, options, upstream = problem
    log_probs = log_softmax(logits.astype(float), axis=min(1, logits.ndim - 1))
    grad = nll_loss_grad(log_probs, target, upstream=upstream, **options)
    for place in np.ndindex(log_probs.shape):
        nudged = log_probs.copy()
        nudged[place] -= 1
        rise = nll_loss(log_probs, target, **options) - nll_loss(nudged, target, **options)
        slope = np.nan_to_num(np.sum(upstream * rise))  # a mean over nothing is nan, its slope 0
        np.testing.assert_allclose(grad[place], slope, rtol=1e-12, atol=1e-12)


def test_the_published_examples_to_their_last_digit():
    assert f"{softmax_cross_entropy([1.0, 2.0, 0.5], 1):.10f}" == "0.4643687841"
    assert f"{softmax_cross_entropy([0.0, 40.0], 1):.2g}" == "4.2e-18"
    assert softmax_cross_entropy([1000.0, 0.0, 0.0], 1) == 1000
    assert softmax_cross_entropy(np.float32([30, 0, 0]), 0) > 0  # torch: exactly 0


def test_the_gradient_of_a_sure_answer_does_not_vanish():
    """torch gives [4.2e-18, 0.0] for scores [0, 40] and class 1, which does not sum to 0."""
    wrong, true = softmax_cross_entropy_grad([0.0, 40.0], 1)
    assert wrong == pytest.approx(math.exp(-40), rel=1e-14)
    assert true == pytest.approx(-math.exp(-40), rel=1e-14)


@pytest.mark.parametrize("shape", [(40, 5), (4, 5, 2, 5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_loss_is_bit_for_bit_the_log_softmax_that_is_looked_up(shape, dtype):
    """The loss never makes the log-probabilities of the other classes; no bit may differ."""
    rng = np.random.default_rng(0)
    logits = rng.choice([0.5, -3, 700, 1e4, -INF, INF, NAN], shape, p=[0.3] * 3 + [0.025] * 4)
    logits = logits.astype(dtype)
    target = rng.integers(0, 5, (shape[0], *shape[2:]))
    expected = nll_loss(log_softmax(logits, axis=1), target, reduction="none")
    loss = softmax_cross_entropy(logits, target, reduction="none")
    np.testing.assert_array_equal(loss, expected)
    assert np.isnan(expected).any()

    grad = softmax_cross_entropy_grad(logits, target, reduction="sum")
    no_softmax = np.isnan(log_softmax(logits, axis=1)).all(axis=1, keepdims=True)
    np.testing.assert_array_equal(np.isnan(grad), np.broadcast_to(no_softmax, grad.shape))


# --- what counts, and what does not -------------------------------------------------------------


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_an_ignored_row_costs_nothing_whatever_its_scores(bad, smoothing, reduction):
    logits = np.array([[1.0, 2.0, 0.5], [bad, bad, 0.0], [bad, bad, bad]])
    options = {"label_smoothing": smoothing, "reduction": reduction}
    target = np.array([1, -100, -100])
    loss = softmax_cross_entropy(logits, target, **options)
    alone = softmax_cross_entropy(logits[:1], target[:1], **options)
    np.testing.assert_array_equal(loss, np.append(alone, [0, 0]) if reduction == "none" else alone)

    grad = softmax_cross_entropy_grad(logits, target, **options)
    np.testing.assert_array_equal(grad[:1], softmax_cross_entropy_grad(logits[:1], [1], **options))
    np.testing.assert_array_equal(grad[1:], 0)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_nll_loss_ignores_rows_whatever_their_entries(reduction):
    log_probs = np.array([[-0.5, -1.5], [-INF, 0.0], [NAN, NAN]])
    loss = nll_loss(log_probs, np.array([0, -100, -100]), reduction=reduction)
    np.testing.assert_array_equal(loss, [0.5, 0, 0] if reduction == "none" else 0.5)
    grad = nll_loss_grad(log_probs, np.array([0, -100, -100]), reduction=reduction)
    np.testing.assert_array_equal(grad, [[-1, 0], [0, 0], [0, 0]])


def test_behind_log_softmax_the_gradient_of_nll_loss_is_that_of_cross_entropy():
    """The chain rule in two steps: dL/dz = g - p sum(g), with g the gradient by log p."""
    logits, target = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, 2.0]]), [1, 0]
    log_probs, options = log_softmax(logits), {"weight": [0.5, 1.0, 2.0], "upstream": 3.0}
    g = nll_loss_grad(log_probs, target, **options)
    by_the_chain = g - np.exp(log_probs) * g.sum(axis=1, keepdims=True)
    direct = softmax_cross_entropy_grad(logits, target, **options)
    np.testing.assert_allclose(by_the_chain, direct, rtol=1e-14)


@pytest.mark.parametrize("logits", [[0.0, -INF, 0.0], [[0.0, -INF, 0.0]]])
def test_a_soft_target_of_zero_on_a_masked_class_costs_nothing(logits):
    target = np.broadcast_to([0.5, 0.0, 0.5], np.shape(logits))
    assert softmax_cross_entropy(logits, target) == pytest.approx(math.log(2))
    grad = softmax_cross_entropy_grad(logits, target)
    np.testing.assert_allclose(np.ravel(grad), 0, atol=1e-16)


def test_the_true_class_masked_costs_infinity():
    assert softmax_cross_entropy([0.0, -INF], 1) == INF
    np.testing.assert_array_equal(softmax_cross_entropy_grad([0.0, -INF], 1), [1, -1])
    assert softmax_cross_entropy([0.0, -INF], [0.5, 0.5]) == INF


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_class_of_weight_zero_costs_nothing_even_when_it_is_masked(smoothing):
    logits, options = [[0.0, -INF], [1.0, 0.0]], {"label_smoothing": smoothing, "weight": [2, 0]}
    assert softmax_cross_entropy(logits, [1, 0], reduction="none", **options)[0] == 0
    assert np.isfinite(softmax_cross_entropy(logits, [1, 0], **options))
    assert np.isfinite(softmax_cross_entropy_grad(logits, [1, 0], **options)).all()
    assert nll_loss([[0.0, -INF]], [1], weight=[1.0, 0.0], reduction="sum") == 0
    assert not nll_loss_grad([[0.0, -INF]], [1], weight=[1.0, 0.0]).any()


@pytest.mark.parametrize(
    "logits, target, weight",
    [
        (np.zeros((2, 3)), np.array([-100, -100]), None),
        (np.zeros((0, 3)), np.zeros(0, int), None),
        (np.zeros((0, 3)), [], None),
        (np.zeros((2, 3)), np.array([1, 1]), [1.0, 0.0, 1.0]),
        (np.zeros(3), -100, None),
    ],
    ids=["all ignored", "empty", "empty list", "weights 0", "one example, ignored"],
)
def test_a_mean_over_nothing_is_nan_and_moves_nothing(logits, target, weight):
    for loss in (softmax_cross_entropy, nll_loss):
        assert np.isnan(loss(logits, target, weight=weight))
        assert loss(logits, target, weight=weight, reduction="sum") == 0
        unreduced = loss(logits, target, weight=weight, reduction="none")
        assert np.shape(unreduced) == np.shape(target)
        assert not np.any(unreduced)
    for gradient in (softmax_cross_entropy_grad, nll_loss_grad):
        grad = gradient(logits, target, weight=weight)
        assert grad.shape == logits.shape
        assert not grad.any()


def test_smoothing_does_not_make_something_of_a_mean_over_nothing():
    options = {"weight": [1.0, 0.0], "label_smoothing": 0.1}
    assert np.isnan(softmax_cross_entropy([[1.0, 2.0]], [1], **options))
    assert not softmax_cross_entropy_grad([[1.0, 2.0]], [1], **options).any()
    float32 = softmax_cross_entropy(np.float32([[1, 2]]), [1], **options)
    assert float32.dtype == np.float32


@pytest.mark.parametrize("weight", [[1.0, -1.0], [2.0, -1.0]])
@pytest.mark.parametrize("target", [[0, 1], [[0.5, 0.5], [0.25, 0.75]]])
@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_weights_that_cancel_are_not_nothing(target, weight, smoothing):
    logits, options = [[1.0, 2.0], [3.0, 5.0]], {"label_smoothing": smoothing}
    scores = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    truth = torch.tensor(np.array(target))
    tensor = torch.tensor(weight, dtype=torch.float64)
    theirs = F.cross_entropy(scores, truth, weight=tensor, **options)
    theirs.backward()
    ours = softmax_cross_entropy(logits, target, weight=weight, **options)
    grad = softmax_cross_entropy_grad(logits, target, weight=weight, **options)
    np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-14)
    if np.isfinite(ours):
        np.testing.assert_allclose(grad, scores.grad, rtol=1e-13, atol=1e-15)
    else:
        assert not np.isfinite(grad).any()


@pytest.mark.parametrize("upstream", [NAN, INF])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_whatever_comes_from_above_an_ignored_row_does_not_move(upstream, smoothing):
    logits, labels, options = [[0.0, 1.0], [1.0, 2.0]], [0, -100], {"reduction": "none"}
    grad = softmax_cross_entropy_grad(
        logits, labels, upstream=[1.0, upstream], label_smoothing=smoothing, **options
    )
    assert np.isfinite(grad[0]).all()
    assert (grad[1] == 0).all()
    grad = nll_loss_grad(log_softmax(logits), labels, upstream=[1.0, upstream], **options)
    assert grad.tolist() == [[-1, 0], [0, 0]]
    grad = softmax_cross_entropy_grad(logits, [-100, -100], upstream=upstream)
    assert (grad == 0).all()


def test_scores_further_apart_than_the_dtype_reaches():
    assert softmax_cross_entropy([1.7e308, -1.7e308], 1) == INF
    assert softmax_cross_entropy([1.7e308, -1.7e308], 0) == 0
    assert softmax_cross_entropy(np.float32([[3e38, 0], [3e38, 0]]), [1, 1]) == INF


def test_the_mean_of_probability_targets_counts_examples_not_weights():
    """One-hot rows and class indices differ under weights, as in PyTorch."""
    logits, weight = [[1.0, 2.0, 0.5], [0.0, 1.0, 2.0]], [0.5, 1.0, 2.0]
    losses = softmax_cross_entropy(logits, [1, 2], weight=weight, reduction="none")
    by_index = softmax_cross_entropy(logits, [1, 2], weight=weight)
    by_row = softmax_cross_entropy(logits, np.eye(3)[[1, 2]], weight=weight)
    assert by_index == pytest.approx(losses.sum() / (1.0 + 2.0))
    assert by_row == pytest.approx(losses.sum() / 2)


def test_smoothing_spreads_over_all_classes_the_true_one_included():
    logits = np.array([1.0, 2.0, 0.5])
    smoothed = 0.9 * np.eye(3)[1] + 0.1 / 3
    expected = softmax_cross_entropy(logits, smoothed)
    assert softmax_cross_entropy(logits, 1, label_smoothing=0.1) == pytest.approx(expected)


# --- shapes and types of what comes and goes ----------------------------------------------------


@LOSSES
def test_lists_give_what_arrays_give(function):
    rows, labels = [[-1, -2, -3], [-3, -2, -1]], [0, 1]
    of_arrays = function(np.array(rows, float), np.array(labels), weight=np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(function(rows, labels, weight=[1, 2, 3]), of_arrays)


@pytest.mark.parametrize("function", [softmax_cross_entropy, nll_loss])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_one_example_costs_one_number(function, reduction):
    loss = function([-1.0, -2.0, -0.5], 2, reduction=reduction)
    assert isinstance(loss, np.floating)
    assert loss == function([[-1.0, -2.0, -0.5]], [2])


def test_float16_is_computed_and_returned_in_float32():
    z = np.array([1.0, 2.0, 0.5], np.float16)
    assert softmax_cross_entropy(z, 1) == softmax_cross_entropy(z.astype(np.float32), 1)
    assert softmax_cross_entropy(z, 1).dtype == np.float32
    assert softmax_cross_entropy_grad(z, 1).dtype == np.float32


@pytest.mark.parametrize("target", [[0, 1], [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]]])
@pytest.mark.parametrize("smoothing", [0.0, np.float64(0.1)])
def test_options_and_targets_in_float64_leave_float32_as_it_is(target, smoothing):
    z, options = np.zeros((2, 3), np.float32), {"weight": [0.1, 0.2, 0.3]}
    options["label_smoothing"] = smoothing
    assert softmax_cross_entropy(z, target, **options).dtype == np.float32
    assert softmax_cross_entropy_grad(z, target, upstream=2.0, **options).dtype == np.float32
    for function in OF_LOG_PROBS:
        assert function(z, [0, 1], weight=[0.1, 0.2, 0.3]).dtype == np.float32
    assert nll_loss_grad(z, [0, 1], upstream=2.0).dtype == np.float32


def test_nothing_is_modified():
    logits = np.array([[1.0, 2.0, 0.5], [NAN, 0.0, 0.0]])
    target, weight, upstream = np.array([1, -100]), np.array([1.0, 2.0, 3.0]), np.ones(2)
    soft = np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    for array in (logits, target, weight, upstream, soft):
        array.setflags(write=False)
    for labels in (target, soft):
        for smoothing in (0.0, 0.1):
            options = {"weight": weight, "label_smoothing": smoothing, "reduction": "none"}
            softmax_cross_entropy(logits, labels, **options)
            softmax_cross_entropy_grad(logits, labels, upstream=upstream, **options)
    nll_loss(logits, target, weight=weight)
    nll_loss_grad(logits, target, weight=weight, reduction="none", upstream=upstream)


# --- bad input ----------------------------------------------------------------------------------

GOOD = np.zeros((2, 3))
IMAGES = np.zeros((2, 3, 4, 4))
BAD_FOR_EVERY_LOSS = {
    "float labels": ((GOOD, [0.0, 1.0]), {}, TypeError, "target: .* integers, got dtype float64"),
    "bool labels": ((GOOD, [True, False]), {}, TypeError, "target: .* integers, got dtype bool"),
    "words as labels": ((GOOD, ["a", "b"]), {}, TypeError, "target: .* integers, got dtype <U1"),
    "no labels": ((GOOD, None), {}, TypeError, "target: .* integers, got dtype object"),
    "column of labels": (
        (GOOD, [[0], [1]]), {}, ValueError,
        r"target: expected shape \(2,\) for \w+ of shape \(2, 3\), got \(2, 1\)",
    ),
    "too many labels": (
        (GOOD, [0, 1, 2]), {}, ValueError, r"target: expected shape \(2,\) .* got \(3,\)",
    ),
    "one label for two rows": (
        (GOOD, 0), {}, ValueError, r"target: expected shape \(2,\) .* got \(\)",
    ),
    "labels without the pixels": (
        (IMAGES, [0, 1]), {}, ValueError, r"target: expected shape \(2, 4, 4\) .* got \(2,\)",
    ),
    "a list of one label for one example": (
        (GOOD[0], [0]), {}, ValueError, r"target: expected shape \(\) .* \(3,\), got \(1,\)",
    ),
    "integer one-hot rows": (
        (GOOD, np.eye(3, dtype=int)[:2]), {}, TypeError,
        r"target: integers in the shape of the \w+; pass class indices of shape \(2,\)",
    ),
    "label too large": (
        (GOOD, [0, 3]), {}, IndexError, r"target: label 3 at position \(1,\) is outside 0\.\.2",
    ),
    "label negative": (
        (GOOD, [-1, 0]), {}, IndexError, r"target: label -1 at position \(0,\) is outside 0\.\.2",
    ),
    "label of one example": (
        (GOOD[0], 5), {}, IndexError, r"target: label 5 .*is outside 0\.\.2",
    ),
    "label deep inside": (
        (np.zeros((1, 2, 2)), [[0, 7]]), {}, IndexError, r"label 7 at position \(0, 1\)",
    ),
    "weights too short": (
        (GOOD, [0, 1]), {"weight": [1.0, 2.0]}, ValueError,
        r"weight: expected one number per class, shape \(3,\), got \(2,\)",
    ),
    "weight one number": (
        (GOOD, [0, 1]), {"weight": 2.0}, ValueError, r"weight: .* shape \(3,\), got \(\)",
    ),
    "weights in words": (
        (GOOD, [0, 1]), {"weight": ["a", "b", "c"]}, TypeError, "weight: expected real numbers",
    ),
    "reduction unknown": (
        (GOOD, [0, 1]), {"reduction": "average"}, ValueError,
        "reduction: expected 'none', 'mean' or 'sum', got 'average'",
    ),
    "reduction unset": (
        (GOOD, [0, 1]), {"reduction": None}, ValueError, "reduction: .* or 'sum', got None",
    ),
    "scores in words": (
        (["a", "b"], 0), {}, TypeError, "(logits|log_probs): expected real numbers, got .* <U1",
    ),
    "scores ragged": (
        ([[1.0], [1.0, 2.0]], [0, 0]), {}, ValueError, "(logits|log_probs): .* one length",
    ),
}  # fmt: skip
BAD_FOR_CROSS_ENTROPY = {
    "probabilities in another shape": (
        (GOOD, np.ones((2, 4)) / 4), {}, ValueError,
        r"target: .* shape of the logits, \(2, 3\), got \(2, 4\)",
    ),
    "float column": (
        (GOOD, [[0.0], [1.0]]), {}, ValueError, r"target: .* \(2, 3\), got \(2, 1\)",
    ),
    "probability negative": (
        (GOOD[0], [-0.1, 0.6, 0.5]), {}, ValueError,
        "target: probabilities must lie between 0 and 1, got -0.1",
    ),
    "probability above 1": (
        (GOOD[0], [0.0, 1.5, 0.0]), {}, ValueError, "target: .* between 0 and 1, got .*1.5",
    ),
    "probability nan": (
        (GOOD[0], [0.0, NAN, 0.0]), {}, ValueError, "target: .* between 0 and 1, got .*nan",
    ),
    "smoothing negative": (
        (GOOD, [0, 1]), {"label_smoothing": -0.1}, ValueError,
        "label_smoothing: expected a number between 0 and 1, got -0.1",
    ),
    "smoothing above 1": (
        (GOOD, [0, 1]), {"label_smoothing": 1.1}, ValueError, "label_smoothing: .* got 1.1",
    ),
    "smoothing nan": (
        (GOOD, [0, 1]), {"label_smoothing": NAN}, ValueError, "label_smoothing: .* got nan",
    ),
    "ignore_index with probabilities": (
        (GOOD, GOOD), {"ignore_index": 0}, ValueError, "ignore_index: .* probability targets",
    ),
}  # fmt: skip
BAD = BAD_FOR_EVERY_LOSS | BAD_FOR_CROSS_ENTROPY


@LOSSES
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_name_what_came_and_what_was_expected(function, case):
    arguments, options, error, message = BAD[case]
    if function in OF_LOG_PROBS and case in BAD_FOR_CROSS_ENTROPY:
        return  # it knows neither probabilities nor smoothing
    with pytest.raises(error, match=message) as caught:
        function(*arguments, **options)
    assert caught.type is error


@LOSSES
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(
    "scores, message",
    [
        (1.0, r"expected shape \(C,\), \(N, C\) or \(N, C, d1, ...\), got a number"),
        (np.zeros(0), r"expected at least one class, got shape \(0,\)"),
        (np.zeros((2, 0)), r"expected at least one class, got shape \(2, 0\)"),
    ],
)
def test_scores_without_classes_are_refused_under_their_own_name(
    function, scores, message, smoothing
):
    name = "log_probs" if function in OF_LOG_PROBS else "logits"
    options = {} if function in OF_LOG_PROBS else {"label_smoothing": smoothing}
    with pytest.raises(ValueError, match=f"^{name}: {message}"):
        function(scores, np.zeros(np.shape(scores)[:1], int), **options)


@pytest.mark.parametrize(
    "upstream, reduction, message",
    [
        (np.ones(2), "mean", r"^upstream: expected a number, got shape \(2,\)"),
        (np.ones(3), "none", r"^upstream: expected a number or shape \(2,\), got shape \(3,\)"),
        (np.ones((2, 1)), "none", r"^upstream: .*, got shape \(2, 1\)"),
    ],
)
@pytest.mark.parametrize("gradient", [softmax_cross_entropy_grad, nll_loss_grad])
def test_an_upstream_gradient_in_another_shape_is_refused(gradient, upstream, reduction, message):
    with pytest.raises(ValueError, match=message):
        gradient(GOOD, [0, 1], reduction=reduction, upstream=upstream)
