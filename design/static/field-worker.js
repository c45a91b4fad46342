// Lets the field page open without a connection. It keeps that page's empty
// shell, asked for without cookies so that nobody's data can be in it, and the
// static files that it names. It keeps no other page and no answer to anybody.

const shell = new URL("phone", location.href).pathname;
const name = "maru-field " + shell;

async function fill() {
  const answer = await fetch(shell, { credentials: "omit", cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const kept = new Set([shell]);
  for (const found of (await answer.clone().text()).matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) kept.add(found[1]);
  const box = await caches.open(name);
  for (const path of kept) {
    if (path !== shell && !(await box.match(path))) await box.add(path);
  }
  await box.put(shell, answer); // last: a shell is there with all that it needs
  for (const old of await box.keys()) {
    if (!kept.has(new URL(old.url).pathname)) await box.delete(old);
  }
}

const find = async (path) => (await caches.open(name)).match(path, { ignoreVary: true });

addEventListener("install", (e) => e.waitUntil(fill().then(() => skipWaiting())));
addEventListener("activate", (e) => e.waitUntil(clients.claim()));
addEventListener("message", (e) => { if (e.data === "fill") e.waitUntil(fill().catch(() => {})); });

// A connection that hangs counts as none after a while.
const patience = 4000;

addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) {
    e.respondWith(find(url.pathname).then((kept) => kept || fetch(e.request)));
  } else if (url.pathname === shell && e.request.mode === "navigate") {
    const late = new Promise((ok, no) => setTimeout(no, patience));
    const online = fetch(e.request);
    e.respondWith(Promise.race([online, late]).catch(async () => (await find(shell)) || online));
  }
});
