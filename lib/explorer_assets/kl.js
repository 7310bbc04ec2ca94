// The KL explorer: weights of two distributions in; probabilities, shares and divergences out.

const weightSliders = (root, name) => [...root.querySelectorAll(`input[name="${name}"]`)];

function drawKL(root) {
  const [p, q] = ["p", "q"].map((name) => {
    const weights = weightSliders(root, name).map((slider) => Number(slider.value));
    return weights.map((weight) => weight / total(weights));
  });
  const empty = [p, q].findIndex((probabilities) => Number.isNaN(probabilities[0]));
  const write = (number, form) => (empty >= 0 ? "–" : form(number));
  const parts = shares(p, q);
  root.querySelectorAll(".explorer-row").forEach((row, i) => {
    const [pBar, qBar, shareBar] = row.querySelectorAll(".explorer-bar");
    for (const [name, bar, x] of [["p", pBar, p[i]], ["q", qBar, q[i]]]) {
      show(row, name, Number.isNaN(x) ? "–" : decimals(x));
      setBar(bar, 0, 100 * (x || 0));
    }
    const part = empty >= 0 ? 0 : parts[i];
    show(row, "share", write(part, signedQuantity));
    row.querySelector("[data-sign]").dataset.sign = part < 0 ? "minus" : "plus";
    setBar(shareBar, 50, 50 + 50 * Math.min(part, 1)); // a share is never below -1/e
  });
  const forward = divergence(p, q);
  const backward = divergence(q, p);
  show(root, "forward", write(forward, quantity));
  show(root, "backward", write(backward, quantity));
  show(root, "entropy", write(crossEntropyOf(p, p), quantity));
  show(root, "cross-entropy", write(crossEntropyOf(p, q), quantity));
  if (empty >= 0) return `${"PQ"[empty]} has no weight at all: give an outcome some.`;

  const names = [...root.querySelectorAll(".explorer-row")].map((row) => row.dataset.name);
  const both = `D(P‖Q) is ${quantity(forward)} nats, D(Q‖P) ${quantity(backward)}`;
  const ruledOut = (x, y) => names.filter((_, i) => x[i] > 0 && y[i] === 0).join(", ");
  if (forward === Infinity) return `${both}: Q rules out what P has, ${ruledOut(p, q)}.`;
  if (backward === Infinity) return `${both}: P rules out what Q has, ${ruledOut(q, p)}.`;
  if (forward === 0) return `${both}: P and Q are equal.`;
  const most = parts.indexOf(Math.max(...parts));
  return `${both}; ${names[most]} adds most to D(P‖Q), ${quantity(parts[most])}.`;
}

function setWeights(root, name, values) {
  weightSliders(root, name).forEach((slider, i) => (slider.value = values[i]));
}

startExplorers("kl", drawKL, {
  swap: (root) => {
    const [p, q] = ["p", "q"].map((name) => weightSliders(root, name).map((slider) => slider.value));
    setWeights(root, "p", q);
    setWeights(root, "q", p);
    return "P and Q swapped.";
  },
  equal: (root) => {
    setWeights(root, "q", weightSliders(root, "p").map((slider) => slider.value));
    return "Q has the weights of P.";
  },
});
