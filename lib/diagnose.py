"""Look at one batch of scores and labels, and say in plain sentences what is odd about it.

This module makes one batch of what the caller has, and says what did not fit. The observations
about the batch itself are in `observations`.
"""

import math
import textwrap
from dataclasses import dataclass

import numpy as np

from . import observations
from .arguments import classes_last
from .likelihood import fit_categorical
from .losses import _class_axis, _class_weights, _without_classes, softmax_cross_entropy


@dataclass(frozen=True, repr=False)
class _Report:
    """What `diagnose` found. A notebook cell that ends with one shows its sentences."""

    findings: tuple
    summary: str

    def __repr__(self):
        return "\n".join(
            textwrap.fill(sentence, 76, initial_indent="- ", subsequent_indent="  ")
            for sentence in self.findings or (self.summary,)
        )

    def _repr_markdown_(self):
        return "\n".join(f"- {sentence}" for sentence in self.findings or (self.summary,))


@dataclass(frozen=True)
class _Batch:
    """One row of scores per example that counts, with its label or its distribution q."""

    rows: np.ndarray
    labels: np.ndarray | None
    q: np.ndarray | None
    ignored: int
    losses: np.ndarray
    grid: tuple | None  # scores (N, T, K) and labels (N, T), where there is a second axis

    @property
    def num_classes(self):
        return self.rows.shape[-1]

    @property
    def loss(self):
        return self.losses.mean()

    @property
    def accuracy(self):
        return (self.rows.argmax(axis=-1) == self.labels).mean()

    @property
    def frequencies(self):
        return fit_categorical(self.labels, self.num_classes)


def diagnose(logits, target, *, ignore_index=-100, weight=None, loss=None):
    r"""Say in plain sentences what one batch of scores and labels tells about a broken loss.

    Formula: compares the loss -log p_y with ln K (no knowledge), with the entropy of the label
             frequencies (the best constant answer) and with what known mistakes would give.
    Shapes:  `logits` (C,), (N, C) or (N, C, d1, ..., dK); `target` as for `softmax_cross_entropy`,
             or in a shape that does not fit, and then the report says so. `weight` (C,).
             NumPy arrays, nested lists and torch tensors, on any device.
    Limits:  works on a copy in float64; from a large vocabulary pass a few rows.
    Units:   nats. `loss` is the number that your own code printed for this batch, if you have it.
    Errors:  TypeError for what is not made of numbers; ValueError for empty input, for scores
             without an axis of classes, or for weights that do not fit.
    Chapter: 10 When the loss looks wrong. Source: Karpathy (2019), A recipe for training neural
             networks, for checking the loss before training.

    >>> diagnose([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]], [1, 0])
    - Every row of scores lies between 0 and 1 and sums to 1: these are
      probabilities. A loss that expects scores applies softmax again and cannot
      fall below ln(1 + (K - 1)/e) = 0.5514. Hand over the scores that went into
      the softmax.
    """
    z, score_type = _array("logits", logits, "fiu")
    y, label_type = _array("target", target, "fiub")
    if z.ndim == 0:
        raise ValueError("logits: expected shape (C,), (N, C) or (N, C, d1, ...), got a number")
    if z.size == 0 or y.size == 0:
        raise ValueError(f"expected at least one example, got {z.shape} and {y.shape}")
    z, y, found = _made_to_fit(z, y, label_type)
    rows, _ = classes_last(z.astype(np.float64), _class_axis(z))
    class_weights = _class_weights(weight, rows)
    found += _said_by(observations.ABOUT_SCORES, rows, score_type)
    batch = None
    if y is not None:
        batch, more = _batch(z, y, rows, ignore_index)
        found += more
    if batch is not None and np.isfinite(batch.losses).all():
        found += _said_by(observations.ABOUT_LOSS, batch)
        if loss is not None:
            found += _said_by([observations.reported], batch, float(loss), class_weights)
    return _Report(tuple(found), "" if found else _all_well(batch))


def _said_by(looks, *seen):
    """Return the sentences of those observations that have something to say."""
    return [sentence for sentence in (look(*seen) for look in looks) if sentence]


def _all_well(batch):
    examples = "1 example" if len(batch.rows) == 1 else f"{len(batch.rows)} examples"
    return (
        f"Nothing odd: {examples}, {batch.num_classes} classes, loss {batch.loss:.4f}, where no "
        f"knowledge costs ln K = {math.log(batch.num_classes):.4f}."
    )


# ---- From what the caller has to arrays ----------------------------------------------------------


def _array(name, value, kinds):
    """Return a list, an array or a torch tensor as an array, and the name of its own type."""
    own_type = ""
    if hasattr(value, "detach"):  # a torch tensor; torch itself is never imported
        value = value.detach().cpu()
        own_type = str(value.dtype)
        try:
            value = value.numpy()
        except TypeError:  # NumPy has no bfloat16
            value = value.float().numpy()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected rows of one length ({error})") from error
    if array.dtype.kind not in kinds:
        raise TypeError(f"{name}: expected real numbers, got an array of dtype {array.dtype}")
    return array, own_type or str(array.dtype)


def _made_to_fit(z, y, label_type):
    """Return scores and labels in shapes that fit, and a sentence for each repair.

    The labels are None if there is no honest way to read them.
    """
    expected = _without_classes(z)
    if y.shape == z.shape and y.shape != expected:
        return _same_shape(z, y)
    found = []
    if y.shape == expected:
        found += _either_axis(z, y)
    elif z.ndim > 2 and y.shape == z.shape[:-1]:
        found.append(
            f"Scores of shape {z.shape} have their classes on the last axis, to go by labels of "
            f"shape {y.shape}. PyTorch and this book look for them on axis 1: move them there, or "
            "flatten both to one row per label."
        )
        z = np.moveaxis(z, -1, 1)
    elif y.ndim == len(expected) + 1 and y.size == math.prod(expected):
        found.append(
            f"Labels of shape {y.shape} have an axis of length 1 too many; squeeze it, so that the "
            f"shape is {expected}."
        )
        y = y.reshape(expected)
    elif y.ndim == len(expected) + 1 and y.shape[:-1] == expected and y.shape[-1] in (3, 4):
        sentence = (
            f"Labels of shape {y.shape} look like pixels with {y.shape[-1]} colours each. Turn "
            f"each colour into the number of its class, so that the shape is {expected}."
        )
        return z, None, [sentence]
    else:
        sentence = (
            f"Scores of shape {z.shape} need labels of shape {expected}, and these have {y.shape}. "
            "Print both shapes where the loss is called."
        )
        return z, None, [sentence]
    y, more = _whole_labels(y, label_type)
    return np.asarray(z), y, found + more


def _same_shape(z, y):
    """Return labels in the shape of the scores: a distribution per row, or one-hot integers."""
    if y.dtype.kind == "f":
        return z, y, []
    axis = _class_axis(z)
    if ((y == 0) | (y == 1)).all() and (y.sum(axis=axis) == 1).all():
        sentence = (
            f"The labels are one-hot rows of type {y.dtype}. PyTorch takes integers for class "
            "indices: pass the indices, or the rows as floating-point numbers."
        )
        return z, y.argmax(axis=axis), [sentence]
    sentence = (
        f"Integer labels in the shape of the scores, {y.shape}, and their rows are not one-hot. If "
        "each score is a yes-or-no question of its own, the loss is "
        "binary_cross_entropy_with_logits; otherwise one label per row is expected."
    )
    return z, None, [sentence]


def _either_axis(z, y):
    """Speak up where the classes could lie on axis 1 or on the last, and no shape can tell."""
    if z.ndim < 3 or z.shape[1] != z.shape[-1]:
        return []
    return [
        f"Axis 1 and the last axis of the scores both have length {z.shape[1]}, so swapping them "
        "would raise no error. The classes must be on axis 1; check where your model puts them."
    ]


def _whole_labels(y, label_type):
    """Return the labels as integers, and a sentence if they came as something else."""
    if y.dtype.kind == "f":
        if not np.isfinite(y).all() or (y % 1).any():
            sentence = (
                f"The labels are of type {label_type} and not whole numbers; the first is "
                f"{y.flat[0]:.4g}. They cannot be class indices: is this a regression, or a row of "
                "probabilities in the wrong shape?"
            )
            return None, [sentence]
        sentence = (
            f"The labels are whole numbers of type {label_type}; make them integers (.long())."
        )
        return y.astype(np.int64), [sentence]
    refused = label_type == "bool" or label_type in ("torch.bool", "torch.int32", "torch.int16")
    if refused or label_type == "torch.int8":
        sentence = f"PyTorch refuses labels of type {label_type}; make them 64-bit (.long())."
        return y.astype(np.int64), [sentence]
    return y.astype(np.int64), []


def _batch(z, y, rows, ignore_index):
    """Return the rows that count with their labels, or None, and what the labels show."""
    if y.dtype.kind == "f":
        return _soft_batch(z, y, rows)
    num_classes, flat = rows.shape[-1], y.ravel()
    counted = flat != ignore_index
    outside = counted & ((flat < 0) | (flat >= num_classes))
    found = _said_by([observations.outside], flat[outside], flat[counted & ~outside], num_classes)
    if not counted.any():
        found.append(
            f"All {flat.size} labels are {ignore_index} and ignored: the mean is 0/0 = nan. Skip "
            "such a batch, or divide the sum by max(count, 1)."
        )
    keep = counted & ~outside
    if not keep.any():
        return None, found
    grid = (rows.reshape(*y.shape, num_classes), y) if y.ndim == 2 else None
    rows, labels = rows[keep], flat[keep]
    losses = softmax_cross_entropy(rows, labels, reduction="none")
    batch = _Batch(rows, labels, None, int((~counted).sum()), losses, grid)
    return batch, found + _said_by([observations.ruled_out], batch)


def _soft_batch(z, y, rows):
    """Return the same for targets that are probabilities."""
    axis = _class_axis(z)
    q, _ = classes_last(y.astype(np.float64), axis)
    found = _said_by(observations.ABOUT_PROBABILITY_TARGETS, rows, q)
    if not ((q >= 0) & (q <= 1)).all():
        return None, found
    losses = softmax_cross_entropy(rows, q, reduction="none")
    one_hot = ((q == 0) | (q == 1)).all() and (q.sum(axis=-1) == 1).all()
    labels = q.argmax(axis=-1) if one_hot else None
    return _Batch(rows, labels, q, 0, losses, None), found
