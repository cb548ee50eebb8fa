// @ts-check
// Shows the progress of a task live: one stream per page, closed while the page is hidden.
// When the task has ended, the page is loaded again and shows the result.

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-task]"));
const STARTING_MS = 10_000;
const ENDED = ["completed", "failed", "cancelled"];

if (place) {
  const stages = JSON.parse(place.dataset.stages ?? "{}");
  const said = /** @type {HTMLElement} */ (place.querySelector("[data-stage]"));
  const bar = /** @type {HTMLProgressElement} */ (place.querySelector("[data-progress]"));
  /** @type {EventSource | null} */
  let stream = null;

  /** @type {{status: string, stage: string | null, progress: number}} */
  let task;
  const write = () => {
    // The server has said first whether the task is young enough to be starting.
    const isYoung = said.textContent === stages.starting && performance.now() < STARTING_MS;
    const isStarting = isYoung || task.status === "processing";
    const words = stages[task.stage ?? (isStarting ? "starting" : "")] ?? stages[""];
    if (said.textContent !== words) said.textContent = words;
  };

  /** @param {MessageEvent<string>} event */
  const show = (event) => {
    task = JSON.parse(event.data);
    bar.value = task.progress;
    write();
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
  setTimeout(() => task && write(), STARTING_MS);
  addEventListener("pagehide", () => stream?.close());
  follow();
}
