// lib/explorers/rounding.py in JavaScript: numbers as a smaller format holds them. Every operation is
// done in float64 and rounded to nearest, ties to even; exponentials and logarithms too, which is the
// model of a library whose own are correctly rounded.

// Of each half format: bits of the significand, exponent of the smallest normal number, the largest.
const HALVES = {
  float16: { bits: 11, lowest: -14, largest: 65504 },
  bfloat16: { bits: 8, lowest: -126, largest: 255 * 2 ** 120 },
};

function rounded(x, dtype) {
  if (dtype === "float64") return x;
  if (dtype === "float32") return Math.fround(x);
  if (x === 0 || !Number.isFinite(x)) return x;
  const { bits, lowest, largest } = HALVES[dtype];
  const size = Math.abs(x);
  let exponent = Math.max(Math.floor(Math.log2(size)), lowest);
  if (2 ** (exponent + 1) <= size) exponent += 1; // log2 itself may be a hair off
  const unit = 2 ** (exponent - bits + 1); // the distance to the next number
  const units = size / unit;
  const below = Math.floor(units);
  const rest = units - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  const near = (below + up) * unit;
  return Math.sign(x) * (near > largest ? Infinity : near);
}
