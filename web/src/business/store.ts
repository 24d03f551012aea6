/** Which businesses there are for whoever is signed in, and what sort of installation this is. */
import { computed, signal } from "@preact/signals";
import { me } from "../lib/store.ts";
import { businesses, type Business, type Businesses } from "./calls.ts";

const known = signal<{ of: string; told: Businesses } | null>(null);

/** Null until it was read, and when somebody else has signed in. */
export const told = computed(() => (known.value?.of === me.value.id ? known.value.told : null));

export async function read(): Promise<void> {
  const of = me.value.id;
  known.value = { of, told: await businesses() };
}

export function learn(business: Business): void {
  const now = told.value;
  if (!now) return;
  const others = now.data.filter(({ id }) => id !== business.id);
  known.value = { of: me.value.id, told: { ...now, data: [...others, business] } };
}

export function forget(id: string): void {
  const now = told.value;
  if (now) known.value = { of: me.value.id, told: { ...now, data: now.data.filter((one) => one.id !== id) } };
}
