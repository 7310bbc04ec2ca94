"""`diagnose` says what it sees on each broken batch, and nothing on healthy ones."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import diagnose, log_softmax, observations, softmax, softmax_cross_entropy
from lib.published import ANIMALS, HORSE, SIX_EXAMPLES
from tools.notebooks import ROOT

PROPERTY = settings(max_examples=60, deadline=None, derandomize=True)


def learned(shape=(64, 10), seed=0, lift=4.0):
    """Scores of a model that knows something, and the labels: classes along axis 1."""
    rng = np.random.default_rng(seed)
    num_classes = shape[1]
    labels = rng.integers(num_classes, size=(shape[0], *shape[2:]))
    truth = np.moveaxis(np.eye(num_classes)[labels], -1, 1)
    return rng.normal(size=shape) + lift * truth, labels


def fresh(seed=0, shape=(64, 10)):
    """Scores of a model that knows nothing, and labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(scale=0.05, size=shape), rng.integers(shape[1], size=shape[0])


Z, Y = learned()
IMAGE = learned((2, 3, 4, 5))[0]
BOOLS = np.array([True, False] * 32)
LONG_Z, LONG_Y = learned((4, 10, 12), seed=1)
MANY_NEGATIVE = np.where(np.arange(200) % 20 == 0, 1, 0)


def inflated(z, row=3):
    """The same scores with one example sure and wrong by 40."""
    out = z.copy()
    out[row] = 0
    out[row, (Y[row] + 1) % 10] = 40
    return out


def holes(value, row=5):
    out = Z.copy()
    out[row, 0] = value
    return out


def mask_truth():
    out = Z.copy()
    out[np.arange(3), Y[:3]] = -np.inf
    return out


def in_one_line(report):
    return " ".join(repr(report).split())


def soft_target():
    return 0.9 * np.eye(10)[Y] + 0.01


def missing_zero():
    """Labels from 1, with one output too many, so that nothing raises."""
    z, y = learned((64, 4), seed=2)
    return np.hstack([z, np.zeros((64, 1))]), y + 1


# Each broken batch with the words, and the numbers, that the report must have.
BROKEN = {
    "probabilities": ((softmax(Z), Y), r"sums to 1.*\(K - 1\)/e\) = 1\.4612"),
    "log-probabilities": ((log_softmax(Z), Y), "log-probabilities.*harmless"),
    "too large": ((Z * 1e300, Y), r"Scores as large as \d\.\d+e\+300"),
    "sigmoids": ((1 / (1 + np.exp(-Z)), Y), "All 640 scores.*sigmoid.*1.4612"),
    "relu": ((np.maximum(Z, 0), Y), r"No score is negative and \d+% are exactly 0.*ReLU"),
    "fresh": (fresh(), r"The loss is 2\.30\d\d, and ln K = 2\.3026"),
    "same scores": ((np.tile(Z[:1], (64, 1)), Y), "All 64 examples get the same scores"),
    "too sure": ((Z[::-1] * 10, Y), r"more than the ln K = 2\.3026.*sure and wrong"),
    "nan": ((holes(np.nan), Y), "nan: 1, that are inf: 0, the first in row 5"),
    "inf": ((holes(np.inf), Y), "nan: 0, that are inf: 1"),
    "row of -inf": (
        (np.vstack([np.full(10, -np.inf), Z[1:]]), Y),
        "-inf throughout: 1, the first is row 0",
    ),
    "ignored gaps": ((holes(np.nan), np.where(np.arange(64) == 5, -100, Y)), "Ignored rows"),
    "masked truth": ((mask_truth(), Y), "score -inf: 3 of 64"),
    "one class": ((Z[:, :1], np.zeros(64, int)), "one class only"),
    "integer scores": ((Z.argmax(1)[:, None] * np.eye(10, dtype=int)[Y], Y), "integers"),
    "half": ((Z.astype(np.float16), Y), "scores are float16: at .*apart"),
    "classes last": ((np.moveaxis(LONG_Z, 1, -1), LONG_Y), "classes on the last axis"),
    "either axis": ((LONG_Z[:, :, :10], LONG_Y[:, :10]), "both have length 10"),
    "column": ((Z, Y[:, None]), r"\(64, 1\) have an axis of length 1 too many.*\(64,\)"),
    "extra channel": ((IMAGE, np.zeros((2, 1, 4, 5), int)), "squeeze"),
    "colours": ((IMAGE, np.zeros((2, 4, 5, 3), int)), "3 colours"),
    "other length": ((Z, Y[:-1]), r"need labels of shape \(64,\), and these have \(63,\)"),
    "one-hot integers": ((Z, np.eye(10, dtype=int)[Y]), "one-hot rows of type int64"),
    "yes or no": ((Z, (Z > 1).astype(int)), "rows are not one-hot.*with_logits"),
    "float labels": ((Z, Y.astype(float)), r"whole numbers of type float64.*\.long\(\)"),
    "fractions": ((Z, Y + 0.5), "cannot be class indices: 64 of 64"),
    "nan labels": ((Z, np.where(Y == 0, np.nan, Y)), "cannot be class indices"),
    "bool labels": ((Z, BOOLS), "refuses labels of type bool"),
    "from one": ((Z, Y + 1), r"outside 0\.\.9: \d+ of 64, the first is 10.*count from 1"),
    "from one, unnoticed": (missing_zero(), "No label is 0, and with 1 subtracted"),
    "void": ((Z, np.where(Y == 2, 255, Y)), "void label of masks: set ignore_index=255"),
    "padding -1": ((Z, np.where(Y == 2, -1, Y)), "ignore_index=-1"),
    "too few outputs": ((Z, np.where(Y == 2, 12, Y)), "at least 13 outputs"),
    "all ignored": ((Z, np.full(64, -100)), "All 64 labels are -100.*0/0 = nan"),
    "swapped": ((softmax(Z), Z), "arguments swapped"),
    "nan target": ((Z, np.full((64, 10), np.nan)), "nan: 640, that are inf: 0"),
    "negative target": ((Z, np.eye(10)[Y] - 0.1), "negative entries, down to -0.1"),
    "target sums to 2": ((Z, np.full((64, 10), 0.2)), "sum to 2..2, not to 1"),
    "zero times inf": ((np.where(Z > 2, Z, -np.inf), np.eye(10)[Z.argmax(1)]), "0 by -inf"),
    "frequencies only": (
        (np.log([0.95, 0.05]) + 1e-3 * np.arange(200)[:, None], MANY_NEGATIVE),
        r"always answering the frequencies of the classes costs 0\.1985",
    ),
    "imbalance": ((learned((200, 2))[0], MANY_NEGATIVE), r"95\.0% of the 200 labels are class 0"),
    "sure and wrong": ((inflated(Z), Y), r"more than 16\.118: 1 of 64, the largest 40"),
    "unshifted": (
        (np.roll(LONG_Z, -1, axis=2), LONG_Y),
        "the label one position later, the loss would be",
    ),
    "shifted twice": (
        (np.roll(LONG_Z, 1, axis=2), LONG_Y),
        "the label one position earlier, the loss would be",
    ),
    "at the floor": ((np.log(soft_target()), soft_target()), "own entropy is.*nothing wrong"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_it_says_what_it_sees(name, kind):
    (z, y), words = BROKEN[name]
    if kind == "torch":
        z, y = torch.tensor(np.array(z)), torch.tensor(np.array(y))
        words = words.replace("type ", "type (torch.)?").replace("are float", "are (torch.)?float")
    report = diagnose(z, y)
    assert any(re.search(words, finding) for finding in report.findings), report
    assert all(re.search(r"[.?]$", finding) for finding in report.findings)


def test_every_observation_is_seen_at_work():
    """The cases above and below leave out no function of `observations`."""
    spoke = set()
    tables = ("ABOUT_GAPS", "ABOUT_SCORES", "ABOUT_PROBABILITY_TARGETS", "ABOUT_LOSS")

    def listening(look):
        def listener(*seen):
            sentence = look(*seen)
            if sentence:
                spoke.add(look.__name__)
            return sentence

        return listener

    with pytest.MonkeyPatch.context() as patch:
        for table in tables:
            looks = getattr(observations, table)
            patch.setattr(observations, table, tuple(map(listening, looks)))
        for (z, y), _ in BROKEN.values():
            diagnose(z, y)
    originals = {look.__name__ for table in tables for look in getattr(observations, table)}
    assert spoke == originals


def test_a_notebook_shows_a_list_and_a_console_short_lines():
    report = diagnose(*BROKEN["probabilities"][0])
    assert report._repr_markdown_() == "\n".join(f"- {sentence}" for sentence in report.findings)
    assert max(map(len, repr(report).split("\n"))) <= 76
    assert repr(report).split() == report._repr_markdown_().split()
    assert diagnose(Z, Y)._repr_markdown_() == f"- {diagnose(Z, Y).summary}"


# ---- Silence -------------------------------------------------------------------------------------


@PROPERTY
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(20, 80))
def test_silent_on_healthy_batches(seed, num_classes, size):
    z, y = learned((size, num_classes), seed, lift=4.0 + np.log(num_classes))
    report = diagnose(z, y)
    assert report.findings == ()
    assert repr(report).startswith(f"- Nothing odd: {size} examples, {num_classes} classes, loss")
    assert f"{softmax_cross_entropy(z, y):.4f}" in repr(report)
    assert diagnose(torch.tensor(z), torch.tensor(y)).findings == ()
    assert diagnose(torch.tensor(z).float(), torch.tensor(y)).findings == ()


def test_silent_on_healthy_images_and_sequences():
    for shape in ((2, 3, 8, 9), (4, 11, 12)):
        z, y = learned(shape, lift=6.0)
        assert diagnose(z, y).findings == ()
        partly = np.where(np.arange(y.size).reshape(y.shape) % 3 == 0, -100, y)
        assert diagnose(z, partly).findings == ()
    assert diagnose(z, np.where(y == 0, 255, y), ignore_index=255).findings == ()


def test_silent_on_the_examples_of_the_book():
    assert diagnose(ANIMALS.logits, ANIMALS.target).findings == ()
    assert diagnose(HORSE.logits, HORSE.target).findings == ()


def test_silent_on_healthy_targets_in_rows():
    assert diagnose(Z, np.eye(10)[Y]).findings == ()
    assert diagnose(Z, soft_target()).findings == ()


def test_a_mask_that_spares_the_truth_is_no_fault():
    z = np.where(np.eye(10)[Y] == 1, Z, np.where(np.arange(10) == 9, -np.inf, Z))
    assert diagnose(z, Y).findings == ()


def test_a_mask_of_large_negative_scores_does_not_make_examples_alike():
    for masked in (-1e9, np.finfo(np.float32).min, np.finfo(np.float64).min):
        assert diagnose(np.where(np.arange(11) == 10, masked, np.c_[Z, Y]), Y).findings == ()


def test_a_fresh_model_hears_only_that_it_knows_nothing():
    (sentence,) = diagnose(*fresh()).findings
    assert "Right at the first step" in sentence


def test_six_examples_are_worse_than_not_looking():
    (sentence,) = diagnose(SIX_EXAMPLES.logits, SIX_EXAMPLES.target).findings
    assert "2.4610, more than the ln K = 0.6931" in sentence


# ---- The caller's own number ---------------------------------------------------------------------

WEIGHT = np.arange(1.0, 11.0)
T = torch.tensor(Z), torch.tensor(Y)
SOME = np.where(np.arange(64) % 4 == 0, -100, Y)
TRUTH = F.one_hot(T[1], 10).double()


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (F.cross_entropy(*T, reduction="sum"), "adding up the losses"),
        (F.cross_entropy(T[0].softmax(1), T[1]), "softmax applied twice"),
        (F.nll_loss(T[0].softmax(1), T[1]), "nll_loss on probabilities"),
        (F.nll_loss(*T), "nll_loss on the scores"),
        (F.binary_cross_entropy(T[0].softmax(1), TRUTH), "binary .* softmax outputs"),
        (F.binary_cross_entropy_with_logits(T[0], TRUTH), "with_logits, one per class"),
        (F.kl_div(T[0].log_softmax(1), TRUTH, reduction="sum") / 640, "number of entries"),
        (F.cross_entropy(*T) / np.log(2), "bits"),
        (F.cross_entropy(*T).exp(), "perplexity"),
        (-F.cross_entropy(*T), "a missing minus sign"),
        (F.cross_entropy(*T, label_smoothing=0.1), r"label smoothing of 0\.1, .* if you meant it"),
        (F.cross_entropy(T[0], (T[1] - 1) % 10), "labels one class too low"),
        (12.3456, "None of the mistakes"),
        (np.nan, "Your loss is nan, .* own arithmetic"),
    ],
)
def test_a_printed_loss_is_traced(loss, words):
    (sentence,) = diagnose(Z, Y, loss=loss).findings
    assert re.search(words, sentence)
    assert f"{softmax_cross_entropy(Z, Y):.4f}" in sentence


def test_a_printed_loss_that_is_right_is_passed_over():
    assert diagnose(Z, Y, loss=F.cross_entropy(*T)).findings == ()
    assert diagnose(Z, SOME, loss=F.cross_entropy(T[0], torch.tensor(SOME))).findings == ()
    weighted = F.cross_entropy(*T, weight=torch.tensor(WEIGHT))
    assert diagnose(Z, Y, loss=weighted, weight=WEIGHT).findings == ()
    soft = F.cross_entropy(T[0], torch.tensor(soft_target()))
    assert diagnose(Z, soft_target(), loss=soft).findings == ()
    for q in (soft_target(), np.eye(10)[Y]):
        weighted = F.cross_entropy(T[0], torch.tensor(q), weight=torch.tensor(WEIGHT))
        assert diagnose(Z, q, loss=weighted, weight=WEIGHT).findings == ()


def test_a_printed_loss_may_carry_a_gradient():
    loss = F.cross_entropy(T[0].clone().requires_grad_(), T[1])
    assert diagnose(Z, Y, loss=loss).findings == ()


def test_a_healthy_batch_with_weights_says_which_loss_it_shows():
    said = diagnose(Z, Y, weight=WEIGHT).summary
    assert f"loss before the class weights {softmax_cross_entropy(Z, Y):.4f}" in said


def test_weights_of_zero_explain_nan():
    weight = np.where(np.isin(np.arange(10), Y[:3]), 0.0, 1.0)
    for options in ({"loss": np.nan}, {}):
        (sentence,) = diagnose(Z[:3], Y[:3], weight=weight, **options).findings
        assert "0/0 = nan" in sentence
    assert F.cross_entropy(T[0][:3], T[1][:3], weight=torch.tensor(weight)).isnan()


def test_a_printed_loss_with_weights_or_ignored_labels_is_traced():
    rows = F.cross_entropy(T[0], TRUTH, weight=torch.tensor(WEIGHT))
    assert "by their number" in repr(diagnose(Z, Y, loss=rows, weight=WEIGHT))
    looked_up = F.cross_entropy(*T, weight=torch.tensor(WEIGHT))
    assert "the sum of the weights" in in_one_line(
        diagnose(Z, np.eye(10)[Y], loss=looked_up, weight=WEIGHT)
    )
    plain = F.cross_entropy(*T)
    assert "leaving out the class" in repr(diagnose(Z, Y, loss=plain, weight=WEIGHT))
    by_all = F.cross_entropy(T[0], torch.tensor(SOME), reduction="sum") / 64
    assert "the ignored ones included" in repr(diagnose(Z, SOME, loss=by_all))


def test_clipped_losses_are_traced():
    keras_like = np.minimum(softmax_cross_entropy(inflated(Z), Y, reduction="none"), -np.log(1e-7))
    assert "clipping the probabilities" in repr(diagnose(inflated(Z), Y, loss=keras_like.mean()))
    positive = np.abs(Z)
    as_if = -np.log(positive / positive.sum(1, keepdims=True))[np.arange(64), Y].mean()
    assert "reading scores as probabilities" in repr(diagnose(positive, Y, loss=as_if))


def test_labels_from_one_are_traced():
    right = softmax_cross_entropy(Z, Y)
    assert "one lower than these" in in_one_line(diagnose(Z, Y + 1, loss=right))
    fewer = np.minimum(Y, 8)
    high = softmax_cross_entropy(Z, fewer + 1)
    assert "one class too high" in in_one_line(diagnose(Z, fewer, loss=high))


# ---- Rows that do not count, and numbers that are not finite -------------------------------------


def test_nan_and_infinite_scores_raise_no_other_alarm():
    gap = 5 * np.eye(4)
    gap[0, 0] = np.nan
    for z, y in (
        (gap, [0, 1, 2, 3]),
        (np.vstack([Z[:3], np.full(10, np.inf)]), Y[:4]),
        ([[np.inf, -np.inf, 0.0]], [0]),
    ):
        (sentence,) = diagnose(z, y).findings
        assert sentence.startswith("Scores that are nan")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_ignored_rows_are_not_judged(bad):
    z, y = np.vstack([np.full(10, bad), Z]), np.hstack([-100, Y])
    leaf = torch.tensor(z, requires_grad=True)
    loss = F.cross_entropy(leaf, torch.tensor(y))
    loss.backward()
    np.testing.assert_allclose(loss.item(), softmax_cross_entropy(z, y), rtol=1e-12)
    assert np.isfinite(loss.item())
    assert leaf.grad[0].isnan().all()
    (sentence,) = diagnose(z, y).findings
    assert "nan: 1, the first is row 0. The loss leaves them out" in sentence
    assert "nan: 1, that are inf: 0, the first in row 6." in in_one_line(
        diagnose(np.vstack([z[:1], holes(np.nan)]), y)
    )


def test_a_mask_hands_no_gradient_to_ignored_rows():
    """`ignored_gaps` calls masked_fill harmless."""
    leaf = torch.tensor(Z, requires_grad=True)
    ignored = torch.arange(64) < 3
    z = leaf.masked_fill(ignored[:, None], -np.inf)
    F.cross_entropy(z, T[1].masked_fill(ignored, -100)).backward()
    assert leaf.grad.isfinite().all()
    assert (leaf.grad[:3] == 0).all()


def test_observations_of_the_scores_leave_out_ignored_rows():
    z, y = softmax(Z), np.where(np.arange(64) < 5, -100, Y)
    z[:5] = 7.0
    assert "these are probabilities" in in_one_line(diagnose(z, y))


def test_scores_of_every_size_raise_no_warning():
    """The suite turns warnings into errors."""
    masked = in_one_line(diagnose([[0.0, -np.inf, 50.0]] * 5, [0] * 5))
    assert "standard deviation of 25," in masked
    least = np.finfo(np.float64).min
    assert diagnose([[0.0, least, 1.0], [3.0, least, 1.0]], [2, 0], loss=0.2201).findings == ()
    for z in ([[1e308, 1e308]], [[1e308, -1e308], [-1e308, 1e308]], [[1e300, 0.0]] * 12):
        assert "Scores as large as 1e+30" in repr(diagnose(z, [0] * len(z), loss=1.0))
    assert "inf" in repr(diagnose([[0.0, -1.7e308]] * 6, [1] * 6, loss=1.0))


@PROPERTY
@given(
    st.lists(
        st.lists(
            st.sampled_from([0.0, 1.0, -2.0, 1e308, -1e308, np.nan, np.inf, -np.inf]),
            min_size=3,
            max_size=3,
        ),
        min_size=5,
        max_size=5,
    ),
    st.lists(st.sampled_from([0, 1, 2, 3, -1, -100]), min_size=5, max_size=5),
    st.sampled_from([None, 1.0, np.nan, 0.0]),
)
def test_wild_batches_raise_no_warning(z, y, loss):
    assert repr(diagnose(z, y, loss=loss))
    assert repr(diagnose(z, z[::-1], loss=loss))
    assert repr(diagnose(z, np.eye(3)[np.clip(y, 0, 2)], loss=loss, weight=[0.0, 1.0, 2.0]))
    assert repr(diagnose(np.array([z, z]).swapaxes(1, 2), [y, y], loss=loss))


def test_all_is_never_well_with_an_infinite_loss():
    assert "score -inf: 1 of 1" in repr(diagnose([[0.0, -np.inf]], [[0.5, 0.5]]))


# ---- Targets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_shift_is_seen_beside_padding(shift):
    y = np.roll(LONG_Y, shift, axis=1)
    padded = y.copy()
    padded[:, -3:] = -100
    words = "earlier" if shift == -1 else "later"
    assert f"position {words}, the loss would be 0." in in_one_line(diagnose(LONG_Z, padded))
    right = np.where(padded == -100, -100, LONG_Y)
    assert diagnose(LONG_Z, right).findings == ()
    assert "position" not in repr(diagnose(LONG_Z, np.where(np.arange(12) == 4, y, -100)))


def test_soft_targets_can_be_worse_than_not_looking():
    (sentence,) = diagnose(Z[::-1] * 10, soft_target()).findings
    assert "more than the ln K = 2.3026 of not looking. The scores" in sentence
    several = (Z > 0).astype(float)
    assert "of not looking" not in repr(diagnose(Z, several))


def test_the_first_label_that_is_no_index_is_named():
    for labels, first in (([0.0, 0.5], "0.5"), ([1.0, np.nan], "nan"), ([0.0, 1e300], r"1e\+300")):
        report = in_one_line(diagnose([[3.0, 0.0, 1.0], [0.0, 1.0, 2.0]], labels))
        assert re.search(rf"1 of 2, the first is {first}\. Is this", report)


def test_a_target_with_nan_is_not_called_negative():
    q = soft_target()
    q[4, 2] = np.nan
    (sentence,) = diagnose(Z, q).findings
    assert "nan: 1, that are inf: 0, the first in row 4" in sentence


@pytest.mark.parametrize("one", [1, 1.0])
def test_targets_with_their_classes_on_the_last_axis(one):
    z, q = np.moveaxis(LONG_Z, 1, -1), one * np.eye(10, dtype=type(one))[LONG_Y]
    first, *rest = diagnose(z, q).findings
    assert "both of shape (4, 12, 10), have their classes on the last axis" in first
    assert all("one-hot" in sentence for sentence in rest)
    assert diagnose(LONG_Z, np.moveaxis(q.astype(float), -1, 1)).findings == ()


@pytest.mark.parametrize("kind", [int, float])
def test_several_ones_a_row_hear_of_yes_or_no(kind):
    report = in_one_line(diagnose(Z, (Z > 0).astype(kind)))
    assert "yes-or-no question of its own, the loss is binary_cross_entropy_with_logits" in report


def test_one_class_has_no_floor():
    (sentence,) = diagnose(np.linspace(0.1, 0.9, 20)[:, None], np.zeros(20, int)).findings
    assert "one class only" in sentence


# ---- Inputs --------------------------------------------------------------------------------------


def test_tensors_of_every_kind():
    z = torch.tensor(Z, requires_grad=True)
    assert diagnose(z, torch.tensor(Y)).findings == ()
    assert "torch.bfloat16" in repr(diagnose(z.bfloat16(), torch.tensor(Y)))
    assert "torch.int32" in repr(diagnose(z, torch.tensor(Y).int()))
    assert diagnose(z, torch.tensor(Y).byte()).findings == ()
    assert diagnose(Z.tolist(), Y.tolist()).findings == ()


def test_inputs_are_left_alone():
    z, y = Z.copy(), np.where(Y == 2, -1, Y)
    before = z.copy(), y.copy()
    diagnose(z, y)
    np.testing.assert_array_equal(z, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: diagnose(["cat"], 0), TypeError, "logits: expected real numbers"),
        (lambda: diagnose(Z, ["cat"] * 64), TypeError, "target: expected real numbers"),
        (lambda: diagnose([[1.0], [1.0, 2.0]], [0, 0]), ValueError, "logits: .* one length"),
        (lambda: diagnose(1.0, 0), ValueError, "logits: expected shape .* got a number"),
        (lambda: diagnose(np.zeros((0, 3)), []), ValueError, "at least one example"),
        (lambda: diagnose(Z, Y, weight=[1.0, 2.0]), ValueError, "weight: .* one number per class"),
    ],
)
def test_bad_input_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_torch_is_not_imported():
    code = (
        "import sys; from lib import diagnose; diagnose([[1.0, 2.0]], [1]); "
        "print('torch' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
