"""What `diagnose` can say about one batch: a function per observation.

Each returns one sentence, or None where there is nothing to say. It speaks only of what it can see
in this batch, and names the number it saw.
"""

import math

import numpy as np

from .information import entropy
from .losses import softmax_cross_entropy
from .softmax import log_sigmoid, logsumexp, softmax

FEW = 5  # with fewer examples than this, a high loss or a lopsided count says nothing
CLOSE = 0.02  # relative distance at which a loss is called equal to a reference point
CLIP = 1e-7  # where Keras, and many a hand-written loss, stop a probability
SMOOTHING = (0.05, 0.1, 0.2)  # customary amounts of label smoothing
YES_OR_NO = (
    "If each score is a yes-or-no question of its own, the loss is binary_cross_entropy_with_logits"
)


# ---- About what is missing: rows (M, K) and which of them count ----------------------------------


def not_finite(rows, counted):
    bad = (np.isnan(rows) | (rows == np.inf)) & counted[:, None]
    if bad.any():
        return (
            f"Scores that are nan: {np.isnan(rows[counted]).sum()}, that are inf: "
            f"{(rows[counted] == np.inf).sum()}, the first in row {np.argwhere(bad)[0][0]}. The "
            "loss will be nan, and it happened before the loss: check the inputs, the learning "
            "rate and the last update."
        )


def nothing_left(rows, counted):
    empty = (rows == -np.inf).all(axis=-1) & counted
    if empty.any():
        return (
            f"Rows that are -inf throughout: {empty.sum()}, the first is row "
            f"{np.argwhere(empty)[0][0]}. A mask left no class to choose, and softmax of such a "
            "row is nan."
        )


def ignored_gaps(rows, counted):
    bad = (np.isnan(rows) | (rows == np.inf)).any(axis=-1) | (rows == -np.inf).all(axis=-1)
    bad &= ~counted
    if bad.any():
        return (
            f"Ignored rows whose softmax is nan: {bad.sum()}, the first is row "
            f"{np.argwhere(bad)[0][0]}. The loss leaves them out, but PyTorch's gradient by their "
            "scores is nan. That is harmless where masked_fill wrote them; if the model did, look "
            "at its inputs there."
        )


ABOUT_GAPS = (not_finite, nothing_left, ignored_gaps)


# ---- About the scores: rows (M, K) and the name of their type ------------------------------------


def single_class(rows, score_type):
    if rows.shape[-1] == 1:
        return (
            "There is one class only. Softmax of a single score is 1, so the loss is 0 whatever "
            "the model says. For a yes or no, use binary_cross_entropy_with_logits, or two scores."
        )


def integer_scores(rows, score_type):
    if "int" in score_type:
        return f"The scores are integers ({score_type}). Are these the predicted classes?"


def half_precision(rows, score_type):
    digits = {"float16": 10, "bfloat16": 7}.get(score_type.removeprefix("torch."))
    largest = np.abs(rows[np.isfinite(rows)]).max(initial=0)
    if digits and largest > 0:
        step = 2.0 ** (math.floor(math.log2(largest)) - digits)
        return (
            f"The scores are {score_type}: at {largest:.4g}, the largest of them, neighbouring "
            f"numbers are {step:.4g} apart. Convert with .float() before the loss."
        )


def too_large(rows, score_type):
    largest = rows[np.isfinite(rows)].max(initial=0)
    if largest > np.finfo(np.float32).max:
        return (
            f"Scores as large as {largest:.4g}: in float32 they are inf, and the loss is nan. "
            "Does something before the loss grow without limit? Check the learning rate."
        )


def probabilities(rows, score_type):
    num_classes = rows.shape[-1]
    inside = num_classes > 1 and ((rows >= 0) & (rows <= 1)).all()
    if inside and np.abs(rows.sum(axis=-1) - 1).max() < 1e-3:
        return (
            "Every row of scores lies between 0 and 1 and sums to 1: these are probabilities. A "
            "loss that expects scores applies softmax again and cannot fall below ln(1 + (K - 1)/e)"
            f" = {_floor(num_classes):.4f}. Hand over the scores that went into the softmax."
        )


def log_probabilities(rows, score_type):
    if rows.shape[-1] > 1 and (rows <= 0).all() and np.abs(logsumexp(rows)).max() < 1e-3:
        return (
            "The scores are log-probabilities: the exponentials of every row sum to 1. nll_loss "
            "wants exactly these; for cross_entropy a second log-softmax is harmless."
        )


def sigmoids(rows, score_type):
    if rows.size < 12 or rows.shape[-1] == 1 or not ((rows > 0) & (rows < 1)).all():
        return None
    total = rows.sum(axis=-1)
    if np.abs(total - 1).max() < 1e-3:
        return None
    return (
        f"All {rows.size} scores lie strictly between 0 and 1, and the rows sum to "
        f"{total.min():.3f}..{total.max():.3f}: is there a sigmoid before the loss? With such "
        f"scores it cannot fall below ln(1 + (K - 1)/e) = {_floor(rows.shape[-1]):.4f}."
    )


def cut_at_zero(rows, score_type):
    zeros = (rows == 0).mean()
    if rows.size >= 12 and rows.min() == 0 and 0.1 <= zeros < 1 and rows.max() not in (0, 1):
        return (
            f"No score is negative and {zeros:.0%} are exactly 0: is there a ReLU after the last "
            "layer? Where it cuts, no gradient comes through."
        )


def all_alike(rows, score_type):
    if len(rows) > 1 and np.isfinite(rows).all() and rows.shape[-1] > 1:
        largest = np.maximum(1, np.abs(rows).max(axis=0))  # of each class: a mask has its own
        spread = np.ptp(rows / largest, axis=0)
        if spread.max() <= 1e-6:
            spread = (largest * spread).max()
            return (
                f"All {len(rows)} examples get the same scores (spread {spread:.1g}): "
                "the model does not see its input. Look for dead ReLUs, inputs of 0, or a frozen "
                "layer."
            )


ABOUT_SCORES = (
    single_class,
    integer_scores,
    half_precision,
    too_large,
    probabilities,
    log_probabilities,
    sigmoids,
    cut_at_zero,
    all_alike,
)


# ---- About the labels ----------------------------------------------------------------------------


def outside(strange, inside, num_classes):
    if not strange.size:
        return None
    seen = (
        f"Labels outside 0..{num_classes - 1}: {strange.size} of {strange.size + inside.size}, the "
        f"first is {strange[0]}; the scores have {num_classes} classes. "
    )
    if (strange == 255).all():
        return seen + "All of them are 255, the usual void label of masks: set ignore_index=255."
    if (strange < 0).all():
        return seen + f"If {strange[0]} means padding, say so: ignore_index={strange[0]}."
    if count_from_one(strange, inside, num_classes):
        return seen + "None is 0: do they count from 1? Then subtract 1."
    return (
        seen + f"The last layer needs at least {strange.max() + 1} outputs, or the labels are off."
    )


def count_from_one(strange, inside, num_classes):
    """Return whether the labels look like 1..K: some are K, none is 0."""
    return strange.size > 0 and (strange == num_classes).all() and not (inside == 0).any()


def ruled_out(batch):
    if batch.labels is None:
        masked = ((batch.rows == -np.inf) & (batch.q > 0)).any(axis=-1)
    else:
        masked = batch.rows[np.arange(len(batch.rows)), batch.labels] == -np.inf
    lost = masked & np.isinf(batch.losses)
    if lost.any():
        return (
            f"True classes with the score -inf: {lost.sum()} of {lost.size}. Their loss is "
            "infinite; the mask forbids what the label demands."
        )


def swapped(rows, q):
    tidy = ((rows >= 0) & (rows <= 1)).all() and np.abs(rows.sum(axis=-1) - 1).max() < 1e-3
    if tidy and ((q < 0) | (q > 1)).any() and not np.isnan(q).any():
        return (
            f"The target has entries from {q.min():.4g} to {q.max():.4g}, and the scores are rows "
            "that sum to 1: are the two arguments swapped?"
        )


def no_number(rows, q):
    bad = np.isnan(q) | (q == np.inf)
    if bad.any():
        return (
            f"Entries of the target that are nan: {np.isnan(q).sum()}, that are inf: "
            f"{(q == np.inf).sum()}, the first in row {np.argwhere(bad)[0][0]}. The loss will be "
            "nan or inf whatever the scores: look at where the target is made."
        )


def no_distribution(rows, q):
    if (q < 0).any():
        return (
            f"The target has negative entries, down to {q[q < 0].min():.4g}: no distribution has. "
            "The loss has no lower limit then."
        )
    if not np.isfinite(q).all() or _sums_to_one(q):
        return None
    with np.errstate(over="ignore"):
        total = q.sum(axis=-1)
    sentence = (
        f"The rows of the target sum to {total.min():.4g}..{total.max():.4g}, not to 1. "
        "PyTorch does not check that, and the loss grows in proportion."
    )
    if ((q == 0) | (q == 1)).all() and total.max() > 1:
        return f"{sentence} {YES_OR_NO}."
    return sentence


def _sums_to_one(q):
    with np.errstate(over="ignore"):
        return np.abs(q.sum(axis=-1) - 1).max() < 1e-3


def zero_times_inf(rows, q):
    if ((rows == -np.inf) & (q == 0)).any():
        return (
            "Some scores are -inf where the target is 0. On paper that costs nothing; PyTorch and "
            "optax multiply 0 by -inf and return nan. Use class indices, or a large negative score."
        )


ABOUT_PROBABILITY_TARGETS = (swapped, no_number, no_distribution, zero_times_inf)


# ---- About the loss ------------------------------------------------------------------------------


def _floor(num_classes):
    """The least loss of probabilities taken for scores: a certain row, (1, 0, ..., 0)."""
    return math.log1p((num_classes - 1) / math.e)


def no_knowledge(batch):
    if batch.num_classes == 1 or len(batch.rows) < FEW:
        return None
    most = math.log(batch.num_classes)
    if abs(batch.loss - most) < CLOSE * most:
        return (
            f"The loss is {batch.loss:.4f}, and ln K = {most:.4f} is what a "
            "model without any knowledge pays. Right at the first step; "
            "later it means that nothing is learned."
        )


def frequencies_only(batch):
    if batch.labels is None or len(batch.rows) < FEW * batch.num_classes:
        return None
    constant, most = entropy(batch.frequencies), math.log(batch.num_classes)
    if constant < 0.9 * most and abs(batch.loss - constant) < CLOSE * constant:
        return (
            f"The loss is {batch.loss:.4f}, and always answering the frequencies of the classes "
            f"costs {constant:.4f}: the model may have learned how often each class occurs, and no "
            "more. Compare its answers on two very different inputs."
        )


def worse_than_nothing(batch):
    if len(batch.rows) < FEW or batch.num_classes == 1:
        return None
    if batch.labels is None and not _sums_to_one(batch.q):
        return None
    most = math.log(batch.num_classes)
    if batch.loss > 1.1 * most:
        right = (
            "" if batch.labels is None else f", and {batch.accuracy:.0%} of the answers are right"
        )
        return (
            f"The loss is {batch.loss:.4f}, more than the ln K = {most:.4f} of not looking{right}. "
            f"The scores, with a standard deviation of {_spread(batch.rows):.4g}, are sure and "
            "wrong: an untrained layer that is too large, labels in another order, or overfitting."
        )


def _spread(rows):
    """The standard deviation of the scores that are finite, even if their squares are not."""
    finite = rows[np.isfinite(rows)]
    largest = max(1, np.abs(finite).max())
    return largest * (finite / largest).std()


def one_class(batch):
    if batch.labels is None or batch.labels.size < 4 * FEW or batch.num_classes == 1:
        return None
    share, which = batch.frequencies.max(), batch.frequencies.argmax()
    if share > 0.9:
        return (
            f"{share:.1%} of the {batch.labels.size} labels are class {which}. Always answering "
            f"{which} is right that often, and answering the frequencies costs "
            f"{entropy(batch.frequencies):.4f}. Is it padding or background that should be ignored?"
        )


def off_by_one_class(batch):
    if batch.labels is None or len(batch.rows) < FEW or batch.labels.min() == 0:
        return None
    shifted = softmax_cross_entropy(batch.rows, batch.labels - 1)
    if shifted < batch.loss / 2:
        return (
            f"No label is 0, and with 1 subtracted from every label the loss would be "
            f"{shifted:.4f} instead of {batch.loss:.4f}: do the labels count from 1?"
        )


def off_by_one_position(batch):
    if batch.grid is None or batch.grid[1].shape[1] < FEW:
        return None
    z, y, counted = batch.grid
    for words, here, there in (
        ("the label one position later", np.s_[:, :-1], np.s_[:, 1:]),
        ("the label one position earlier", np.s_[:, 1:], np.s_[:, :-1]),
    ):
        keep = counted[there]
        if keep.sum() < FEW:
            return None
        moved = softmax_cross_entropy(z[here][keep], y[there][keep])
        if moved < batch.loss / 2:
            return (
                f"Compared with {words}, the loss would be {moved:.4f} instead of "
                f"{batch.loss:.4f}: the shift between inputs and labels is missing, or done twice."
            )


def sure_and_wrong(batch):
    if batch.labels is None or batch.num_classes == 1:
        return None
    beyond = batch.losses > -math.log(CLIP)
    if beyond.any():
        return (
            f"Examples that cost more than {-math.log(CLIP):.3f}: {beyond.sum()} of {beyond.size}, "
            f"the largest {batch.losses.max():.4g}. A loss that clips probabilities at 1e-7 "
            "stops there and has no gradient for them."
        )


def at_the_floor(batch):
    if batch.q is None or batch.labels is not None:
        return None
    least = entropy(batch.q).mean() if _sums_to_one(batch.q) else 0
    if 0 <= batch.loss - least < 0.01 and least > 0.01:
        return (
            f"The target's own entropy is {least:.4f}, and the loss, {batch.loss:.4f}, cannot fall "
            "below it: soft labels never cost 0. There is nothing wrong, and little left to gain."
        )


ABOUT_LOSS = (
    no_knowledge,
    off_by_one_class,
    off_by_one_position,
    frequencies_only,
    worse_than_nothing,
    one_class,
    sure_and_wrong,
    at_the_floor,
)


# ---- About the number that the caller's own code printed -----------------------------------------


def no_weight(batch, weight):
    if batch.q is None and not weight[batch.labels].any():
        return (
            "Every true class of this batch has weight 0: the weighted mean is 0/0 = nan. Skip "
            "such a batch, or check the weights."
        )


def reported(batch, printed, weight):
    """Compare a printed loss with the right one and with what known mistakes would give."""
    right = _loss_of(batch, batch.rows, weight=weight)
    if np.isnan(right) or _agree(printed, right):  # `no_weight` speaks of nan
        return None
    if not math.isfinite(printed):
        return (
            f"Your loss is {printed}, and from these scores it should be {right:.4f}: it was the "
            "loss's own arithmetic. Are softmax and logarithm separate steps, or in float16?"
        )
    seen = f"Your loss is {printed:.4f}; the mean over this batch is {right:.4f}. "
    with np.errstate(over="ignore", invalid="ignore"):
        for words, value in _mistakes(batch, right, weight):
            if _agree(printed, value):
                return seen + f"Yours is what one gets from {words}."
    return seen + "None of the mistakes that this function knows gives your number."


def _agree(a, b):
    return abs(a - b) < 1e-3 * max(0.1, abs(b))


def _mistakes(batch, right, weight):
    """Yield mistakes in words, and the loss that each gives for this batch."""
    losses, size = batch.losses, batch.losses.size
    yield "a missing minus sign", -right
    yield from _mistakes_with_weights(batch, weight)
    yield "adding up the losses instead of averaging them", losses.sum()
    yield "softmax applied twice", _loss_of(batch, softmax(batch.rows))
    if batch.labels is not None:
        yield from _mistakes_with_labels(batch.rows, batch.labels)
    if batch.from_one is not None:
        yield "labels one lower than these, which seem to count from 1", batch.from_one
    for amount in SMOOTHING:
        yield (
            f"label smoothing of {amount}, which is no mistake if you meant it",
            _loss_of(batch, batch.rows, label_smoothing=amount, weight=weight),
        )
    yield "clipping the probabilities at 1e-7", np.minimum(losses, -math.log(CLIP)).mean()
    yield "a logarithm to base 2: yours is in bits", losses.mean() / math.log(2)
    yield "the exponential of the loss: yours is the perplexity", math.exp(min(losses.mean(), 700))
    if batch.ignored:
        total = size + batch.ignored
        yield "dividing by all examples, the ignored ones included", losses.sum() / total
    yield "dividing by the number of entries, not of examples", losses.mean() / batch.num_classes


def _mistakes_with_weights(batch, weight):
    """Yield the same for what can go wrong with class weights."""
    weighted = _loss_of(batch, batch.rows, weight=weight, reduction="none")
    yield "leaving out the class weights", batch.losses.mean()
    if batch.q is None:
        yield "dividing the weighted losses by their number", weighted.mean()
    elif (total := (batch.q @ weight).sum()) != 0:
        words = "dividing by the sum of the weights, as PyTorch does for class indices only"
        yield words, weighted.sum() / total


def _mistakes_with_labels(rows, labels):
    """Yield the same for what needs one true class per example."""
    num_classes, true = rows.shape[-1], (np.arange(len(rows)), labels)
    p = softmax(rows)
    yield "nll_loss on probabilities (minus the mean p of the true class)", -p[true].mean()
    yield "nll_loss on the scores themselves", -rows[true].mean()
    truth = np.eye(num_classes)[labels]
    with np.errstate(divide="ignore"):
        rest = np.where(truth == 1, np.log(p), np.log1p(-p))
    yield "binary cross-entropy of the softmax outputs, one per class", -rest.mean()
    signed = np.where(truth == 1, rows, -rows)
    yield "binary_cross_entropy_with_logits, one per class", -log_sigmoid(signed).mean()
    yield "reading scores as probabilities clipped at 1e-7", _clipped(rows, labels)
    below = (labels - 1) % num_classes
    yield (
        "labels one class too low (below 0 comes the last, as NumPy counts)",
        softmax_cross_entropy(rows, below),
    )
    if labels.max() < num_classes - 1:
        yield "labels one class too high", softmax_cross_entropy(rows, labels + 1)


def _loss_of(batch, rows, **options):
    target = batch.labels if batch.q is None else batch.q
    return softmax_cross_entropy(rows, target, **options)


def _clipped(rows, labels):
    """The loss of rows divided by their sum and clipped, as Keras treats probabilities."""
    with np.errstate(invalid="ignore", divide="ignore"):
        p = rows / rows.sum(axis=-1, keepdims=True)
    return -np.log(np.clip(p, CLIP, 1 - CLIP)[np.arange(len(labels)), labels]).mean()
