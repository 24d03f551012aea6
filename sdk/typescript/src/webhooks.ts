/** Whether a webhook is from us: Standard Webhooks 1.0, by WebCrypto. */
import { BadSignature } from "./errors.ts";

export interface WebhookEvent {
  type: string;
  timestamp: string;
  data: { id: string } & Record<string, unknown>;
}

const TOLERANCE_SECONDS = 300;

/**
 * The event in a webhook. Give the body as it came, byte for byte; `secret` is the endpoint's `whsec_…`, or its public
 * `whpk_…`.
 * @throws BadSignature
 */
export async function verify(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Headers | Record<string, string | undefined>,
  secret: string,
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now() / 1000 } = {},
): Promise<WebhookEvent> {
  const raw = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const told = headers instanceof Headers ? headers : new Headers(given(headers));
  const stamp = told.get("webhook-timestamp") ?? "";
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now - Number(stamp)) > toleranceSeconds)
    throw new BadSignature("too old, too new, or without a time");
  const content = join(new TextEncoder().encode(`${told.get("webhook-id") ?? ""}.${stamp}.`), raw);
  for (const one of (told.get("webhook-signature") ?? "").split(" ")) {
    const [scheme = "", text = ""] = one.split(",", 2);
    if (await holds(secret, scheme, text, content)) return JSON.parse(new TextDecoder().decode(raw)) as WebhookEvent;
  }
  throw new BadSignature("no signature of this secret's");
}

async function holds(secret: string, scheme: string, text: string, content: Bytes): Promise<boolean> {
  const signature = decoded(text);
  if (!signature) return false;
  if (secret.startsWith("whsec_") && scheme === "v1") {
    const how = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", decoded(secret.slice(6))!, how, false, ["verify"]);
    return crypto.subtle.verify("HMAC", key, signature, content);
  }
  if (secret.startsWith("whpk_") && scheme === "v1a") {
    const key = await crypto.subtle.importKey("raw", decoded(secret.slice(5))!, "Ed25519", false, ["verify"]);
    return crypto.subtle.verify("Ed25519", key, signature, content);
  }
  return false;
}

type Bytes = Uint8Array<ArrayBuffer>;

const given = (headers: Record<string, string | undefined>): [string, string][] =>
  Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);

function join(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function decoded(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
