// @ts-check
// Choices with fields: a field chooses its button, and what is chosen empties the other fields.

/** @param {Event} event */
function choose(event) {
  const chosen = event.target instanceof Element ? event.target.closest(".choice") : null;
  const button = chosen?.querySelector("[type=radio]");
  if (!chosen || !(button instanceof HTMLInputElement)) return;
  button.checked = true;
  if (event.type !== "input") return;
  for (const field of chosen.parentElement?.querySelectorAll("input:not([type=radio])") ?? []) {
    if (field instanceof HTMLInputElement && !chosen.contains(field)) field.value = "";
  }
}

for (const choices of document.querySelectorAll(".choices")) {
  choices.addEventListener("click", choose);
  choices.addEventListener("input", choose);
}
