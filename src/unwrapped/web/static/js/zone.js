// @ts-check
// Fills in the browser's time zone, unless somebody has chosen one.

const field = /** @type {HTMLInputElement | null} */ (document.getElementById("time_zone"));
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && zone && field.value === field.defaultValue && field.value === "UTC") field.value = zone;
