/* Let the keyboard reach the boxes that scroll sideways: wide formulas, code, tables.

   In place of the theme's own function, which _ext/site_files.py leaves out. That one measures each
   box of the page when it has loaded, and so has the browser lay out all that is far below: on a
   phone it waits for a second. Here a box is measured when the reader comes near it, and counts as
   one that scrolls until then. */
(() => {
  const BOXES = "pre, .cell_output > .output, .pst-scrollable-table-container";
  const main = document.getElementById("main-content");

  const near = new IntersectionObserver(
    entries => {
      const boxes = entries.filter(entry => entry.isIntersecting).map(entry => entry.target);
      // All are read before the first is written, else each would be laid out anew.
      const scrolls = boxes.map(
        box => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight
      );
      boxes.forEach((box, i) => (box.tabIndex = scrolls[i] ? 0 : -1));
    },
    { rootMargin: "100%" }
  );

  function watch() {
    near.disconnect();
    for (const box of main.querySelectorAll(BOXES)) {
      if (!box.hasAttribute("tabindex")) box.tabIndex = 0;
      near.observe(box); // tells at once whether the box is near
    }
  }

  let timer;
  function watchAnew() {
    clearTimeout(timer);
    timer = setTimeout(watch, 300);
  }

  watch();
  addEventListener("resize", watchAnew);
  new MutationObserver(watchAnew).observe(main, { childList: true, subtree: true });
})();
