// The chat's manners: mounts the Gradio app, announces each answer once, brings it into view, keeps
// the help bar for the rest of the visit, counts characters. Nothing here decides what is said.

import "./connection.js";
import "../embed.js";
import "./reader.js";

const HELP_BAR = "help-bar-due"; // all that is stored of a chat: whether the bar is due in this tab
const LONGEST_QUESTION = 2000;
const NEAR_LIMIT = 1800;

const byId = (id) => document.getElementById(id);
// Beside the box, where Gradio has drawn it already.
const note = (words) => { if (byId("note")) byId("note").textContent = words; };
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
const announced = new Map(); // id of a turn → what was last announced of it

function settle(app) {
  const question = app.querySelector("#question textarea");
  if (question && !question.dataset.ready) prepare(question);
  for (const id of opened) {
    const details = byId(id);
    if (details && !details.open) details.open = true;
  }
  for (const error of app.querySelectorAll(".toast-message-text")) tell(error);
  const turns = [...app.querySelectorAll(".turn")];
  document.body.classList.toggle("started", turns.length > 0);
  wait(app.querySelector(".pending") !== null);
  for (const turn of turns) {
    const words = turn.dataset.announce;
    if (announced.get(turn.id) === words) continue;
    announced.set(turn.id, words);
    note("");
    announce(turn, words);
    bringIntoView(turn.dataset.fresh === "yes" ? turn : turns.at(-1));
  }
  requestAnimationFrame(keepFocus);
}

function announce(turn, words) {
  // A crisis is said at once; an answer waits for the reader to pause. Never both for one thing.
  if (turn.dataset.level) remember(turn.dataset.level);
  byId("said-alert").textContent = turn.dataset.fresh === "yes" ? byId("help-bar").dataset.said : "";
  const led = turn.dataset.level === "crisis" && turn.dataset.fresh === "yes";
  byId("said-status").textContent = led ? "" : words;
}

const told = new WeakSet(); // errors of Gradio's own that were said

function tell(error) {
  if (!told.has(error)) warn(error.textContent);
  told.add(error);
}

// What failed is said beside the box; whatever it was, help is in view.
function warn(words) {
  note(words);
  byId("help-bar").hidden = false;
}

let sending = 0; // the timer of a question that the server has not taken yet

document.addEventListener("sending", () => {
  clearTimeout(sending);
  sending = setTimeout(() => {
    note("Sending …");
    sending = setTimeout(warn, 3000, "Sending takes longer than it should.");
  }, 700);
});
document.addEventListener("unsent", () => {
  clearTimeout(sending);
  warn("No connection. Trying again …");
});

document.addEventListener("sent", () => {
  clearTimeout(sending);
  note(""); // what was in the way is over
});

let waiting = 0; // the timer of an answer that is being looked up

function wait(pending) {
  if (pending === (waiting > 0)) return;
  clearTimeout(waiting);
  waiting = pending ? setTimeout(showWaiting, 500, true) : 0;
  if (!pending) showWaiting(false);
}

function showWaiting(on) {
  const [shown, hidden] = on ? ["stop", "send"] : ["send", "stop"];
  const held = document.activeElement === byId(hidden);
  document.body.classList.toggle("waiting", on);
  if (on) byId("said-status").textContent = "Looking in the articles.";
  if (held) byId(shown).focus();
}

// A redraw takes away or hides what has the focus. It then goes to the same element as it is now, or to
// the newest question.
let focused = null; // its id, where it is in the chat

document.addEventListener("focusin", (event) => {
  focused = event.target.closest("gradio-app") ? event.target.id : null;
});
document.addEventListener("focusout", (event) => setTimeout(() => {
  if (document.activeElement === document.body && event.target.checkVisibility()) focused = null;
  keepFocus();
}));

function keepFocus() {
  if (focused === null || document.activeElement !== document.body) return;
  const same = focused ? byId(focused) : null;
  const titles = document.querySelectorAll(".turn > .question, #welcome-title");
  (same?.checkVisibility() ? same : titles[titles.length - 1])?.focus({ preventScroll: true });
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
    const words = copy.querySelector("span");
    const before = words.dataset.before ??= words.textContent;
    const copied = await copyText(citedText(byId(copy.dataset.copy))).catch(() => false);
    words.textContent = copied ? "Copied" : "Your browser does not let this page copy";
    byId("said-status").textContent = `${words.textContent}.`;
    setTimeout(() => { words.textContent = before; }, 2000);
  }
  if (event.target.closest("[data-edit]")) edit(event.target.closest(".turn"), true);
  if (event.target.closest("[data-edit-cancel]")) edit(event.target.closest(".turn"), false);
  if (event.target.closest("[data-leave]")) {
    event.preventDefault();
    location.replace("about:blank");
  }
});

// The last question is edited in its place, and asked again there.
function edit(turn, on) {
  const form = turn.querySelector(".edit");
  form.hidden = !on;
  turn.querySelector(".question").classList.toggle("sr-only", on);
  if (!on) return turn.querySelector("[data-edit]").focus();
  const box = form.elements.question;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest(".edit");
  if (!form) return;
  if (event.key === "Escape") edit(form.closest(".turn"), false);
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (event.target.name !== "question") return;
  event.preventDefault();
  form.requestSubmit();
});

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true);
  // Without HTTPS there is no clipboard to write to; a selection can still be copied.
  const carrier = document.createElement("textarea");
  const before = document.activeElement;
  carrier.value = text;
  document.body.append(carrier);
  carrier.select();
  const copied = document.execCommand("copy");
  carrier.remove();
  before.focus();
  return copied;
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
