// Log-sum-exp in three forms, every operation rounded to a format, and as lib/softmax.py has it.

function sumOfExponentials(scores, form, dtype) {
  const r = (x) => rounded(x, dtype);
  const z = scores.map(r);
  const top = z.indexOf(Math.max(...z));
  const m = z[top];
  const exponents = form === "off" ? z : z.map((x) => r(x - m));
  const exponentials = exponents.map((x) => r(Math.exp(x)));
  const summed = form === "log1p" ? exponentials.filter((_, i) => i !== top) : exponentials;
  const sum = summed.reduce((total, e) => r(total + e), 0);
  const log = r(form === "log1p" ? Math.log1p(sum) : Math.log(sum));
  const result = form === "off" ? log : r(m + log);
  const whole = form === "log1p" ? r(1 + sum) : sum;
  const probabilities = exponentials.map((e) => r(e / whole));
  return { z, m, exponents, exponentials, sum, log, result, probabilities };
}

function logSumExp(z) {
  const top = z.indexOf(Math.max(...z));
  const rest = z.reduce((sum, x, i) => (i === top ? sum : sum + Math.exp(x - z[top])), 0);
  return z[top] + Math.log1p(rest);
}

// The true values in words, also those that float64 has no number for.

function trueLogSumExp(z) {
  const others = [...z];
  const [m] = others.splice(z.indexOf(Math.max(...z)), 1);
  const tiny = m === 0 && others.every((x) => x < LEAST);
  return tiny ? quantityOfExp(logSumExp(others)) : quantity(logSumExp(z));
}

const LEAST = -690; // exp of less comes near the smallest number of float64

function quantityOfExp(x) {
  if (x > LEAST) return quantity(Math.exp(x));
  const tens = x / Math.LN10;
  const digits = decimals(10 ** (tens - Math.floor(tens)), 3);
  return `${digits}e${decimals(Math.floor(tens), 0)}`;
}
