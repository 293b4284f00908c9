// What every page has: its keys and their list, and following what still grows.

const handlers = new Map();

/** Call `handler(event)` when `key` is pressed outside of a field. */
export function onKey(key, handler) {
  handlers.set(key, handler);
}

/** Ask `address` for `{version, live}` and call `changed(state)` at each new version.
 *
 * Goes on while the run is live, and asks nothing while the page is hidden. */
export function follow(address, changed, seconds = 2) {
  let version = null;
  const ask = async () => {
    let state = null;
    if (!document.hidden) {
      try {
        const answer = await fetch(address);
        state = answer.ok ? await answer.json() : null;
      } catch {
        state = null; // the server has been stopped; it may come back
      }
    }
    if (state && state.version !== version) {
      if (version !== null) changed(state);
      version = state.version;
    }
    if (!state || state.live) setTimeout(ask, seconds * 1000);
  };
  ask();
}

function inField(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));
}

const help = document.getElementById("help");
document.querySelector("[data-help]").addEventListener("click", () => help.showModal());
onKey("?", () => help.showModal());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (inField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (help.open) return;
  const handler = handlers.get(event.key);
  if (handler) {
    event.preventDefault();
    handler(event);
  }
});
