// The events of a record in windows: those near the view are there, the others are blank
// places of about their height. A record of 200,000 events is never whole in the page.

const NEAR = "1800px";
const MOST_THERE = 30;

/** Fetch, once more where the network was just not there. */
export async function ask(address, how) {
  try {
    return await fetch(address, how);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    await new Promise((go) => setTimeout(go, 500));
    return fetch(address, how);
  }
}

export class Transcript {
  /** `root` holds `data-prefix`, `data-start` and perhaps `data-of`. */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    this.prefix = root.dataset.prefix;
    this.filter = new URLSearchParams();
    this.windows = []; // {first, count, height, place, loading}
    this.lines = 0;
    this.ended = false;
    this.there = new Set();
    this.stepping = Promise.resolve();
    this.sent = root.querySelector(".window"); // the first one came with the page
    this.watcher = new IntersectionObserver((seen) => this.seen(seen), { rootMargin: NEAR });
  }

  query(more = {}) {
    const query = new URLSearchParams(this.filter);
    if (this.root.dataset.of) query.set("of", this.root.dataset.of);
    if (this.root.dataset.start !== "0") query.set("start", this.root.dataset.start);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return query;
  }

  /** Ask which windows there are, and make their places. */
  async plan() {
    const answer = await ask(`${this.address}/plan?${this.query()}`);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    this.take(await answer.json(), true);
  }

  /** Ask whether lines were added; return whether there were any. */
  async grow() {
    const answer = await ask(`${this.address}/plan?${this.query({ known: this.lines })}`);
    if (!answer.ok) return false;
    const told = await answer.json();
    if (told.windows) this.take(told, false);
    this.ended = told.ended;
    return Boolean(told.windows);
  }

  take(told, anew) {
    this.lines = told.lines;
    this.ended = told.ended;
    const kept = anew ? [] : this.windows;
    if (anew) this.clear();
    if (!told.windows.length) this.sent = null;
    told.windows.forEach(([first, count, height], at) => {
      const known = kept[at];
      if (known && known.count === count) return;
      if (known) {
        Object.assign(known, { count, height });
        if (known.filled) this.load(known, true);
        return;
      }
      this.windows.push(this.placed({ at, first, count, height, loading: null, near: false }));
    });
  }

  /** Give a window its place in the page. */
  placed(window) {
    const sent = window.at === 0 ? this.sent : null;
    const place = sent ?? document.createElement("section");
    this.sent = null;
    if (!sent) {
      place.className = "window";
      place.dataset.window = window.at;
      place.style.height = `${window.height}px`;
    }
    this.root.append(place);
    this.watcher.observe(place);
    const made = Object.assign(window, { place, filled: Boolean(sent) });
    if (sent) this.there.add(made);
    return made;
  }

  clear() {
    this.watcher.disconnect();
    this.root.replaceChildren();
    this.windows = [];
    this.there.clear();
  }

  seen(entries) {
    for (const entry of entries) {
      const window = this.windows[Number(entry.target.dataset.window)];
      if (!window) continue;
      window.near = entry.isIntersecting;
      if (window.near) this.load(window);
    }
    for (const window of this.there) {
      if (this.there.size <= MOST_THERE) break;
      if (!window.near && !window.place.contains(document.activeElement)) this.empty(window);
    }
  }

  load(window, again = false) {
    if (window.filled && !again) return Promise.resolve();
    window.loading ??= this.fill(window).finally(() => { window.loading = null; });
    return window.loading;
  }

  async fill(window) {
    const answer = await ask(`${this.address}/events?${this.query({ window: window.at })}`);
    if (!answer.ok || this.windows[window.at] !== window) return;
    const focused = window.place.contains(document.activeElement) ? document.activeElement.id : "";
    window.place.innerHTML = await answer.text(); // made and escaped by the server's template
    window.place.style.height = "";
    window.filled = true;
    this.there.add(window);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  empty(window) {
    window.place.style.height = `${window.place.offsetHeight}px`;
    window.place.replaceChildren();
    window.filled = false;
    this.there.delete(window);
  }

  /** The last window that begins at an event or before it. */
  windowOf(n) {
    let low = 0, high = this.windows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.windows[middle].first <= n) low = middle; else high = middle - 1;
    }
    return this.windows[low];
  }

  /** Show event `n`, or what comes next of the chosen ones; return it. */
  async show(n, focus = true) {
    const window = this.windowOf(n);
    if (!window) return null;
    await this.load(window);
    const events = [...window.place.querySelectorAll(".event")];
    const event = events.find((one) => Number(one.dataset.n) >= n) ?? events.at(-1);
    if (!event) return null;
    event.scrollIntoView({ block: "start", behavior: "instant" });
    if (focus) event.focus({ preventScroll: true });
    // What is loaded above it in the meantime has another height than it was thought to.
    await Promise.all([this.windows[window.at - 1], this.windows[window.at + 1]].map((one) => one && this.load(one)));
    event.scrollIntoView({ block: "start", behavior: "instant" });
    return event;
  }

  /** The event that has the focus, else the first one in view. */
  current() {
    const focused = document.activeElement?.closest?.(".event");
    if (focused && this.root.contains(focused)) return focused;
    const events = [...this.root.querySelectorAll(".event")];
    const top = events.length ? parseFloat(getComputedStyle(events[0]).scrollMarginTop) : 0;
    return events.find((one) => one.getBoundingClientRect().bottom > top + 2) ?? null;
  }

  /** Go to the next event (`step` 1) or the one before (-1); steps wait for each other. */
  step(step) {
    this.stepping = this.stepping.then(() => this.stepped(step)).catch(() => {});
  }

  async stepped(step) {
    const event = this.current();
    if (!event) return;
    const focused = event === document.activeElement?.closest?.(".event");
    if (!focused && step === 1) return void this.focus(event);
    const beside = step === 1 ? event.nextElementSibling : event.previousElementSibling;
    if (beside?.matches(".event")) return void this.focus(beside);
    const window = this.windows[Number(event.closest(".window").dataset.window) + step];
    if (!window) return;
    await this.load(window);
    const events = window.place.querySelectorAll(".event");
    this.focus(step === 1 ? events[0] : events[events.length - 1]);
  }

  focus(event) {
    if (!event) return;
    event.focus({ preventScroll: true });
    event.scrollIntoView({ block: "nearest", behavior: "instant" });
  }
}
