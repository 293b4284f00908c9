// The page of an episode: filters, search, keys, raw lines and following what grows.
import { onKey } from "./base.js";
import { Transcript, ask } from "./transcript.js";

const page = document.querySelector(".episode");
const address = page.dataset.address;
const transcripts = [...page.querySelectorAll(".transcript")].map((root) => new Transcript(root, address));
const main = transcripts.at(-1); // beside its parent, the fork is the one that links are for
const tools = page.querySelector(".tools");
const chain = document.getElementById("chain");
const ending = document.getElementById("ending");
const GROWS_EVERY = 1500;

const active = () =>
  transcripts.find((one) => one.root.contains(document.activeElement)) ?? main;

function tell(text) {
  const told = document.getElementById("told");
  told.textContent = text;
  setTimeout(() => { if (told.textContent === text) told.textContent = ""; }, 2500);
}

async function part(place, query = "") {
  const answer = await ask(`${address}/${place.dataset.load}${query}`);
  if (answer.ok) place.innerHTML = await answer.text(); // made and escaped by the server's template
  else place.textContent = `This part cannot be shown: the server answers ${answer.status}.`;
}

// Deep links.
function linked() {
  const found = /^#([np])(\d+)$/.exec(location.hash);
  return found ? { prefix: found[1], n: Number(found[2]) } : null;
}

async function goToLink() {
  const link = linked();
  if (!link) return;
  const setup = document.getElementById("n0");
  if (link.prefix === "n" && link.n === 0 && setup) {
    setup.open = true;
    setup.scrollIntoView({ behavior: "instant" });
    return;
  }
  const one = transcripts.find((each) => each.prefix === link.prefix);
  const event = await one?.show(link.n);
  if (event) page.querySelectorAll(".event.linked").forEach((other) => other.classList.remove("linked"));
  event?.classList.add("linked");
}

async function copyLink(event) {
  const hash = `#${event.id}`;
  history.replaceState(null, "", hash);
  try {
    await navigator.clipboard.writeText(location.href);
    tell(`Link to event ${event.dataset.n} copied`);
  } catch {
    tell(`The address bar has the link to event ${event.dataset.n}`);
  }
}

// Raw lines, which come in pieces.
const raw = document.getElementById("raw");
async function showRaw(event, transcript) {
  const text = raw.querySelector("pre");
  document.getElementById("raw-title").textContent = `Line ${Number(event.dataset.n) + 1}, event ${event.dataset.n}`;
  text.textContent = "";
  raw.showModal();
  let from = 0, total = 1;
  while (from < total && raw.open) {
    const answer = await ask(`${address}/raw/${event.dataset.n}?${transcript.query({ from })}`);
    if (!answer.ok) break;
    total = Number(answer.headers.get("X-Bytes"));
    from += Number(answer.headers.get("X-Sent"));
    text.append(await answer.text());
    if (from < total) await scrolledToEnd(text);
  }
}
raw.querySelector("[data-copy]").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(raw.querySelector("pre").textContent);
    tell("Copied");
  } catch {
    tell("The browser does not allow copying");
  }
});

function scrolledToEnd(element) {
  return new Promise((go) => {
    const look = () => {
      if (element.scrollTop + element.clientHeight < element.scrollHeight - 600 && raw.open) return;
      element.removeEventListener("scroll", look);
      raw.removeEventListener("close", look);
      go();
    };
    element.addEventListener("scroll", look);
    raw.addEventListener("close", look);
    look();
  });
}

// Long texts: after the first click, pieces come as the end nears the view.
async function more(button, transcript) {
  button.disabled = true;
  const place = button.dataset.more;
  const [path, from] = place.split("?from=");
  const answer = await ask(`${address}/more/${path}?${transcript.query({ from })}`);
  if (!answer.ok) return void (button.disabled = false);
  const pieces = document.createElement("template");
  pieces.innerHTML = await answer.text(); // made and escaped by the server's template
  const text = button.parentElement.querySelector(".text");
  const next = pieces.content.querySelector("button.more");
  text.append(pieces.content.querySelector(".piece"));
  if (next) {
    button.replaceWith(next);
    new IntersectionObserver(([seen], watcher) => {
      if (!seen.isIntersecting) return;
      watcher.disconnect();
      more(next, transcript);
    }, { rootMargin: "600px" }).observe(next);
  } else button.remove();
}

page.addEventListener("click", (click) => {
  const target = click.target.closest("a.anchor, button.raw, button.more, button.more-ledger");
  if (!target) return;
  const event = target.closest(".event");
  const transcript = transcripts.find((one) => one.root.contains(target)) ?? main;
  if (target.matches("a.anchor")) {
    click.preventDefault();
    copyLink(event);
  } else if (target.matches("button.raw")) showRaw(event, transcript);
  else if (target.matches("button.more")) more(target, transcript);
  else nextOfLedger(target);
});

// The ledger.
const ledger = document.getElementById("ledger");
const ledgerQuery = (from) => {
  const query = new URLSearchParams(new FormData(ledger.querySelector("form")));
  if (from) query.set("from", from);
  return query;
};

async function loadLedger() {
  const place = ledger.querySelector("[data-load]");
  await part(place);
  ledger.hidden = !place.children.length;
  place.querySelector("form")?.addEventListener("submit", (submit) => submit.preventDefault());
  place.querySelector("form")?.addEventListener("input", async () => {
    const rows = await ledgerRows(ledgerQuery());
    if (rows) place.querySelectorAll(".ledger-rows").forEach((old, at) => (at ? old.remove() : old.replaceWith(rows)));
  });
}

async function ledgerRows(query) {
  const answer = await ask(`${address}/ledger?${query}`);
  if (!answer.ok) return null;
  const made = document.createElement("template");
  made.innerHTML = await answer.text(); // made and escaped by the server's template
  return made.content.querySelector(".ledger-rows");
}

async function nextOfLedger(button) {
  const rows = await ledgerRows(ledgerQuery(button.dataset.from));
  if (rows) button.parentElement.after(rows);
  if (rows) button.remove();
}

// Filters.
async function filter() {
  const here = main.current();
  const chosen = new FormData(tools);
  main.filter = new URLSearchParams([...chosen].filter(([name]) => name !== "q"));
  await main.plan();
  if (here && main.windows.length) await main.show(Number(here.dataset.n), false);
  ending.textContent = main.windows.length ? "" : "No event is of these seats and kinds.";
}

// Search: the server reads the file and sends hits as it finds them.
const hits = { list: [], at: -1, stop: null };
async function search() {
  hits.stop?.abort();
  hits.stop = new AbortController();
  hits.list = [];
  hits.at = -1;
  const text = tools.elements.q.value;
  const list = document.getElementById("hits");
  list.replaceChildren();
  list.hidden = true;
  found("");
  if (!text) return;
  found("searching …");
  let more = false;
  try {
    const answer = await ask(`${address}/search?${main.query({ q: text })}`, { signal: hits.stop.signal });
    for await (const line of linesOf(answer)) {
      const hit = JSON.parse(line);
      if (hit.more) { more = true; continue; }
      hits.list.push(hit.n);
      if (hits.list.length <= 200) list.append(drawnHit(hit));
      list.hidden = false;
      if (hits.list.length % 50 === 1) found(`${hits.list.length} …`);
    }
    found(`${hits.list.length}${more ? " and more" : ""} found`);
  } catch (error) {
    if (error.name !== "AbortError") found("the search was broken off");
  }
}

async function* linesOf(answer) {
  const decoder = new TextDecoder();
  let rest = "";
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function drawnHit(hit) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const where = document.createElement("b");
  const mark = document.createElement("mark");
  where.textContent = `${hit.n} ${hit.seat} ${hit.kind}`;
  mark.textContent = hit.found;
  link.href = `#n${hit.n}`;
  link.append(where, hit.before, mark, hit.after);
  item.append(link);
  return item;
}

async function goToHit(step) {
  if (!hits.list.length) return;
  hits.at = (hits.at + step + hits.list.length) % hits.list.length;
  document.querySelectorAll("#hits a").forEach((link, at) => {
    if (at === hits.at) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  found(`${hits.at + 1} of ${hits.list.length}`);
  await main.show(hits.list[hits.at]);
}

function found(text) {
  document.getElementById("found").textContent = text;
}

// The chain of digests, which the server checks in the meantime.
async function checkChain() {
  chain.textContent = "checking the chain …";
  const answer = await ask(`${address}/chain`);
  const told = answer.ok ? await answer.json() : { state: "", text: "the chain cannot be checked" };
  chain.textContent = told.text;
  chain.className = `badge ${{ whole: "good", broken: "bad" }[told.state] ?? ""}`;
  if (told.state !== "broken") return;
  const mark = document.getElementById("break");
  mark.textContent = `This record was damaged or changed: ${told.text}. What stands there and behind it proves nothing. `;
  if (told.line) {
    const link = document.createElement("a");
    link.href = `#n${Math.min(told.line, main.lines) - 1}`;
    link.textContent = "Go there";
    mark.append(link);
  }
  mark.hidden = false;
}

// An episode that is being played.
async function follow() {
  if (!document.hidden) {
    const atEnd = innerHeight + scrollY > document.documentElement.scrollHeight - 120;
    const grown = await main.grow().catch(() => false);
    if (grown && atEnd) {
      await main.load(main.windows.at(-1));
      scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    }
    ending.textContent = main.ended ? "" : "Not ended: new events appear here.";
    if (main.ended) return void location.reload(); // scores, payoffs and seal are there now
  }
  setTimeout(follow, GROWS_EVERY);
}

// What is shown must not hide behind what sticks to the top.
if (tools) {
  new ResizeObserver(() => {
    const bar = document.querySelector(".bar").offsetHeight;
    const sticks = getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
    document.documentElement.style.setProperty("--stuck", `${bar + sticks + 8}px`);
  }).observe(tools);
}

let waiting = 0;
tools?.addEventListener("submit", (submit) => {
  submit.preventDefault();
  if (hits.list.length) goToHit(1);
});
tools?.addEventListener("change", (change) => {
  if (change.target.name !== "q") filter();
});
tools?.addEventListener("input", (input) => {
  if (input.target.name !== "q") return;
  clearTimeout(waiting);
  waiting = setTimeout(search, 200);
});

const onEvent = (act) => () => {
  const one = active();
  const event = one.current();
  if (event) act(event, one);
};
const leave = (rel) => () => {
  const link = document.querySelector(`.neighbours [rel=${rel}]`);
  if (link) location.assign(link.href);
};
onKey("j", () => active().step(1));
onKey("k", () => active().step(-1));
onKey("g", () => active().show(0));
onKey("G", () => active().show(active().lines));
onKey("/", () => tools?.elements.q.focus());
onKey("n", () => goToHit(1));
onKey("N", () => goToHit(-1));
onKey("r", onEvent(showRaw));
onKey("c", onEvent(copyLink));
onKey("[", leave("prev"));
onKey("]", leave("next"));
addEventListener("hashchange", goToLink);

if (matchMedia("(max-width: 70rem)").matches) {
  page.querySelectorAll(".around .fold").forEach((fold) => fold.removeAttribute("open"));
}
// First the conversation, then what stands around it, one after the other: a large record
// keeps the server busy for a while.
await Promise.all(transcripts.map((one) => one.plan()));
await goToLink();
page.dataset.ready = "yes";
for (const fold of page.querySelectorAll(".fold")) {
  const place = fold.querySelector("[data-load]");
  if (!place || fold === ledger) continue;
  const load = async () => {
    if (!fold.open || place.dataset.asked) return;
    place.dataset.asked = "yes";
    await part(place);
  };
  fold.addEventListener("toggle", load);
  await load();
}
if (ledger) await loadLedger();
if (chain) await checkChain();
if (page.dataset.ended === "no" && tools) follow();
