// The log-sum-exp explorer: scores, shift and format in; each step as the format holds it out.

const NAMES = {
  off: ["sum of the exponentials", "its logarithm", "no shift, nothing to add back"],
  on: ["sum of the exponentials", "its logarithm", "the largest score, added back"],
  log1p: ["sum without the largest one, which is 1", "log1p of it", "the largest score, added back"],
};
// Of each format: bits of the significand, digits that they are worth, exponent of the smallest
// number that has them all.
const FORMATS = {
  float16: [11, 3, -14],
  bfloat16: [8, 2, -126],
  float32: [24, 7, -126],
  float64: [53, 16, -1022],
};

const short = (x) => decimals(x).replace(/\.?0+$/, "");

function drawLogSumExp(root, changed) {
  const control = (name) => root.querySelector(`[name="${name}"]`);
  const sliders = [...root.querySelectorAll('input[name="score"]')];
  if (changed === control("reach")) setReach(root);
  const dtype = control("dtype").value;
  const form = Object.keys(NAMES)[control("form").selectedIndex];
  const scores = sliders.map((slider) => Number(slider.value));
  const steps = sumOfExponentials(scores, form, dtype);
  const truth = logSumExp(steps.z);
  const logProbabilities = logSoftmax(steps.z);
  root.querySelectorAll(".explorer-row").forEach((row, i) => {
    show(row, "exponent", short(steps.exponents[i]));
    show(row, "exponential", quantity(steps.exponentials[i]));
    show(row, "fault", faultOf(steps.exponentials[i], dtype));
    show(row, "probability", quantity(steps.probabilities[i]));
    show(row, "true-probability", quantityOfExp(logProbabilities[i]));
  });
  root.querySelectorAll('[data-show="dtype"]').forEach((part) => (part.textContent = dtype));
  ["sum-name", "log-name", "back-name"].forEach((name, i) => show(root, name, NAMES[form][i]));
  show(root, "sum", quantity(steps.sum));
  show(root, "log", quantity(steps.log));
  show(root, "back", form === "off" ? "–" : quantity(steps.m));
  show(root, "result", quantity(steps.result));
  show(root, "truth", trueLogSumExp(steps.z));
  return `Log-sum-exp is ${quantity(steps.result)} in ${dtype}. ${verdict(steps, truth, dtype)}`;
}

function faultOf(exponential, dtype) {
  if (exponential === Infinity) return "overflow";
  if (exponential === 0) return "underflow";
  return exponential < 2 ** FORMATS[dtype][2] ? "subnormal" : "";
}

// What has become of the result, and why.
function verdict({ z, exponents, exponentials, result }, truth, dtype) {
  const right = trueLogSumExp(z);
  if (result === Infinity) {
    const why = exponentials.includes(Infinity)
      ? `exp(${short(Math.max(...exponents))}) is`
      : "the sum is";
    return `Overflow: ${why} too large for it, and softmax becomes nan or 0. The true value is ${right}.`;
  }
  if (result === -Infinity) {
    return `Underflow: every exponential is 0, and softmax 0/0 = nan. The true value is ${right}.`;
  }
  if (result === rounded(truth, dtype)) return "Right: no number of the format is nearer the truth.";
  const [bits, digits, lowest] = FORMATS[dtype];
  const error = Math.abs(result - truth);
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(truth))), lowest);
  if (error <= 2 ** (exponent - bits + 2)) return "Right but for the last digit.";
  const kept = Math.min(Math.max(Math.floor(-Math.log10(error / Math.abs(truth))), 0), digits);
  return `Digits lost: the true value is ${right}, and of ${digits} digits about ${kept} are right.`;
}

// The sliders follow the chosen range; their values, too, if they are out of range.
function setReach(root) {
  const choice = root.querySelector('[name="reach"]');
  for (const slider of root.querySelectorAll('input[name="score"]')) {
    slider.step = choice.selectedOptions[0].dataset.step;
    slider.min = -choice.value;
    slider.max = choice.value;
    showValue(slider);
  }
}

startExplorers("log-sum-exp", drawLogSumExp, {
  restart: (root) => {
    const form = root.querySelector("form");
    form.reset();
    setReach(root);
    form.reset(); // once more: the first time, a score may not have been in range
  },
});
