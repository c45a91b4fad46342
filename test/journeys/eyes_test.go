package journeys

// eyes is what a visitor finds things on a page with: by the words people
// read, not by how the page is made. It is part of every evaluated script, so
// that the page itself stays as it was served.
const eyes = `
const tidy = s => (s || "").replace(/\s+/g, " ").trim();
const words = e => tidy(e.innerText || e.textContent);
const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
const place = e => { const m = document.querySelector("main"); return m && m.contains(e) ? 0 : 1; };
const best = (list, text) => {
  const tests = [w => w === text, w => w.startsWith(text), w => w.includes(text)];
  for (const fits of tests) {
    const hits = list.filter(e => shown(e) && fits(words(e)));
    if (hits.length) return hits.sort((a, b) => place(a) - place(b))[0];
  }
  return null;
};
const find = {
  press: text => best([...document.querySelectorAll("button, a[href], summary")], text),
  field: name => [...document.getElementsByName(name)].find(e => e.type !== "hidden" && shown(e)) || null,
  choice: (name, value) => [...document.getElementsByName(name)].find(e => e.value === value) || null,
};
`

// look describes the page after it was opened.
const look = `(() => {` + eyes + `
const kinds = new Set();
for (const e of document.body.querySelectorAll("*")) {
  kinds.add([e.tagName, e.getAttribute("class"), e.getAttribute("role"), e.getAttribute("type"), e.getAttribute("aria-invalid"), e.getAttribute("aria-current"), e.hidden].join("|"));
}
return {
  title: document.title, lang: document.documentElement.lang, h1: words(document.querySelector("h1") || document.body),
  kinds: [...kinds].sort().join("\n"),
};
})()`
