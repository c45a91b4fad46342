// Saying instead of typing, where the browser can listen. The button is hidden
// until it is known that it can; what was heard stands in the box for the person
// to look at, and is sent only when they press the button that sends.

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const english = document.documentElement.lang === "en";

for (const button of Recognition ? document.querySelectorAll("[data-speak]") : []) {
  const box = document.getElementById(button.dataset.speak);
  const note = document.getElementById(button.dataset.note);
  if (!box || !note) continue;
  button.hidden = false;
  note.hidden = false;
  const asIs = note.textContent;
  let listening = null;

  const stop = (text) => {
    listening = null;
    button.setAttribute("aria-pressed", "false");
    note.textContent = text;
  };
  button.addEventListener("click", () => {
    if (listening) { listening.stop(); return; }
    const mine = listening = new Recognition();
    let problem = "";
    mine.lang = english ? "en-US" : "ko-KR";
    mine.interimResults = true;
    mine.onresult = (e) => {
      if (listening !== mine) return;
      box.value = Array.from(e.results, (r) => r[0].transcript).join("").slice(0, box.maxLength);
    };
    mine.onerror = (e) => { problem = e.error === "not-allowed" || e.error === "service-not-allowed" ? note.dataset.denied : note.dataset.failed; };
    mine.onend = () => {
      if (listening !== mine) return;
      stop(problem || asIs);
      if (!problem) box.focus();
    };
    button.setAttribute("aria-pressed", "true");
    note.textContent = note.dataset.listening;
    try { mine.start(); } catch { stop(note.dataset.failed); }
  });
  addEventListener("pagehide", () => { if (listening) listening.abort(); });
}
