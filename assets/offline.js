// The service worker: every file of one version of the page, kept, and served from there.
// VERSION and FILES are written by the build (xtask/src/offline.rs). Only what belongs to this page is touched: other
// addresses, other methods and other pages' caches are left alone.
const VERSION = "";
const FILES = [];
const OWN = "rebalance " + self.registration.scope + " ";
const CACHE = OWN + VERSION;

self.addEventListener("install", (event) => {
  const all = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(OWN) && name !== CACHE;
  const forget = (names) => Promise.all(names.filter(old).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => self.clients.claim()));
});

// The page asks for the new version when its reader does.
self.addEventListener("message", (event) => {
  if (event.data === "change over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  const kept = async () => {
    const cache = await caches.open(CACHE);
    const name = request.mode === "navigate" ? "./" : request;
    return (await cache.match(name, { ignoreSearch: true })) ?? fetch(request);
  };
  event.respondWith(kept());
});
