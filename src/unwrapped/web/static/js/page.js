// @ts-check
// Runs on every screen: sends files that are dropped or chosen, copies and shares links,
// and opens the search on `/` or Ctrl-K; its script is loaded only then.
import { startDrops } from "./drop.js";
import { startCopies } from "./copy.js";

startDrops();
startCopies();

const search = /** @type {HTMLDialogElement} */ (document.getElementById("search"));

search.addEventListener("click", ({ target, clientX, clientY }) => {
  const { left, right, top, bottom } = search.getBoundingClientRect();
  const isInside = left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
  // A click that the keyboard causes has no place; its target is never the dialog itself.
  if (target === search && !isInside) search.close();
});

/** @param {Event} event */
async function openSearch(event) {
  event.preventDefault();
  search.showModal();
  const field = search.querySelector("input[name=q]");
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
  (await import("./search.js")).startSearch(search);
}

document.querySelector("[data-search]")?.addEventListener("click", openSearch);
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, select, textarea");
  const isAsked = event.ctrlKey || event.metaKey ? event.key === "k" : event.key === "/" && !isTyping;
  if (isAsked && !document.querySelector("dialog[open]")) openSearch(event);
});
