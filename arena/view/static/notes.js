// Notes beside an episode: a button on every event, the list of all, and a dialog to
// write them. What was typed is not thrown away unless its writer says so.
import { onKey } from "./base.js";

const place = document.getElementById("notes");
const address = place.dataset.address;
const transcript = document.querySelector('.transcript[data-prefix="n"]');
let dialog = null;
let draft = null; // what the open dialog writes: {event, replaces, text}

async function load() {
  const answer = await fetch(address);
  if (!answer.ok) {
    place.textContent = `The notes cannot be shown: the server answers ${answer.status}.`;
    return;
  }
  place.innerHTML = await answer.text(); // made and escaped by the server's template
  dialog?.remove();
  dialog = place.querySelector("dialog");
  document.body.append(dialog); // the place may be folded away
  dialog.querySelector("form").addEventListener("submit", save);
  dialog.addEventListener("click", (click) => {
    if (click.target.matches("[data-cancel]")) leave();
    else actOn(click);
  });
  dialog.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.preventDefault(); // or a second one would close it unasked
    key.stopPropagation();
    leave();
  });
  transcript.querySelectorAll(".event").forEach(mark);
  const count = place.querySelectorAll(".note-of").length;
  place.parentElement.querySelector("summary").textContent = count ? `Notes (${count})` : "Notes";
  place.dataset.ready = "yes";
}

const notesOn = (n) => [...place.querySelectorAll(`.note-of[data-on="${n}"]`)];

/** Give an event its button, with how many notes there are. */
function mark(event) {
  const n = event.dataset.n;
  let button = event.querySelector(":scope > header .note-on");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "plain note-on";
    button.addEventListener("click", () => write({ event: Number(n) }));
    event.querySelector(":scope > header .end")?.prepend(button);
  }
  const count = notesOn(n).length;
  button.textContent = count ? `${count} ${count === 1 ? "note" : "notes"}` : "note";
  button.setAttribute("aria-label", count ? `Notes on event ${n}: ${count}` : `Add a note on event ${n}`);
  button.classList.toggle("some", count > 0);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches(".event")) mark(node);
      else node.querySelectorAll(".event").forEach(mark);
    }
  }
}).observe(transcript, { childList: true, subtree: true });

/** Open the dialog for a new note, or for one that replaces others. */
function write({ event = null, replaces = [], text = "", labels = [] }) {
  const fields = dialog.querySelector("form").elements;
  draft = { event, replaces, text };
  const what = replaces.length ? "Edit the note" : "Note";
  document.getElementById("note-title").textContent = `${what} on ${event === null ? "the episode" : `event ${event}`}`;
  const boxes = [...dialog.querySelectorAll("[name=label]")];
  for (const box of boxes) box.checked = labels.includes(box.value);
  const known = boxes.map((box) => box.value);
  fields.more.value = labels.filter((label) => !known.includes(label)).join(", ");
  fields.text.value = text;
  tell("");
  showOthers(event === null || replaces.length ? [] : notesOn(event).map((note) => note.cloneNode(true)));
  if (!dialog.open) dialog.showModal();
  (fields.author.value ? fields.text : fields.author).focus();
}

function showOthers(nodes) {
  const others = dialog.querySelector(".others");
  others.replaceChildren(...nodes);
  others.hidden = !nodes.length;
}

function tell(text) {
  dialog.querySelector(".problem").textContent = text;
}

const changed = () => dialog?.open && dialog.querySelector("form").elements.text.value !== draft.text;

function leave() {
  if (changed() && !confirm("Throw away what you have written?")) return;
  dialog.close();
}

addEventListener("beforeunload", (event) => {
  if (changed()) event.preventDefault();
});

async function send(note) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(note),
  });
  const type = answer.headers.get("Content-Type") ?? "";
  const told = type.startsWith("application/json") ? await answer.json() : {};
  return { status: answer.status, told };
}

async function save(submit) {
  submit.preventDefault();
  const fields = submit.target.elements;
  const chosen = [...dialog.querySelectorAll("[name=label]:checked")].map((box) => box.value);
  const more = fields.more.value.split(",").map((label) => label.trim()).filter(Boolean);
  const note = {
    author: fields.author.value,
    event: draft.event,
    labels: [...chosen, ...more],
    text: fields.text.value,
    replaces: draft.replaces,
  };
  const button = submit.submitter ?? dialog.querySelector("form button");
  button.disabled = true;
  try {
    const { status, told } = await send(note);
    if (status === 201) await done();
    else if (status === 409) await overtaken(note, told);
    else tell(`Not saved: ${told.problem ?? `the server answers ${status}`}`);
  } catch {
    tell("Not saved: the server cannot be reached. What you have written is still here.");
  } finally {
    button.disabled = false;
  }
}

async function done() {
  dialog.close();
  await load();
}

/** Somebody wrote meanwhile: both are saved; offer to write one from them. */
async function overtaken(note, told) {
  await load();
  const others = told.current.filter((version) => version.id !== told.written);
  write({ ...note, replaces: told.current.map((version) => version.id) });
  draft.text = note.text;
  tell(others.length
    ? "Saved beside what somebody else wrote meanwhile: both are kept. Cancel to leave it so, or save one text from both."
    : "Saved. Somebody had removed this note meanwhile; your words stand.");
  showOthers(others.map((version) => {
    const box = document.createElement("div");
    const by = document.createElement("b");
    const words = document.createElement("div");
    by.textContent = `${version.author} ${version.labels.length ? `[${version.labels.join(", ")}]` : ""}`;
    words.className = "said";
    words.textContent = version.text;
    box.append(by, words);
    return box;
  }));
}

async function remove(version, event) {
  const author = dialog.querySelector("form").elements.author.value;
  if (!author) {
    write({ event });
    tell("Give your name first; removals have an author too.");
    return;
  }
  if (!confirm("Remove this note? It stays in the file, and is shown no more.")) return;
  const { status, told } = await send({ author, event, removed: true, replaces: [version.dataset.version] });
  if (dialog.open) dialog.close();
  await load();
  if (status === 409) alert("Somebody had edited this note meanwhile: what they wrote stays.");
  else if (status !== 201) alert(`Not removed: ${told.problem ?? `the server answers ${status}`}`);
}

const labelsOf = (version) => version.dataset.labels.split("\n").filter(Boolean);

/** Do what a button of a note says. */
function actOn(click) {
  const button = click.target.closest("[data-add], [data-edit], [data-remove], [data-merge]");
  if (!button) return;
  if (button.matches("[data-add]")) return void write({});
  const note = button.closest(".note-of");
  const event = "on" in note.dataset ? Number(note.dataset.on) : null;
  if (button.matches("[data-merge]")) {
    const versions = [...note.querySelectorAll(":scope > .version")];
    write({
      event,
      replaces: versions.map((version) => version.dataset.version),
      text: versions.map((version) => version.dataset.text).join("\n\n"),
      labels: [...new Set(versions.flatMap(labelsOf))],
    });
    return;
  }
  const version = button.closest(".version");
  if (button.matches("[data-remove]")) return void remove(version, event);
  write({ event, replaces: [version.dataset.version], text: version.dataset.text, labels: labelsOf(version) });
}

place.addEventListener("click", actOn);
onKey("a", () => {
  const event = document.activeElement?.closest?.(".transcript .event");
  if (dialog && !dialog.open) write({ event: event ? Number(event.dataset.n) : null });
});
if (matchMedia("(max-width: 70rem)").matches) place.parentElement.open = false; // the episode comes first
load();
