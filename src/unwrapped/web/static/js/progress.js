// @ts-check
// Follows a task live: one stream a page, closed while nobody looks at it. What it has come to
// is shown by the page, which is then loaded once more.

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-task]"));
const ENDED = ["completed", "failed", "cancelled"];

if (place) {
  const stages = JSON.parse(place.dataset.stages ?? "{}");
  const said = /** @type {HTMLElement} */ (place.querySelector("[data-stage]"));
  const bar = /** @type {HTMLProgressElement} */ (place.querySelector("[data-progress]"));
  /** @type {EventSource | null} */
  let stream = null;

  /** @param {MessageEvent<string>} event */
  const show = (event) => {
    const task = JSON.parse(event.data);
    bar.value = task.progress;
    const words = stages[task.stage ?? ""] ?? stages[""];
    if (said.textContent !== words) said.textContent = words;
    if (ENDED.includes(task.status)) {
      stream?.close();
      location.reload();
    }
  };

  const follow = () => {
    stream?.close();
    stream = null;
    if (document.hidden) return;
    stream = new EventSource(`/api/v1/tasks/${place.dataset.task}/events`);
    stream.addEventListener("message", show);
    stream.addEventListener("error", () => {
      // The browser comes back by itself, unless the server refuses it.
      if (stream?.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
    });
  };

  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => stream?.close());
  follow();
}
