// The gradient explorer: scores, true class and learning rate in; p - y and the step it makes out.
// A step may end between two positions of a slider, or beyond its end: the exact score then stays
// with the slider until the reader moves it.

const scoreSliders = (root) => [...root.querySelectorAll('input[name="score"]')];
const exactScore = (slider) => Number(slider.dataset.exact ?? slider.value);

// One step of gradient descent from the scores that stand.
function gradientStep(root) {
  const choice = root.querySelector('select[name="target"]');
  const target = choice.selectedIndex;
  const rate = sliderText(root.querySelector('input[name="rate"]'));
  const z = scoreSliders(root).map(exactScore);
  const slopes = crossEntropyGradient(z, target);
  const next = z.map((score, i) => score - Number(rate) * slopes[i]);
  const loss = decimals(crossEntropy(z, target));
  const nextLoss = decimals(crossEntropy(next, target));
  return { target, rate, z, slopes, next, loss, nextLoss, name: choice.options[target].text };
}

function drawGradient(root, changed) {
  const sliders = scoreSliders(root);
  if (sliders.includes(changed)) delete changed.dataset.exact;
  const { target, rate, z, slopes, next, loss, nextLoss, name } = gradientStep(root);
  const p = softmax(z);
  root.querySelectorAll(".explorer-row").forEach((row, i) => {
    row.toggleAttribute("data-true", i === target);
    row.querySelector("output").textContent = decimals(z[i]);
    sliders[i].setAttribute("aria-valuetext", decimals(z[i]));
    show(row, "probability", decimals(p[i]));
    setBar(row.querySelector(".explorer-bar"), 0, 100 * p[i]);
    show(row, "label", i === target ? "1" : "0");
    show(row, "gradient", signed(slopes[i]));
    show(row, "next", decimals(next[i]));
    const arrow = row.querySelector(".explorer-arrow");
    arrow.dataset.way = i === target ? "up" : "down";
    setBar(arrow, 50, 50 - 50 * slopes[i]);
  });
  const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
  show(root, "total-probability", decimals(sum(p)));
  show(root, "total-gradient", decimals(Math.abs(sum(slopes)))); // 0 but for rounding, without sign
  root.querySelectorAll('[data-show="true-class"]').forEach((part) => (part.textContent = name));
  show(root, "loss", loss);
  show(root, "next-loss", nextLoss);
  show(root, "size", decimals(sum(slopes.map(Math.abs))));
  return (
    `True class ${name} costs ${loss} nats. ` +
    `A step with rate ${rate} moves ${name} up and makes that ${nextLoss}.`
  );
}

startExplorers("gradient", drawGradient, {
  step: (root) => {
    const { next, loss, nextLoss } = gradientStep(root);
    scoreSliders(root).forEach((slider, i) => {
      slider.value = next[i];
      slider.dataset.exact = next[i];
    });
    return `Step taken: the loss went from ${loss} to ${nextLoss} nats.`;
  },
  restart: (root) => {
    scoreSliders(root).forEach((slider) => delete slider.dataset.exact);
    root.querySelector("form").reset();
  },
});
