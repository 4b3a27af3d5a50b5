// The search of the page. Without it, the page has the same content.
const byId = (id) => document.getElementById(id);
const form = byId("page:search");
const query = byId("page:query");
const found = byId("page:found");
const contents = byId("page:contents");
const entries = [...document.querySelectorAll("[data-entry]")];
const groups = [...document.querySelectorAll("[data-group]")];
const items = [...document.querySelectorAll("[data-for]")];

/** The names and descriptions of an entry: all of its text but the examples and the types. */
const readTexts = (entry) =>
  [...entry.querySelectorAll("h2, h3, h4, .text, .addresses, .fields tbody th, .description, dt, dd")]
    .map((element) => element.textContent)
    .join("\n")
    .toLowerCase();
const texts = new Map(entries.map((entry) => [entry, readTexts(entry)]));

/** Shows the entries that have all words, and the headings and links that lead to them. */
function search() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = entries.filter((entry) => words.every((word) => texts.get(entry).includes(word)));
  const ids = new Set(shown.map(({ id }) => id));
  for (const entry of entries) entry.hidden = !ids.has(entry.id);
  for (const group of groups) group.hidden = !hasShownEntry(group);
  for (const item of [...items].reverse())
    item.hidden = !ids.has(item.dataset.for) && !item.querySelector("[data-for]:not([hidden])");
  for (const heading of contents.querySelectorAll("h2"))
    heading.hidden = !heading.nextElementSibling.querySelector("[data-for]:not([hidden])");
  byId("page:top").hidden = words.length > 0;
  found.textContent = words.length === 0 ? "" : `${shown.length} of ${entries.length} parts match.`;
}

/** Whether an entry between this heading and the next one is shown. */
function hasShownEntry(group) {
  for (let next = group.nextElementSibling; next?.matches("article"); next = next.nextElementSibling)
    if (!next.hidden) return true;
  return false;
}

function clear() {
  query.value = "";
  search();
}

query.addEventListener("input", search);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const first = entries.find(({ hidden }) => !hidden);
  if (first) first.querySelector("a.anchor, h2")?.scrollIntoView();
  first?.querySelector("a.anchor")?.focus();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    query.focus();
    query.select();
  }
  if (event.key === "Escape" && event.target === query) clear();
});

/** A link leads to its entry, also while a search hides it. */
function follow() {
  const target = document.querySelector(":target");
  if (!target?.hidden) return;
  clear();
  target.scrollIntoView();
}
addEventListener("hashchange", follow);

// On a narrow page the contents would be in front of everything.
if (matchMedia("(max-width: 52rem)").matches) contents.open = false;
search();
