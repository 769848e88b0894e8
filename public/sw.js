// One door, offline: keeps the door's page and the files it is made of, and starts from them. It never touches /api/ and
// keeps no data. `app/finish.mjs` fills in the two constants, so every build is a version of its own.

const VERSION = "__VERSION__";
const FILES = ["__FILES__"];

const page = self.registration.scope;
const door = new URL(page).pathname;
const cacheName = `${door}${VERSION}`;

// All files or none: a version that could not be fetched whole never takes over.
self.addEventListener("install", (event) => {
  const hashed = FILES.map((file) => new Request(new URL(file, page)));
  event.waitUntil(
    caches.open(cacheName).then((cache) => cache.addAll([new Request(page, { cache: "reload" }), ...hashed])),
  );
});

// Only versions of this door go; the other doors keep their own. A page of the old version is closed by now.
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(door) && name !== cacheName;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(door)) return;
  const isFile = url.pathname.slice(url.pathname.lastIndexOf("/")).includes(".");
  if (request.mode === "navigate" && isFile) return;
  const wanted = request.mode === "navigate" ? page : request.url;
  event.respondWith(
    caches.open(cacheName).then((cache) => cache.match(wanted)).then((kept) => kept ?? fetch(request)),
  );
});
