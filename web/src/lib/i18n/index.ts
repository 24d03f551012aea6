/** The words of the app. Catalogues are flat; a plural is an object by CLDR category. What a payment says is not here. */
import { computed, effect, signal } from "@preact/signals";
import en from "./en.json";
import fr from "./fr.json";

export type Key = keyof typeof en;
export type Locale = "en" | "fr";
type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Params = Readonly<Record<string, string | number>>;

export type Catalogue = Partial<Record<string, Entry>>;
const CATALOGUES: Record<Locale, Catalogue> = { en: { ...en }, fr: { ...fr } };
export const LOCALES: Record<Locale, string> = { en: "English", fr: "Français" };
const KEY = "tuppence.locale";

const supported = (tag: string | null | undefined): Locale | undefined =>
  (Object.keys(CATALOGUES) as Locale[]).find((one) => tag?.toLowerCase().startsWith(one));

/** What was chosen here; nothing where a browser gives a frame in another page no storage, which throws. */
function chosen(): string | null {
  try {
    return globalThis.localStorage?.getItem(KEY) ?? null;
  } catch {
    return null;
  }
}

const preferred = (): Locale =>
  supported(chosen()) ?? supported(globalThis.navigator?.language) ?? "en";

export const locale = signal<Locale>(preferred());

/** For numbers and dates: the region that the browser has for this language, as "en-GB" of a British English one. */
export const region = computed(() => {
  const tags = globalThis.navigator?.languages ?? [];
  return tags.find((tag) => supported(tag) === locale.value) ?? (locale.value === "en" ? "en-US" : "fr-FR");
});

export function choose(next: Locale): void {
  localStorage.setItem(KEY, next);
  locale.value = next;
}

effect(() => {
  if (globalThis.document) document.documentElement.lang = locale.value;
});

/** A value inside a sentence keeps its own direction (U+2068 … U+2069), so that a name cannot turn the sentence round. */
export const isolate = (value: string | number): string => `\u2068${value}\u2069`;

export function fill(template: string, params: Params): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(region.value).format(value) : isolate(value);
  });
}

export function t(key: Key, params: Params = {}): string {
  return told(key, params) ?? key;
}

/** Words of a part that is loaded later: from now on they are said, too. Returns its `t`. */
export function teach<Words extends object>(more: Record<Locale, Words>) {
  for (const one of Object.keys(more) as Locale[]) Object.assign(CATALOGUES[one], more[one]);
  return (key: keyof Words & string, params: Params = {}): string => told(key, params) ?? key;
}

/** The same for a key made at run time, such as a problem's code; undefined where there are no words for it. */
export function told(key: string, params: Params = {}): string | undefined {
  const entry = CATALOGUES[locale.value][key] ?? CATALOGUES.en[key];
  if (entry === undefined) return undefined;
  const template = typeof entry === "string" ? entry : (entry[plural(params.n)] ?? entry.other ?? "");
  return fill(template, params);
}

const plural = (n: string | number | undefined): Intl.LDMLPluralRule =>
  new Intl.PluralRules(locale.value).select(Number(n ?? 0));
