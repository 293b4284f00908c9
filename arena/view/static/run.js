// The page of a run: its episodes in windows, filters, and following while it is played.

import { follow, fragment, onKey } from "/static/base.js";

const form = document.querySelector("form.tools");
const box = document.querySelector(".window");
const table = document.querySelector("table.episodes");
const here = location.pathname;
const size = Number(table.dataset.window);
const spaces = [space(), space()];

let bodies = new Map(); // the rows that have come, by the offset of the first
let asked = new Set();
let total = 0;
let turn = 0; // what was asked for before a change of the filter is thrown away

function space() {
  const body = document.createElement("tbody");
  body.className = "space";
  body.append(document.createElement("tr"));
  const cell = document.createElement("td");
  cell.colSpan = 99;
  body.firstChild.append(cell);
  return body;
}

function stretch(body, rows) {
  body.hidden = rows <= 0;
  body.querySelector("td").style.height = `${Math.max(0, rows) * rowHeight()}px`;
}

function rowHeight() {
  return table.querySelector("tbody:not(.space) tr")?.getBoundingClientRect().height || 28;
}

function question() {
  const chosen = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...chosen]) if (!value) chosen.delete(name);
  const sorted = table.querySelector("th[aria-sort]");
  if (sorted) {
    const name = sorted.firstElementChild.dataset.sort;
    const down = sorted.getAttribute("aria-sort") === "descending";
    if (name !== "id" || down) chosen.set("sort", name);
    if (down) chosen.set("down", "");
  }
  return chosen;
}

/** Put the rows into the table that can be seen, and ask for those that have not come. */
function draw() {
  const height = rowHeight();
  const first = Math.floor(box.scrollTop / height / size) * size;
  const last = Math.min(total, Math.ceil((box.scrollTop + box.clientHeight) / height) + 20);
  const wanted = [];
  for (let offset = first; offset < Math.max(last, 1); offset += size) wanted.push(offset);
  const there = wanted.filter((offset) => bodies.has(offset));
  for (const offset of wanted) if (!bodies.has(offset)) load(offset);
  const from = there[0] ?? first;
  const to = there.length ? Math.min(total, there.at(-1) + size) : first;
  stretch(spaces[0], from);
  stretch(spaces[1], total - to);
  arrange([spaces[0], ...there.map((offset) => bodies.get(offset)), spaces[1]]);
  table.setAttribute("aria-rowcount", total + 1);
}

/** Change as little as can be, since what is taken out loses the focus. */
function arrange(wanted) {
  for (const body of [...table.tBodies]) if (!wanted.includes(body)) body.remove();
  let before = table.tHead;
  for (const body of wanted) {
    if (before.nextElementSibling !== body) before.after(body);
    before = body;
  }
}

async function load(offset) {
  if (asked.has(offset)) return;
  asked.add(offset);
  const mine = turn;
  const query = question();
  query.set("offset", offset);
  const made = await fragment(`${here}/rows?${query}`, "table");
  if (mine !== turn) return;
  asked.delete(offset);
  if (made) enter(made[0]);
}

function enter(body) {
  total = Number(body.dataset.total);
  bodies.set(Number(body.dataset.offset), body);
  const word = total === 1 ? "episode" : "episodes";
  const chosen = [...new FormData(form)].some(([name, value]) => value && name !== "scorer");
  document.getElementById("shown").textContent = `${total.toLocaleString("en")} ${word}${chosen ? " of this filter" : ""}`;
  draw();
}

async function renew({ top = false } = {}) {
  turn += 1;
  asked = new Set();
  const focused = document.activeElement.closest(".episodes tbody a")?.getAttribute("href");
  const at = top ? 0 : Math.floor(box.scrollTop / rowHeight() / size) * size;
  const mine = turn;
  const query = question();
  query.set("offset", at);
  const made = await fragment(`${here}/rows?${query}`, "table");
  if (mine !== turn || !made) return;
  bodies = new Map();
  if (top) box.scrollTop = 0;
  enter(made[0]);
  const again = focused && table.querySelector(`tbody a[href="${CSS.escape(focused)}"]`);
  if (again) again.focus({ preventScroll: true });
}

function changed() {
  const query = question().toString();
  history.replaceState(null, "", query ? `?${query}` : here);
  renew({ top: true });
}

function sortBy(name) {
  for (const head of table.tHead.querySelectorAll("th")) {
    const own = head.firstElementChild.dataset.sort === name;
    const was = head.getAttribute("aria-sort");
    if (!own) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", was === "ascending" ? "descending" : "ascending");
  }
  changed();
}

async function go(row) {
  const wanted = Math.max(0, Math.min(total - 1, row));
  box.scrollIntoView({ block: "nearest" });
  const height = rowHeight();
  const above = wanted * height;
  const below = above + height + table.tHead.offsetHeight - box.clientHeight;
  if (box.scrollTop > above) box.scrollTop = above;
  else if (box.scrollTop < below) box.scrollTop = below;
  const offset = Math.floor(wanted / size) * size;
  if (!bodies.has(offset)) await load(offset);
  draw();
  const link = bodies.get(offset)?.rows[wanted - offset]?.querySelector("a");
  link?.focus({ preventScroll: true });
}

function current() {
  const row = document.activeElement.closest(".episodes tbody tr");
  return row ? Number(row.getAttribute("aria-rowindex")) - 2 : -1;
}

async function unfold(part) {
  const made = await fragment(`${here}/${part.dataset.load}`);
  if (made) part.replaceChildren(...made);
  else part.textContent = "This could not be loaded.";
}

let waiting = 0;
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(changed, 200);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  changed();
});
table.tHead.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sort]");
  if (!link) return;
  event.preventDefault();
  sortBy(link.dataset.sort);
});
let drawing = 0;
box.addEventListener("scroll", () => {
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(draw);
});
addEventListener("resize", draw);
addEventListener("pagehide", () => history.replaceState({ top: box.scrollTop }, ""));

onKey("/", () => form.elements.query.focus());
onKey("j", () => go(current() + 1));
onKey("k", () => go(current() < 0 ? 0 : current() - 1));
onKey("g", () => go(0));
onKey("G", () => go(total - 1));

for (const part of document.querySelectorAll("[data-load]")) {
  const fold = part.closest("details");
  if (fold.open) unfold(part);
  else fold.addEventListener("toggle", () => unfold(part), { once: true });
}

enter(table.tBodies[0]);
box.scrollTop = history.state?.top ?? 0;

const facts = document.getElementById("facts");
follow(`/live/${here.split("/").at(-1)}`, facts.dataset.version, async () => {
  const made = await fragment(`${here}/facts`);
  if (made) facts.replaceChildren(...made);
  const results = document.querySelector("[data-load=results]");
  if (results.closest("details").open) unfold(results);
  await renew();
});
