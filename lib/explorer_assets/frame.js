// The frame of every explorer: it shows the controls, redraws after each change, and says the
// result in words. An explorer adds `draw`, which reads the controls, writes the numbers and
// returns the sentence, and `presets`, which set the controls and return a remark.

const REST = 400; // milliseconds without a change before the sentence is renewed: a drag is one

function startExplorers(kind, draw, presets) {
  const waiting = `.explorer[data-kind="${kind}"]:not([data-running])`;
  for (const root of document.querySelectorAll(waiting)) {
    root.dataset.running = "";
    root.querySelectorAll("[hidden]").forEach((control) => (control.hidden = false));
    root.querySelector(".explorer-still").hidden = true;
    const form = root.querySelector("form");
    const allPresets = { ...presets, reset: () => form.reset() };
    let timer;
    const renew = (changed, remark) => {
      root.querySelectorAll("input[type=range]").forEach(showValue);
      const sentence = draw(root, changed);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const words = remark ? `${remark} ${sentence}` : sentence;
        root.querySelector(".explorer-status").textContent = words;
      }, REST);
    };
    form.addEventListener("input", (event) => renew(event.target));
    form.addEventListener("submit", (event) => event.preventDefault()); // Enter on a slider
    // JupyterLab takes arrow keys for itself, unless they end here.
    form.addEventListener("keydown", (event) => event.stopPropagation());
    for (const button of root.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () => renew(null, allPresets[button.dataset.preset](root)));
    }
  }
}

// A slider runs over its own numbers, or over the positions in a list of stops.
function sliderText(slider) {
  if (slider.dataset.stops) return slider.dataset.stops.split(" ")[slider.value];
  return decimals(Number(slider.value), (slider.step.split(".")[1] || "").length);
}

function sliderNumber(slider) {
  return slider.dataset.stops ? Number(sliderText(slider)) : Number(slider.value);
}

function showValue(slider) {
  const text = sliderText(slider);
  slider.setAttribute("aria-valuetext", text);
  slider.closest(".explorer-slider").querySelector("output").textContent = text;
}

function show(root, name, text) {
  root.querySelector(`[data-show="${name}"]`).textContent = text;
}

// Draw a bar between two positions, given in percent of its track.
function setBar(bar, from, to) {
  bar.style.left = `${Math.min(from, to)}%`;
  bar.style.width = `${Math.abs(to - from)}%`;
}

// Write a number as Python's f"{x:.4f}" does, with a true minus sign. toFixed rounds a tie up and
// Python to even; with d decimals the numbers that can tie are the odd multiples of 2^-(d + 1).
function decimals(x, digits = 4) {
  const size = Math.abs(x);
  let text = size.toFixed(digits);
  const tie = (size * 2 ** (digits + 1)) % 2 === 1;
  if (tie && text.at(-1) % 2 === 1) text = (size - 0.5 * 10 ** -digits).toFixed(digits);
  return x < 0 || Object.is(x, -0) ? `−${text}` : text;
}

function signed(x, digits = 4) {
  const text = decimals(x, digits);
  return text.startsWith("−") ? text : `+${text}`;
}
