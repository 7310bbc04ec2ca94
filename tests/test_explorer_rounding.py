"""Rounding to float16, bfloat16 and float32, in Python and in the page, value by value.

The judges are NumPy and, for bfloat16, a table of all its numbers; PyTorch and ml_dtypes agree on
float32 inputs (from float64 they round twice, by way of float32).
"""

import base64

import ml_dtypes
import numpy as np
import pytest
import torch
from explorer_checks import ROOT

from lib.explorers.frame import quantity
from lib.explorers.rounding import LARGEST, rounded, smallest_normal

TYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32}
HALVES = ("float16", "bfloat16")
ASSETS = ROOT / "lib/explorer_assets"


def all_numbers(dtype):
    """Every finite number of a half format, in order, in float64."""
    patterns = np.arange(2**16, dtype=np.uint16)
    sign, bits = patterns >> 15, patterns & 0x7FFF
    mantissa = {"float16": 10, "bfloat16": 7}[dtype]
    exponent, fraction = bits >> mantissa, bits & (2**mantissa - 1)
    lowest = 2 - 2 ** (14 - mantissa)
    scale = 2.0 ** (np.maximum(exponent.astype(float), 1) - 1 + lowest)
    sizes = scale * ((exponent > 0) + fraction / 2.0**mantissa)
    finite = exponent < 2 ** (15 - mantissa) - 1
    return np.unique(np.where(sign, -sizes, sizes)[finite])


def hard_cases(dtype):
    """Numbers around every decision: each number of the format, the middles, and their neighbours.

    Of float32, which has too many numbers, some thousands.
    """
    random = np.random.default_rng(0)
    scattered = random.normal(size=20_000) * np.exp2(random.uniform(-160, 140, 20_000))
    if dtype == "float32":
        singles = np.unique(scattered[abs(scattered) < 2.0**126].astype(np.float32))
        numbers = singles.astype(float)
        middles = (numbers + np.nextafter(singles, np.float32(np.inf)).astype(float)) / 2
    else:
        numbers = all_numbers(dtype)
        middles = (numbers[1:] + numbers[:-1]) / 2
    last = LARGEST[dtype]
    edge = last * (1 + 2.0 ** -{"float16": 12, "bfloat16": 9, "float32": 25}[dtype])
    edges = [last, edge, np.nextafter(edge, 0), np.nextafter(edge, np.inf), np.inf, np.nan, 0.0]
    above, below = np.nextafter(middles, np.inf), np.nextafter(middles, -np.inf)
    return np.concatenate([numbers, middles, above, below, scattered, edges, [-edge, -np.inf]])


def nearest(x, dtype):
    """The judge: the number of the format nearest to each x, ties to even."""
    if dtype != "bfloat16":
        with np.errstate(over="ignore"):
            return x.astype(TYPES[dtype]).astype(float)
    numbers = all_numbers(dtype)
    gap = numbers[-1] - numbers[-2]
    table = np.concatenate([[-numbers[-1] - gap], numbers, [numbers[-1] + gap]])
    at = np.clip(np.searchsorted(table, x), 1, len(table) - 1)
    low, high = table[at - 1], table[at]
    even = (np.arange(len(table)) - len(table) // 2) % 2 == 0  # 0 in the middle of the table
    result = np.where(x - low < high - x, low, high)
    result = np.where(x - low == high - x, np.where(even[at], high, low), result)
    result = np.where(abs(result) > numbers[-1], np.copysign(np.inf, x), result)
    return np.where(np.isfinite(x), result, x)


def in_the_page(page, call, x):
    """What an expression `call` of `x` gives for each number, computed by the page's scripts."""
    scripts = "".join((ASSETS / name).read_text("utf-8") for name in ("frame.js", "rounding.js"))
    text = page.evaluate(
        f"""text => {{
          {scripts}
          const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
          const results = new Float64Array(bytes.buffer).map(x => {call});
          let letters = "";
          for (const byte of new Uint8Array(results.buffer)) letters += String.fromCharCode(byte);
          return btoa(letters);
        }}""",
        base64.b64encode(np.asarray(x, dtype="<f8").tobytes()).decode(),
    )
    return np.frombuffer(base64.b64decode(text), dtype="<f8")


@pytest.mark.parametrize("dtype", TYPES)
def test_python_rounds_to_the_nearest(dtype):
    x = hard_cases(dtype)
    np.testing.assert_array_equal([rounded(number, dtype) for number in x], nearest(x, dtype))


@pytest.mark.parametrize("dtype", TYPES)
def test_the_page_rounds_to_the_nearest(explorer_page, dtype):
    x = hard_cases(dtype)
    shown = in_the_page(explorer_page(), f'rounded(x, "{dtype}")', x)
    np.testing.assert_array_equal(shown, nearest(x, dtype))


@pytest.mark.parametrize("dtype", HALVES)
def test_numpy_ml_dtypes_and_torch_agree(dtype):
    with np.errstate(over="ignore"):
        x = hard_cases(dtype).astype(np.float32)
        theirs = x.astype(TYPES[dtype]).astype(float)
    judge = nearest(x.astype(float), dtype)
    torchs = torch.from_numpy(x).to(getattr(torch, dtype)).double().numpy()
    np.testing.assert_array_equal(theirs, judge)
    np.testing.assert_array_equal(torchs, judge)


def test_the_judge_is_no_copy():
    """bfloat16(1 + 2^-8 + a hair) is up; by way of float32, a tie and down."""
    x = 1 + 2.0**-8 + 2.0**-40
    assert rounded(x, "bfloat16") == 1 + 2.0**-7
    assert float(torch.tensor(x, dtype=torch.float64).to(torch.bfloat16)) == 1.0


@pytest.mark.parametrize("dtype", TYPES)
def test_limits_are_those_of_the_format(dtype):
    info = ml_dtypes.finfo(TYPES[dtype])
    assert LARGEST[dtype] == float(info.max)
    assert smallest_normal(dtype) == float(info.smallest_normal)


def test_the_page_writes_quantities_as_python_does(explorer_page):
    random = np.random.default_rng(1)
    x = random.normal(size=5000) * np.exp2(random.uniform(-1000, 1000, 5000))
    x = [*x, *random.normal(size=5000), *all_numbers("float16")[::37], 0.0, -0.0, 1e-3, 1e6]
    x = [*map(float, x), np.nextafter(1e-3, 0), np.nextafter(1e6, 0), np.inf, -np.inf, np.nan]
    scripts = "".join((ASSETS / name).read_text("utf-8") for name in ("frame.js", "quantity.js"))
    shown = explorer_page().evaluate(f"xs => {{ {scripts}; return xs.map(quantity); }}", x)
    assert shown == [quantity(number) for number in x]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("rest === 0.5 && below % 2 === 1", "rest === 0.5"),
        ("near > largest", "size > largest"),
        ("lowest: -14", "lowest: -24"),
        ("bits: 8", "bits: 7"),
    ],
)
def test_a_wrong_script_is_seen(explorer_page, monkeypatch, tmp_path, right, wrong):
    script = (ASSETS / "rounding.js").read_text("utf-8")
    assert script.count(right) == 1
    (tmp_path / "frame.js").write_text((ASSETS / "frame.js").read_text("utf-8"), "utf-8")
    (tmp_path / "rounding.js").write_text(script.replace(right, wrong), "utf-8")
    monkeypatch.setitem(globals(), "ASSETS", tmp_path)
    page = explorer_page()
    assert any(
        not np.array_equal(
            in_the_page(page, f'rounded(x, "{dtype}")', hard_cases(dtype)),
            nearest(hard_cases(dtype), dtype),
            equal_nan=True,
        )
        for dtype in HALVES
    )
