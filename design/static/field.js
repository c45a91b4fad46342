// Field work on a phone. What an official takes along and writes is kept on the
// device, sealed under a key that cannot be read out, until the server has
// acknowledged it. Everything is sent under a key of its own, so that it may be
// sent again whenever the answer is lost. Signing out and the end of the day
// remove what was taken along.

const words = document.getElementById("field-words").dataset;
const by = (id) => document.getElementById(id);
const say = (text) => { const s = by("status"); if (s) s.textContent = text; };
const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (all, k) => k in values ? values[k] : all);
const base = words.base; // "/desk/field/"

// ---- the box on the device

const asked = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });
let opened;
function database() {
  opened ||= new Promise((ok, no) => {
    const r = indexedDB.open("maru-field", 1);
    r.onupgradeneeded = () => { r.result.createObjectStore("key"); r.result.createObjectStore("box", { keyPath: "id" }); };
    r.onsuccess = () => {
      r.result.onversionchange = r.result.onclose = () => { r.result.close(); opened = null; };
      ok(r.result);
    };
    r.onerror = () => no(r.error);
  });
  return opened;
}
const store = async (name, mode = "readonly") => (await database()).transaction(name, mode).objectStore(name);
async function write(act) { // resolves when it is on the disk
  const s = (await database()).transaction("box", "readwrite", { durability: "strict" });
  act(s.objectStore("box"));
  return new Promise((ok, no) => { s.oncomplete = ok; s.onerror = s.onabort = () => no(s.error); });
}

async function sealer() {
  const have = await asked((await store("key")).get("key"));
  if (have) return have;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await asked((await store("key", "readwrite")).add(made, "key")).catch(() => {}); // another tab was faster
  return asked((await store("key")).get("key"));
}
async function seal(bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealer(), bytes) };
}
const unseal = async (s) => crypto.subtle.decrypt({ name: "AES-GCM", iv: s.iv }, await sealer(), s.data);

// An item is {id, kind, visit, until, sealed: its words, picture: sealed bytes}.
async function put(item, says) {
  item.sealed = await seal(new TextEncoder().encode(JSON.stringify(says)));
  await write((box) => box.put(item));
}
async function items() {
  const out = [];
  for (const item of await asked((await store("box")).getAll())) {
    try {
      item.says = JSON.parse(new TextDecoder().decode(await unseal(item.sealed)));
      out.push(item);
    } catch { await write((box) => box.delete(item.id)); } // sealed under a key that is gone
  }
  return out;
}
const drop = (...ids) => write((box) => ids.forEach((id) => box.delete(id)));
async function wipe() {
  if (opened) (await opened).close();
  opened = null;
  return asked(indexedDB.deleteDatabase("maru-field"));
}

// ---- taking along

const policy = window.trustedTypes ? trustedTypes.createPolicy("maru-field", { createScriptURL: () => base + "worker.js" }) : null;
async function ready() {
  if (!("serviceWorker" in navigator)) return false;
  const r = await navigator.serviceWorker.register(policy ? policy.createScriptURL("") : base + "worker.js");
  const coming = r.installing || r.waiting;
  if (r.active) r.active.postMessage("fill"); // a new version of the page, perhaps
  else if (coming) await new Promise((ok) => coming.addEventListener("statechange", () => coming.state === "activated" && ok()));
  return true;
}

for (const button of document.querySelectorAll("[data-take]")) {
  button.hidden = !window.indexedDB || !window.isSecureContext;
  button.addEventListener("click", async () => {
    const visit = button.dataset.take;
    try {
      const answer = await fetch(base + visit + "/take", { method: "POST", headers: { Accept: "application/json" }, redirect: "manual" });
      const got = answer.type === "opaqueredirect" ? {} : await answer.json();
      if (!answer.ok) { say(got.message || words.signIn); return; }
      await put({ id: visit, kind: "visit", visit, until: Date.parse(got.until) }, got);
      await ready();
      location.assign(base + "phone#" + visit);
    } catch { say(words.noAnswer); }
  });
}

// ---- the position, when asked for

const form = by("field");
const locate = by("locate"), unlocate = by("unlocate"), where = by("where");
const spot = ["latitude", "longitude", "accuracy", "located"];
function showSpot() {
  if (!form) return;
  const [lat, lon, acc, at] = spot.map((n) => form.elements[n].value);
  unlocate.hidden = !lat;
  where.textContent = lat ? fillIn(words.where, { lat: Number(lat).toFixed(5), lon: Number(lon).toFixed(5), acc: Math.round(acc),
    time: new Date(at).toLocaleTimeString(document.documentElement.lang) }) : words.nowhere;
}
function setSpot(values) {
  spot.forEach((n, i) => { form.elements[n].value = values[i]; });
  showSpot();
  form.dispatchEvent(new Event("input"));
}
if (form && "geolocation" in navigator) {
  locate.hidden = false;
  showSpot();
  locate.addEventListener("click", () => {
    where.textContent = words.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords: c, timestamp }) => setSpot([c.latitude, c.longitude, c.accuracy, new Date(timestamp).toISOString()]),
      () => { where.textContent = words.lost; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  });
  unlocate.addEventListener("click", () => setSpot(["", "", "", ""]));
}

// ---- signing out with something unsent

let unsent = 0;
for (const out of document.querySelectorAll("form[action$='/sign-out']")) {
  out.addEventListener("submit", (e) => {
    if (unsent && !confirm(fillIn(words.signOut, { n: unsent }))) e.preventDefault();
    else wipe().catch(() => {}); // the server's answer clears it as well
  });
}

// ---- the phone's page

const phone = by("phone");

async function start() {
  by("plain").hidden = true;
  if (!window.indexedDB || !window.isSecureContext) { by("state").textContent = words.cannot; return; }
  phone.hidden = false;
  navigator.storage?.persist?.();
  addEventListener("hashchange", choose);
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", (e) => { e.preventDefault(); finish(); });
  by("photo").addEventListener("change", snap);
  by("export-do").addEventListener("click", exportText);
  by("discard").addEventListener("click", async () => {
    if (!confirm(words.discardAsk)) return;
    await saving;
    await drop(...(await items()).filter((i) => i.visit === visit).map((i) => i.id));
    location.hash = "";
  });
  by("wipe").addEventListener("click", async () => { if (confirm(words.wipeAsk)) { await wipe(); location.hash = ""; choose(); } });
  by("send").addEventListener("click", () => send(true));
  addEventListener("online", () => send());
  addEventListener("offline", () => show());
  addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(() => { if (unsent) send(); else show(); }, 30000);
  ready().then((yes) => { if (yes) by("state").dataset.ready = "yes"; return show(); }).catch(() => {});
  await choose();
  send();
}

let visit = "", draft = null, saving = Promise.resolve();

// choose shows the visit that the address names.
async function choose() {
  await saving;
  visit = location.hash.slice(1);
  const all = await items();
  const taken = all.find((i) => i.kind === "visit" && i.id === visit);
  draft = all.find((i) => i.kind === "draft" && i.visit === visit) || null;
  const says = draft?.says || taken?.says;
  by("one").hidden = !says;
  if (says) {
    draft ||= { id: "draft:" + visit, kind: "draft", visit,
      says: { key: crypto.randomUUID(), number: says.number, title: says.title, checks: says.checks, fields: [] } };
    by("one-title").textContent = says.number + " " + says.title;
    by("one-address").textContent = taken?.says.address || "";
    checks(says.checks);
    form.reset();
    for (const n of spot) form.elements[n].value = "";
    for (const [name, value] of draft.says.fields) {
      for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (input.type === "checkbox" || input.type === "radio") input.checked ||= input.value === value;
        else input.value = value;
      }
    }
    showSpot();
    by("export-part").hidden = true;
  }
  await show();
}

function checks(lines) {
  const list = by("done").querySelector(".choices");
  list.replaceChildren(...lines.map((line, i) => {
    const row = document.createElement("div"), box = document.createElement("input"), label = document.createElement("label");
    row.className = "choice";
    Object.assign(box, { type: "checkbox", name: "done", value: String(i), id: "done-" + (i + 1) });
    label.htmlFor = box.id;
    label.textContent = line;
    row.append(box, label);
    return row;
  }));
}

// keep writes the draft down, one write after the other.
function keep() {
  if (!draft || form.inert) return saving;
  const mine = draft;
  mine.says.fields = [...new FormData(form)].filter(([name, v]) => typeof v === "string" && name !== "caption");
  saving = saving.then(() => put({ id: mine.id, kind: "draft", visit: mine.visit }, mine.says)).then(show, () => { by("state").textContent = words.full; });
  return saving;
}

async function snap() {
  const files = [...by("photo").files];
  by("photo").value = "";
  await keep(); // a photo never stands without its visit's draft
  for (const file of files) {
    try {
      await put({ id: crypto.randomUUID(), kind: "photo", visit, at: Date.now(), picture: await seal(await file.arrayBuffer()) }, { caption: "" });
    } catch { by("state").textContent = words.full; return; }
  }
  await show();
}

// finish marks the draft as ready to be sent.
async function finish() {
  draft.says.ready = true;
  draft.says.refused = "";
  await keep();
  await send(true);
}

// show says what is on this phone and how it stands.
let shown = "";
async function show() {
  const now = Date.now(), all = await items();
  const over = all.filter((i) => i.kind === "visit" && i.until < now);
  if (over.length) await drop(...over.map((i) => i.id));
  const rest = all.filter((i) => !over.includes(i));
  const drafts = rest.filter((i) => i.kind === "draft");
  unsent = drafts.length;
  const state = by("state");
  const line = unsent ? fillIn(words.saved, { n: unsent }) : state.dataset.ready ? words.ready : words.empty;
  const note = !navigator.onLine ? words.offline : trouble;
  state.textContent = note ? line + " " + note : line;
  by("send").hidden = !drafts.some((d) => d.says.ready);
  const list = new Map();
  for (const i of rest) if (i.kind !== "photo") list.set(i.visit, { ...list.get(i.visit), [i.kind]: i });
  by("none").hidden = list.size > 0;
  by("wipe").hidden = list.size === 0;
  by("taken").replaceChildren(...[...list].map(([id, { visit: v, draft: d }]) => {
    const li = document.createElement("li"), a = document.createElement("a"), p = document.createElement("p");
    const says = (v || d).says;
    a.href = "#" + id;
    a.textContent = says.number + " " + says.title;
    if (id === visit) a.setAttribute("aria-current", "true");
    p.textContent = [v?.says.address, d && (d.says.refused ? words.refused : d.says.ready ? words.waits : words.draft)].filter(Boolean).join(" · ");
    li.append(a, p);
    return li;
  }));
  const here = drafts.find((d) => d.visit === visit);
  by("refused").hidden = !here?.says.refused;
  by("refused-why").textContent = here?.says.refused || "";
  await pictures(rest.filter((i) => i.kind === "photo" && i.visit === visit).sort((a, b) => a.at - b.at));
}

// pictures lists the photos of the visit, each with its caption.
async function pictures(photos) {
  const now = photos.map((p) => p.id + !!p.picture).join();
  if (now === shown) return;
  shown = now;
  by("photos").replaceChildren(...await Promise.all(photos.map(async (p, i) => {
    const li = document.createElement("li"), label = document.createElement("label"), text = document.createElement("input"), off = document.createElement("button");
    li.className = "panel";
    if (p.picture) {
      const picture = document.createElement("canvas");
      try {
        const map = await createImageBitmap(new Blob([await unseal(p.picture)]));
        picture.height = 120;
        picture.width = Math.min(240, Math.round(120 * map.width / map.height));
        picture.getContext("2d").drawImage(map, 0, 0, picture.width, picture.height);
        picture.setAttribute("role", "img");
        picture.setAttribute("aria-label", fillIn(words.photo, { n: i + 1 }));
        li.append(picture);
      } catch { /* the server says what is wrong with it */ }
    }
    text.className = "input";
    Object.assign(text, { type: "text", id: "caption-" + p.id, maxLength: 200, value: p.says.caption, autocomplete: "off" });
    label.className = "label";
    label.htmlFor = text.id;
    label.textContent = fillIn(words.caption, { n: i + 1 });
    text.addEventListener("input", (e) => {
      e.stopPropagation();
      p.says.caption = text.value;
      saving = saving.then(() => put({ id: p.id, kind: p.kind, visit: p.visit, at: p.at, picture: p.picture }, p.says));
    });
    off.type = "button";
    off.className = "button button-tertiary";
    off.textContent = fillIn(words.photoOff, { n: i + 1 });
    off.addEventListener("click", async () => { await saving; await drop(p.id); await show(); by("photo").focus(); });
    text.disabled = off.hidden = !p.picture; // the server has it already
    li.append(label, text, off);
    return li;
  })));
}

// ---- sending

let trouble = "", busy = false;

// post sends one form. Told is the server's word: ok, or why not; without it
// nobody knows whether the form arrived, and it is sent again.
async function post(id, fields, picture) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  if (picture) body.append("photo", new Blob([picture], { type: "image/jpeg" }), "photo.jpg");
  try {
    const answer = await fetch(base + id, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(120000) });
    if (answer.type === "opaqueredirect" || answer.status === 401) { trouble = words.signIn; return null; }
    if (answer.status >= 500 || answer.status === 429 || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) { trouble = words.noAnswer; return null; }
    return { ok: answer.ok, why: (await answer.json()).message };
  } catch { trouble = words.noAnswer; return null; }
}

async function sendOne(d, photos) {
  for (const p of photos) {
    if (!p.picture) continue;
    const told = await post(d.visit, [["act", "photo"], ["photo-key", p.id], ["caption", p.says.caption]], await unseal(p.picture));
    if (!told) return false;
    if (!told.ok) return refuse(d, told.why);
    await put({ id: p.id, kind: "photo", visit: p.visit, at: p.at }, p.says); // acknowledged: only the caption stays
  }
  const told = await post(d.visit, [["act", "record"], ["key", d.says.key], ...d.says.fields]);
  if (!told) return false;
  if (!told.ok) return refuse(d, told.why);
  await drop(d.id, d.visit, ...photos.map((p) => p.id));
  say(words.sent);
  by("sent").hidden = false;
  if (d.visit === visit) { draft = null; location.hash = ""; }
  return true;
}
async function refuse(d, why) {
  if (draft?.id === d.id) Object.assign(draft.says, { ready: false, refused: why });
  await put({ id: d.id, kind: "draft", visit: d.visit }, { ...d.says, ready: false, refused: why });
  return true;
}

async function send(pressed) {
  if (busy) return;
  busy = true;
  trouble = "";
  const all = async () => {
    await saving;
    const list = await items(), drafts = list.filter((i) => i.kind === "draft" && i.says.ready);
    form.inert = drafts.some((d) => d.visit === visit); // what is being sent does not change
    for (const d of drafts) {
      if (pressed) by("state").textContent = words.sending;
      if (!await sendOne(d, list.filter((i) => i.kind === "photo" && i.visit === d.visit))) break;
    }
  };
  try {
    await (navigator.locks ? navigator.locks.request("maru-field", { ifAvailable: true }, (lock) => lock && all()) : all());
  } finally {
    busy = false;
    form.inert = false;
  }
  await show();
  if (pressed && document.activeElement === document.body) by("state").focus();
}

// exportText writes the draft out as text, for when the server refuses it.
async function exportText() {
  await keep();
  const photos = (await items()).filter((i) => i.kind === "photo" && i.visit === visit);
  const of = (name) => draft.says.fields.filter(([n]) => n === name).map(([, v]) => v);
  const lines = [draft.says.number + " " + draft.says.title, ...draft.says.checks.map((c, i) => (of("done").includes(String(i)) ? "[x] " : "[ ] ") + c)];
  const chosen = form.querySelector("[name=result]:checked");
  if (chosen) lines.push(chosen.labels[0].textContent);
  for (const name of ["met", "notes"]) if (of(name)[0]) lines.push(form.elements[name].labels[0].textContent + ": " + of(name)[0]);
  if (of("latitude")[0]) lines.push(where.textContent);
  photos.forEach((p, i) => lines.push(fillIn(words.photo, { n: i + 1 }) + ": " + p.says.caption));
  by("export").value = lines.join("\n");
  by("export-part").hidden = false;
  by("export").select();
}

// Last, when everything above is there.
if (phone) start();
else if (window.indexedDB) items().then((all) => { unsent = all.filter((i) => i.kind === "draft").length; }).catch(() => {});
