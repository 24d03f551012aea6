/** The form speaks to the app's page and to the vault, to nobody else. */

export type Said =
  | { type: "tuppence.card"; token: string }
  | { type: "tuppence.card.cancelled" }
  | { type: "tuppence.card.size"; height: number };

export interface TestCard {
  label: string;
  number: string;
  exp_month: number;
  exp_year: number;
  cvv: string;
  zip: string;
  bank: string;
  hint: string;
}

export interface Typed {
  number: string;
  exp_month: number;
  exp_year: number;
  cvv: string;
  zip: string;
  keep: boolean;
}

export type Answer = { token: string } | { code: unknown };

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";

/** The app's origin as the vault wrote it into this page; null if the page is not in a frame of that app. */
export function appOrigin(): string | null {
  const origin = meta("app-origin");
  const framed = window.parent !== window && URL.canParse(origin) && new URL(origin).origin === origin;
  const from = document.referrer; // the app's page sends its origin; where it can't be read, the browser's rule holds alone
  return framed && (!from || new URL(from).origin === origin) ? origin : null;
}

/** Token mode: where the page is that takes the number, as the vault wrote it into this page. */
export const acquirerOrigin = (): string | null => {
  const origin = meta("acquirer-origin");
  return URL.canParse(origin) && new URL(origin).origin === origin ? origin : null;
};

export const say = (said: Said, origin: string): void => window.parent.postMessage(said, origin);

/** The ticket comes in the fragment, which no server log sees, and leaves the address at once. */
export function ticket(): string {
  const found = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
  return found;
}

/** Hand a card in. Resolves to a token, or to the code of a refusal. */
export async function submit(body: (Typed & { ticket: string }) | { ticket: string; once: string }): Promise<Answer> {
  try {
    const response = await fetch("/card-form/cards", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
    });
    const told: unknown = await response.json();
    const { token, code } = told as Record<string, unknown>;
    return response.ok && typeof token === "string" ? { token } : { code };
  } catch {
    return { code: "unreachable" };
  }
}

/** In the sandbox the vault offers cards to try. */
export async function testCards(): Promise<TestCard[]> {
  if (meta("sandbox") !== "yes") return [];
  const response = await fetch("/card-form/sandbox-cards", { credentials: "omit" });
  return response.ok ? ((await response.json()) as { cards: TestCard[] }).cards : [];
}
