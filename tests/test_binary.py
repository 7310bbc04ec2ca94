"""The binary losses against PyTorch over all options together, 50 digits, and on bad input."""

import mpmath
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    sigmoid,
    sigmoid_focal_loss,
    sigmoid_focal_loss_grad,
)

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)
INF, NAN = np.inf, np.nan
GRADIENT = {
    binary_cross_entropy: binary_cross_entropy_grad,
    binary_cross_entropy_with_logits: binary_cross_entropy_with_logits_grad,
    sigmoid_focal_loss: sigmoid_focal_loss_grad,
}
LOSSES = pytest.mark.parametrize("loss", GRADIENT)
EVERY_FUNCTION = pytest.mark.parametrize("function", [*GRADIENT, *GRADIENT.values()])
EVERY_GRADIENT = pytest.mark.parametrize("gradient", GRADIENT.values())
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# --- against PyTorch, all options together ------------------------------------------------------


@st.composite
def problems(draw):
    """Draw scores, targets, weights and the rest: every combination that PyTorch accepts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(st.sampled_from([(), (0,), (1,), (4,), (3, 2), (2, 0), (2, 2, 3)]))
    logits = rng.normal(0, draw(st.sampled_from([0.5, 3])), shape).astype(dtype)
    if draw(st.booleans()):
        target = rng.integers(0, 2, shape).astype(dtype)
    else:
        target = rng.random(shape).astype(dtype)
    reduction = draw(st.sampled_from(["none", "mean", "sum"]))

    def weights():
        keep = draw(st.integers(0, len(shape)))  # PyTorch lets the missing axes broadcast
        kept = [draw(st.sampled_from([n, 1])) for n in shape[keep:]]
        weight = rng.uniform(0.2, 3, kept).astype(dtype)
        return draw(st.sampled_from([None, weight]))

    upstream = np.asarray(rng.normal(size=shape if reduction == "none" else ()), dtype)
    return logits, target, reduction, weights(), weights(), upstream


def as_tensor(array):
    return None if array is None else torch.tensor(array)


def agree(loss, theirs, scores, target, reduction, upstream, **options):
    """Assert that the loss and its gradient are what PyTorch and its autograd return."""
    tensor = torch.tensor(scores, requires_grad=True)
    expected = theirs(tensor)
    expected.backward(torch.tensor(upstream))
    ours = loss(scores, target, reduction=reduction, **options)
    grad = GRADIENT[loss](scores, target, reduction=reduction, upstream=upstream, **options)
    assert ours.dtype == grad.dtype == scores.dtype
    assert np.shape(ours) == tuple(expected.shape)
    assert np.shape(grad) == scores.shape
    eps = np.finfo(scores.dtype).eps
    np.testing.assert_allclose(ours, expected.detach(), rtol=100 * eps, atol=20 * eps)
    np.testing.assert_allclose(grad, tensor.grad, rtol=100 * eps, atol=20 * eps)


@PROPERTY
@given(problems())
def test_with_logits_agrees_with_torch(problem):
    logits, target, reduction, weight, pos_weight, upstream = problem

    def theirs(scores):
        return F.binary_cross_entropy_with_logits(
            scores,
            torch.tensor(target),
            weight=as_tensor(weight),
            pos_weight=as_tensor(pos_weight),
            reduction=reduction,
        )

    options = {"weight": weight, "pos_weight": pos_weight}
    agree(binary_cross_entropy_with_logits, theirs, logits, target, reduction, upstream, **options)


@PROPERTY
@given(problems())
def test_of_probabilities_agrees_with_torch(problem):
    logits, target, reduction, weight, _, upstream = problem
    probs = np.asarray(sigmoid(np.clip(logits, -4, 4)))

    def theirs(scores):
        targets = torch.tensor(target)
        return F.binary_cross_entropy(scores, targets, as_tensor(weight), reduction=reduction)

    agree(binary_cross_entropy, theirs, probs, target, reduction, upstream, weight=weight)


@PROPERTY
@given(
    problems(), st.sampled_from([None, 0.0, 0.25, 0.9, 1.0]), st.sampled_from([0, 0.5, 1, 2, 3.5])
)
def test_focal_loss_agrees_with_the_published_formula(problem, alpha, gamma):
    """torchvision's formula, which no package here holds; its gradient by autograd."""
    logits, target, reduction, _, _, upstream = problem

    def theirs(scores):
        y, p = torch.tensor(target), torch.sigmoid(scores)
        costs = F.binary_cross_entropy_with_logits(scores, y, reduction="none")
        p_t = p * y + (1 - p) * (1 - y)
        costs = costs * (1 - p_t) ** gamma
        if alpha is not None:
            costs = (alpha * y + (1 - alpha) * (1 - y)) * costs
        return {"none": lambda c: c, "mean": torch.mean, "sum": torch.sum}[reduction](costs)

    options = {"alpha": alpha, "gamma": gamma}
    agree(sigmoid_focal_loss, theirs, logits, target, reduction, upstream, **options)


@LOSSES
def test_of_sigmoid_it_is_the_same_loss(loss):
    """Three roads to one number: by probability, by score, and focal without focus."""
    x, y = np.array([-3.0, 0.5, 2.0]), np.array([0.0, 0.25, 1.0])
    scores = sigmoid(x) if loss is binary_cross_entropy else x
    options = {"alpha": None, "gamma": 0} if loss is sigmoid_focal_loss else {}
    by_hand = -np.mean(y * np.log(sigmoid(x)) + (1 - y) * np.log(sigmoid(-x)))
    assert loss(scores, y, **options) == pytest.approx(by_hand, rel=1e-14)


# --- against 50 digits --------------------------------------------------------------------------


def exactly(value):
    return mpmath.mpf(float(value))


def softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def exact_bce(p, y):
    return -(y * mpmath.log(p) if y else 0) - ((1 - y) * mpmath.log1p(-p) if y < 1 else 0)


def exact_with_logits(x, y, pos_weight=1):
    return pos_weight * y * softplus(-x) + (1 - y) * softplus(x)


def exact_focal(x, y, alpha, gamma):
    p = 1 / (1 + mpmath.exp(-x))
    wrong = y / (1 + mpmath.exp(x)) + (1 - y) * p
    balance = alpha * y + (1 - alpha) * (1 - y)
    return balance * wrong**gamma * exact_with_logits(x, y)


def slope(function, x, step):
    """Return a central difference: the road that knows no formula.

    It subtracts costs of up to 745 to find slopes down to 1e-323: its callers work in 400 digits.
    """
    return (function(x + step) - function(x - step)) / (2 * step)


def ulps(got, exact):
    """Return the distance in units of the last place that the dtype has at the exact value."""
    spacing = np.spacing(np.abs(got.dtype.type(float(exact))))
    return float(abs(exactly(got) - exact) / exactly(spacing))


def rows(dtype, hard_only):
    """Return scores and targets: plain ones, sure ones, sure and wrong ones, and the limits."""
    rng = np.random.default_rng(0)
    hard = [0.0, 1e-30, 15, 16.7, 20, 30, 37, 81, 100, 283, 700, 745]
    scores = np.array([*hard, *np.negative(hard), *rng.normal(0, 5, 30)]).astype(dtype)
    answers = [0, 1] if hard_only else [0, 1, 0.3, 0.5, 1e-10, 1 - 1e-7]
    x, y = np.meshgrid(scores, np.array(answers, dtype))
    return x.ravel(), y.ravel()


@DTYPES
@pytest.mark.parametrize("pos_weight", [1.0, 0.1, 3.7])
def test_with_logits_and_its_gradient_are_right_to_4_ulp(dtype, pos_weight):
    x, y = rows(dtype, hard_only=False)
    options = {"pos_weight": pos_weight, "reduction": "none"}
    loss = binary_cross_entropy_with_logits(x, y, **options)
    grad = binary_cross_entropy_with_logits_grad(x, y, **options)
    with mpmath.workdps(400):
        for place in range(x.size):
            score, target, weight = map(exactly, (x[place], y[place], pos_weight))
            assert ulps(loss[place], exact_with_logits(score, target, weight)) <= 4
            exact = slope(
                lambda t, target=target, weight=weight: exact_with_logits(t, target, weight),
                score,
                mpmath.mpf("1e-30"),
            )
            if target in (0, 1):
                assert ulps(grad[place], exact) <= 4
            else:  # two terms of opposite sign: the digits of the larger one
                yes = weight * target * float(sigmoid(-x[place]))
                no = (1 - target) * float(sigmoid(x[place]))
                assert abs(exactly(grad[place]) - exact) <= 4 * np.finfo(dtype).eps * max(yes, no)


@DTYPES
def test_of_probabilities_and_its_gradient_are_right_to_4_ulp(dtype):
    tiny = [1e-300, 1e-38, 1e-30, 1e-12, 1e-7, 0.1, 0.3, 0.5, 0.7, 0.999, 1 - 1e-7]
    p, y = np.meshgrid(np.array(tiny).astype(dtype), np.array([0, 1, 0.3, 1e-10, 1 - 1e-7], dtype))
    p, y = p[p > 0], y[p > 0]
    loss = binary_cross_entropy(p, y, reduction="none")
    grad = binary_cross_entropy_grad(p, y, reduction="none")
    with mpmath.workdps(400):
        for place in range(p.size):
            prob, target = exactly(p[place]), exactly(y[place])
            assert ulps(loss[place], exact_bce(prob, target)) <= 4
            step = prob * (1 - prob) * mpmath.mpf("1e-30")
            exact = slope(lambda t, target=target: exact_bce(t, target), prob, step)
            if abs(exact) > 1e-40:  # not p = y, where the slope is 0 and the difference is not
                assert ulps(grad[place], exact) <= 4


@DTYPES
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_focal_loss_and_its_gradient_are_right_to_a_few_eps(dtype, gamma):
    """A power of gamma multiplies the error of what it raises; float32 is computed in float64."""
    x, y = rows(dtype, hard_only=True)
    options = {"gamma": gamma, "reduction": "none"}
    loss = sigmoid_focal_loss(x, y, **options)
    grad = sigmoid_focal_loss_grad(x, y, **options)
    floor = float(np.finfo(dtype).smallest_subnormal)
    law = np.finfo(dtype).eps * (1.0 if dtype == np.float32 else 4 + 2 * gamma)
    with mpmath.workdps(400):
        for place in range(x.size):
            score, target = exactly(x[place]), exactly(y[place])

            def function(t, target=target):
                return exact_focal(t, target, mpmath.mpf("0.25"), mpmath.mpf(gamma))

            exact = function(score)
            assert abs(exactly(loss[place]) - exact) <= law * exact + floor
            exact = slope(function, score, mpmath.mpf("1e-30"))
            # In the last subnormal numbers the probability itself has one or two digits.
            assert abs(exactly(grad[place]) - exact) <= law * abs(exact) + 2 * floor


def test_where_torch_loses_every_digit():
    """x = -15, y = 0 and x = 15, y = 1 cost the same; torch gives 0 for one of them."""
    for x, y in [(-15.0, 0.0), (15.0, 1.0)]:
        loss = binary_cross_entropy_with_logits(np.float32(x), np.float32(y))
        assert f"{loss:.6e}" == f"{np.log1p(np.exp(-15)):.6e}" == "3.059023e-07"
    theirs = F.binary_cross_entropy_with_logits(torch.tensor(-15.0), torch.tensor(0.0))
    assert theirs.item() == 0

    x = torch.tensor(81.0, dtype=torch.float64, requires_grad=True)
    F.binary_cross_entropy_with_logits(x, torch.ones_like(x)).backward()
    assert x.grad.item() == 0
    assert f"{binary_cross_entropy_with_logits_grad(81.0, 1):.4e}" == "-6.6397e-36"


def test_where_torch_has_the_wrong_sign():
    """A yes with a sure score must be pushed up, however little."""
    x = torch.tensor(30.0, requires_grad=True)
    weight = torch.tensor(0.1)
    F.binary_cross_entropy_with_logits(x, torch.tensor(1.0), pos_weight=weight).backward()
    assert x.grad.item() > 0
    ours = binary_cross_entropy_with_logits_grad(np.float32(30), 1, pos_weight=0.1)
    assert ours == pytest.approx(-0.1 * np.exp(-30), rel=1e-6)


def test_where_torch_clamps():
    p, y = torch.tensor([0.0, 1e-30, 1.0]), torch.tensor([1.0, 1.0, 0.0])
    assert F.binary_cross_entropy(p, y, reduction="none").tolist()[::2] == [100, 100]
    ours = binary_cross_entropy(p.numpy(), y.numpy(), reduction="none")
    np.testing.assert_allclose(ours, [INF, 30 * np.log(10), INF], rtol=1e-6)
    assert binary_cross_entropy(1e-300, 1) == pytest.approx(300 * np.log(10))
    grad = binary_cross_entropy_grad([1e-20, 1e-300], [1, 1], reduction="sum")
    np.testing.assert_allclose(grad, [-1e20, -1e300], rtol=1e-15)


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [binary_cross_entropy_with_logits, sigmoid_focal_loss])
def test_infinite_scores_cost_nothing_if_right_and_everything_if_wrong(loss):
    x, y = [-INF, INF, -INF, INF, -INF, INF], [0, 1, 1, 0, 0.5, 0.5]
    np.testing.assert_array_equal(
        loss(x, y, reduction="none"), np.array([0, 0, INF, INF, INF, INF])
    )
    factor = np.array([0.75, 0.25, 0.25, 0.75]) if loss is sigmoid_focal_loss else 1
    grad = GRADIENT[loss](x, y, reduction="sum")
    np.testing.assert_array_equal(grad[:4], factor * np.array([0, 0, -1, 1]))


def test_a_nan_score_costs_nan():
    for loss, gradient in list(GRADIENT.items())[1:]:
        for y in (0, 0.5, 1):
            assert np.isnan(loss(NAN, y))
            assert np.isnan(gradient(NAN, y))


def test_sure_probabilities_cost_nothing_if_right_and_everything_if_wrong():
    p, y = [0, 1, 0, 1, 0, 1], [0, 1, 1, 0, 0.5, 0.5]
    costs = binary_cross_entropy(p, y, reduction="none")
    np.testing.assert_array_equal(costs, [0, 0, INF, INF, INF, INF])
    assert not np.signbit(costs).any()
    np.testing.assert_array_equal(
        binary_cross_entropy_grad(p, y, reduction="sum"), [1, -1, -INF, INF, -INF, INF]
    )


def test_a_weight_of_zero_takes_an_infinite_cost_away():
    for loss in (binary_cross_entropy, binary_cross_entropy_with_logits):
        scores = [0.0, 0.5] if loss is binary_cross_entropy else [-INF, 0.0]
        assert loss(scores, [1, 1], weight=[0, 1], reduction="sum") == pytest.approx(np.log(2))
        assert GRADIENT[loss](scores, [1, 1], weight=[0, 1], reduction="sum")[0] == 0
    assert binary_cross_entropy_with_logits([-INF], [1], pos_weight=[0]) == 0
    assert sigmoid_focal_loss([-INF], [1], alpha=0) == 0


@LOSSES
def test_a_mean_over_nothing_is_nan_and_moves_nothing(loss):
    empty = np.zeros((3, 0), np.float32)
    assert np.isnan(loss(empty, empty))
    assert loss(empty, empty, reduction="sum") == 0
    assert loss(empty, empty, reduction="none").shape == (3, 0)
    assert GRADIENT[loss](empty, empty).shape == (3, 0)


def test_a_cost_beyond_the_dtype_is_inf():
    huge = np.float32([3e38, 3e38])
    assert binary_cross_entropy_with_logits(huge, [0, 0], reduction="sum") == INF
    assert binary_cross_entropy_with_logits(huge, [0, 0], reduction="none")[0] == huge[0]
    assert binary_cross_entropy_with_logits([1e308], [0], weight=1e10) == INF
    assert binary_cross_entropy_with_logits([-1e308], [1], pos_weight=1e10) == INF
    assert binary_cross_entropy_grad([5e-324], [1]) == -INF
    assert sigmoid_focal_loss_grad([-1.0], [0], gamma=1e308) == 0
    mixed = [-INF, -INF]
    assert np.isnan(binary_cross_entropy_with_logits(mixed, [1, 1], weight=[1.0, -1.0]))


@EVERY_GRADIENT
def test_an_upstream_gradient_beyond_all_bounds(gradient):
    scores = np.array([0.25, 0.5])
    assert (gradient(scores, [0, 0], upstream=INF) == INF).all()
    assert np.isnan(gradient(scores, [0, 0], upstream=NAN)).all()
    if gradient is not sigmoid_focal_loss_grad:
        pushed = gradient(scores, [0, 0], upstream=INF, weight=[0.0, 1.0])
        assert np.isnan(pushed[0])
        assert pushed[1] == INF


def test_the_mean_divides_by_the_number_of_entries_whatever_the_weights():
    x, y, weight = [1.0, -2.0], [1, 1], [0.5, 3.0]
    for name in ("weight", "pos_weight"):
        costs = binary_cross_entropy_with_logits(x, y, reduction="none", **{name: weight})
        mean = binary_cross_entropy_with_logits(x, y, **{name: weight})
        assert mean == pytest.approx(costs.sum() / 2)


# --- shapes and types of what comes and goes ----------------------------------------------------


@EVERY_FUNCTION
def test_lists_give_what_arrays_give(function):
    rows, answers = [[0, 1], [1, 0]], [[0, 1], [1, 1]]
    if function in (binary_cross_entropy, binary_cross_entropy_grad):
        answers = [[0, 1], [1, 0]]
    of_arrays = function(np.array(rows, float), np.array(answers))
    np.testing.assert_array_equal(function(rows, answers), of_arrays)


@LOSSES
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_one_entry_costs_one_number(loss, reduction):
    assert isinstance(loss(0.3, 1, reduction=reduction), np.floating)
    assert loss(0.3, 1, reduction=reduction) == loss([0.3], [1])
    assert isinstance(GRADIENT[loss](0.3, 1, reduction=reduction), np.floating)


@EVERY_FUNCTION
def test_the_dtype_of_the_scores_is_kept(function):
    scores, target = np.array([0.25, 0.5]), np.array([1.0, 0.3])
    assert function(scores, np.float32(target)).dtype == np.float64
    float32 = function(np.float32(scores), target)
    assert float32.dtype == np.float32
    np.testing.assert_array_equal(function(np.float16(scores), target), float32)
    assert function(np.float16(scores), target).dtype == np.float32


@EVERY_FUNCTION
def test_nothing_is_modified(function):
    scores, target = np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 0.0])
    options = {"reduction": "none"}
    if "focal" not in function.__name__:
        options["weight"] = np.array([0.0, 1.0, 2.0])
    if "with_logits" in function.__name__:
        options["pos_weight"] = np.array([0.0, 1.0, 2.0])
    if "grad" in function.__name__:
        options["upstream"] = np.ones(3)
    for array in (scores, target, *options.values()):
        if array is not options["reduction"]:
            array.setflags(write=False)
    function(scores, target, **options)


# --- bad input ----------------------------------------------------------------------------------

GOOD, YES = np.full((2, 3), 0.5), np.ones((2, 3))
BAD = {
    "column of targets": (
        (GOOD[:, 0], [[0], [1]]), {}, ValueError,
        r"target: expected the shape of (logits|probs), \(2,\), got \(2, 1\)",
    ),
    "one target for all": ((GOOD, 1), {}, ValueError, r"target: .*, \(2, 3\), got \(\)"),
    "a row of targets": ((GOOD, [1, 0, 1]), {}, ValueError, r"target: .*, got \(3,\)"),
    "target 2": (
        ([0.5], [2]), {}, ValueError, "target: probabilities must lie between 0 and 1, got 2",
    ),
    "target negative": (([0.5], [-0.1]), {}, ValueError, "target: .* 0 and 1, got -0.1"),
    "target nan": (([0.5], [NAN]), {}, ValueError, "target: .* 0 and 1, got nan"),
    "scores in words": ((["a"], [1]), {}, TypeError, "(logits|probs): expected real numbers"),
    "target in words": (([0.5], ["b"]), {}, TypeError, "target: expected real numbers"),
    "target missing": (([0.5], None), {}, TypeError, "target: .* got .* dtype object"),
    "target boolean": (([0.5], [True]), {}, TypeError, "target: .* got .* dtype bool"),
    "scores ragged": (([[1.0], [1.0, 0.5]], [0, 0]), {}, ValueError, "(logits|probs): .* length"),
    "reduction unknown": (
        (GOOD, YES), {"reduction": "average"}, ValueError,
        "reduction: expected 'none', 'mean' or 'sum', got 'average'",
    ),
}  # fmt: skip


@EVERY_FUNCTION
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_name_what_came_and_what_was_expected(function, case):
    arguments, options, error, message = BAD[case]
    with pytest.raises(error, match=message) as caught:
        function(*arguments, **options)
    assert caught.type is error


@pytest.mark.parametrize("p", [-0.1, 1.1, NAN, 3.0])
@pytest.mark.parametrize("function", [binary_cross_entropy, binary_cross_entropy_grad])
def test_scores_given_for_probabilities_are_refused(function, p):
    with pytest.raises(ValueError, match=f"^probs: probabilities must lie .*, got {p}"):
        function([p], [1])


@EVERY_FUNCTION
@pytest.mark.parametrize("name", ["weight", "pos_weight"])
def test_weights_that_do_not_broadcast_to_the_input_are_refused(function, name):
    takes_it = "focal" not in function.__name__ and (
        name == "weight" or "with_logits" in function.__name__
    )
    if not takes_it:
        return
    for weight in ([1.0, 2.0], np.ones((1, 2, 3)), np.ones((3, 2))):
        message = rf"^{name}: .* broadcasts to \(2, 3\), got \("
        with pytest.raises(ValueError, match=message):
            function(GOOD, YES, **{name: weight})
    with pytest.raises(TypeError, match=f"^{name}: expected real numbers"):
        function(GOOD, YES, **{name: ["a", "b", "c"]})
    for bad in (NAN, INF, -INF):
        with pytest.raises(ValueError, match=f"^{name}: expected finite numbers, got {bad}"):
            function(GOOD, YES, **{name: [1.0, bad, 1.0]})


@pytest.mark.parametrize("function", [sigmoid_focal_loss, sigmoid_focal_loss_grad])
@pytest.mark.parametrize(
    "options, message",
    [
        ({"alpha": 1.5}, "^alpha: expected a number between 0 and 1, got 1.5"),
        ({"alpha": -1}, "^alpha: .*, got -1"),
        ({"alpha": NAN}, "^alpha: .*, got nan"),
        ({"gamma": -0.5}, "^gamma: expected a finite number, 0 or more, got -0.5"),
        ({"gamma": NAN}, "^gamma: .*, got nan"),
        ({"gamma": INF}, "^gamma: .*, got inf"),
    ],
)
def test_the_options_of_the_focal_loss_are_checked(function, options, message):
    with pytest.raises(ValueError, match=message):
        function(GOOD, YES, **options)


@EVERY_GRADIENT
@pytest.mark.parametrize(
    "upstream, reduction, message",
    [
        (np.ones(2), "mean", r"^upstream: expected a number, got shape \(2,\)"),
        (np.ones(3), "none", r"^upstream: expected a number or shape \(2,\), got shape \(3,\)"),
        (np.ones((2, 1)), "none", r"^upstream: .*, got shape \(2, 1\)"),
    ],
)
def test_an_upstream_gradient_in_another_shape_is_refused(gradient, upstream, reduction, message):
    with pytest.raises(ValueError, match=message):
        gradient([0.5, 0.5], [0, 1], reduction=reduction, upstream=upstream)
