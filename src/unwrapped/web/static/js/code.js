// @ts-check
// Signs in with a code in the fragment of the address, which was sent to nobody.

const code = new URLSearchParams(location.hash.slice(1)).get("code");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("by-code"));
if (code && form) {
  history.replaceState(null, "", location.pathname);
  /** @type {HTMLInputElement} */ (form.elements.namedItem("code")).value = code;
  form.submit();
}
