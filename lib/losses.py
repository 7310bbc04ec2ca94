"""Cross-entropy of scores and targets, with PyTorch's conventions and every digit kept.

Two ways to name the truth, as in PyTorch: a class index per example (integers), or a probability
per class (floats in the shape of the logits). The classes lie along axis 1, or along axis 0 where
`logits` is a single example of shape (C,).
"""

import numpy as np

from .arguments import (
    any_array,
    class_indices,
    classes_last,
    finite_weights,
    float_array,
    fraction,
    integer,
    integer_array,
    one_of,
    probabilities,
    upstream_array,
)
from .arrays import in_blocks, times
from .softmax import _from_maximum, _odds, _probs_and_rest, log_softmax


def nll_loss(log_probs, target, *, weight=None, ignore_index=-100, reduction="mean"):
    r"""Look up the log-probability of each true class and negate it.

    Formula: loss_n = -weight[y_n] log p[n, y_n]; "mean" divides by the sum of those weights.
    Shapes:  `log_probs` (C,), (N, C) or (N, C, d1, ..., dK); `target` without the C; `weight` (C,).
    Units:   nats. The dtype of `log_probs` is kept.
    Limits:  `ignore_index` costs 0 and leaves the mean, and so does a class of weight 0, even at
             log p = -inf; a mean over nothing is nan.
    Errors:  TypeError for labels or an `ignore_index` that are not integers, IndexError for a
             label outside 0..C-1, ValueError for shapes that do not fit, weights that are not
             finite, or an unknown `reduction`.
    Chapter: 5 Softmax cross-entropy. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> print(f"{nll_loss(np.log([0.25, 0.75]), 1):.4f}")  # -log 0.75
    0.2877
    """
    log_probs = _scores("log_probs", log_probs)
    labels, counted = _labels("log_probs", log_probs, target, ignore_index)
    weight = _class_weights(weight, log_probs)
    axis = _class_axis(log_probs)
    log_p = np.take_along_axis(log_probs, np.expand_dims(labels, axis), axis).squeeze(axis)
    return _reduce(*_weighted(log_p, labels, counted, weight), reduction)


def nll_loss_grad(
    log_probs, target, *, weight=None, ignore_index=-100, reduction="mean", upstream=1.0
):
    r"""Return the derivative of `nll_loss` by the log-probabilities: only the true class counts.

    Formula: dL/dlog p_c = -upstream * weight_y for c = y, else 0; "mean" divides by the sum of the
             true classes' weights.
    Shapes:  as `nll_loss`; `upstream` is a number, or has the shape of the unreduced loss when
             `reduction` is "none". The result has the shape of `log_probs`.
    Units:   nats per nat. The dtype of `log_probs` is kept.
    Limits:  a mean over nothing has gradient 0.
    Errors:  as `nll_loss`; ValueError if `upstream` has another shape.
    Chapter: 6 The gradient. Source: Good (1952), J. R. Stat. Soc. B 14.

    >>> nll_loss_grad(np.log([[0.25, 0.75], [0.5, 0.5]]), [1, 0])
    array([[ 0. , -0.5],
           [-0.5,  0. ]])
    """
    log_probs = _scores("log_probs", log_probs)
    labels, counted = _labels("log_probs", log_probs, target, ignore_index)
    weight = np.where(counted, _class_weights(weight, log_probs)[labels], 0)
    scale = _upstream_per_example(upstream, weight, reduction, log_probs.dtype)
    axis = _class_axis(log_probs)
    grad = np.zeros_like(log_probs)
    np.put_along_axis(
        grad, np.expand_dims(labels, axis), np.expand_dims(0 - times(weight, scale), axis), axis
    )
    return grad


def softmax_cross_entropy(
    logits, target, *, weight=None, ignore_index=-100, label_smoothing=0.0, reduction="mean"
):
    r"""Return what the true classes cost: log-softmax, look up, negate.

    Formula: loss = -log p_y = -z_y + log sum_j exp(z_j), with p = softmax(z). For a target
             distribution q: -sum_c weight_c q_c log p_c. Smoothing replaces q by (1 - e) q + e/C.
    Shapes:  `logits` (C,), (N, C) or (N, C, d1, ..., dK); `target` without the C (class indices)
             or in the shape of `logits` (probabilities); `weight` (C,).
    Units:   nats. float32 and float64 are kept.
    Limits:  "mean" divides by the sum of the true classes' weights for indices, by the number of
             examples for probabilities; `ignore_index` costs 0 and leaves the mean, whatever its
             scores; a weight or probability of 0 costs 0 at a score of -inf too; a mean over
             nothing is nan.
    Errors:  TypeError for labels that are neither integers nor probabilities, IndexError for a
             label outside 0..C-1, ValueError for shapes that do not fit, probabilities or
             smoothing outside [0, 1], weights that are not finite, or an unknown `reduction`.
    Chapter: 5 Softmax cross-entropy. Source: Good (1952), J. R. Stat. Soc. B 14; Bridle (1990).

    >>> print(f"{softmax_cross_entropy([1.0, 2.0, 0.5], 1):.10f}")
    0.4643687841
    """
    logits = _scores("logits", logits)
    weight = _class_weights(weight, logits)
    rows, restore = classes_last(logits, _class_axis(logits), "logits")
    if _is_lookup(target, label_smoothing):
        labels, counted = _labels("logits", logits, target, ignore_index)
        log_p = restore(in_blocks(_log_p_of, rows, labels.ravel()))
        return _reduce(*_weighted(log_p, labels, counted, weight), reduction)
    shares_of = _shares_of(weight, label_smoothing)
    q, counted, in_mean = _truth(logits, target, weight, ignore_index)

    def losses_of(rows, q, counted):
        return 0 - times(shares_of(q, counted), log_softmax(rows)).sum(axis=-1)

    losses = restore(in_blocks(losses_of, rows, q, counted))
    return _reduce(losses, in_mean, reduction)


def softmax_cross_entropy_grad(
    logits,
    target,
    *,
    weight=None,
    ignore_index=-100,
    label_smoothing=0.0,
    reduction="mean",
    upstream=1.0,
):
    r"""Return the derivative of `softmax_cross_entropy` by the logits: predicted minus true.

    Formula: dL/dz = upstream * (p - y) for one example; "mean" divides by what the mean divides by.
             With shares s_c = weight_c q_c of the target: p_c sum(s) - s_c. At the true class
             1 - p is the sum of the other probabilities, with its digits when p is close to 1.
    Shapes:  as `softmax_cross_entropy`; `upstream` is a number, or has the shape of the
             unreduced loss when `reduction` is "none". The result has the shape of `logits`.
    Units:   nats per unit of score. float32 and float64 are kept.
    Limits:  a mean over nothing has gradient 0.
    Errors:  as `softmax_cross_entropy`; ValueError if `upstream` has another shape.
    Chapter: 6 The gradient. Source: Bridle (1990).

    >>> softmax_cross_entropy_grad([1.0, 2.0, 0.5], 1).round(4)
    array([ 0.2312, -0.3715,  0.1402])
    """
    logits = _scores("logits", logits)
    weight = _class_weights(weight, logits)
    rows, restore = classes_last(logits, _class_axis(logits), "logits")
    if _is_lookup(target, label_smoothing):
        labels, counted = _labels("logits", logits, target, ignore_index)
        in_mean = np.where(counted, weight[labels], 0)
        scale = times(in_mean, _upstream_per_example(upstream, in_mean, reduction, logits.dtype))
        return restore(in_blocks(_predicted_minus_true, rows, labels.ravel(), scale.ravel()))
    shares_of = _shares_of(weight, label_smoothing)
    q, counted, in_mean = _truth(logits, target, weight, ignore_index)
    scale = _upstream_per_example(upstream, in_mean, reduction, logits.dtype).ravel()

    def grad_of(rows, q, counted, scale):
        return _predicted_minus_shares(rows, shares_of(q, counted), scale)

    return restore(in_blocks(grad_of, rows, q, counted, scale))


def _scores(name, value):
    """Return `value` as an array with at least one class along its class axis."""
    scores = float_array(name, value)
    if scores.ndim == 0:
        raise ValueError(f"{name}: expected shape (C,), (N, C) or (N, C, d1, ...), got a number")
    if scores.shape[_class_axis(scores)] == 0:
        raise ValueError(f"{name}: expected at least one class, got shape {scores.shape}")
    return scores


def _class_axis(scores):
    return 0 if scores.ndim == 1 else 1


def _without_classes(logits):
    """Return the shape of the unreduced loss: that of `logits` without its class axis."""
    axis = _class_axis(logits)
    return logits.shape[:axis] + logits.shape[axis + 1 :]


def _is_lookup(target, label_smoothing):
    """Return whether the loss is one look-up per example: integer labels, no smoothing."""
    no_smoothing = fraction("label_smoothing", label_smoothing) == 0
    return no_smoothing and any_array("target", target).dtype.kind in "iu"


def _labels(name, logits, target, ignore_index):
    """Return the labels and which of them count, after checking type, shape and range."""
    target = integer_array("target", target)
    num_classes = logits.shape[_class_axis(logits)]
    expected = _without_classes(logits)
    if target.shape == logits.shape != expected and target.ndim:
        raise TypeError(
            "target: integers in the shape of the logits; pass class indices of shape "
            f"{expected}, or convert the one-hot rows to floating point"
        )
    if target.shape != expected:
        raise ValueError(
            f"target: expected shape {expected} for {name} of shape {logits.shape}, "
            f"got {target.shape}"
        )
    counted = target != integer("ignore_index", ignore_index)
    return class_indices("target", target * counted, num_classes), counted


def _class_weights(weight, logits):
    """Return one weight per class in the dtype of the logits; ones where none were given."""
    num_classes = logits.shape[_class_axis(logits)]
    if weight is None:
        return np.ones(num_classes, dtype=logits.dtype)
    weight = finite_weights("weight", weight, logits.dtype)
    if weight.shape != (num_classes,):
        raise ValueError(
            f"weight: expected one number per class, shape ({num_classes},), got {weight.shape}"
        )
    return weight


def _log_p_of(rows, labels):
    """Return the log-probability of each row's label, and make none of the other classes'."""
    _, distance, top = _from_maximum(rows)
    rest = _odds(distance, top).sum(axis=-1)
    return distance[np.arange(len(rows)), labels] - np.log1p(rest)


def _predicted_minus_true(rows, labels, scale):
    """Return (p - y) times `scale`, one number per example, for class indices y."""
    p, not_top, (examples, top) = _probs_and_rest(rows)
    true = examples, labels
    p[true] = np.where(labels == top, 0 - not_top, p[true] - 1)
    return _scaled(p, scale, ignored=scale == 0)


def _predicted_minus_shares(rows, share, scale):
    """Return p_c sum(share) - share_c times `scale`, one number per example.

    Of the maximum, whose p may be close to 1, it is p times the other shares minus 1 - p times its
    own, which is the same and does not cancel there.
    """
    p, not_top, top = _probs_and_rest(rows)
    others = share.copy()
    others[top] = 0
    total = share.sum(axis=-1)
    grad = p * total[:, None] - share
    grad[top] = p[top] * others.sum(axis=-1) - not_top * share[top]
    return _scaled(grad, scale, ignored=~share.any(axis=-1))


def _scaled(grad, scale, ignored):
    """Return rows of gradients, each times its `scale`, and 0 where one is ignored."""
    with np.errstate(over="ignore", invalid="ignore"):  # the scale may be infinite
        grad *= scale[:, None]
    grad[ignored] = 0  # whatever its scores
    return grad


def _weighted(log_p, labels, counted, weight):
    """Return -weight[y] log p_y per example, and the weight with which each counts in the mean."""
    weight = np.where(counted, weight[labels], 0)
    return 0 - times(weight, log_p), weight


def _truth(logits, target, weight, ignore_index):
    """Return per example: label or probabilities, whether it counts, its weight in the mean."""
    target = any_array("target", target)
    if target.dtype.kind == "f" and target.ndim == logits.ndim:
        if target.shape != logits.shape:
            raise ValueError(
                f"target: expected probabilities in the shape of the logits, {logits.shape}, "
                f"got {target.shape}"
            )
        if integer("ignore_index", ignore_index) >= 0:
            raise ValueError(
                f"ignore_index: has no meaning for probability targets, got {ignore_index}"
            )
        q, _ = classes_last(probabilities("target", target), _class_axis(logits))
        counted = np.ones(_without_classes(logits), bool)
        return q, counted.ravel(), counted.astype(logits.dtype)
    labels, counted = _labels("logits", logits, target, ignore_index)
    return labels.ravel(), counted.ravel(), np.where(counted, weight[labels], 0)


def _shares_of(weight, label_smoothing):
    """Return a function that makes the shares weight_c q_c of rows of the target."""
    e = fraction("label_smoothing", label_smoothing)
    as_given = e == 0 and (weight == 1).all()

    def shares_of(q, counted):
        if q.ndim == 1:
            labels, q = q, np.zeros((len(q), len(weight)), weight.dtype)
            q[np.arange(len(q)), labels] = 1
        share = q if as_given else weight * ((1 - e) * q + e / len(weight))
        if not counted.all():
            share = np.where(counted[:, None], share, 0)
        return share.astype(weight.dtype, copy=False)

    return shares_of


def _reduce(losses, in_mean, reduction):
    """Return the losses as they are, their sum, or their sum over the sum of `in_mean`."""
    one_of("reduction", reduction, ("none", "mean", "sum"))
    if reduction == "none":
        return losses[()]  # of one example: a number, not an array without dimensions
    total_weight = in_mean.sum() if reduction == "mean" else 1
    if total_weight == 0 and not in_mean.any():  # weights of both signs may cancel
        return losses.dtype.type(np.nan)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # of infinite losses
        return losses.sum() / total_weight


def _upstream_per_example(upstream, in_mean, reduction, dtype):
    """Return the derivative of what follows the loss by each example's loss."""
    one_of("reduction", reduction, ("none", "mean", "sum"))
    upstream = upstream_array(upstream, in_mean.shape, reduction, dtype)
    if reduction == "mean":
        total_weight = in_mean.sum()
        if total_weight == 0 and not in_mean.any():  # weights of both signs may cancel
            return np.zeros_like(in_mean)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            upstream = upstream / total_weight
    return np.broadcast_to(upstream, in_mean.shape)
