// Improvements over pages that work without any of this. It builds no markup
// from text (Trusted Types), stores nothing and talks to nobody but this site.

const status = document.getElementById("status");
const say = (text) => { if (status) status.textContent = text; };

// The error summary takes the focus, and its links lead into the first wrong
// input of a group.
const summary = document.querySelector("[data-focus]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (e) => {
    const link = e.target.closest("a[href^='#']");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    const input = target.matches("input,select,textarea") ? target :
      target.querySelector("[aria-invalid=true]") || target.querySelector("input,select,textarea");
    if (!input) return;
    e.preventDefault();
    input.focus();
    (target.closest(".field") || target).scrollIntoView({ block: "start" });
  });
}

// A double click sends a form once. The button stays focusable, and works
// again when the person comes back to the page.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (e) => {
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000); // the answer may be a download
    say(status ? status.dataset.sending : "");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// How many characters are left.
for (const area of document.querySelectorAll("textarea[data-count]")) {
  const out = document.getElementById(area.dataset.count);
  if (!out) continue;
  const max = Number(area.getAttribute("maxlength"));
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const english = document.documentElement.lang === "en" ? " " : "";
  const show = () => { out.textContent = number.format(max - area.value.length) + english + out.dataset.left; };
  area.addEventListener("input", show);
  if (area.value) show();
}

// Copy, print and read aloud: buttons that exist only with script.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    if (!from) return;
    await navigator.clipboard.writeText(from.textContent.trim());
    say(status.dataset.copied);
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
if ("speechSynthesis" in window) {
  for (const button of document.querySelectorAll("[data-read]")) {
    button.hidden = false;
    const stop = () => button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const reading = button.getAttribute("aria-pressed") === "true";
      speechSynthesis.cancel();
      stop();
      const from = document.getElementById(button.dataset.read);
      if (reading || !from) return;
      const words = new SpeechSynthesisUtterance(from.innerText);
      words.lang = document.documentElement.lang === "en" ? "en-GB" : "ko-KR";
      words.rate = 0.95;
      words.onend = stop;
      button.setAttribute("aria-pressed", "true");
      speechSynthesis.speak(words);
    });
  }
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

// Two minutes before the session ends, ask whether to stay. Any request keeps
// it alive, so the answer is to ask for this page's head.
const meta = document.querySelector("meta[name=maru-session]");
const dialog = document.getElementById("session");
if (meta && dialog) {
  const length = Number(meta.content);
  const warnAt = Math.max(length - 120000, length / 2);
  let timer = setTimeout(warn, warnAt);
  function warn() { dialog.showModal(); }
  document.querySelector(".session-soon")?.remove(); // it warns where no script does
  dialog.querySelector("button").addEventListener("click", async (click) => {
    dialog.close();
    if (!click.currentTarget.hasAttribute("data-extend")) return; // the last moment stays
    clearTimeout(timer);
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) timer = setTimeout(warn, warnAt);
    else location.reload();
  });
}
