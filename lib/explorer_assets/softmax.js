// The softmax explorer: scores, temperature and true class in; probabilities, loss, gradient out.

const scoreSliders = (root) => [...root.querySelectorAll('input[name="score"]')];

function drawSoftmax(root, changed) {
  const sliders = scoreSliders(root);
  const choice = root.querySelector('select[name="target"]');
  const target = choice.selectedIndex;
  const temperature = sliderNumber(root.querySelector('input[name="temperature"]'));
  const z = sliders.map((slider) => sliderNumber(slider) / temperature);

  const p = softmax(z);
  const slopes = crossEntropyGradient(z, target); // by z = score / T; by the score it is 1/T of it
  const loss = decimals(crossEntropy(z, target));
  root.querySelectorAll(".explorer-row").forEach((row, i) => {
    const [probabilityBar, gradientBar] = row.querySelectorAll(".explorer-bar");
    row.toggleAttribute("data-true", i === target);
    show(row, "probability", decimals(p[i]));
    show(row, "label", i === target ? "1" : "0");
    show(row, "gradient", signed(slopes[i] / temperature));
    setBar(probabilityBar, 0, 100 * p[i]);
    setBar(gradientBar, 50, 50 + 50 * slopes[i]);
  });
  const names = [...choice.options].map((option) => option.text);
  show(root, "true-class", names[target]);
  show(root, "loss", loss);

  const spoken = sliders.includes(changed) ? sliders.indexOf(changed) : target;
  return (
    `${names[spoken]} has probability ${decimals(p[spoken])}; ` +
    `true class ${names[target]} costs ${loss} nats.`
  );
}

// Change every score at once, unless one would leave its slider: then say so and move none.
function changeScores(root, change, remark) {
  const sliders = scoreSliders(root);
  const scores = sliders.map((slider) => change(Number(slider.value)));
  const outside = sliders.some((slider, i) => scores[i] < +slider.min || scores[i] > +slider.max);
  if (outside) return "No room: a score would leave its slider, so none was moved.";
  sliders.forEach((slider, i) => (slider.value = scores[i]));
  return remark;
}

startExplorers("softmax", drawSoftmax, {
  add: (root) =>
    changeScores(root, (z) => z + 2, "Added 2 to every score: no probability has moved."),
  double: (root) =>
    changeScores(root, (z) => 2 * z, "Doubled every score: the probabilities are those of T/2."),
});
