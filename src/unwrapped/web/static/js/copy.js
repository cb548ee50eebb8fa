// @ts-check
// Copies and shares the value of an input. Without scripts, people select it by hand.

/** @param {string} id */
function shown(id) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById(id));
  // If the service does not know its address, a link is a path. A token is copied as it is.
  return input.value.startsWith("/") ? new URL(input.value, location.origin).href : input.value;
}

/** @param {string} words */
function say(words) {
  const place = document.querySelector("[data-said]");
  if (place) place.textContent = words;
}

export function startCopies() {
  for (const input of document.querySelectorAll("[data-link]")) {
    if (input instanceof HTMLInputElement) input.value = shown(input.id);
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const id = button.dataset.copy ?? "";
      try {
        await navigator.clipboard.writeText(shown(id));
        say("Copied.");
      } catch {
        // The clipboard is not available over plain HTTP, or the browser forbids access.
        /** @type {HTMLInputElement} */ (document.getElementById(id)).select();
        say("It is selected: copy it with your keyboard or its menu.");
      }
    });
  }
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-share]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const { share = "", shareTitle } = button.dataset;
      try {
        await navigator.share({ title: shareTitle, url: shown(share) });
      } catch {
        say("It was not shared.");
      }
    });
  }
}
