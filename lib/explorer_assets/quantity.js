// Write a number with four digits after the point, or as a power of ten where those say nothing.
function quantity(x) {
  if (x === 0) return "0";
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  if (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e6) return decimals(x);
  return x.toExponential(3).replace("+", "").replaceAll("-", "−");
}

function signedQuantity(x) {
  return x > 0 ? `+${quantity(x)}` : quantity(x);
}
