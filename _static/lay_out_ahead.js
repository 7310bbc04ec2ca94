/* Lay out, some windows ahead of the reader, what book.css leaves for later.

   By itself a browser does it half a window ahead. That is too late for one who leaps: a block would
   stand there with a guessed height, and push the text when it gets its own. What was near stays
   laid out. */
(() => {
  const ahead = new IntersectionObserver(
    entries => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        target.style.contentVisibility = "visible";
        ahead.unobserve(target);
      }
    },
    { rootMargin: "300%" }
  );
  const later = "article > section > section ~ section"; // as in book.css
  for (const block of document.querySelectorAll(
    `${later} :is(p, div.highlight, .pst-scrollable-table-container)`
  )) {
    ahead.observe(block);
  }
})();
