// The table of printed numbers: hide the rows of other sources and verdicts, and count the rest.

function drawPublished(root) {
  const chosen = (name) => root.querySelector(`select[name="${name}"]`).value;
  const [source, verdict] = [chosen("source"), chosen("verdict")];
  const words = [...root.querySelector('select[name="verdict"]').options].map((o) => o.value);
  const counts = Object.fromEntries(words.slice(1).map((word) => [word, 0]));
  const rows = [...root.querySelectorAll("tr[data-verdict]")];
  for (const row of rows) {
    const other = (source && row.dataset.source !== source);
    row.hidden = other || Boolean(verdict && row.dataset.verdict !== verdict);
    if (!row.hidden) counts[row.dataset.verdict] += 1;
  }
  for (const group of root.querySelectorAll("tbody")) {
    group.hidden = !group.querySelector("tr[data-verdict]:not([hidden])");
  }
  root.querySelector(".published-rows").scrollTop = 0;
  const found = Object.entries(counts).filter(([, n]) => n);
  const shown = found.reduce((sum, [, n]) => sum + n, 0);
  const list = found.map(([word, n]) => `${n} ${word}`).join(", ");
  return `${shown} of ${rows.length} numbers shown${list && ": "}${list}.`;
}

startExplorers("published", drawPublished, {});
