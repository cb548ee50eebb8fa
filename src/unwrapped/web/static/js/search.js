// @ts-check
// Shows results in the search dialog while somebody types.
import { element } from "./upload.js";

/** @typedef {{id: string, name: string, artist: string}} Found */

const KINDS = Object.entries({ artists: "Artist", albums: "Album", tracks: "Track" });
const MOST = 5;
const HINT = "Press Enter for all results, Escape to close.";
let asked = 0;

/** @param {string} kind @param {string} title @param {Found} one */
function line(kind, title, one) {
  const made = element("li");
  const link = element("a");
  link.setAttribute("href", `/${kind}/${one.id}`);
  link.className = "name";
  link.append(element("bdi", one.name));
  const by = element("span", kind === "artists" ? title : `${title} by `);
  by.className = "small";
  if (kind !== "artists") by.append(element("bdi", one.artist));
  made.append(link, by);
  return made;
}

/** @param {HTMLDialogElement} dialog */
export function startSearch(dialog) {
  const field = /** @type {HTMLInputElement} */ (dialog.querySelector("[name=q]"));
  field.oninput = () => find(dialog, field);
  find(dialog, field);
}

/** @param {HTMLDialogElement} dialog @param {HTMLInputElement} field */
async function find(dialog, field) {
  const mine = ++asked;
  const q = field.value.trim();
  if (!q) return show(dialog, [], HINT);
  await new Promise((done) => setTimeout(done, 150));
  if (mine !== asked) return;
  const answer = await fetch(`/api/v1/music/search?q=${encodeURIComponent(q)}`).catch(() => null);
  /** @type {Record<string, Found[]>} */
  const all = answer?.ok ? await answer.json() : {};
  if (mine !== asked) return;
  const lines = KINDS.flatMap(([kind, title]) => (all[kind] ?? []).slice(0, MOST).map((one) => line(kind, title, one)));
  const said = lines.length ? "The most played. Press Enter for all results." : "Nothing has this in its name.";
  show(dialog, lines, answer?.ok ? said : "The search did not answer. Press Enter to try again.");
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement[]} lines @param {string} words */
function show(dialog, lines, words) {
  dialog.querySelector("[data-found]")?.replaceChildren(...lines);
  const place = dialog.querySelector("[data-said]");
  if (place) place.textContent = words;
}
