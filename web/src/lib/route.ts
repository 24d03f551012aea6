/** Where we are. Addresses are promises to bookmarks and to other apps: adding is free, changing is not. */
import { computed, signal } from "@preact/signals";

export type Route =
  | { screen: "home" }
  | { screen: "chat"; conversation: string }
  | { screen: "receipt"; payment: string }
  | { screen: "activity" }
  | { screen: "people" }
  | { screen: "add"; handle: string }
  | { screen: "pay"; handle: string; amount: string | null; note: string }
  | { screen: "settings" }
  | { screen: "banks" }
  | { screen: "buy"; purchase: string }
  | { screen: "consent"; query: string }
  | { screen: "grant"; grant: string }
  | { screen: "business"; business: string | null; section: string; rest: readonly string[] }
  | { screen: "lost" };

const location_ = signal(globalThis.location ? location.pathname + location.search : "/");

export const route = computed(() => parse(location_.value));

export function parse(address: string): Route {
  const url = new URL(address, "http://here");
  const [first = "", second, ...rest] = url.pathname.split("/").slice(1).map(decode);
  if (first === "business") {
    const [section = "", ...deeper] = rest;
    return { screen: "business", business: second || null, section, rest: deeper };
  }
  if (rest.length) return { screen: "lost" };
  if (url.pathname === "/oauth/authorize") return { screen: "consent", query: url.search.slice(1) };
  if (second) {
    if (first === "c") return { screen: "chat", conversation: second };
    if (first === "grants") return { screen: "grant", grant: second };
    if (first === "receipt") return { screen: "receipt", payment: second };
    if (first === "buy") return { screen: "buy", purchase: second };
    if (first === "add") return { screen: "add", handle: second };
    if (first === "pay")
      return {
        screen: "pay",
        handle: second,
        amount: url.searchParams.get("amount"),
        note: url.searchParams.get("note") ?? "",
      };
    return { screen: "lost" };
  }
  if (first === "") return { screen: "home" };
  if (first === "activity" || first === "people" || first === "settings" || first === "banks") return { screen: first };
  return { screen: "lost" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Go there, as a link does. `replace` for an address that was only a doorway. */
export function go(address: string, { replace = false } = {}): void {
  if (address === location_.value) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  location_.value = address;
}

/** Back to where this app was before, or home when it was opened here. */
export function back(): void {
  if (globalThis.navigation?.canGoBack ?? history.length > 1) history.back();
  else go("/", { replace: true });
}

/** Follow history, and links inside the app, without loading a page. */
export function followLinks(): void {
  addEventListener("popstate", () => (location_.value = location.pathname + location.search));
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    if (
      !link ||
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

declare global {
  var navigation: { canGoBack: boolean } | undefined;
}
