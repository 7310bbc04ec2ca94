// lib/binary.py in JavaScript, for one score: nothing cancels, no logarithm is of 0.

function binaryLoss(x, y, w) {
  const rest = Math.log1p(Math.exp(-Math.abs(x))); // what both softplus have in common
  return times(w * y, Math.max(-x, 0) + rest) + times(1 - y, Math.max(x, 0) + rest);
}

function binaryGradient(x, y, w) {
  return (1 - y) * sigmoid(x) - w * y * sigmoid(-x);
}

function sigmoid(x) {
  return Math.exp(Math.min(x, 0)) / (1 + Math.exp(-Math.abs(x)));
}

function times(share, cost) {
  return share === 0 ? 0 : share * cost;
}

// The textbook's way, every operation rounded to the format: sigmoid first, then its logarithm.
function naiveBinary(x, y, w, dtype) {
  const r = (number) => rounded(number, dtype);
  const p = r(1 / r(1 + r(Math.exp(-x))));
  const rest = r(1 - p);
  const yes = r(r(w * r(y)) * r(Math.log(p)));
  const no = r(r(1 - r(y)) * r(Math.log(rest)));
  return { p, rest, loss: r(-r(yes + no)) };
}
