// Forms that an authenticator fills. Passkeys need script; pages say what works
// without.

const words = { create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON" };
const api = window.PublicKeyCredential;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const kind = form.dataset.passkey;
  const host = form.dataset.host;
  const elsewhere = form.parentElement.querySelector(".passkey-elsewhere");
  if (location.hostname !== host) {
    if (elsewhere) elsewhere.hidden = false;
    continue;
  }
  if (!api || !api[words[kind]]) continue;
  form.hidden = false;
  const failed = form.querySelector(".passkey-failed");
  const answer = form.elements.answer;
  form.addEventListener("submit", async (e) => {
    if (answer.value) return;
    e.preventDefault();
    failed.hidden = true;
    try {
      const asked = await fetch(form.dataset.options, { cache: "no-store" });
      if (!asked.ok) throw new Error("options");
      const publicKey = api[words[kind]](await asked.json());
      const credential = await navigator.credentials[kind]({ publicKey });
      answer.value = JSON.stringify(credential.toJSON());
    } catch {
      failed.hidden = false;
      return;
    } finally {
      delete form.dataset.sent;
    }
    form.requestSubmit();
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.elements.answer.value = "";
});
