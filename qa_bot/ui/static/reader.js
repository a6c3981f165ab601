// The reading pane: articles and help open beside the chat, or over it on a phone, so that the chat is
// still there afterwards. Without this script the same links lead to pages of their own.

const INSIDE = /^(help|articles|article\/)/;
const HELP = [".help-strip", "#help-bar", ".reader-top p", "footer.bottom"];
const ROOM_BESIDE = matchMedia("(min-width: 72rem)");

const pane = document.getElementById("reader");
const body = document.getElementById("reader-body");
let cameFrom = null; // the link to give the focus back to

async function open(link, href) {
  const address = new URL(href, document.baseURI);
  address.searchParams.set("pane", "yes");
  const response = await fetch(address);
  // The server's own template, in which all article text is escaped.
  body.innerHTML = await response.text();
  if (address.searchParams.has("region")) renewHelp();
  if (!pane.open) {
    cameFrom = link;
    history.pushState({ reading: true }, ""); // so that a phone's Back closes the pane
    document.body.classList.toggle("reading-beside", ROOM_BESIDE.matches);
    if (ROOM_BESIDE.matches) pane.show(); else pane.showModal();
  }
  body.scrollTop = 0;
  const title = body.querySelector(".page-title");
  document.getElementById("reader-title").textContent = title.textContent;
  const place = address.hash && body.querySelector(address.hash);
  // What was come for has the focus, so that a screen reader reads on from there.
  (place || title).tabIndex = -1;
  (place || title).focus({ preventScroll: true });
  if (place) place.scrollIntoView({ block: place.matches("mark") ? "center" : "start" });
}

// A country was chosen: the ways to help that stand around the chat are those of its page as it is now.
async function renewHelp() {
  const page = await (await fetch(document.baseURI)).text();
  const renewed = new DOMParser().parseFromString(page, "text/html");
  for (const place of HELP) {
    document.querySelector(place).innerHTML = renewed.querySelector(place).innerHTML;
  }
  const bar = document.getElementById("help-bar");
  bar.dataset.said = renewed.getElementById("help-bar").dataset.said;
}

function closed() {
  document.body.classList.remove("reading-beside");
  body.replaceChildren();
  if (cameFrom?.isConnected) cameFrom.focus();
}

const close = () => (history.state?.reading ? history.back() : pane.close());

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const href = link?.getAttribute("href") ?? "";
  const inside = href.match(/#(.+)$/) && link.closest(".reader");
  if (inside && !INSIDE.test(href)) {
    event.preventDefault();
    body.querySelector(link.hash)?.scrollIntoView({ block: "center" });
  } else if (INSIDE.test(href) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(link, href).catch(() => location.assign(link.href));
  }
});
document.getElementById("reader-close").addEventListener("click", close);
pane.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
pane.addEventListener("close", closed);
// As a sheet the dialog itself hears Escape; beside the chat it does not.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && pane.open && !pane.matches(":modal")) close();
});
window.addEventListener("popstate", () => { if (pane.open) pane.close(); });
