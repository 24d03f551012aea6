import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { locale } from "../src/lib/i18n/index.ts";
import { adopt, speak } from "../src/lib/language.ts";

/** A browser's storage, and a server that is reached or not. */
let reached: boolean;
const heard: string[] = [];

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    if (!reached) return Promise.reject(new TypeError("gone"));
    heard.push((JSON.parse(body) as { locale: string }).locale);
    return Promise.resolve(new Response("{}"));
  });
  heard.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

it("a choice that never reached the server survives a reload, and is told again", async () => {
  reached = false;
  speak("fr");
  reached = true;
  adopt("en");
  expect(locale.value).toBe("fr");
  await vi.waitFor(() => expect(localStorage.getItem("tuppence.locale.untold")).toBeNull());
  expect(heard).toEqual(["fr"]);
});

it("once the server knows, what it says counts: another device may have chosen since", async () => {
  reached = true;
  speak("fr");
  await vi.waitFor(() => expect(localStorage.getItem("tuppence.locale.untold")).toBeNull());
  adopt("en");
  expect(locale.value).toBe("en");
  expect(heard).toEqual(["fr"]);
});
