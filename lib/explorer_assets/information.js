// lib/information.py in JavaScript: 0 log 0 is 0, and a divergence is a sum in which no term is
// negative, so that nearly equal distributions keep their digits.

function total(terms) {
  return terms.reduce((sum, term) => sum + term, 0);
}

function crossEntropyOf(p, q) {
  return total(p.map((x, i) => (x === 0 ? 0 : -x * Math.log(q[i]))));
}

// What each outcome brings into the sum of p ln(p/q); some are negative.
function shares(p, q) {
  return p.map((x, i) => (x === 0 ? 0 : x * Math.log(x / q[i])));
}

function divergence(p, q) {
  return total(p.map((x, i) => excess(x, q[i])));
}

// p ln(p/q) - (p - q): the sum over all outcomes is the same. Near p = q a series in place of a
// difference that would lose its digits.
function excess(p, q) {
  const s = p + q === 0 ? 0 : (p - q) / (p + q);
  if (3 * Math.abs(s) >= 1) return (p === 0 ? 0 : p * Math.log(p / q)) - (p - q);
  const square = s * s;
  let rest = 0;
  for (let k = 17; k > 0; k--) rest = (rest + 1 / (2 * k + 1)) * square;
  return (p + q) * (square + (1 + s) * s * rest);
}
