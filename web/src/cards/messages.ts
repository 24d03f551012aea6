/** What the vault's frame may say. Anything else is not understood, so nothing happens. */
export type FromFrame =
  | { type: "tuppence.card"; token: string }
  | { type: "tuppence.card.cancelled" }
  | { type: "tuppence.card.size"; height: number };

const HEIGHT_MAX = 2000;

export function understand(data: unknown): FromFrame | null {
  if (typeof data !== "object" || data === null) return null;
  const { type, token, height } = data as Record<string, unknown>;
  if (type === "tuppence.card" && typeof token === "string") return { type, token };
  if (type === "tuppence.card.cancelled") return { type };
  if (type === "tuppence.card.size" && typeof height === "number" && height > 0)
    return { type, height: Math.min(height, HEIGHT_MAX) };
  return null;
}
