// When the server cannot be reached, every page is answered with the help lines as they were at the
// last visit. Nothing else is kept: no question, no answer, no article.

const KEPT = "help-lines";
const OFFLINE = "offline";
const LOOKS = ["public/page.css", "public/icon.svg"];

// Anew each time, so that a number that changed is not kept.
const keep = async () => (await caches.open(KEPT)).addAll([OFFLINE, ...LOOKS]);

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const kept = LOOKS.some((path) => event.request.url.endsWith(path));
  const page = event.request.mode === "navigate";
  if (!page && !kept) return;
  const answer = fetch(event.request);
  if (page) event.waitUntil(answer.then(keep).catch(() => { /* offline: what is kept stays */ }));
  event.respondWith(answer.catch(() => caches.match(page ? OFFLINE : event.request)));
});
