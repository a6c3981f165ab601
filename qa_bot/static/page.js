// The chat's manners: mounts the Gradio app, announces each answer once, brings it into view, keeps
// the help bar for the rest of the visit, counts characters. Nothing here decides what is said.

import "../embed.js";
import "./reader.js";

const HELP_BAR = "help-bar-due"; // all that is stored of a chat: whether the bar is due in this tab
const LONGEST_QUESTION = 2000;
const NEAR_LIMIT = 1800;

const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Storage can be refused (private windows); the bar then lasts as long as the page does.
const remembered = {
  get: () => { try { return sessionStorage.getItem(HELP_BAR) === "yes"; } catch { return false; } },
  set: () => { try { sessionStorage.setItem(HELP_BAR, "yes"); } catch { /* nothing to do */ } },
};

function mount() {
  const app = document.createElement("gradio-app");
  // An absolute address: Gradio's client takes no other.
  app.setAttribute("src", new URL(".", document.baseURI).href);
  app.setAttribute("embed", "false");
  app.setAttribute("info", "false");
  app.setAttribute("eager", "true");
  byId("content").append(app);
  new MutationObserver(() => settle(app)).observe(app, { childList: true, subtree: true });
}

const opened = new Set(); // ids of <details> a reader opened; a redraw would shut them
let announced = "";

function settle(app) {
  const question = app.querySelector("#question textarea");
  if (question && !question.dataset.ready) prepare(question);
  for (const id of opened) {
    const details = byId(id);
    if (details && !details.open) details.open = true;
  }
  const turns = app.querySelectorAll(".turn");
  const newest = turns[turns.length - 1];
  document.body.classList.toggle("started", Boolean(newest));
  if (!newest) { announced = ""; return; }
  const state = `${newest.id} ${newest.dataset.announce}`;
  if (state === announced) return;
  announced = state;
  if (newest.dataset.level) remember(newest.dataset.level);
  if (newest.dataset.announce) announce(newest);
  bringIntoView(newest);
}

function announce(turn) {
  // A crisis is said at once; an answer waits for the reader to pause. Never both for one thing.
  if (turn.dataset.fresh === "yes") byId("said-alert").textContent = byId("help-bar").dataset.said;
  if (turn.dataset.level !== "crisis") byId("said-status").textContent = turn.dataset.announce;
}

function remember(level) {
  const bar = byId("help-bar");
  remembered.set();
  if (bar.hidden || level === "crisis") bar.dataset.level = level;
  bar.hidden = false;
}

function bringIntoView(turn) {
  turn.scrollIntoView({ block: "start", behavior: calm.matches ? "instant" : "smooth" });
}

function prepare(question) {
  question.dataset.ready = "yes";
  question.setAttribute("aria-describedby", "composer-hint");
  question.setAttribute("enterkeyhint", "send");
  question.addEventListener("input", () => count(question));
  byId("loading").hidden = true;
  new MutationObserver(() => count(question)).observe(question, { attributes: true });
}

function count(question) {
  const length = question.value.length;
  const counter = byId("counter");
  if (!counter) return;
  counter.textContent = length < NEAR_LIMIT ? "" :
    length > LONGEST_QUESTION
      ? `${(length - LONGEST_QUESTION).toLocaleString()} characters too long`
      : `${(LONGEST_QUESTION - length).toLocaleString()} characters left`;
  counter.classList.toggle("over", length > LONGEST_QUESTION);
}

document.addEventListener("toggle", (event) => {
  if (!event.target.id) return;
  opened[event.target.open ? "add" : "delete"](event.target.id);
}, true);

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await copyText(citedText(byId(copy.dataset.copy)));
    byId("said-status").textContent = "Copied.";
    const words = copy.querySelector("span");
    const before = words.textContent;
    words.textContent = "Copied";
    setTimeout(() => { words.textContent = before; }, 2000);
  }
  const edit = event.target.closest("[data-edit]");
  if (edit) {
    const question = document.querySelector("#question textarea");
    question.value = edit.dataset.edit;
    question.dispatchEvent(new Event("input", { bubbles: true }));
    question.focus();
  }
  if (event.target.closest("[data-leave]")) {
    event.preventDefault();
    location.replace("about:blank");
  }
});

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without HTTPS there is no clipboard to write to; a selection can still be copied.
  const carrier = document.createElement("textarea");
  carrier.value = text;
  document.body.append(carrier);
  carrier.select();
  document.execCommand("copy");
  carrier.remove();
}

// The answer as plain text that still says who is quoted when it is pasted elsewhere.
function citedText(turn) {
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const quotes = [...turn.querySelectorAll(".quote")].map((quote) => {
    const facts = [...quote.querySelectorAll(".fact")].map(words).join("; ");
    const link = new URL(quote.querySelector(".open-link").getAttribute("href"), document.baseURI);
    const title = words(quote.querySelector("cite"));
    return [`“${quote.querySelector("blockquote").textContent.trim()}”`,
      `— ${title}. ${quote.dataset.place}. ${facts}.`, link.href].join("\n");
  });
  return [words(turn.querySelector(".question bdi")), ...quotes].join("\n\n");
}

if (remembered.get()) byId("help-bar").hidden = false;
// Needs HTTPS or this very machine; elsewhere the browser's own offline page is shown.
navigator.serviceWorker?.register("offline.js").catch(() => {});
mount();
