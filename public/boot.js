// Starts a door: the page's two preload links name the code, this file runs it. It is a file, not an inline script,
// because the page's Content-Security-Policy allows no inline script.

const href = (selector) => document.querySelector(selector).href;

const code = await import(href("link[rel=modulepreload]"));
await code.default({ module_or_path: href('link[rel=preload][as="fetch"]') });

// A new version waits until every page of the old one is closed, unless the reader accepts it first: the app hears
// `xinheng:update` with the waiting worker and may post "take over" to it.
if ("serviceWorker" in navigator) {
  const registration = await navigator.serviceWorker.register(new URL("sw.js", import.meta.url), { updateViaCache: "none" });
  const announce = (worker) => dispatchEvent(new CustomEvent("xinheng:update", { detail: worker }));
  if (registration.waiting) announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && registration.active) announce(worker);
    });
  });
}
