/** Amounts: integers of minor units, read and written exactly. No float ever holds one. */

/** Digits after the point. ECMA-402 obliges browsers to take this from ISO 4217. */
export function exponent(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** 1800, "USD" → "18.00": the decimal string, which Intl formats without passing through a float. */
export function decimal(minor: number, currency: string): `${number}` {
  const places = exponent(currency);
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const part = places ? `.${digits.slice(-places)}` : "";
  return `${minor < 0 ? "-" : ""}${whole}${part}` as `${number}`;
}

export function formatMoney(
  minor: number,
  currency: string,
  locale: string,
  display: "narrowSymbol" | "name" = "narrowSymbol",
): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: display }).format(
    decimal(minor, currency),
  );
}

/** "$280", but "$280.50": for running text, where round amounts read better short. */
export function formatShort(minor: number, currency: string, locale: string): string {
  const format = {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    trailingZeroDisplay: "stripIfInteger",
  } as const;
  return new Intl.NumberFormat(locale, format).format(decimal(minor, currency));
}

export function symbol(currency: string, locale: string): { sign: string; before: boolean } {
  const parts = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(1);
  const at = parts.findIndex((part) => part.type === "currency");
  return { sign: parts[at]?.value ?? currency, before: at < parts.findIndex((part) => part.type === "integer") };
}

export function decimalMark(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
}

/**
 * Read what somebody typed or pasted: "20", "20.5", "1 234,56 €", "$1,234.56". The last mark is the decimal one.
 * @returns minor units, or null where the text names no amount exactly (too many decimals, two signs, no digits).
 */
export function parseMoney(text: string, currency: string): number | null {
  const bare = text.replace(currency, "").replace(/[\s\u00a0\u202f'’]|\p{Sc}/gu, "");
  const places = exponent(currency);
  const match = (places ? /^(\d[\d.,]*?)?(?:[.,](\d*))?$/ : /^(\d[\d.,]*)$/).exec(bare);
  if (!match || !/\d/.test(bare)) return null;
  const whole = ungroup(match[1] ?? "0");
  const part = match[2] ?? "";
  if (whole === null || part.length > places) return null;
  const minor = Number(whole + part.padEnd(places, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}

function ungroup(whole: string): string | null {
  if (/^\d+$/.test(whole)) return whole;
  return /^\d{1,3}([.,])\d{3}(?:\1\d{3})*$/.test(whole) ? whole.replace(/[.,]/g, "") : null;
}
