import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "../src/lib/i18n/en.json";
import fr from "../src/lib/i18n/fr.json";
import { isolate, locale, t, told } from "../src/lib/i18n/index.ts";

type Entry = string | Record<string, string>;
const entries = (catalogue: Record<string, Entry>) => Object.entries(catalogue);
const forms = (entry: Entry): string[] => (typeof entry === "string" ? [entry] : Object.values(entry));
const names = (entry: Entry): string[] =>
  [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

const SRC = new URL("../src/", import.meta.url);
const EMBED = new URL("../embed/", import.meta.url);
const source = [SRC, EMBED]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => new URL(file, folder)))
  .filter(({ pathname }) => /\.tsx?$/.test(pathname))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

/** Keys that are put together at run time, by what they begin with. */
const MADE = [
  "activity.",
  "apps.about_",
  "apps.scope_",
  "bank.checking",
  "bank.savings",
  "bank.state_",
  "bank.why_",
  "banks.what_",
  "card.kind_",
  "pay.why_",
  "pin.reason_",
  "problem.",
  "settings.theme_",
  "statement.why_",
];

describe("the catalogues", () => {
  it("say the same things in every language, with the same placeholders", () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    const differ = entries(en).filter(
      ([key, entry]) => names(entry).join() !== names((fr as Record<string, Entry>)[key]!).join(),
    );
    expect(differ.map(([key]) => key)).toEqual([]);
  });

  it("hold no words that nobody says", () => {
    const dead = Object.keys(en).filter(
      (key) => !source.includes(`"${key}"`) && !MADE.some((start) => key.startsWith(start)),
    );
    expect(dead).toEqual([]);
  });

  it("never put an ordinary space before French double punctuation", () => {
    const wrong = entries(fr).filter(([, entry]) => forms(entry).some((form) => / [?!;:]/.test(form)));
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

describe("a sentence", () => {
  it("keeps a value in its own direction", () => {
    locale.value = "en";
    expect(t("chat.pay", { name: "בו" })).toBe(`Pay ${isolate("בו")}`);
  });

  it("takes the plural of its language", () => {
    locale.value = "en";
    expect([0, 1, 2].map((n) => t("inbox.unread", { n }))).toEqual([
      "0 unread messages",
      "1 unread message",
      "2 unread messages",
    ]);
    locale.value = "fr";
    expect([0, 1, 2].map((n) => t("inbox.unread", { n }))).toEqual([
      "0 message non lu",
      "1 message non lu",
      "2 messages non lus",
    ]);
  });

  it("is undefined where a code has no words, so that the generic one can stand in", () => {
    expect(told("problem.never_heard_of")).toBeUndefined();
  });
});
