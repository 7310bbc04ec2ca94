"""The list of printed numbers is complete, and its verdicts are those found by hand."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lib
from lib.published import SOURCES
from lib.published_numbers import (
    PUBLISHED_NUMBERS,
    VERDICTS,
    PublishedNumber,
    draw,
    recompute,
    verdict,
)

BY_ROW = {number.row: number for number in PUBLISHED_NUMBERS}
WITH_DIGITS = [n for n in PUBLISHED_NUMBERS if not n.stated and not callable(n.claimed)]
WITH_FORMULA = [n for n in PUBLISHED_NUMBERS if callable(n.claimed)]
STATED = [n for n in PUBLISHED_NUMBERS if n.stated]

# Read off the table of all printed numbers that was made by hand, with other software.
ROWS_OF_SOURCE = {"000": 17, "001": 9, "002": 17, "003": 8, "004": 89}
NOT_CONFIRMED = {
    "last digit moved": {*range(90, 97), *range(102, 109), 114, 115, 121, 122, 128, 129},
    "true of rounded inputs": {34, 35},
    "wrong": {21, 23, 36, 47},
    "not reproducible": {*range(52, 64)},
    "not a result": {
        *(2, *range(7, 17)),  # an illustration; bars
        *(20, 24, 26),  # inputs without a result, a range, a date
        *(28, 38, 39),  # inputs, two ranges
        *(44, 50, 51),  # a seed, line numbers, a number not printed
        *(*range(64, 70), 135, 139, 140),  # inputs, a citation, dates
    },
}
CONFIRMED_IN_SOURCE = {"000": 6, "001": 4, "002": 11, "003": 4, "004": 43 + 5}


def by_rows(numbers):
    return pytest.mark.parametrize("number", numbers, ids=[f"row {n.row}" for n in numbers])


def test_all_140_rows_are_there_in_order():
    assert [number.row for number in PUBLISHED_NUMBERS] == list(range(1, 141))


def test_each_source_has_its_rows():
    assert set(SOURCES) == set(ROWS_OF_SOURCE)
    assert Counter(number.source for number in PUBLISHED_NUMBERS) == ROWS_OF_SOURCE


def test_a_row_says_what_it_is_and_where():
    for number in PUBLISHED_NUMBERS:
        assert isinstance(number, PublishedNumber)
        assert number.printed
        assert number.what
        assert number.place
        assert number.example


def test_the_verdicts_are_those_found_by_hand():
    found = {word: set() for word in VERDICTS}
    for number in PUBLISHED_NUMBERS:
        found[verdict(number).word].add(number.row)
    confirmed = found.pop("confirmed")
    assert found == NOT_CONFIRMED
    assert Counter(BY_ROW[row].source for row in confirmed) == CONFIRMED_IN_SOURCE


def test_a_verdict_is_stated_only_where_nothing_is_claimed_and_with_the_reason():
    for number in STATED:
        assert number.stated in ("not a result", "not reproducible")
        assert number.note
        assert number.claimed is None
    assert all(number.recompute is not None for number in (*WITH_DIGITS, *WITH_FORMULA))


@pytest.mark.parametrize(
    "row, value",
    [
        (1, 1.194046768),
        (5, 0.6970073611),
        (6, -0.6970073611),
        (20, 1.176939194),
        (21, 0.9868950481),
        (29, 0.2312238976),
        (30, 0.6285317192),
        (31, 0.1402443832),
        (34, 0.4643687841),
        (35, 0.4643687841),
        (41, (0.2312238976, -0.3714682808, 0.1402443832)),
        (44, 0.8822692632675171),
        (80, 0.001320399058),
        (88, -3.563353063),
        (102, -0.5927994123),
        (111, -0.001321271553),
        (114, 1.992579843),
        (118, 2.461015034),
        (125, 2.461015034),
        (132, 2.461015034),
    ],
)
def test_a_value_is_the_one_found_with_other_software(row, value):
    np.testing.assert_allclose(recompute(BY_ROW[row]), value, rtol=5e-10)


def test_the_listing_and_its_formula_agree_to_single_precision():
    assert 0 < recompute(BY_ROW[51]) < 1e-6


@by_rows(WITH_DIGITS)
def test_the_digits_are_printed(number):
    for digits in number.claimed or ():
        assert digits in number.printed


@by_rows(WITH_DIGITS)
def test_any_other_digit_is_noticed(number):
    """A changed digit is wrong, unless the change makes it what the inputs give."""
    all_digits = number.claimed or (number.printed,)
    recomputed = tuple(verdict(number).recomputed.split(", "))
    for i, digits in enumerate(all_digits):
        for changed in copies_with_one_other_digit(digits):
            copy = (*all_digits[:i], changed, *all_digits[i + 1 :])
            word = verdict(replace(number, claimed=copy)).word
            assert word == ("confirmed" if copy == recomputed else "wrong"), changed


def copies_with_one_other_digit(digits):
    mantissa, exponent = digits.partition("e")[0], "".join(digits.partition("e")[1:])
    for i, old in enumerate(mantissa):
        if old.isdigit():
            for new in set("0123456789") - {old}:
                yield mantissa[:i] + new + mantissa[i + 1 :] + exponent


def test_there_are_enough_copies():
    assert len(set(copies_with_one_other_digit("-3.5634e+00"))) == 5 * 9


@by_rows([n for n in WITH_FORMULA if verdict(n).word == "confirmed"])
def test_another_formula_is_noticed(number):
    right = np.asarray(number.claimed())
    assert verdict(replace(number, claimed=lambda: right)).word == "confirmed"
    assert verdict(replace(number, claimed=lambda: right + 1e-9)).word == "wrong"
    assert verdict(replace(number, claimed=lambda: np.append(right, 0))).word == "wrong"


@by_rows([n for n in PUBLISHED_NUMBERS if n.row in (21, 23, 36, 47)])
def test_what_is_wrong_would_be_right_if_the_source_said_what_is_so(number):
    """Each is wrong because of its own value, not because its kind never agrees."""
    value = recompute(number)
    assert verdict(replace(number, claimed=lambda: value)).word == "confirmed"


@by_rows([n for n in PUBLISHED_NUMBERS if verdict(n).word == "last digit moved"])
def test_a_moved_digit_is_the_last_one_and_needs_the_longer_inputs(number):
    found = verdict(number)
    last_place = float(f"1e-{len(found.printed.partition('e')[0].partition('.')[2])}")
    scale = float("1" + found.printed[found.printed.find("e") :]) if "e" in found.printed else 1
    moved = abs(float(found.printed) - float(found.recomputed)) / (last_place * scale)
    assert 0.5 < moved < 3.5
    assert verdict(replace(number, from_unrounded_inputs=None)).word == "wrong"


def test_the_animals_loss_needs_the_rounded_probability():
    found = verdict(BY_ROW[34])
    assert (found.printed, found.recomputed) == ("0.462", "0.464")
    assert verdict(replace(BY_ROW[34], from_rounded_steps=None)).word == "wrong"


def test_nothing_is_recomputed_for_an_input():
    assert recompute(BY_ROW[28]) is None
    assert verdict(BY_ROW[28]).recomputed == ""


def test_the_callers_own_seed_stays():
    torch = pytest.importorskip("torch")
    draw.cache_clear()  # or nothing may be drawn
    with torch.random.fork_rng():
        torch.manual_seed(1)  # a state that the list does not leave behind itself
        state = torch.get_rng_state()
        for row in (44, 47, 51):
            recompute(BY_ROW[row])
        assert torch.equal(torch.get_rng_state(), state)


def test_the_list_is_read_without_torch():
    code = "import sys, lib.published_numbers; print(*{'torch', 'scipy'} & set(sys.modules))"
    root = Path(lib.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == ""
