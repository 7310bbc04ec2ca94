// Mark in the page's contents the section that is being read: the last whose heading has passed the
// upper third of the window. The theme marks a heading when it sees one there. It misses those that
// a quick scroll or a jump carries past, and marks parts of sections, which the list does not show.
document.addEventListener("DOMContentLoaded", () => {
  const links = [...document.querySelectorAll("#pst-page-toc-nav > ul > li > a[href^='#']")];
  const sections = links.map(link => document.getElementById(decodeURIComponent(link.hash.slice(1))));

  function mark() {
    const passed = sections.filter(section => section.getBoundingClientRect().top < innerHeight / 3);
    const read = links[passed.length - 1];
    for (const link of document.querySelectorAll("#pst-page-toc-nav a")) {
      link.classList.toggle("active", link === read);
      if (link === read) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // After the theme has had its turn; and a link that was followed stays marked, although the last
  // sections of a page are too short to come up to the top.
  let followed = 0, soon;
  addEventListener("hashchange", () => (followed = Date.now()));
  addEventListener("scroll", () => {
    clearTimeout(soon);
    if (Date.now() - followed > 1000) soon = setTimeout(mark, 100);
  }, { passive: true });
});
