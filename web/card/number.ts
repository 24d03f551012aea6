/** What can be known of a card while it is typed. Pure; the vault looks again, and its word counts. */

export type Brand = "visa" | "mastercard" | "amex" | "discover" | null;

const RANGES: readonly [RegExp, Exclude<Brand, null>][] = [
  [/^4/, "visa"],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, "mastercard"],
  [/^3[47]/, "amex"],
  [/^(6011|64[4-9]|65)/, "discover"],
]; // Source: ISO/IEC 7812 prefixes as the brands publish them.

const LENGTHS = { visa: [13, 16, 19], mastercard: [16], amex: [15], discover: [16, 17, 18, 19] } as const;

/** ASCII digits of whatever was typed or pasted. */
export const digits = (text: string): string => text.replace(/[^0-9]/g, "");

export const brand = (number: string): Brand => RANGES.find(([range]) => range.test(number))?.[1] ?? null;

/** Digits in the groups that are printed on the card. */
export function grouped(number: string): string {
  const sizes = brand(number) === "amex" ? [4, 6, 5] : [4, 4, 4, 4, 3];
  const groups: string[] = [];
  for (const size of sizes) {
    const from = groups.join("").length;
    if (from < number.length) groups.push(number.slice(from, from + size));
  }
  return groups.join(" ");
}

/** ISO/IEC 7812-1, annex B: every second digit from the right counts twice. */
export function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (1 + (place % 2));
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

export function isNumber(number: string): boolean {
  const known = brand(number);
  const lengths: readonly number[] = known ? LENGTHS[known] : [13, 14, 15, 16, 17, 18, 19];
  return lengths.includes(number.length) && passesLuhn(number);
}

/** "1227", "12/27", "12 / 2027" or "1/27" as month and year of four digits; null while it is not a date. */
export function expiry(text: string): { month: number; year: number } | null {
  const found = /^\s*(\d{1,2})\s*[/\-. ]\s*(\d{4}|\d{2})\s*$/.exec(text) ?? /^\s*(\d{2})(\d{4}|\d{2})\s*$/.exec(text);
  if (!found) return null;
  const month = Number(found[1]);
  const year = Number(found[2]) + (found[2]!.length === 2 ? 2000 : 0);
  return month >= 1 && month <= 12 ? { month, year } : null;
}

/** Good to the end of the month that it names. */
export function isCurrent({ month, year }: { month: number; year: number }, today: Date): boolean {
  const months = year * 12 + month - 1 - (today.getFullYear() * 12 + today.getMonth());
  return months >= 0 && months <= 20 * 12;
}

/** Puts the stroke in while somebody types, and leaves alone what was pasted with one. */
export function expiryTyped(text: string, deleting: boolean): string {
  if (deleting || text.includes("/")) return text;
  const typed = digits(text);
  const month = /^[2-9]/.test(typed) ? `0${typed}` : typed;
  return month.length < 2 ? month : `${month.slice(0, 2)}/${month.slice(2, 6)}`;
}

export const isCvv = (text: string, of: Brand): boolean => (of === "amex" ? /^[0-9]{4}$/ : /^[0-9]{3}$/).test(text);

export const isZip = (text: string): boolean => /^[0-9]{5}(-?[0-9]{4})?$/.test(text);
