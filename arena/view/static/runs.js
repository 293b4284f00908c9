// The list of runs: finding one, walking through, and following those being played.

import { follow, fragment, onKey, walk } from "/static/base.js";

const table = document.querySelector("table.runs");
const find = document.getElementById("find");

function shown() {
  return [...table.querySelectorAll("tbody[data-run]:not([hidden])")];
}

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const body of table.tBodies) {
    const text = body.textContent.toLowerCase();
    body.hidden = !words.every((word) => text.includes(word));
  }
  const count = shown().length;
  document.getElementById("found").textContent = words.length ? `${count} of ${table.tBodies.length} runs` : "";
}

async function renew() {
  const chosen = [...table.querySelectorAll("input:checked")].map((one) => [one.name, one.value]);
  const at = document.activeElement.closest("tbody")?.querySelector("a").getAttribute("href");
  const made = await fragment("/rows", "table");
  if (!made) return;
  for (const body of [...table.tBodies]) body.remove();
  table.append(...made);
  for (const [name, value] of chosen) {
    const again = [...table.querySelectorAll(`input[name=${name}]`)].find((one) => one.value === value);
    if (again) again.checked = true;
  }
  filter();
  shown().map((body) => body.querySelector("a")).find((link) => at && link.getAttribute("href") === at)?.focus();
}

if (table) {
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    shown()[0]?.querySelector("a").focus();
  });
  onKey("/", () => find.focus());
  walk(() => shown().map((body) => body.querySelector("a")));
}
const version = document.getElementById("root").dataset.version;
follow("/live", version, table ? renew : () => location.reload());
