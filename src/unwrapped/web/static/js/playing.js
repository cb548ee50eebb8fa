// @ts-check
// Keeps the track that is playing up to date while the page is visible.

const corner = /** @type {HTMLElement} */ (document.querySelector("[data-playing]"));
const [title, artist] = corner.querySelectorAll("bdi");

setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch("/playing").catch(() => null);
  // After signing out elsewhere, the request is redirected to the page to sign in.
  if (!answer?.ok || answer.redirected) return;
  const playing = await answer.json();
  corner.hidden = !playing;
  if (playing && title.textContent !== playing.title) title.textContent = playing.title;
  if (playing) artist.textContent = playing.artist;
}, 5000);
