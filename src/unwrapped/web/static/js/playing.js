// @ts-check
// What plays now: asked for while somebody looks.

const corner = /** @type {HTMLElement} */ (document.querySelector("[data-playing]"));
const [title, artist] = corner.querySelectorAll("bdi");

setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch("/playing").catch(() => null);
  // Who has signed out meanwhile is led elsewhere.
  if (!answer?.ok || answer.redirected) return;
  const playing = await answer.json();
  corner.hidden = !playing;
  if (playing && title.textContent !== playing.title) title.textContent = playing.title;
  if (playing) artist.textContent = playing.artist;
}, 5000);
