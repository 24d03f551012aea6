import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isolate, locale, t, told } from "../src/lib/i18n/index.ts";

type Entry = string | Record<string, string>;
const entries = (catalogue: Record<string, Entry>) => Object.entries(catalogue);
const forms = (entry: Entry): string[] => (typeof entry === "string" ? [entry] : Object.values(entry));
const names = (entry: Entry): string[] =>
  [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

const SRC = new URL("../src/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, SRC), "utf8")) as Record<string, Entry>;

/** The app's own words, and those of each part that is loaded later. */
const ENGLISH = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /(^|\/)en\.json$/.test(file));
const catalogues = ENGLISH.map((file) => [file, read(file), read(file.replace(/en\.json$/, "fr.json"))] as const);
const EMBED = new URL("../embed/", import.meta.url);
const source = [SRC, EMBED]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => new URL(file, folder)))
  .filter(({ pathname }) => /\.tsx?$/.test(pathname))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

/** Keys that are put together at run time, by what they begin with. */
const MADE = [
  "activity.",
  "ads.bill_",
  "ads.charge_",
  "ads.closed_",
  "ads.credit_",
  "ads.because_",
  "ads.did_",
  "ads.line_",
  "ads.place_",
  "ads.source_",
  "ads.way_",
  "ads.why_",
  "ads.method_",
  "apps.about_",
  "apps.disconnect_",
  "apps.scope_",
  "grants.state_",
  "grants.stop_",
  "bank.checking",
  "bank.savings",
  "bank.state_",
  "bank.why_",
  "buy.ended_",
  "buy.outcome_",
  "buy.reason_",
  "buy.s_",
  "buy.w_",
  "business.may_",
  "business.role_",
  "dev.clock",
  "dev.error_",
  "dev.keys",
  "dev.events",
  "dev.requests",
  "dev.state_",
  "dev.why_",
  "banks.posts_",
  "banks.trouble_",
  "banks.what_",
  "card.kind_",
  "games.a_",
  "games.o_",
  "games.p_",
  "games.r_",
  "games.s_",
  "games.why_",
  "pay.why_",
  "pin.reason_",
  "problem.",
  "settings.theme_",
  "statement.why_",
  "wrong.end_",
  "wrong.hint_",
  "wrong.reason_",
  "wrong.step_",
];

describe.each(catalogues)("the catalogue %s", (_, en, fr) => {
  it("says the same things in every language, with the same placeholders", () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    const differ = entries(en).filter(
      ([key, entry]) => names(entry).join() !== names(fr[key]!).join(),
    );
    expect(differ.map(([key]) => key)).toEqual([]);
  });

  it("holds no words that nobody says", () => {
    const dead = Object.keys(en).filter(
      (key) => !source.includes(`"${key}"`) && !MADE.some((start) => key.startsWith(start)),
    );
    expect(dead).toEqual([]);
  });

  it("never puts an ordinary space before French double punctuation", () => {
    const wrong = entries(fr).filter(([, entry]) => forms(entry).some((form) => / [?!;:]/.test(form)));
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

it("no two catalogues have a word for the same thing", () => {
  const keys = catalogues.flatMap(([, en]) => Object.keys(en));
  expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
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
