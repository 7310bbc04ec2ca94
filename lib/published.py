"""The inputs and numbers printed in the book's five sources, as data, each with its place.

Nothing here is a result of the book: `printed` is what the source printed, right or not. What the
book adds of its own says so. Every printed number, with its verdict: `published_numbers`.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Source:
    """One of the five articles that the book explains and checks."""

    title: str
    date: str | None  # as printed; None where the article prints none
    numbers: int  # how many it prints, counted by hand; published_numbers lists them


SOURCES = {
    "000": Source("Orr, Softmax cross entropy loss", None, 17),
    "001": Source("Softmax, Cross Entropy Loss, and MLE", "January 24, 2022", 9),
    "002": Source("Softmax classifier note, cat, dog, bird", None, 17),
    "003": Source("Cross-Entropy Loss (Softmax) Gradient Used In Deep Learning", None, 8),
    "004": Source("A note on Cross Entropy loss with PyTorch", "August 7, 2021", 89),
}
"""The sources by the number of their file."""


@dataclass(frozen=True)
class WorkedExample:
    """One worked example of a source: its scores, its true classes, and what the source printed."""

    source: str
    place: str
    class_names: tuple
    logits: np.ndarray
    target: object
    printed: dict

    def __post_init__(self):
        self.logits.setflags(write=False)  # frozen to the last number


@dataclass(frozen=True)
class ProbabilitiesExample:
    """An example that starts from probabilities; its source prints no result."""

    source: str
    place: str
    y_true: np.ndarray
    y_pred: np.ndarray

    def __post_init__(self):
        self.y_true.setflags(write=False)
        self.y_pred.setflags(write=False)


@dataclass(frozen=True)
class RandomExample:
    """An example whose inputs a listing draws at random, by the numbers that the listing prints."""

    source: str
    place: str
    seed: int
    num_examples: int
    num_classes: int
    high: int  # one above the largest label that can be drawn


def in_format_of(printed, value):
    """Return `value` with as many digits as a printed number, and an exponent if that has one.

    >>> in_format_of("-3.5634e+00", -3.563353), in_format_of("0.462", 0.46437)
    ('-3.5634e+00', '0.464')
    """
    mantissa, exponent, _ = printed.partition("e")
    digits = len(mantissa.partition(".")[2])
    return f"{value:.{digits}{'e' if exponent else 'f'}}"


HORSE = WorkedExample(
    source="Orr, Softmax cross entropy loss",
    place="forward pass and backward pass, bar charts of a CIFAR-10 horse",
    class_names=(
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
    # The source shows the scores as bars only. These were read off the pixels of its four charts
    # (uncertainty below). They agree with every bar end of all four, and, of all scores that do,
    # were chosen to give the printed loss: its agreement is no proof, only their consistency.
    logits=np.array(
        [-2.424, -2.211, -1.855, 1.440, 0.059, 1.405, -2.566, 1.453, -4.817, -3.223],
    ),
    target=7,
    printed={"loss": "1.194"},
)

HORSE_UNCERTAINTY = np.array(
    [0.013, 0.013, 0.012, 0.010, 0.010, 0.010, 0.012, 0.010, 0.010, 0.012],
)
"""One standard deviation of each score read off the chart; most of it is one common offset."""

HORSE_CHART_HEIGHT = 217.44
"""The book's own measurement: the height in pixels of the axes of the four charts."""

HORSE_PIXELS_PER_UNIT = {"score": 28.5, "ln p": 27.8, "p": 683.0, "gradient": 198.0}
"""The book's own measurement: how many pixels one unit takes in each of the four charts."""

ANIMALS = WorkedExample(
    source="Softmax classifier note, cat, dog, bird",
    place="figure 2 and the section on the derivative",
    class_names=("cat", "dog", "bird"),
    logits=np.array([1.0, 2.0, 0.5]),
    target=1,
    printed={"probs": ("0.23", "0.63", "0.14"), "loss": "0.462"},
)

SIX_EXAMPLES = WorkedExample(
    source="A note on Cross Entropy loss with PyTorch",
    place="maximizing the likelihood, worked example",
    class_names=("class 0", "class 1"),
    logits=np.array(
        [
            [-1.6453, 1.8893],
            [1.9800, 1.7681],
            [2.8183, 4.6643],
            [-0.3635, -0.0614],
            [0.4064, -0.4668],
            [-3.3801, 3.2484],
        ]
    ),
    target=np.array([0, 1, 0, 1, 1, 0]),
    # The article prints log_probs twice, and losses and mean three times each.
    printed={
        "probs": (
            *("0.0283", "0.9717", "0.5528", "0.4472", "0.1363", "0.8637"),
            *("0.4250", "0.5750", "0.7054", "0.2946", "0.0013", "0.9987"),
        ),
        "log_probs": (
            *("-3.5634e+00", "-2.8753e-02", "-5.9281e-01", "-8.0469e-01"),
            *("-1.9925e+00", "-1.4659e-01", "-8.5559e-01", "-5.5344e-01"),
            *("-3.4895e-01", "-1.2222e+00", "-6.6298e+00", "-1.3213e-03"),
        ),
        "probs_of_target": ("0.0283", "0.4472", "0.1363", "0.5750", "0.2946", "0.0013"),
        "losses": ("3.5634", "0.8047", "1.9925", "0.5534", "1.2222", "6.6298"),
        "mean": "2.4610",
    },
)

SIX_EXAMPLES_MORE_DIGITS = np.array(
    [
        [-1.64530, 1.88930],
        [1.97999, 1.76811],
        [2.81832, 4.66427],
        [-0.36352, -0.06137],
        [0.40644, -0.46684],
        [-3.38010, 3.24840],
    ]
)
"""Found for this book, printed nowhere: one digit more of the logits of SIX_EXAMPLES.

They print as the article's activations and reproduce every number that it derived from its own.
So the article agrees with itself; which digits its activations really had, nobody can tell.
"""
SIX_EXAMPLES_MORE_DIGITS.setflags(write=False)

KERAS_EXAMPLE = ProbabilitiesExample(
    source="Softmax, Cross Entropy Loss, and MLE",
    place="TensorFlow implementations, SparseCategoricalCrossentropy",
    y_true=np.array([1, 2]),
    y_pred=np.array([[0.05, 0.95, 0], [0.1, 0.8, 0.1]]),
)

GRADIENT_CHECK = RandomExample(
    source="Cross-Entropy Loss (Softmax) Gradient Used In Deep Learning",
    place="PyTorch implementation, the listing",
    seed=42,
    num_examples=128,
    num_classes=256,
    high=256 - 1,  # the listing's num_classes-1
)

KL_PROBE = {"p": (0.2, 0.5, 0.3), "q": (0.6, 0.3, 0.1)}
"""The book's own, printed nowhere: a pair on which a sign lost in source 001's KL shows."""
