// @ts-check
// Sends files one after the other, each as the raw body of a request, then begins their import.
// The browser streams a file from the disk: no file is loaded into memory.

/** @typedef {import("./drop.js").Given} Given */
/** @typedef {{given: Given, id: string, sent: number, fault: string, bar: HTMLProgressElement, said: HTMLElement, trouble: HTMLElement}} Sending */

const API = "/api/v1/music";
const MIB = 1024 * 1024;
const LONGEST_NAME = 200;

/** @type {Sending[]} */
let batch = [];
/** @type {XMLHttpRequest | null} */
let current = null;
let isRunning = false;
let isCancelled = false;

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("sending"));
/** @param {string} name @returns {HTMLElement} */
const part = (name) => /** @type {HTMLElement} */ (dialog.querySelector(`[data-${name}]`));

/** @param {number} bytes */
const amount = (bytes) => (bytes < MIB ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MIB).toFixed(1)} MB`);

/** @param {string} tag @param {string} [words] @returns {HTMLElement} */
export function element(tag, words = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  return made;
}

/** @param {Given[]} files */
export function send(files) {
  if (!files.length) return;
  const most = Number(dialog.dataset.mostFiles);
  if (!isRunning) {
    batch = [];
    part("files").replaceChildren();
  }
  part("total").textContent = "";
  if (batch.length + files.length > most) {
    part("total").textContent = `These are ${batch.length + files.length} files, but only ${most} can be sent at once. Pack them into one zip and drop that.`;
  } else {
    batch.push(...files.map(shown));
  }
  if (!dialog.open) dialog.showModal();
  run();
}

/** @param {Given} given @returns {Sending} */
function shown(given) {
  const line = element("li");
  const bar = document.createElement("progress");
  bar.max = given.file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", given.name);
  const said = element("span", amount(given.file.size));
  const trouble = element("p");
  trouble.className = "fault";
  trouble.hidden = true;
  said.className = "small";
  line.append(element("bdi", given.name), said, bar, trouble);
  part("files").append(line);
  return { given, id: "", sent: 0, fault: "", bar, said, trouble };
}

/** @param {Sending} one */
function leaveOut(one) {
  batch = batch.filter((other) => other !== one);
  one.trouble.parentElement?.remove();
  if (!batch.length) cancel();
  else if (!batch.some((other) => other.fault)) run();
}

async function run() {
  if (isRunning) return;
  isRunning = true;
  isCancelled = false;
  part("retry").hidden = true;
  addEventListener("beforeunload", hold);
  try {
    for (let at = 0; at < batch.length && !isCancelled; at++) {
      if (!batch[at].id) await sendOne(batch[at]);
    }
  } finally {
    isRunning = false;
    removeEventListener("beforeunload", hold);
  }
  if (isCancelled || !batch.length) return;
  if (batch.some((one) => one.fault)) {
    part("retry").hidden = false;
    part("total").textContent = "Nothing is imported until every file in this list is sent.";
    return;
  }
  await begin();
}

/** @param {BeforeUnloadEvent} event */
function hold(event) {
  event.preventDefault();
}

/** @param {Sending} one @returns {Promise<void>} */
async function sendOne(one) {
  fail(one, "");
  const limit = Number(dialog.dataset.mostBytes);
  if (one.given.file.size > limit) return fail(one, `It is larger than ${amount(limit)}, the most that this server accepts.`);
  if (!one.given.file.size) return fail(one, "It is empty.");
  const begun = performance.now();
  await new Promise((resolve) => {
    const request = new XMLHttpRequest();
    current = request;
    request.open("POST", `${API}/uploads?name=${encodeURIComponent(one.given.name.slice(-LONGEST_NAME))}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => showSent(one, event.loaded, begun));
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) {
        one.id = answer.id;
        showSent(one, one.given.file.size, begun);
      } else fail(one, answer.detail || `The server answered with ${request.status}.`);
    });
    request.addEventListener("error", () => fail(one, "The connection was lost."));
    request.addEventListener("loadend", resolve);
    request.send(one.given.file);
  });
  current = null;
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** @param {Sending} one @param {string} words */
function fail(one, words) {
  one.fault = words;
  one.trouble.hidden = !words;
  const out = /** @type {HTMLButtonElement} */ (element("button", "Leave it out"));
  out.type = "button";
  out.className = "plain";
  out.addEventListener("click", () => leaveOut(one));
  one.trouble.replaceChildren(`${words} `, out);
}

/** @param {Sending} one @param {number} sent @param {number} begun */
function showSent(one, sent, begun) {
  one.sent = sent;
  one.bar.value = sent;
  const size = one.given.file.size;
  const seconds = (performance.now() - begun) / 1000;
  const left = sent && seconds > 1 ? Math.ceil(((size - sent) * seconds) / sent) : 0;
  const time = left > 90 ? `, ${Math.ceil(left / 60)} minutes left` : left > 1 ? `, ${left} seconds left` : "";
  one.said.textContent = sent < size ? `${amount(sent)} of ${amount(size)}${time}` : `${amount(size)}, sent`;
}

async function begin() {
  part("total").textContent = "All sent. The import begins.";
  const answer = await fetch(`${API}/imports`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify({ uploads: batch.map((one) => one.id) }),
  }).catch(() => null);
  const task = answer ? parsed(await answer.text()) : {};
  if (answer?.ok) location.assign(`/import/${task.id}`);
  else {
    part("total").textContent = task.detail || "The connection was lost.";
    part("retry").hidden = false;
  }
}

async function cancel() {
  isCancelled = true;
  current?.abort();
  const sent = batch.filter((one) => one.id);
  batch = [];
  await Promise.all(sent.map((one) => fetch(`${API}/uploads/${one.id}`, { method: "DELETE" }).catch(() => null)));
  dialog.close();
}

if (dialog) {
  part("cancel").addEventListener("click", cancel);
  part("retry").addEventListener("click", run);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    cancel();
  });
}
