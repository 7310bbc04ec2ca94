"""The cross-entropies as Keras spells them: the truth first, one value per example.

Three conventions differ from PyTorch's: the classes lie along the last axis, probabilities are
divided by their sum and then kept 1e-7 away from 0 and 1, and nothing is averaged over the batch.
With `from_logits=True` nothing is clipped, and every digit is kept.
"""

import numpy as np

from .arguments import (
    class_axes,
    class_indices,
    flag,
    float_array,
    fraction,
    integer,
    integer_array,
    probabilities,
    same_shape,
)
from .arrays import sum_along
from .binary import binary_cross_entropy, binary_cross_entropy_with_logits
from .softmax import log_softmax

EPSILON = 1e-7  # keras.config.epsilon()


def categorical_crossentropy(y_true, y_pred, *, from_logits=False, label_smoothing=0.0, axis=-1):
    r"""Return the cross-entropy of target distributions and predictions, one value per example.

    Formula: -sum_c y_c log p_c, where p = softmax(y_pred) if `from_logits`, else y_pred divided by
             its sum and clipped to [1e-7, 1 - 1e-7]. Smoothing replaces y by (1 - e) y + e/C.
    Shapes:  `y_true` and `y_pred` of one shape; `axis` holds the C classes and is summed away.
    Units:   nats. float32 and float64 are kept.
    Limits:  clipped, a loss is never above 16.12 and never 0; probabilities that are all 0: nan.
             From logits, a target of 0 costs 0 at a score of -inf too.
    Errors:  ValueError for shapes that do not fit, targets, smoothing or probabilities outside
             [0, 1], or an axis that is not there; TypeError for what is not a real number.
    Chapter: 8 Sparse, categorical and every other spelling. Source: Chollet et al. (2015), Keras.

    >>> y_true, y_pred = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    >>> categorical_crossentropy(y_true, y_pred).round(4)
    array([0.0513, 2.3026])
    """
    y_pred, from_logits = float_array("y_pred", y_pred), flag("from_logits", from_logits)
    axis = _class_axis(y_pred, axis)
    y = _smoothed(y_true, y_pred, label_smoothing, towards=1 / y_pred.shape[axis])
    with np.errstate(invalid="ignore"):  # 0 * -inf; the next line says what it is worth
        terms = 0 - y * _log_probs(y_pred, from_logits, axis)
    terms[y == 0] = 0
    return sum_along(terms, axis)


def sparse_categorical_crossentropy(
    y_true, y_pred, *, from_logits=False, ignore_class=None, axis=-1
):
    r"""Return what the true classes cost, named by their index; one value per example.

    Formula: -log p_y, where p = softmax(y_pred) if `from_logits`, else y_pred divided by its sum
             and clipped to [1e-7, 1 - 1e-7].
    Shapes:  `y_true` has the shape of `y_pred` without the classes along `axis`, or with length 1
             there.
    Units:   nats. float32 and float64 are kept.
    Limits:  a label `ignore_class` costs 0, whatever its row of `y_pred`.
    Errors:  TypeError for labels that are not integers (Keras cuts 1.9 to 1); IndexError for a
             label outside 0..C-1 (Keras: 0, nan or an error, as its backend has it); ValueError
             for shapes that do not fit, or probabilities outside [0, 1].
    Chapter: 8 Sparse, categorical and every other spelling. Source: Chollet et al. (2015), Keras.

    >>> y_true, y_pred = [1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    >>> sparse_categorical_crossentropy(y_true, y_pred).round(4)
    array([0.0513, 2.3026])
    """
    y_pred, from_logits = float_array("y_pred", y_pred), flag("from_logits", from_logits)
    axis = _class_axis(y_pred, axis)
    labels = _labels(y_true, y_pred, axis)
    if ignore_class is None:
        counted = np.full(labels.shape, True)
    else:
        counted = labels != integer("ignore_class", ignore_class)
    labels = class_indices("y_true", np.where(counted, labels, 0), y_pred.shape[axis])
    y_pred = np.where(np.expand_dims(counted, axis), y_pred, 1)  # an ignored row may hold anything
    log_probs = _log_probs(y_pred, from_logits, axis)
    looked_up = np.take_along_axis(log_probs, np.expand_dims(labels, axis), axis).squeeze(axis)
    return np.where(counted, 0 - looked_up, 0)[()]


def binary_crossentropy(y_true, y_pred, *, from_logits=False, label_smoothing=0.0, axis=-1):
    r"""Return the mean cross-entropy of each example's yes-or-no answers.

    Formula: the mean of -y log p - (1 - y) log(1 - p) along `axis`, where p = sigmoid(y_pred) if
             `from_logits`, else y_pred clipped to [1e-7, 1 - 1e-7]. Smoothing replaces y by
             (1 - e) y + e/2.
    Shapes:  `y_true` and `y_pred` of one shape; `axis` (an int, a tuple, None) is averaged away.
    Units:   nats. float32 and float64 are kept.
    Limits:  clipped, an answer never costs more than 16.12; in float32 a sure and wrong yes costs
             15.94, because 1 - 1e-7 is no float32. A mean over nothing is nan.
    Errors:  ValueError for shapes that do not fit, targets, smoothing or probabilities outside
             [0, 1], or an axis that is not there; TypeError for what is not a real number.
    Chapter: 8 Sparse, categorical and every other spelling. Source: Chollet et al. (2015), Keras.

    >>> binary_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]).round(4)
    array([0.9163, 0.7136])
    """
    y_pred = float_array("y_pred", y_pred)
    axes = class_axes(y_pred, axis)
    y = _smoothed(y_true, y_pred, label_smoothing, towards=1 / 2)
    if flag("from_logits", from_logits):
        costs = binary_cross_entropy_with_logits(y_pred, y, reduction="none")
    else:
        p = np.clip(probabilities("y_pred", y_pred), EPSILON, 1 - EPSILON)
        costs = binary_cross_entropy(p, y, reduction="none")
    count = np.prod([y_pred.shape[i] for i in axes], dtype=costs.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # a mean over nothing is nan
        return sum_along(costs, axes) / count


def _class_axis(y_pred, axis):
    """Return the one axis that holds the classes, counted from the front."""
    (axis,) = class_axes(y_pred, integer("axis", axis))
    if y_pred.shape[axis] == 0:
        raise ValueError(
            f"y_pred: expected at least one class along axis {axis}, got shape {y_pred.shape}"
        )
    return axis


def _log_probs(y_pred, from_logits, axis):
    """Return log-softmax of scores, or the logarithm of probabilities as Keras repairs them."""
    if from_logits:
        return log_softmax(y_pred, axis=axis)
    p = probabilities("y_pred", y_pred)
    with np.errstate(invalid="ignore"):  # probabilities that are all 0: 0/0
        p = p / np.expand_dims(sum_along(p, axis), axis)
    return np.log(np.clip(p, EPSILON, 1 - EPSILON))


def _smoothed(y_true, y_pred, label_smoothing, towards):
    """Return (1 - e) y + e * towards in the dtype of the predictions."""
    y = same_shape("y_true", probabilities("y_true", y_true), "y_pred", y_pred)
    e = fraction("label_smoothing", label_smoothing)
    return y.astype(y_pred.dtype) * (1 - e) + e * towards


def _labels(y_true, y_pred, axis):
    """Return the labels as integers, without the axis of length 1 that Keras lets them have."""
    labels = integer_array("y_true", y_true)
    if labels.ndim == y_pred.ndim and labels.shape[axis] == 1:
        labels = labels.squeeze(axis)
    expected = y_pred.shape[:axis] + y_pred.shape[axis + 1 :]
    if labels.shape != expected:
        raise ValueError(
            f"y_true: expected shape {expected} for y_pred of shape {y_pred.shape}, "
            f"got {labels.shape}"
        )
    return labels
