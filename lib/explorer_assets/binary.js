// The binary explorer: one score, its target and the weight of a yes; the loss and its naive twin.

const POINTS = 100; // pieces of a curve

function drawBinary(root, changed) {
  const control = (name) => root.querySelector(`[name="${name}"]`);
  if (changed === control("reach")) setReach(root);
  const dtype = control("dtype").value;
  const y = sliderNumber(control("target"));
  const w = sliderNumber(control("weight"));
  const reach = Number(control("reach").value);
  const z = rounded(sliderNumber(control("logit")), dtype);
  const loss = binaryLoss(z, y, w);
  const naive = naiveBinary(z, y, w, dtype);
  show(root, "loss", quantity(loss));
  show(root, "naive", quantity(naive.loss));
  show(root, "probability", quantity(naive.p));
  show(root, "rest", quantity(naive.rest));
  show(root, "gradient", quantity(binaryGradient(z, y, w)));
  const top = Math.max(binaryLoss(-reach, y, w), binaryLoss(reach, y, w));
  show(root, "top", quantity(top));
  show(root, "low", decimals(-reach, 0));
  show(root, "high", decimals(reach, 0));
  drawCurves(root, y, w, dtype, reach, top);
  const marker = root.querySelector(".explorer-marker");
  marker.style.left = `${50 + (50 * z) / reach}%`;
  marker.style.top = `${100 - (100 * loss) / top}%`;
  return `The loss is ${quantity(loss)} nats. ${verdict(z, loss, naive, dtype)}`;
}

function drawCurves(root, y, w, dtype, reach, top) {
  const scores = Array.from({ length: POINTS + 1 }, (_, i) => reach * (2 * i - POINTS) / POINTS);
  const height = (loss) => Math.min(Math.max(100 - (100 * loss) / top, 0), 100);
  const draw = (name, losses) => {
    let path = "";
    let drawing = false;
    losses.forEach((loss, i) => {
      if (Number.isFinite(loss)) {
        path += `${drawing ? "L" : "M"}${i},${height(loss).toFixed(2)}`;
      }
      drawing = Number.isFinite(loss);
    });
    root.querySelector(name).setAttribute("d", path);
  };
  const naive = scores.map((z) => naiveBinary(rounded(z, dtype), y, w, dtype).loss);
  draw(".explorer-loss", scores.map((z) => binaryLoss(z, y, w)));
  draw(".explorer-naive", naive);
  const broken = naive.map((loss, i) => (Number.isFinite(loss) ? "" : `M${i - 0.5},0h1v100h-1z`));
  root.querySelector(".explorer-broken").setAttribute("d", broken.join(""));
}

// What has become of the naive form, and why.
function verdict(z, loss, naive, dtype) {
  const value = quantity(naive.loss);
  const [number, other] = z > 0 ? ["p", "1 − p"] : ["1 − p", "p"];
  if (!Number.isFinite(naive.loss)) {
    const why = z > 0 ? "p rounds to 1 and 1 − p is 0" : "exp(−z) overflows and p is 0";
    const more = Number.isNaN(naive.loss) ? ", and 0 · (−inf) is nan" : "";
    return `The naive form gives ${value}: in ${dtype} ${why}, with logarithm −inf${more}.`;
  }
  if (Math.abs(naive.loss - loss) <= 1e-4 * loss) return "The naive form agrees.";
  return (
    `The naive form gives ${value}: in ${dtype} ${number} is so near 1 that rounding takes ` +
    `the digits of ${other}.`
  );
}

// The slider follows the chosen range; its value, too, if it is out of range.
function setReach(root) {
  const choice = root.querySelector('[name="reach"]');
  const slider = root.querySelector('[name="logit"]');
  slider.step = choice.selectedOptions[0].dataset.step;
  slider.min = -choice.value;
  slider.max = choice.value;
  showValue(slider);
}

startExplorers("binary", drawBinary, {
  restart: (root) => {
    const form = root.querySelector("form");
    form.reset();
    setReach(root);
    form.reset(); // once more: the first time, the value may not have been in range
  },
});
