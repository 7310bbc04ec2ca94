// lib/softmax.py and lib/losses.py in JavaScript: the maximum is subtracted first and its own term,
// which is exactly 1, stays out of the sum, so that log1p keeps the digits of the rest.

function logSoftmax(z) {
  const top = z.indexOf(Math.max(...z));
  const rest = z.reduce((sum, x, i) => (i === top ? sum : sum + Math.exp(x - z[top])), 0);
  return z.map((x) => x - z[top] - Math.log1p(rest));
}

function softmax(z) {
  return logSoftmax(z).map(Math.exp);
}

function crossEntropy(z, target) {
  return -logSoftmax(z)[target];
}

// The derivative of the loss by the scores: p - y, where expm1 keeps the digits of p - 1.
function crossEntropyGradient(z, target) {
  return logSoftmax(z).map((logP, i) => (i === target ? Math.expm1(logP) : Math.exp(logP)));
}
