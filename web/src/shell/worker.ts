/** The service worker: installed once the page works, and replaced when the person says so. */
import { signal } from "@preact/signals";

const WORKER = "/sw.js";

const waiting = signal<ServiceWorker | null>(null);
export const updateWaits = waiting;

/** Take the version that waits; the page loads again as soon as it is in charge. */
export function update(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.value?.postMessage("update");
}

export function installWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => void register());
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register(trusted(), { updateViaCache: "none" }).catch(() => null);
  if (!registration) return; // Private windows refuse it; the app only lacks its offline shell.
  const look = () => {
    // The first worker of all waits for nobody: only one that replaces another is an update.
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting;
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
}

/** The page trusts one policy, and the policy trusts one script. */
function trusted(): string {
  const policy = window.trustedTypes?.createPolicy("tuppence", { createScriptURL: () => WORKER });
  return policy?.createScriptURL(WORKER) ?? WORKER;
}
