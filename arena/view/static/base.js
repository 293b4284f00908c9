// What every page has: its keys and their list, and following what still grows.

const handlers = new Map();

/** Call `handler(event)` when `key` is pressed outside of a field. */
export function onKey(key, handler) {
  handlers.set(key, handler);
}

/** Let j, k, g and G move among the links that `links()` returns. */
export function walk(links) {
  const go = (step) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    all[Math.max(0, Math.min(all.length - 1, next))].focus();
  };
  onKey("j", () => go(1));
  onKey("k", () => go(-1));
  onKey("g", () => links()[0]?.focus());
  onKey("G", () => links().at(-1)?.focus());
}

/** Return the elements of a piece of a page; null where the server has none.
 *
 * `inside` names what they must stand in to be understood, such as `table`. */
export async function fragment(address, inside = "div") {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const text = `<${inside}>${await answer.text()}</${inside}>`;
    return [...new DOMParser().parseFromString(text, "text/html").body.firstElementChild.children];
  } catch {
    return null; // the server has been stopped; it may come back
  }
}

/** Ask `address` for `{version, live}` and call `changed()` at each new version.
 *
 * `version` is that of the page as it came. It asks often while something is live, and
 * never while the page is hidden. */
export function follow(address, version, changed) {
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
      version = state.version;
      await changed();
    }
    setTimeout(ask, state?.live ? 1500 : 8000);
  };
  ask();
}

function inField(target) {
  return target instanceof HTMLElement
    && target.type !== "checkbox" // nothing is typed into it
    && (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));
}

document.documentElement.classList.add("scripted");

const help = document.getElementById("help");
document.querySelector("[data-help]").addEventListener("click", () => help.showModal());
onKey("?", () => help.showModal());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (inField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog:modal")) return;
  const handler = handlers.get(event.key);
  if (handler) {
    event.preventDefault();
    handler(event);
  }
});
