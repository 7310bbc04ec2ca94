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
    grid: tuple | None  # scores (N, T, K), labels and which count (N, T), if there are two axes
    from_one: float | None = None  # the loss of labels one lower, if these seem to count from 1

    @property
    def num_classes(self):
        return self.rows.shape[-1]

    @property
    def loss(self):
        with np.errstate(over="ignore"):
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
    Limits:  works on a copy in float64; from a large vocabulary pass a few rows. Of rows whose
             label is `ignore_index` it only says whether their gradient would be nan.
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
    counted = _counted(y, rows, ignore_index)
    found += _said_by(observations.ABOUT_GAPS, rows, counted)
    seen = rows[counted] if counted.any() else rows
    found += _said_by(observations.ABOUT_SCORES, seen, score_type)
    batch = None
    if y is not None:
        batch, more = _batch(z, y, rows, ignore_index)
        found += more
    if batch is not None and _can_be_judged(batch):
        found += _said_by(observations.ABOUT_LOSS, batch)
        found += _said_by([observations.no_weight], batch, class_weights)
        if loss is not None:
            found += _said_by([observations.reported], batch, _number(loss), class_weights)
    return _Report(tuple(found), "" if found else _all_well(batch, class_weights))


def _said_by(looks, *seen):
    """Return the sentences of those observations that have something to say."""
    return [sentence for sentence in (look(*seen) for look in looks) if sentence]


def _counted(y, rows, ignore_index):
    """Return for each row of scores whether the loss counts it."""
    if y is None or y.dtype.kind == "f":
        return np.ones(len(rows), bool)
    return y.ravel() != ignore_index


def _can_be_judged(batch):
    """Return whether the losses are finite, and sums and squares of the scores stay so."""
    return np.isfinite(batch.losses).all() and not observations.too_large(batch.rows, "")


def _all_well(batch, class_weights):
    examples = "1 example" if len(batch.rows) == 1 else f"{len(batch.rows)} examples"
    kind = "loss" if (class_weights == 1).all() else "loss before the class weights"
    return (
        f"Nothing odd: {examples}, {batch.num_classes} classes, {kind} {batch.loss:.4f}, where no "
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


def _number(loss):
    """Return what the caller's code printed, a number or a tensor of one, as a Python number."""
    return float(_array("loss", loss, "fiu")[0].item())


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
    found = []
    if _sums_along_last(y):
        found.append(
            f"Scores and target, both of shape {z.shape}, have their classes on the last axis: "
            "along it the target sums to 1, along axis 1 it does not. PyTorch and this book look "
            "for the classes on axis 1: move them there, or flatten both to one row per example."
        )
        z, y = np.moveaxis(z, -1, 1), np.moveaxis(y, -1, 1)
    if y.dtype.kind == "f":
        return z, y, found
    axis = _class_axis(z)
    if ((y == 0) | (y == 1)).all() and (y.sum(axis=axis) == 1).all():
        sentence = (
            f"The labels are one-hot rows of type {y.dtype}. PyTorch takes integers for class "
            "indices: pass the indices, or the rows as floating-point numbers."
        )
        return z, y.argmax(axis=axis), [*found, sentence]
    sentence = (
        f"Integer labels in the shape of the scores, {y.shape}, and their rows are not one-hot. "
        f"{observations.YES_OR_NO}; otherwise one label per row is expected."
    )
    return z, None, [*found, sentence]


def _sums_along_last(y):
    """Return whether a target holds distributions along its last axis, and not along axis 1."""
    if y.ndim < 3 or not ((y >= 0) & (y <= 1)).all():
        return False
    return _all_one(y.sum(axis=-1)) and not _all_one(y.sum(axis=1))


def _all_one(total):
    return np.abs(total - 1.0).max() < 1e-3


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
        strange = y[~((np.floor(y) == y) & (np.abs(y) < 2.0**53))]
        if strange.size:
            sentence = (
                f"Labels of type {label_type} that cannot be class indices: {strange.size} of "
                f"{y.size}, the first is {strange[0]:.4g}. Is this a regression, or a row of "
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
    seen = flat[outside], flat[counted & ~outside], num_classes
    found = _said_by([observations.outside], *seen)
    if not counted.any():
        found.append(
            f"All {flat.size} labels are {ignore_index} and ignored: the mean is 0/0 = nan. Skip "
            "such a batch, or divide the sum by max(count, 1)."
        )
    keep = counted & ~outside
    if not keep.any():
        return None, found
    grid = (rows.reshape(*y.shape, num_classes), y, keep.reshape(y.shape)) if y.ndim == 2 else None
    from_one = None
    if observations.count_from_one(*seen):
        from_one = softmax_cross_entropy(rows[counted], flat[counted] - 1)
    rows, labels = rows[keep], flat[keep]
    losses = softmax_cross_entropy(rows, labels, reduction="none")
    batch = _Batch(rows, labels, None, int((~counted).sum()), losses, grid, from_one)
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
    batch = _Batch(rows, labels, q, 0, losses, None)
    return batch, found + _said_by([observations.ruled_out], batch)
