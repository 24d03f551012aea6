/// <reference lib="webworker" />
/** Keeps the shell of the app, so that it opens without a network. Data is never kept here: it has `feed`. */
declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: { version: string; files: string[] };

const { version, files } = __SHELL__;
const OTHERS = /^\/(v1|embed|docs|\.well-known)(\/|$)/; // Nothing of this app: data, and what other apps put into their pages.
const CACHE = `shell-${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldShells().then(() => self.clients.claim()));
});

// A new version waits until the person says so: half of an old page and half of a new one would be neither.
self.addEventListener("message", (event) => {
  if (event.data === "update") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || OTHERS.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(kept("/", request));
  else if (files.includes(url.pathname)) event.respondWith(kept(url.pathname, request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(keptFromNowOn(request));
});

async function kept(path: string, request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request);
}

/** A part that is loaded later: its name holds its content's hash, so what was kept once is right for ever. */
async function keptFromNowOn(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function forgetOldShells(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== CACHE).map((n) => caches.delete(n)));
}
