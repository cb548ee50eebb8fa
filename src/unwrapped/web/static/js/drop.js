// @ts-check
// Collects files that are dropped anywhere on the page or chosen; folders are searched for files.
import { send } from "./upload.js";

/** @typedef {{file: File, name: string}} Given */

/** @param {FileSystemDirectoryEntry} folder @returns {Promise<FileSystemEntry[]>} */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const all = [];
  for (;;) {
    // A call returns a hundred entries at most.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

/** @param {FileSystemEntry} entry @returns {Promise<Given[]>} */
async function walk(entry) {
  if (entry.isDirectory) {
    const inside = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry));
    return (await Promise.all(inside.map(walk))).flat();
  }
  const one = /** @type {FileSystemFileEntry} */ (entry);
  const file = await new Promise((resolve, reject) => one.file(resolve, reject));
  return [{ file, name: entry.fullPath.replace(/^\//, "") }];
}

/** @param {DataTransfer} dropped @returns {Promise<Given[]>} */
async function givenBy(dropped) {
  // Read all entries before the first await: after it, the list is empty.
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => !!entry);
  if (entries.length) return (await Promise.all(entries.map(walk))).flat();
  return [...dropped.files].map((file) => ({ file, name: file.name }));
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

export function startDrops() {
  let depth = 0;
  /** @param {number} by */
  const over = (by) => {
    depth = Math.max(0, depth + by);
    document.documentElement.classList.toggle("over", depth > 0);
  };
  addEventListener("dragenter", (event) => hasFiles(event) && over(1));
  addEventListener("dragleave", (event) => hasFiles(event) && over(-1));
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    over(-depth);
    send(await givenBy(event.dataTransfer));
  });
  const choosers = document.querySelector("[data-choosers]");
  if (choosers instanceof HTMLElement) choosers.hidden = false;
  for (const button of document.querySelectorAll("[data-choose]")) {
    if (!(button instanceof HTMLElement)) continue;
    const input = /** @type {HTMLInputElement} */ (document.getElementById(`choose-${button.dataset.choose}`));
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      send(files.map((file) => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = "";
    });
  }
}
