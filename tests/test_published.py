"""The numbers printed in the sources, recomputed from their inputs: which agree, which do not."""

import dataclasses

import numpy as np
import pytest

from lib import cross_entropy, entropy, log_softmax, softmax, softmax_cross_entropy, xlogy
from lib.published import (
    ANIMALS,
    GRADIENT_CHECK,
    HORSE,
    HORSE_UNCERTAINTY,
    KERAS_EXAMPLE,
    KL_PROBE,
    SIX_EXAMPLES,
    SIX_EXAMPLES_MORE_DIGITS,
    SOURCES,
    WorkedExample,
    in_format_of,
)

EXAMPLES = {"horse": HORSE, "animals": ANIMALS, "six examples": SIX_EXAMPLES}
EVERY_EXAMPLE = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())


def recomputed(example):
    """Return what the inputs give for everything that the source printed."""
    losses = softmax_cross_entropy(example.logits, example.target, reduction="none")
    return {
        "probs": softmax(example.logits).ravel(),
        "log_probs": log_softmax(example.logits).ravel(),
        "probs_of_target": np.exp(-losses),
        "losses": losses,
        "loss": losses,
        "mean": softmax_cross_entropy(example.logits, example.target),
    }


def disagreements(example):
    """Return each printed number that its inputs do not give, with what they give in its digits."""
    found = []
    for name, printed in example.printed.items():
        values = np.atleast_1d(recomputed(example)[name])
        numbers = [printed] if isinstance(printed, str) else printed
        for number, value in zip(numbers, values, strict=True):
            if in_format_of(number, value) != number:
                found.append((name, number, in_format_of(number, value)))
    return found


def test_the_horse_agrees():
    assert disagreements(HORSE) == []


def test_the_animals_loss_was_computed_from_a_rounded_probability():
    assert disagreements(ANIMALS) == [("loss", "0.462", "0.464")]
    assert f"{-np.log(0.63):.3f}" == "0.462"


def test_nine_of_the_six_examples_numbers_differ_in_the_last_digit():
    """The article prints the logarithms twice and the losses three times: 20 of 63 in all."""
    assert disagreements(SIX_EXAMPLES) == [
        ("log_probs", "-5.9281e-01", "-5.9280e-01"),
        ("log_probs", "-8.0469e-01", "-8.0470e-01"),
        ("log_probs", "-1.9925e+00", "-1.9926e+00"),
        ("log_probs", "-1.4659e-01", "-1.4658e-01"),
        ("log_probs", "-8.5559e-01", "-8.5556e-01"),
        ("log_probs", "-5.5344e-01", "-5.5346e-01"),
        ("log_probs", "-3.4895e-01", "-3.4897e-01"),
        ("losses", "1.9925", "1.9926"),
        ("losses", "0.5534", "0.5535"),
    ]


@EVERY_EXAMPLE
def test_a_digit_changed_in_a_copy_is_noticed(example):
    for name, printed in example.printed.items():
        numbers = (printed,) if isinstance(printed, str) else printed
        mantissa, exponent = numbers[0].partition("e")[0], numbers[0].partition("e")[1:]
        changed = mantissa[:-1] + str((int(mantissa[-1]) + 5) % 10) + "".join(exponent)
        copy = dataclasses.replace(
            example,
            printed={name: changed if isinstance(printed, str) else (changed, *numbers[1:])},
        )
        assert (name, changed) in [found[:2] for found in disagreements(copy)]


@EVERY_EXAMPLE
def test_names_scores_and_labels_fit(example):
    assert isinstance(example, WorkedExample)
    assert example.source
    assert example.place
    assert example.logits.shape[-1] == len(example.class_names) == len(set(example.class_names))
    assert np.shape(example.target) == example.logits.shape[:-1]
    assert np.max(example.target) < len(example.class_names)


def test_the_horse_is_called_by_its_name():
    assert HORSE.class_names[HORSE.target] == "horse"
    assert ANIMALS.class_names[ANIMALS.target] == "dog"


def test_the_horse_loss_does_not_hang_on_the_reading_of_the_chart():
    """Scores two deviations off, all up but the true one: the loss moves by less than 0.05."""
    assert HORSE_UNCERTAINTY.shape == HORSE.logits.shape
    assert (HORSE_UNCERTAINTY > 0).all()
    off = 2 * HORSE_UNCERTAINTY * np.where(np.arange(10) == HORSE.target, -1, 1)
    moved = softmax_cross_entropy(HORSE.logits + off, HORSE.target)
    assert 0 < moved - softmax_cross_entropy(HORSE.logits, HORSE.target) < 0.05


@EVERY_EXAMPLE
def test_an_example_cannot_be_changed_by_accident(example):
    with pytest.raises(dataclasses.FrozenInstanceError):
        example.target = 0
    with pytest.raises(ValueError, match="read-only"):
        example.logits[..., 0] = 0


def test_there_are_five_sources_and_each_example_names_one():
    assert list(SOURCES) == ["000", "001", "002", "003", "004"]
    titles = [source.title for source in SOURCES.values()]
    examples = (HORSE, KERAS_EXAMPLE, ANIMALS, GRADIENT_CHECK, SIX_EXAMPLES)
    assert [example.source for example in examples] == titles
    assert all(example.place for example in examples)
    assert [source.date for source in SOURCES.values()] == [
        *(None, "January 24, 2022", None, None, "August 7, 2021"),
    ]


def test_one_digit_more_prints_as_the_article_and_gives_all_that_it_derived():
    printed = [f"{logit:.4f}" for logit in SIX_EXAMPLES.logits.ravel()]
    assert [f"{logit:.4f}" for logit in SIX_EXAMPLES_MORE_DIGITS.ravel()] == printed
    for dtype in (np.float64, np.float32):
        longer = dataclasses.replace(SIX_EXAMPLES, logits=SIX_EXAMPLES_MORE_DIGITS.astype(dtype))
        assert disagreements(longer) == []


def test_the_article_itself_prints_so_in_torch():
    """Its own calls, from the longer activations, in single precision, in torch's own format."""
    torch = pytest.importorskip("torch")
    logits = torch.tensor(SIX_EXAMPLES_MORE_DIGITS, dtype=torch.float32)
    target = torch.tensor(SIX_EXAMPLES.target)
    probs = torch.softmax(logits, dim=1)
    of_target = probs[range(6), target]
    losses = torch.nn.CrossEntropyLoss(reduction="none")(logits, target)
    for tensor, name in [
        (probs, "probs"),
        (of_target, "probs_of_target"),
        (torch.log(probs), "log_probs"),
        (torch.log_softmax(logits, dim=1), "log_probs"),
        (-1 * torch.log(of_target), "losses"),
        (losses, "losses"),
        (torch.nn.functional.cross_entropy(logits, target, reduction="none"), "losses"),
        ((-1 * torch.log(of_target)).mean(), "mean"),
        (torch.nn.functional.cross_entropy(logits, target), "mean"),
    ]:
        shown = str(tensor).replace("tensor(", "").strip("()").replace("[", "").replace("]", "")
        numbers = SIX_EXAMPLES.printed[name]
        expected = [numbers] if isinstance(numbers, str) else list(numbers)
        assert shown.replace(",", " ").split() == expected


def test_the_keras_example_is_two_distributions_and_two_labels():
    assert KERAS_EXAMPLE.y_true.tolist() == [1, 2]
    assert KERAS_EXAMPLE.y_pred.tolist() == [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    np.testing.assert_allclose(KERAS_EXAMPLE.y_pred.sum(axis=1), 1, rtol=1e-15)
    for array in (KERAS_EXAMPLE.y_true, KERAS_EXAMPLE.y_pred, SIX_EXAMPLES_MORE_DIGITS):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_gradient_check_is_the_listing():
    check = GRADIENT_CHECK
    assert (check.seed, check.num_examples, check.num_classes, check.high) == (42, 128, 256, 255)


def test_the_kl_probe_shows_a_lost_sign():
    """Source 001 prints three lines for KL: two have the opposite sign of the third."""
    p, q = np.array(KL_PROBE["p"]), np.array(KL_PROBE["q"])
    first, second = -xlogy(p, p / q).sum(), (xlogy(p, q) - xlogy(p, p)).sum()
    third = cross_entropy(p, q) - entropy(p)
    assert [f"{line:.10f}" for line in (first, second, third)] == [
        *("-0.3652740407", "-0.3652740407", "0.3652740407"),
    ]
