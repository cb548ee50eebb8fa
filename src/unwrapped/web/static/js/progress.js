// @ts-check
// Shows the progress of a task live: one stream per page, closed while the page is hidden.
// When the task has ended, the page is loaded again and shows the result.

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
      // The browser reconnects by itself, unless the server has refused the request.
      if (stream?.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
    });
  };

  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => stream?.close());
  follow();
}
