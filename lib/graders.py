"""What `check` tries: for each function its cases, and the mistakes that people make with it.

To grade one more function, add its entry to `GRADERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .binary import (
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
)
from .information import cross_entropy, entropy, kl_divergence, perplexity
from .kl_div import kl_div_loss
from .likelihood import bernoulli_nll, fit_categorical
from .losses import nll_loss, softmax_cross_entropy, softmax_cross_entropy_grad
from .softmax import log_softmax, logsumexp, sigmoid, softmax, softmax_jacobian, softplus


@dataclass(frozen=True)
class Case:
    """One input, what must hold there, and a hint for whom it does not hold.

    A case with `options` is tried only on answers that take these keyword arguments.
    """

    inputs: tuple
    must: str
    hint: str
    options: dict = field(default_factory=dict)
    atol: float = 1e-9  # 0 where a tiny result must have its digits, too


@dataclass(frozen=True)
class Mistake:
    """A formula people write by mistake: an answer that agrees with it gets its hint."""

    formula: Callable
    must: str
    hint: str


def _wrong_sign(like):
    return Mistake(
        lambda *inputs: -like(*inputs),
        "the size is right, the sign is not",
        "is the logarithm of a probability positive or negative?",
    )


def _base_two(like):
    return Mistake(
        lambda *inputs: like(*inputs) / np.log(2),
        "the book measures in nats, and this is in bits",
        "which base has your logarithm?",
    )


def _sum_for_mean(like):
    return Mistake(
        lambda scores, target: like(scores, target, reduction="sum"),
        "a batch counts with the mean over its examples, and this is the sum",
        "should twice as many examples weigh twice as much?",
    )


def _divided_by_classes(like):
    return Mistake(
        lambda scores, target: like(scores, target) / np.shape(scores)[-1],
        "the mean must run over the examples, and this is divided by the classes as well",
        "how many losses has a row of scores?",
    )


def _diagonal(p):
    """Return a matrix per row of `p`, with the row on its diagonal."""
    return p[..., np.newaxis] * np.eye(p.shape[-1])


def _rows(must):
    """Return the cases of a function that works along the last axis, or along `axis`."""
    return (
        Case((BATCH,), must, ROW_HINT),
        Case((ROWS_FAR_APART,), must, ROW_HINT),
        Case((BATCH,), "the axis must be the one asked for", ROW_HINT, {"axis": 0}),
    )


def _binary(must):
    """Return the cases of a loss of yes-or-no answers, or of its gradient, that are alike."""
    return (
        Case((SCORES, HALF_ANSWERS), must, "how much of a target of 0.9 is a yes, how much a no?"),
        Case((BATCH, BATCH_ANSWERS), must, "over how many questions does the mean run?"),
        Case(
            (FAR_APART, np.array([1.0, 0.0, 0.0])),
            "what is sure and right must count nothing, and everything must be finite",
            SIGMOID_HINT,
            atol=TINY,
        ),
        Case((SURE_AND_WRONG, np.array([0.0, 1.0])), must, SIGMOID_HINT),
        Case(
            (SCORES, ANSWERS),
            "the questions must be added up, not averaged",
            "what do you divide by, and when?",
            {"reduction": "sum"},
        ),
        Case(
            (SCORES, ANSWERS),
            "there must be one number per question",
            "what is left when nothing is added up?",
            {"reduction": "none"},
        ),
        Case(
            (SCORES, HALF_ANSWERS),
            "a yes must count pos_weight times, a no once",
            "which of your two terms belongs to a yes?",
            {"pos_weight": 3.0},
        ),
    )


def _reductions(rows, must):
    """Return the cases of a loss that averages, or does what `reduction` says."""
    return (
        Case((rows, LABELS), must, "each row has its own label; then average."),
        Case(
            (rows, LABELS),
            "it must be the sum over the rows",
            "what do you divide by, and when?",
            {"reduction": "sum"},
        ),
        Case(
            (rows, LABELS),
            "there must be one loss per row",
            "what is left when nothing is added up?",
            {"reduction": "none"},
        ),
    )


TINY = 1e-15  # where a result is 0, and a probability clipped at 1e-12 is not
SCORES = np.array([1.0, 2.0, 0.5])
FAR_APART = np.array([1000.0, 0.0, -1000.0])
VERY_LOW = np.array([-1000.0, -1001.0, -1002.0])
MASKED = np.array([1.0, -np.inf, 0.5])
BATCH = np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 0.0]])
ROWS_FAR_APART = np.array([[2.0, 1.0], [-1000.0, -1001.0]])
LABELS = np.array([1, 2])
ANSWERS = np.array([0.0, 1.0, 0.0])
HALF_ANSWERS = np.array([0.9, 0.2, 0.5])
BATCH_ANSWERS = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
SURE_AND_WRONG = np.array([1000.0, -1000.0])
OUTCOMES = np.array([1, 1, 0, 1])
PROBS = np.array([0.2, 0.5, 0.3])
BATCH_PROBS = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
MODEL_PROBS = np.array([0.1, 0.3, 0.6])
BATCH_MODEL = np.array([[0.1, 0.3, 0.6], [0.4, 0.4, 0.2]])
CERTAIN = np.array([0.0, 1.0])
EVEN = np.array([0.5, 0.5])

ROW_HINT = "over which axis do your maximum and your sum run, and do they keep their place?"
SHIFT_HINT = "the same number added to every score changes no probability; which would help here?"
OVERFLOW_HINT = "what does the largest exponential look like?"
LOG_HINT = "which probability became 0 before its logarithm was taken?"
MASK_HINT = "what is exp(-inf), and what is 0 * inf?"
TWICE_HINT = "how often does your function apply softmax?"
LOG_OR_NOT_HINT = "is this the probability, or its logarithm?"
SIGMOID_HINT = "which probability was rounded to 0 or 1, or which exponential to inf?"

GRADERS = {
    softmax: (
        (
            Case(
                (SCORES,),
                "shares must be proportional to exp(z), and sum to 1",
                "exponentiate before you divide.",
            ),
            Case((SCORES + 5,), "adding 5 to every score must change nothing", "divide by what?"),
            Case((FAR_APART,), "probabilities must be finite and sum to 1", OVERFLOW_HINT),
            Case((VERY_LOW,), "probabilities must be finite and sum to 1", SHIFT_HINT),
            Case((MASKED,), "a score of -inf must get probability 0", MASK_HINT, atol=TINY),
            *_rows("each row must sum to 1 by itself"),
        ),
        (
            Mistake(np.exp, "probabilities must sum to 1", "divide the exponentials by what?"),
            Mistake(
                lambda z: softmax(z * np.log(2)),
                "shares must be proportional to powers of e, and these are powers of 2",
                "which NumPy function raises e to a power?",
            ),
            Mistake(lambda z: softmax(softmax(z)), "shares must differ more", TWICE_HINT),
            Mistake(log_softmax, "probabilities must not be negative", LOG_OR_NOT_HINT),
        ),
    ),
    logsumexp: (
        (
            Case(
                (SCORES,),
                "its exponential must be the sum of the exponentials",
                "read the name from right to left.",
            ),
            Case((FAR_APART,), "it must be finite", OVERFLOW_HINT),
            Case((VERY_LOW,), "it must be finite", "which number keeps the sum away from 0?"),
            Case((MASKED,), "a score of -inf must add nothing", MASK_HINT),
            *_rows("each row must have its own, finite result"),
            Case(
                (BATCH,),
                "the axis that is summed away must stay, with length 1",
                "which shape has NumPy's sum with keepdims=True?",
                {"keepdims": True},
            ),
        ),
        (
            Mistake(
                lambda z: logsumexp(z) - np.max(z, axis=-1),
                "it must exceed the largest score",
                "you took a number away from every score; where does it come back?",
            ),
            Mistake(
                lambda z: -logsumexp(z),
                "it must not be below the largest score",
                "which sign has the logarithm of the sum?",
            ),
            _base_two(logsumexp),
        ),
    ),
    log_softmax: (
        (
            Case(
                (SCORES,),
                "its exponentials must be the probabilities",
                "which number is taken from each score?",
            ),
            Case((FAR_APART,), "every entry must be finite", LOG_HINT),
            Case((VERY_LOW,), "every entry must be finite", SHIFT_HINT),
            Case((MASKED,), "a score of -inf, and no other, must stay -inf", MASK_HINT),
            *_rows("the exponentials of each row must sum to 1"),
        ),
        (
            Mistake(softmax, "log-probabilities must not be positive", LOG_OR_NOT_HINT),
            Mistake(
                lambda z: log_softmax(z) + np.max(z, axis=-1, keepdims=True),
                "its exponentials must sum to 1",
                "you took a number away from every score; in both places?",
            ),
            _wrong_sign(log_softmax),
            _base_two(log_softmax),
        ),
    ),
    sigmoid: (
        (
            Case((np.array([0.0]),), "a score of 0 must give even odds", "what is exp(0)?"),
            Case((SCORES,), "the odds p / (1 - p) must be exp(x)", "divide by what?"),
            Case(
                (np.array([-1.0, -3.0]),),
                "below 0 the odds p / (1 - p) must be exp(x), too",
                "what does your code do with a negative score?",
            ),
            Case(
                (FAR_APART,),
                "far out the probabilities must be 1 and 0, and none nan",
                OVERFLOW_HINT,
                atol=TINY,
            ),
        ),
        (
            Mistake(
                lambda x: sigmoid(-x),
                "a higher score must give a higher probability",
                "which sign has x inside your exponential?",
            ),
        ),
    ),
    softmax_cross_entropy: (
        (
            Case((SCORES, 1), "it must be minus the logarithm of one probability", "which?"),
            Case(
                (SCORES + 5, 1), "adding 5 to every score must change nothing", "whose logarithm?"
            ),
            Case((FAR_APART, 1), "the loss must be finite, without an upper limit", LOG_HINT),
            Case((VERY_LOW, 2), "the loss must be finite", SHIFT_HINT),
            Case((MASKED, 0), "a wrong class with score -inf must cost nothing", MASK_HINT),
            *_reductions(BATCH, "it must be the mean of one loss per row"),
            Case((ROWS_FAR_APART, LABELS - 1), "the loss must be finite", ROW_HINT),
        ),
        (
            _wrong_sign(softmax_cross_entropy),
            _base_two(softmax_cross_entropy),
            _sum_for_mean(softmax_cross_entropy),
            _divided_by_classes(softmax_cross_entropy),
            Mistake(
                lambda logits, target: (
                    softmax_cross_entropy(logits, target) - np.mean(np.max(logits, axis=-1))
                ),
                "the same number added to every score must change nothing",
                "you took a number away from every score; in both places?",
            ),
            Mistake(
                lambda logits, target: softmax_cross_entropy(softmax(logits), target),
                "the loss must see the scores themselves",
                TWICE_HINT,
            ),
        ),
    ),
    softmax_cross_entropy_grad: (
        (
            Case(
                (SCORES, 1),
                "each entry must be the slope of the loss along one score",
                "predicted minus what?",
            ),
            Case((FAR_APART, 1), "every entry must be finite", OVERFLOW_HINT),
            *_reductions(BATCH, "each row must sum to 0 and be divided by the number of rows"),
        ),
        (
            Mistake(
                lambda logits, target: -softmax_cross_entropy_grad(logits, target),
                "the true class must be pulled up by a step against the gradient",
                "predicted minus true, or true minus predicted?",
            ),
            Mistake(
                lambda logits, target: softmax(logits),
                "the entries must sum to 0",
                "these are the probabilities; which entry differs, and by how much?",
            ),
            _sum_for_mean(softmax_cross_entropy_grad),
            _divided_by_classes(softmax_cross_entropy_grad),
        ),
    ),
    nll_loss: (
        (
            Case((np.log(PROBS), 1), "it must be minus one entry of log_probs", "which entry?"),
            *_reductions(np.log(BATCH_PROBS), "it must be the mean of one loss per row"),
        ),
        (
            _wrong_sign(nll_loss),
            _base_two(nll_loss),
            _sum_for_mean(nll_loss),
            _divided_by_classes(nll_loss),
        ),
    ),
    binary_cross_entropy_with_logits: (
        (
            Case(
                (SCORES, ANSWERS),
                "it must be the mean of one cost per question",
                "which probability does sigmoid give to a yes, and which is left for a no?",
            ),
            *_binary("it must be the mean of one cost per question"),
        ),
        (
            _wrong_sign(binary_cross_entropy_with_logits),
            _base_two(binary_cross_entropy_with_logits),
            _sum_for_mean(binary_cross_entropy_with_logits),
            Mistake(
                lambda logits, target: np.mean(target * np.logaddexp(0, -logits)),
                "a no must cost something too",
                "which probability did the model give to a no?",
            ),
            Mistake(
                lambda logits, target: binary_cross_entropy_with_logits(-logits, target),
                "a higher score must make a yes cheaper",
                "which of your two logarithms belongs to a yes?",
            ),
            Mistake(
                lambda logits, target: binary_cross_entropy_with_logits(sigmoid(logits), target),
                "the loss must see the scores themselves",
                "how often does your function apply sigmoid?",
            ),
        ),
    ),
    binary_cross_entropy_with_logits_grad: (
        (
            Case(
                (SCORES, ANSWERS),
                "each entry must be the slope of the mean along one score",
                "predicted minus what, divided by what?",
            ),
            *_binary("each entry must be the slope of the mean along one score"),
        ),
        (
            _sum_for_mean(binary_cross_entropy_with_logits_grad),
            Mistake(
                lambda logits, target: -binary_cross_entropy_with_logits_grad(logits, target),
                "a yes must be pulled up by a step against the gradient",
                "predicted minus true, or true minus predicted?",
            ),
            Mistake(
                lambda logits, target: sigmoid(logits),
                "an entry must be able to be negative",
                "these are the probabilities; what is taken from them?",
            ),
            Mistake(
                lambda logits, target: binary_cross_entropy_grad(sigmoid(logits), target),
                "each entry must be the slope along a score, and this is along a probability",
                "what does the chain rule multiply it with?",
            ),
            Mistake(
                lambda logits, target: (
                    binary_cross_entropy_with_logits_grad(logits, target)
                    * sigmoid(logits)
                    * sigmoid(-logits)
                ),
                "the slope of sigmoid must cancel, and here it is left over",
                "what does the slope of -log p contribute, and did you multiply by it?",
            ),
        ),
    ),
    bernoulli_nll: (
        (
            Case(
                (0.7, OUTCOMES), "it must be the mean of one surprise each", "what does a 0 cost?"
            ),
            Case(
                (0.2, np.array([0, 0, 1, 0, 0])),
                "a 0 must cost less than a 1 where p is small",
                "which probability did the model give to a 0?",
            ),
            Case(
                (1e-300, np.zeros(2, dtype=int)),
                "a near-certain outcome must cost next to nothing",
                "what is log 0, and what else may stand in its place?",
                atol=TINY,
            ),
            Case(
                (0.5, np.ones(2000, dtype=int)),
                "the loss must be finite",
                "what is 0.5 to the power of 2000, in floating point?",
            ),
        ),
        (
            _wrong_sign(bernoulli_nll),
            _base_two(bernoulli_nll),
            Mistake(
                lambda p, outcomes: bernoulli_nll(p, outcomes, reduction="sum"),
                "the outcomes count with their mean, and this is the sum",
                "should twice as many outcomes weigh twice as much?",
            ),
            Mistake(
                lambda p, outcomes: -np.mean(outcomes * np.log(p)),
                "an outcome of 0 must cost something too",
                "which probability did the model give to a 0?",
            ),
        ),
    ),
    fit_categorical: (
        (
            Case(
                (np.array([0, 0, 2, 1]), 3),
                "each entry must be the share of one class in the labels",
                "how often does each label occur, and out of how many?",
            ),
            Case(
                (np.array([1, 1]), 3),
                "a class without labels must have its place too",
                "how long is your result if the last class never occurs?",
            ),
            Case(
                (np.array([3, 0, 3, 3]), 5),
                "there must be one entry per class",
                "where does your code ask for the number of classes?",
            ),
        ),
        (
            Mistake(
                lambda labels, num_classes: np.bincount(labels, minlength=num_classes),
                "the result must sum to 1",
                "these are counts; out of how many?",
            ),
        ),
    ),
    entropy: (
        (
            Case((PROBS,), "it must be the mean of -log p under p itself", "weighted by what?"),
            Case(
                (np.array([1.0, 0.0]),),
                "a certain outcome must have entropy 0",
                "what is log 0, and what is 0 times that?",
                atol=TINY,
            ),
            Case(
                (BATCH_PROBS,), "there must be one entropy per row", "over which axis do you sum?"
            ),
        ),
        (_wrong_sign(entropy), _base_two(entropy)),
    ),
    perplexity: (
        (
            Case((0.0,), "a loss of 0 must leave one class", "what is exp(0)?"),
            Case((np.log(10),), "the loss log 10 must give 10 classes", "what undoes a logarithm?"),
            Case((0.5,), "it need not be a whole number", "do you round?"),
        ),
        (
            Mistake(
                lambda cross_entropy: 2**cross_entropy,
                "the loss is in nats, and this takes it for bits",
                "which base has the logarithm in the loss?",
            ),
            Mistake(
                lambda cross_entropy: np.exp(-cross_entropy),
                "a higher loss must give more classes",
                "which sign has the exponent?",
            ),
        ),
    ),
    kl_divergence: (
        (
            Case(
                (PROBS, MODEL_PROBS),
                "it must be the mean of log(p/q) under p",
                "weighted by what, and which of the two is divided by which?",
            ),
            Case(
                (PROBS, PROBS),
                "a distribution must be at no distance from itself",
                "what is log 1?",
            ),
            Case(
                (CERTAIN, EVEN),
                "an outcome that never happens must cost nothing",
                "what is log 0, and what is 0 times that?",
            ),
            Case(
                (EVEN, CERTAIN),
                "an outcome that the model excludes must cost infinity",
                "which entry of q is 0, and what does your code put in its place?",
            ),
            Case(
                (BATCH_PROBS, BATCH_PROBS[::-1]),
                "there must be one divergence per row",
                "over which axis do you sum?",
            ),
        ),
        (
            _base_two(kl_divergence),
            Mistake(
                lambda p, q: kl_divergence(q, p),
                "the surprise must be weighted by p, which the outcomes follow",
                "have p and q changed places?",
            ),
            Mistake(
                lambda p, q: -kl_divergence(p, q),
                "no model must do better than the truth",
                "which of the two costs is the larger one, and which is taken from which?",
            ),
            Mistake(
                cross_entropy,
                "a perfect model must cost nothing extra",
                "which part of this cost would remain if q were p?",
            ),
            Mistake(
                lambda p, q: kl_divergence(p, q) / np.shape(p)[-1],
                "the weights are the probabilities, and they sum to 1 already",
                "add up, or average?",
            ),
        ),
    ),
    kl_div_loss: (
        (
            Case(
                (np.log(BATCH_MODEL), BATCH_PROBS),
                "it must be the mean, over all entries, of p (log p - log q)",
                "which argument is a logarithm, and over how many numbers runs the mean?",
            ),
            Case(
                (np.log(PROBS), PROBS),
                "a perfect model must cost nothing",
                "does your code change p or q before it takes the logarithm?",
            ),
            Case(
                (np.log(EVEN), CERTAIN),
                "an outcome that never happens must cost nothing",
                "what is log 0, and what is 0 times that?",
            ),
            Case(
                (np.log(BATCH_MODEL), BATCH_PROBS),
                "the entries of all rows must be added up",
                "over which axes runs your sum?",
                {"reduction": "sum"},
            ),
            Case(
                (np.log(BATCH_MODEL), BATCH_PROBS),
                "the sum must be divided by the number of rows",
                "how many distributions are there in the batch?",
                {"reduction": "batchmean"},
            ),
            Case(
                (np.log(BATCH_MODEL), BATCH_PROBS),
                "there must be one number per entry",
                "what is left when nothing is added up?",
                {"reduction": "none"},
            ),
            Case(
                (np.log(MODEL_PROBS), np.log(PROBS)),
                "the target must be read as logarithms",
                "which of p and log p has to be computed now?",
                {"log_target": True},
            ),
        ),
        (
            _wrong_sign(kl_div_loss),
            _base_two(kl_div_loss),
            _sum_for_mean(kl_div_loss),
            Mistake(
                lambda log_probs, target: kl_div_loss(log_probs, target, reduction="batchmean"),
                "the plain mean divides by the number of all entries, classes included",
                "this is the mean over the rows; which option has that name?",
            ),
            Mistake(
                lambda log_probs, target: kl_div_loss(np.log(target), np.exp(log_probs)),
                "the surprise must be weighted by the target",
                "which of the two distributions is the truth?",
            ),
            Mistake(
                lambda log_probs, target: np.mean(-target * log_probs),
                "a perfect model must cost nothing",
                "which part of this cost would remain if q were p?",
            ),
        ),
    ),
    softmax_jacobian: (
        (
            Case(
                (SCORES,),
                "entry i, j must be the slope of probability i along score j",
                "by the quotient rule, what does score j change in p_i if i = j, and if not?",
            ),
            Case(
                (SCORES + 5,),
                "adding 5 to every score must change nothing",
                "does your matrix hold a score where a probability belongs?",
            ),
            Case((FAR_APART,), "every entry must be finite", OVERFLOW_HINT),
            Case((MASKED,), "a score of -inf must have a row and a column of 0", MASK_HINT),
            Case(
                (BATCH,),
                "each row of scores must have its own matrix",
                "along which axes runs the product of p with itself?",
            ),
        ),
        (
            Mistake(
                lambda z: softmax(z) * (1 - softmax(z)),
                "every probability depends on every score, so that there must be a matrix",
                "this is its diagonal; what stands beside it?",
            ),
            Mistake(
                lambda z: abs(softmax_jacobian(z)),
                "each row must sum to 0: the probabilities have no more than 1 to share",
                "does raising one score raise or lower the other probabilities?",
            ),
            Mistake(
                lambda z: _diagonal(softmax(z)),
                "each row must sum to 0: the probabilities have no more than 1 to share",
                "what does score j change in p_i through the denominator?",
            ),
            Mistake(
                lambda z: softmax_jacobian(z) - _diagonal(softmax(z)),
                "each row must sum to 0: the probabilities have no more than 1 to share",
                "what does score i change in p_i through the numerator?",
            ),
            Mistake(
                lambda z: -softmax_jacobian(z),
                "a higher score must raise its own probability",
                "which entries should be positive?",
            ),
        ),
    ),
    softplus: (
        (
            Case(
                (SCORES - 1,),
                "its exponential must be one more than the exponential of x",
                "which two numbers are added before the logarithm is taken?",
            ),
            Case((FAR_APART,), "every entry must be finite", OVERFLOW_HINT),
            Case(
                (np.array([6.0, -6.0]),),
                "it must have no corner anywhere",
                "from where on does your code leave the exponential out?",
            ),
            Case(
                (np.array([-30.0]),),
                "a tiny result must keep its digits",
                "what is left of a tiny number that is added to 1?",
                atol=0,
            ),
        ),
        (
            Mistake(
                lambda x: softplus(-x),
                "it must grow with x",
                "which sign has x inside your exponential?",
            ),
            Mistake(
                lambda x: np.maximum(x, 0),
                "it must have no kink at 0",
                "this is what it is the soft version of; what is added?",
            ),
            Mistake(
                sigmoid,
                "it must grow without limit, as x does",
                "this is its slope; which function has this slope?",
            ),
            Mistake(
                lambda x: -softplus(x),
                "the size is right, the sign is not",
                "is the logarithm of a number above 1 positive or negative?",
            ),
            _base_two(softplus),
        ),
    ),
}
