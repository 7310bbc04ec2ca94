"""Every number printed in the five sources, computed again: 140 rows, each with its verdict.

A row keeps what the source printed and how to compute it from the source's inputs, never a result
of the book: `recompute` and `verdict` compute when they are called.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .information import cross_entropy, entropy, xlogy
from .losses import nll_loss, softmax_cross_entropy, softmax_cross_entropy_grad
from .published import (
    ANIMALS,
    GRADIENT_CHECK,
    HORSE,
    HORSE_UNCERTAINTY,
    KERAS_EXAMPLE,
    SIX_EXAMPLES,
    SIX_EXAMPLES_MORE_DIGITS,
    SOURCES,
    in_format_of,
)
from .softmax import log_softmax, softmax

VERDICTS = (
    "confirmed",  # the inputs give what is printed
    "last digit moved",  # inputs that print the same, but have more digits, give it
    "true of rounded inputs",  # a result rounded on the way gives it
    "wrong",  # nothing of these gives it
    "not reproducible",  # the source does not say what it was made from
    "not a result",  # an input, a date, a name, an illustration: nothing to confirm
)


@dataclass(frozen=True)
class PublishedNumber:
    """One row of the list: what a source printed, where, and how to compute it again."""

    row: int
    printed: str
    """As the source prints it, mathematics written in plain text."""
    what: str
    recompute: Callable | None = None
    """Computes it from the source's inputs; None where there is nothing to compute."""
    claimed: tuple | Callable | None = None
    """The digits within `printed` if it is more than one number; or the printed formula."""
    from_rounded_steps: Callable | None = None
    """The source's own way, from a result that it had rounded."""
    from_unrounded_inputs: Callable | None = None
    """From inputs that print as the source's do, but have more digits."""
    show: Callable | None = None
    """Writes the value where ten digits are too many: not all known, or not the same everywhere."""
    stated: str = ""
    """The verdict, only where there is nothing to compare; then `note` says why."""
    note: str = ""
    source: str = ""
    place: str = ""
    example: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of a printed number: a word of VERDICTS, the number, and what it is now."""

    word: str
    printed: str
    recomputed: str


def recompute(number):
    """Return what the source's inputs give for a printed number; None if nothing can be computed.

    >>> print(f"{recompute(PUBLISHED_NUMBERS[0]):.6f}")
    1.194047
    """
    return None if number.recompute is None else number.recompute()


def verdict(number):
    """Return whether a printed number is what its inputs give, in as many digits as are printed.

    >>> verdict(PUBLISHED_NUMBERS[33])
    Verdict(word='true of rounded inputs', printed='0.462', recomputed='0.464')
    """
    value = recompute(number)
    if number.stated:
        return Verdict(number.stated, number.printed, "" if value is None else _four_digits(value))
    if callable(number.claimed):  # a printed formula: two ways to one value
        word = "confirmed" if _equal(number.claimed(), value) else "wrong"
        return Verdict(word, number.printed, _four_digits(value))
    digits = number.claimed or (number.printed,)
    if _in_format_of(digits, value) == digits:
        word = "confirmed"
    elif _gives(number.from_rounded_steps, digits):
        word = "true of rounded inputs"
    elif _gives(number.from_unrounded_inputs, digits):
        word = "last digit moved"
    else:
        word = "wrong"
    return Verdict(word, ", ".join(digits), ", ".join(_in_format_of(digits, value)))


def value_in_words(number):
    """Return what is computed now as the page of printed numbers shows it; "" if nothing is.

    Ten significant digits of each number, a word for a word; `show` where those do not fit.

    >>> value_in_words(PUBLISHED_NUMBERS[33])
    '0.4643687841'
    """
    value = recompute(number)
    if value is None:
        return ""
    show = number.show or functools.partial(significant, digits=10)
    return show(value)


def significant(value, digits):
    """Return each number with so many significant digits; integers, words and exact zeros whole.

    >>> significant([0.5, 0.0, -np.inf], 3), significant(["uint8"], 3), significant(6, 3)
    ('0.500, 0, -inf', 'uint8', '6')
    """
    values = np.atleast_1d(value)
    if values.dtype.kind != "f":
        return ", ".join(map(str, values))
    # A whole number in a vector of whole numbers, as in one-hot labels, is no measurement.
    whole = values.size > 1 and (values == np.round(values)).all()
    return ", ".join(f"{x:.0f}" if whole or x == 0 else f"{x:#.{digits}g}" for x in values + 0.0)


def _gives(way, digits):
    return way is not None and _in_format_of(digits, way()) == digits


def _in_format_of(digits, value):
    """Return each value with as many digits as its printed number."""
    values = np.atleast_1d(value) + 0.0  # -0.0 + 0.0 is 0.0: no source prints a minus zero
    return tuple(in_format_of(text, x) for text, x in zip(digits, values, strict=True))


def _four_digits(value):
    values = np.atleast_1d(value)
    return ", ".join(f"{x:#.4g}" if values.dtype.kind == "f" else str(x) for x in values)


def _equal(claimed, value):
    """Return whether two ways to compute a value agree: numbers to 12 digits, the rest exactly."""
    claimed, value = np.atleast_1d(claimed), np.atleast_1d(value)
    if claimed.shape != value.shape or value.dtype.kind not in "fiu":
        return np.array_equal(claimed, value)
    return np.allclose(claimed, value, rtol=1e-12, atol=1e-15)


def _of(source, example, place, *numbers):
    """Return the rows with their source, example and place filled in."""
    return tuple(replace(n, source=source, example=example, place=place) for n in numbers)


# --- 000: the horse -----------------------------------------------------------------------------

horse_probs = functools.partial(softmax, HORSE.logits)
horse_grad = functools.partial(softmax_cross_entropy_grad, HORSE.logits, HORSE.target)


def bars(class_index):
    """Return what the four charts show of one class: score, log p, p, gradient."""
    charts = HORSE.logits, log_softmax(HORSE.logits), horse_probs(), horse_grad()
    return np.array([chart[class_index] for chart in charts])


def show_bars(class_index, values):
    """Return the four readings of a class with the digits that the pixels give."""
    score, log_p, p, grad = values
    deviation = HORSE_UNCERTAINTY[class_index]
    return (
        f"score {score:.3f} ± {deviation:.3f}; log p {log_p:.3f}; p {p:.4f}; gradient {grad:+.4f}"
    )


def penalties():
    """Return the 0-1 loss of two answers to the horse: dog (wrong), horse (right)."""
    answers = [HORSE.class_names.index(name) for name in ("dog", "horse")]
    return (np.array(answers) != HORSE.target).astype(int)


ROWS_000 = (
    *_of(
        "000",
        "horse",
        "forward pass, the loss",
        PublishedNumber(
            1,
            "1.194",
            "the loss of the horse",
            recompute=lambda: softmax_cross_entropy(HORSE.logits, HORSE.target),
            note="The scores are read off bars, and chosen among those that fit to give this loss: "
            "they show that charts and loss agree, they are no second measurement.",
        ),
    ),
    *_of(
        "000",
        "horse",
        "relaxing the outputs",
        PublishedNumber(
            2,
            "a horse 90% of the time, a dog 6% of the time",
            "a true distribution",
            stated="not a result",
            note="An illustration; the rest is left open.",
        ),
        PublishedNumber(
            3,
            "one penalty point if it gets it wrong, and nothing if it's right",
            "error rate",
            recompute=penalties,
            claimed=lambda: np.array([1, 0]),
        ),
        PublishedNumber(
            4,
            "sum to 1",
            "the sum of the probabilities",
            recompute=lambda: horse_probs().sum(),
            claimed=("1",),
        ),
    ),
    *_of(
        "000",
        "horse",
        "backward pass",
        PublishedNumber(
            5,
            "1 - p_t",
            "total gradient above the axis, and below it",
            recompute=lambda: horse_grad()[horse_grad() > 0].sum(),
            claimed=lambda: 1 - horse_probs()[HORSE.target],
        ),
        PublishedNumber(
            6,
            "p_i - delta_it",
            "gradient by the score of the horse",
            recompute=lambda: horse_grad()[HORSE.target],
            claimed=lambda: horse_probs()[HORSE.target] - 1,
        ),
    ),
    *_of(
        "000",
        "horse",
        HORSE.place,
        *(
            PublishedNumber(
                7 + i,
                f"{name} (bars only)",
                f"score, log p, p and gradient of {name}",
                recompute=functools.partial(bars, i),
                show=functools.partial(show_bars, i),
                stated="not a result",
                note="Drawn, not printed: the score is read off the bars for this book.",
            )
            for i, name in enumerate(HORSE.class_names)
        ),
    ),
    *_of(
        "000",
        "horse",
        "references",
        PublishedNumber(
            17,
            "CIFAR-10",
            "the number of classes in the data set's name",
            recompute=lambda: len(HORSE.class_names),
            claimed=("10",),
        ),
    ),
)

# --- 001: softmax, cross entropy loss, and MLE --------------------------------------------------


def dimensions_accepted():
    """Return for which K = 1, 2, 3 the loss takes (N, C, d1, ..., dK) and returns (N, d1..dK)."""
    shapes = [(2,) * k for k in (1, 2, 3)]
    tried = [
        softmax_cross_entropy(np.zeros((5, 4, *d)), np.zeros((5, *d), int), reduction="none")
        for d in shapes
    ]
    return [len(d) for d, loss in zip(shapes, tried, strict=True) if loss.shape == (5, *d)]


def label_types_accepted():
    """Return the integer types that PyTorch's cross_entropy takes as labels."""
    import torch  # only here and below, so that the book's data needs nothing but NumPy

    accepted = []
    for name in ("uint8", "int8", "int16", "int32", "int64"):
        try:
            labels = torch.zeros(2, dtype=getattr(torch, name))
            torch.nn.functional.cross_entropy(torch.zeros(2, 3), labels)
            accepted.append(name)
        except RuntimeError:
            pass
    return accepted


def scores_that_two_classes_need():
    """Return in how many directions two scores move their softmax: the rank of its Jacobian."""
    p = softmax([1.0, 2.0])
    return np.linalg.matrix_rank(np.diag(p) - np.outer(p, p))


def keras_from_probs():
    """Return the Keras example's loss, its arrays read as probabilities."""
    with np.errstate(divide="ignore"):  # ln 0, of a class that is not the true one
        return nll_loss(np.log(KERAS_EXAMPLE.y_pred), KERAS_EXAMPLE.y_true)


def keras_from_logits():
    """Return the Keras example's loss, its arrays read as logits."""
    return softmax_cross_entropy(KERAS_EXAMPLE.y_pred, KERAS_EXAMPLE.y_true)


ROWS_001 = (
    *_of(
        "001",
        "entropy",
        "Cross Entropy Loss (a.k.a Softmax Loss)",
        PublishedNumber(
            18,
            "P(x_1) = 0 and P(x_2) = 1, its entropy is zero",
            "entropy of a sure outcome",
            recompute=lambda: entropy([0.0, 1.0]),
            claimed=lambda: 0.0,
            note="With 0 log 0 = 0.",
        ),
        PublishedNumber(
            19,
            "the true class has a probability 1, and other classes have a probability 0",
            what="one-hot labels",
            recompute=lambda: np.eye(3)[1, [1, 0]],
            claimed=("1", "0"),
            note="Right as a definition; the source's 'always' is not: labels may be soft.",
        ),
    ),
    *_of(
        "001",
        "Keras example",
        KERAS_EXAMPLE.place,
        PublishedNumber(
            20,
            "y_true = [1, 2], y_pred = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]",
            what="the loss of these labels and probabilities",
            recompute=keras_from_probs,
            stated="not a result",
            note="Inputs; the source does not print the loss.",
        ),
        PublishedNumber(
            21,
            "from_logits=True: predictions being a probability distribution",
            what="the loss with from_logits=True, said to be the loss of probabilities",
            recompute=keras_from_logits,
            claimed=keras_from_probs,
            note="Backwards: with from_logits=True the arrays are taken for scores.",
        ),
    ),
    *_of(
        "001",
        "framework interfaces",
        "PyTorch implementations",
        PublishedNumber(
            22,
            "K≥1K≥1",
            "the number of dimensions after the classes",
            recompute=dimensions_accepted,
            claimed=lambda: [1, 2, 3],
            note="Tried for one, two and three; the source prints it twice.",
        ),
    ),
    *_of(
        "001",
        "framework interfaces",
        "Softmax With Cross Entropy Loss And Log-Sum-Exp Trick",
        PublishedNumber(
            23,
            "requires masks to be in long (int64)",
            "the type of the labels",
            recompute=label_types_accepted,
            claimed=lambda: ["int64"],
            note="PyTorch takes one more type; the TensorFlow function named takes distributions.",
        ),
    ),
    *_of(
        "001",
        "binary classifier",
        "Binary-Cross-Entropy Loss",
        PublishedNumber(
            24,
            "[0, 1]",
            "the range of the sigmoid",
            stated="not a result",
            note="A range, and loosely stated: the ends are reached only by rounding.",
        ),
        PublishedNumber(
            25,
            "usually 1 single unit",
            "the number of scores that two classes need",
            recompute=scores_that_two_classes_need,
            claimed=("1",),
            note="Usual, not necessary: two units and softmax do the same.",
        ),
    ),
    *_of(
        "001",
        "dates",
        "under the title",
        PublishedNumber(
            26,
            SOURCES["001"].date,
            "the date of publication",
            stated="not a result",
            note="A date: nothing to compute.",
        ),
    ),
)

# --- 002: cat, dog, bird ------------------------------------------------------------------------

animal_probs = functools.partial(softmax, ANIMALS.logits)
animal_loss = functools.partial(softmax_cross_entropy, ANIMALS.logits, ANIMALS.target)
animal_grad = functools.partial(softmax_cross_entropy_grad, ANIMALS.logits, ANIMALS.target)


def animal_loss_by_the_printed_probability():
    """Return the loss as the source computes it: -log of a probability printed to two digits."""
    return -np.log(float(ANIMALS.printed["probs"][ANIMALS.target]))


MEASURED_DIGITS = 6  # of a slope measured with steps of 1e-6: rounding takes the rest


def show_measured(slope):
    """Return a measured slope with the digits that every machine gives again."""
    return significant(slope, MEASURED_DIGITS)


def initial_gradient(logits, target):
    """Return dL/dL as the source uses it: measured slope of the loss over q_y - 1."""
    h = 1e-6
    step = h * np.eye(len(logits))[target]
    rise = softmax_cross_entropy(logits + step, target)
    rise -= softmax_cross_entropy(logits - step, target)
    return rise / (2 * h) / (softmax(logits)[target] - 1)


def largest_gradient_when_right():
    """Return the largest |gradient| where q_y has been rounded to 1, in single precision."""
    return np.abs(softmax_cross_entropy_grad(np.float32([1000, 0, 0]), 0)).max()


ROWS_002 = (
    *_of(
        "002",
        "cat, dog, bird",
        "figure 2 and its paragraph",
        PublishedNumber(
            27,
            "K=3",
            "the number of classes",
            recompute=lambda: len(ANIMALS.class_names),
            claimed=("3",),
        ),
        PublishedNumber(28, "(1, 2, 0.5)", "the logits", stated="not a result", note="An input."),
        *(
            PublishedNumber(
                29 + i,
                ANIMALS.printed["probs"][i],
                f"softmax, {name}",
                recompute=lambda i=i: animal_probs()[i],
            )
            for i, name in enumerate(ANIMALS.class_names)
        ),
        PublishedNumber(
            32,
            "23%, 63%, 14%",
            "softmax in percent, in a comment left in the text",
            recompute=lambda: 100 * animal_probs(),
            claimed=("23", "63", "14"),
        ),
        PublishedNumber(
            33,
            "(0, 1, 0)",
            "the one-hot label of the dog",
            recompute=lambda: np.eye(len(ANIMALS.class_names))[ANIMALS.target],
            claimed=("0", "1", "0"),
        ),
        PublishedNumber(
            34,
            ANIMALS.printed["loss"],
            "-log(0.63), given as the loss",
            recompute=animal_loss,
            from_rounded_steps=animal_loss_by_the_printed_probability,
            note="The logarithm is right; its argument had been rounded to two digits.",
        ),
        PublishedNumber(
            35,
            ANIMALS.printed["loss"],
            "the same loss, which the logits give as well",
            recompute=animal_loss,
            from_rounded_steps=animal_loss_by_the_printed_probability,
            note="-z_y + log sum_j exp(z_j), the source's own formula, rounds nothing on the way.",
        ),
    ),
    *_of(
        "002",
        "range of the loss",
        "after figure 2's calculation",
        PublishedNumber(
            36,
            "log(0) = infinity",
            "the logarithm at 0",
            recompute=lambda: xlogy(1.0, 0.0),
            claimed=lambda: np.inf,
            note="The sign: the surprise, -log(0), is what is infinite.",
        ),
        PublishedNumber(
            37,
            "log(1) = 0",
            "the logarithm at 1",
            recompute=lambda: xlogy(1.0, 1.0),
            claimed=("0",),
        ),
    ),
    *_of(
        "002",
        "range of the loss",
        "softmax; and after figure 2's calculation",
        PublishedNumber(
            38,
            "0 <= q_i <= 1",
            "the range of softmax",
            stated="not a result",
            note="A range, and loosely stated: finite scores reach the ends only by rounding.",
        ),
        PublishedNumber(
            39,
            "[0, +infinity)",
            "the range of the loss",
            stated="not a result",
            note="A range, and loosely stated: zero is reached only by rounding, and the infinite "
            "loss that the source names next lies outside.",
        ),
    ),
    *_of(
        "002",
        "cat, dog, bird",
        "Cross-Entropy derivative, figure 3",
        PublishedNumber(
            40,
            "The initial gradient is 1",
            "dL/dL, with which the backward pass starts",
            recompute=lambda: initial_gradient(ANIMALS.logits, ANIMALS.target),
            claimed=("1",),
            show=show_measured,
        ),
        PublishedNumber(
            41,
            "q_i - 1(y=i)",
            "the gradient by the logits; its numbers are lost with figure 3",
            recompute=animal_grad,
            claimed=lambda: animal_probs() - np.eye(3)[ANIMALS.target],
        ),
        PublishedNumber(
            42,
            "sum q_i = 1",
            "the sum of the probabilities",
            recompute=lambda: animal_probs().sum(),
            claimed=("1",),
        ),
        PublishedNumber(
            43,
            "where q_y=1, the gradient will be 0",
            "perfect classification",
            recompute=largest_gradient_when_right,
            claimed=("0",),
            note="A limit: finite scores get there only by rounding.",
        ),
    ),
)

# --- 003: the check against autograd ------------------------------------------------------------


@functools.cache
def draw():
    """Return scores, labels and upstream gradients as the listing draws them, as torch tensors."""
    import torch

    drawn = torch.Generator().manual_seed(GRADIENT_CHECK.seed)  # the caller's own seed stays
    n, num_classes = GRADIENT_CHECK.num_examples, GRADIENT_CHECK.num_classes
    scores = torch.rand((n, num_classes), generator=drawn, dtype=torch.float32)
    labels = torch.randint(high=GRADIENT_CHECK.high, size=(n,), generator=drawn)
    return scores, labels, torch.rand((n,), generator=drawn, dtype=torch.float32)


def largest_label_drawn():
    """Return the largest of so many labels that one that can occur is all but sure to occur."""
    import torch

    drawn = torch.Generator().manual_seed(GRADIENT_CHECK.seed)
    return int(torch.randint(high=GRADIENT_CHECK.high, size=(100_000,), generator=drawn).max())


def largest_difference_to_autograd():
    """Return by how much the source's formula and autograd differ in the listing, at most."""
    import torch

    scores, labels, upstream = draw()
    x = scores.clone().requires_grad_()
    torch.nn.functional.cross_entropy(x, labels, reduction="none").backward(upstream)
    one_hot = torch.nn.functional.one_hot(labels, num_classes=GRADIENT_CHECK.num_classes)
    by_formula = upstream.unsqueeze(1) * (torch.softmax(scores, dim=1) - one_hot)
    return float((by_formula - x.grad).abs().max())


def listing_losses():
    """Return the listing's losses, one per example."""
    scores, labels, _ = draw()
    return softmax_cross_entropy(scores.numpy(), labels.numpy(), reduction="none")


def slope_of_the_sum_of_exponentials():
    """Return d/dx_n of sum_j 1_j exp(x_j), measured, over exp(x_n): the 1_n that is left."""
    x, h = draw()[0][0, :3].double().numpy(), 1e-6
    step = np.array([h, 0, 0])
    return (np.exp(x + step).sum() - np.exp(x - step).sum()) / (2 * h) / np.exp(x[0])


ROWS_003 = _of(
    "003",
    "gradient check",
    GRADIENT_CHECK.place,
    PublishedNumber(
        44,
        str(GRADIENT_CHECK.seed),
        "the seed; what follows from it: the first score",
        recompute=lambda: float(draw()[0][0, 0]),
        stated="not a result",
        note="An input; PyTorch draws the same scores from it again.",
    ),
    PublishedNumber(
        45,
        str(GRADIENT_CHECK.num_examples),
        "the number of examples, so of losses",
        recompute=lambda: listing_losses().size,
    ),
    PublishedNumber(
        46,
        str(GRADIENT_CHECK.num_classes),
        "the number of classes, so of scores per example",
        recompute=lambda: draw()[0].shape[1],
    ),
    PublishedNumber(
        47,
        "high=num_classes-1",
        "said to be the largest label",
        recompute=largest_label_drawn,
        claimed=lambda: GRADIENT_CHECK.num_classes - 1,
        note="`high` is one above the largest label: the last class is never drawn.",
    ),
    PublishedNumber(
        48,
        "always equals 1",
        "the entries of the tensor of ones",
        recompute=slope_of_the_sum_of_exponentials,
        claimed=("1",),
        show=show_measured,
        note="But j, said to be free, is summed over; the index that stays is n.",
    ),
    PublishedNumber(
        49,
        "dl/dc = 1",
        "backpropagation that starts at this loss",
        recompute=lambda: initial_gradient(draw()[0][0].double().numpy(), int(draw()[1][0])),
        claimed=("1",),
        show=show_measured,
        note="The symbols are lost in the text.",
    ),
    PublishedNumber(
        50,
        "1 to 23",
        "the listing's line numbers",
        stated="not a result",
        note="Line numbers of a listing, left over from copying.",
    ),
    PublishedNumber(
        51,
        "(no number)",
        "the largest difference between formula and autograd",
        recompute=largest_difference_to_autograd,
        show=lambda difference: "< 1e-6" if difference < 1e-6 else significant(difference, 1),
        stated="not a result",
        note="The listing checks it and prints nothing.",
    ),
)

# --- 004: six examples, two classes -------------------------------------------------------------


def probs_of_target(logits):
    """Return the probabilities of the true classes, looked up as the source does."""
    return softmax(logits)[np.arange(len(logits)), SIX_EXAMPLES.target]


def minus_log_p_correct(logits):
    """Return the losses as the source first computes them, from probabilities."""
    return -np.log(probs_of_target(logits))


def losses(logits):
    """Return the losses of the six examples."""
    return softmax_cross_entropy(logits, SIX_EXAMPLES.target, reduction="none")


def mean_loss(logits):
    """Return the mean loss of the six examples."""
    return softmax_cross_entropy(logits, SIX_EXAMPLES.target)


def derived(first_row, name, what, quantity):
    """Return one row for each entry printed of a quantity that the source derives from logits."""
    printed = SIX_EXAMPLES.printed[name]

    def entry(logits, i):
        return np.ravel(quantity(logits))[i]

    return tuple(
        PublishedNumber(
            first_row + i,
            text,
            what + _position(i, len(printed)),
            recompute=functools.partial(entry, SIX_EXAMPLES.logits, i),
            from_unrounded_inputs=functools.partial(entry, SIX_EXAMPLES_MORE_DIGITS, i),
        )
        for i, text in enumerate((printed,) if isinstance(printed, str) else printed)
    )


def _position(i, count):
    """Return the place of the i-th entry: in a matrix of two columns, or in a list of six."""
    return {12: f" [{i // 2}][{i % 2}]", 6: f" [{i}]"}.get(count, "")


def collapsed_sum():
    """Return -sum_k y_k ln o_k of the six examples, every class counted."""
    return cross_entropy(np.eye(2)[SIX_EXAMPLES.target], softmax(SIX_EXAMPLES.logits))


ROWS_004 = (
    *_of(
        "004",
        "six examples",
        SIX_EXAMPLES.place,
        *(
            PublishedNumber(
                52 + i,
                f"{logit:.4f}",
                f"activation [{i // 2}][{i % 2}]",
                stated="not reproducible",
                note="An input, drawn from torch.randn without a seed.",
            )
            for i, logit in enumerate(SIX_EXAMPLES.logits.ravel())
        ),
        *(
            PublishedNumber(
                64 + i,
                str(label),
                f"target [{i}]",
                stated="not a result",
                note="An input; counted from 0, where the text counts classes from 1.",
            )
            for i, label in enumerate(SIX_EXAMPLES.target)
        ),
        *derived(70, "probs", "softmax", softmax),
        *derived(82, "probs_of_target", "p_correct_class", probs_of_target),
        *derived(88, "log_probs", "log(softmax)", lambda logits: np.log(softmax(logits))),
        *derived(100, "log_probs", "log_softmax", log_softmax),
        *derived(112, "losses", "-log p_correct", minus_log_p_correct),
        *derived(118, "mean", "mean of -log p_correct", lambda z: minus_log_p_correct(z).mean()),
        *derived(119, "losses", "nn.CrossEntropyLoss(reduction='none')", losses),
        *derived(125, "mean", "nn.CrossEntropyLoss()", mean_loss),
        *derived(126, "losses", "F.cross_entropy(reduction='none')", losses),
        *derived(132, "mean", "F.cross_entropy()", mean_loss),
        PublishedNumber(
            133,
            SIX_EXAMPLES.printed["mean"],
            "the mean loss, from activations with one more digit",
            recompute=lambda: mean_loss(SIX_EXAMPLES_MORE_DIGITS),
            note="Activations found for this book, which reproduce every entry: the source agrees "
            "with itself.",
        ),
        PublishedNumber(
            134,
            "(6,2)",
            "N and K, the shape of the activations",
            recompute=lambda: SIX_EXAMPLES.logits.shape,
            claimed=("6", "2"),
        ),
        PublishedNumber(
            135,
            "*2",
            "the scale of the random activations",
            stated="not a result",
            note="An input.",
        ),
        PublishedNumber(
            136,
            "[0, 1, 2, 3, 4, 5]",
            "list(range(6))",
            recompute=lambda: np.arange(len(SIX_EXAMPLES.target)),
            claimed=tuple("012345"),
        ),
    ),
    *_of(
        "004",
        "likelihood",
        "Maximizing the likelihood of the labels of the data",
        PublishedNumber(
            137,
            "1 for N-1 examples, 0 for the N-th: zero",
            "the product of probabilities",
            recompute=lambda: np.prod([1.0, 1.0, 1.0, 1.0, 1.0, 0.0]),
            claimed=lambda: 0.0,
        ),
        PublishedNumber(
            138,
            "only one of the classes has a probability of 1",
            "the sum is a single term",
            recompute=collapsed_sum,
            claimed=lambda: losses(SIX_EXAMPLES.logits),
        ),
    ),
    *_of(
        "004",
        "dates",
        "under the title; and references",
        PublishedNumber(
            139,
            "page 203 Chapter 5",
            "the place of a quotation",
            stated="not a result",
            note="A citation: nothing to compute.",
        ),
        PublishedNumber(
            140,
            f"{SOURCES['004'].date}; 2017; 2020",
            "the dates of the article and two others",
            stated="not a result",
            note="Dates: nothing to compute.",
        ),
    ),
)

PUBLISHED_NUMBERS = (*ROWS_000, *ROWS_001, *ROWS_002, *ROWS_003, *ROWS_004)
"""The rows 1 to 140 in order; `source`, `example` and `place` say what belongs together."""
