/**
 * Text that was written and is not yet acknowledged. It survives a reload, and is sent again with the same
 * `client_id` until the server answers, so that a message arrives once. Money never goes through here.
 */
import { computed, effect, signal } from "@preact/signals";
import { NoAnswer, Problem } from "../api/problem.ts";
import type { Id, Message } from "../api/types.ts";

export interface Draft {
  readonly client_id: Id;
  readonly conversation_id: Id;
  readonly body: string;
  readonly at: string;
  /** A problem's code: the server refused, and sending again would not help until the person does something. */
  readonly refused?: string | undefined;
}

type SendText = (draft: Draft) => Promise<Message>;

const KEY = "tuppence.outbox";

export const drafts = signal<readonly Draft[]>([]);
export const draftsIn = (conversation: Id) =>
  computed(() => drafts.value.filter((d) => d.conversation_id === conversation));

/** Read what an earlier page left behind, and keep what this one adds. `owner`: drafts are one person's. */
export function keepOutbox(owner: Id, storage: Pick<Storage, "getItem" | "setItem"> = localStorage): () => void {
  const key = `${KEY}.${owner}`;
  drafts.value = read(storage.getItem(key));
  return effect(() => storage.setItem(key, JSON.stringify(drafts.value)));
}

function read(text: string | null): Draft[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? (kept as Draft[]) : [];
  } catch {
    return [];
  }
}

export const add = (draft: Draft): void => {
  drafts.value = [...drafts.value, draft];
};

export const drop = (client_id: Id): void => {
  if (drafts.value.some((draft) => draft.client_id === client_id))
    drafts.value = drafts.value.filter((d) => d.client_id !== client_id);
};

export const again = (client_id: Id): void => mark(client_id, undefined);

function mark(client_id: Id, refused: string | undefined): void {
  drafts.value = drafts.value.map((draft) => (draft.client_id === client_id ? { ...draft, refused } : draft));
}

let flushing: Promise<void> | null = null;

/** Send everything that waits, oldest first, one after another: the order of what was said is part of it. */
export function flush(sendText: SendText, acknowledged: (message: Message) => void): Promise<void> {
  flushing ??= run(sendText, acknowledged).finally(() => (flushing = null));
  return flushing;
}

async function run(sendText: SendText, acknowledged: (message: Message) => void): Promise<void> {
  for (;;) {
    const draft = drafts.value.find((one) => !one.refused);
    if (!draft) return;
    try {
      acknowledged(await sendText(draft));
      drop(draft.client_id);
    } catch (error) {
      if (error instanceof Problem && !passes(error)) mark(draft.client_id, error.code);
      else if (error instanceof Problem || error instanceof NoAnswer)
        return; // It stays; the next flush tries again.
      else throw error;
    }
  }
}

/** Trouble of the moment, as opposed to a refusal of this message. */
const passes = ({ status }: Problem): boolean => status >= 500 || status === 429 || status === 401;
