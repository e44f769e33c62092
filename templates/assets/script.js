// What works better with a script; without it everything works too.
// Focus of search, copying of keys, and results that refine in place.
"use strict";

(() => {
  const field = () => document.getElementById("question") || document.getElementById("q");

  // "/" leads to search, except while something is being typed.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field().focus();
    field().select();
  });

  // A button beside every key; it says whether copying worked.
  const offerCopies = (root) => {
    if (!navigator.clipboard) return;
    for (const code of root.querySelectorAll("[data-copy]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy " + code.textContent);
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(code.dataset.copy);
          button.textContent = "Copied";
        } catch {
          button.textContent = "Not copied";
        }
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      (code.closest("a") || code).after(" ", button);
    }
  };

  // On a phone the facets begin folded.
  const foldFacets = () => {
    const facets = document.querySelector("details.facets");
    if (facets && matchMedia("(max-width: 48rem)").matches) facets.open = false;
  };

  // Results refine in place; whatever goes wrong, the browser goes there in the ordinary way.
  let latest = 0;
  const refine = async (address, remember) => {
    const results = document.getElementById("results");
    const mine = ++latest;
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("results");
      if (mine !== latest) return;
      if (!found || answer.redirected) throw new Error("not a page of results");
      results.replaceChildren(...found.childNodes);
      results.removeAttribute("aria-busy");
      document.title = page.title;
      const typed = page.getElementById("q");
      const here = document.getElementById("q");
      here.value = typed.value;
      for (const name of ["aria-invalid", "aria-describedby"]) {
        if (typed.hasAttribute(name)) here.setAttribute(name, typed.getAttribute(name));
        else here.removeAttribute(name);
      }
      if (remember) history.pushState(null, "", address);
      foldFacets();
      scrollTo(0, 0);
    } catch {
      if (mine === latest) location.assign(address);
    }
  };

  if (document.getElementById("results")) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("#results a[href^='/search?']");
      if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      refine(link.getAttribute("href"), true);
    });
    document.querySelector("form.search").addEventListener("submit", (event) => {
      event.preventDefault();
      refine("/search?" + new URLSearchParams(new FormData(event.target)), true);
    });
    addEventListener("popstate", () => refine(location.pathname + location.search, false));
  }

  offerCopies(document);
  foldFacets();
})();
