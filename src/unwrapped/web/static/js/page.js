// @ts-check
// On every screen: files that are dropped or chosen are sent, links are copied and shared,
// and `/` or Ctrl-K opens the search, whose script comes when it is asked for.
import { startDrops } from "./drop.js";
import { startCopies } from "./copy.js";

startDrops();
startCopies();

const search = /** @type {HTMLDialogElement} */ (document.getElementById("search"));

/** @param {Event} event */
async function openSearch(event) {
  event.preventDefault();
  search.showModal();
  search.querySelector("input")?.select();
  (await import("./search.js")).startSearch(search);
}

document.querySelector("[data-search]")?.addEventListener("click", openSearch);
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, select, textarea");
  const isAsked = event.ctrlKey || event.metaKey ? event.key === "k" : event.key === "/" && !isTyping;
  if (isAsked && !document.querySelector("dialog[open]")) openSearch(event);
});
