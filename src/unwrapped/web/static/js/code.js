// @ts-check
// Signs in with a code from the fragment of the address, which the browser sends to no server.

const code = new URLSearchParams(location.hash.slice(1)).get("code");
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("by-code"));
if (code && form) {
  history.replaceState(null, "", location.pathname);
  /** @type {HTMLInputElement} */ (form.elements.namedItem("code")).value = code;
  form.submit();
}
