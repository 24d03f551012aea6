/** The app's state, in signals, and the few verbs that change it. Screens read signals and call verbs; nothing else does. */
import { batch, computed, effect, signal } from "@preact/signals";
import * as api from "./api/calls.ts";
import { onSignedOut } from "./api/client.ts";
import { NoAnswer, Problem } from "./api/problem.ts";
import type { Bootstrap, Conversation, Id, Message, Payment, Sandbox, Update } from "./api/types.ts";
import { clock, tick } from "./clock.ts";
import { apply, isStale, withConversation, withMessages, withPayment, withPayments } from "./feed/apply.ts";
import { purchaseNews } from "../games/news.ts";
import * as outbox from "./feed/outbox.ts";
import { fromBootstrap, NO_HISTORY, type State } from "./feed/state.ts";
import { Feed } from "./feed/stream.ts";
import { told } from "./i18n/index.ts";
import { uuid7 } from "./ids.ts";
import * as language from "./language.ts";

export type Session = "unknown" | "out" | "in";

export const session = signal<Session>("unknown");
export const state = signal<State | null>(null);
/** The stream is open: what is on the screen is live. */
export const live = signal(false);
export const online = signal(globalThis.navigator?.onLine ?? true);

export const me = computed(() => state.value!.me);
export const cards = computed(() => state.value?.cards.filter((card) => card.state === "active") ?? []);
export const banks = computed(() => state.value?.bank_accounts ?? []);
export const conversations = computed(() =>
  Object.values(state.value?.conversations ?? {}).sort((a, b) => lastAt(b).localeCompare(lastAt(a))),
);
export const unread = computed(() => conversations.value.reduce((sum, one) => sum + one.unread, 0));

const lastAt = (one: Conversation): string => one.last_message?.at ?? "";

/** Change what we know by a pure step. */
export function change(step: (known: State) => State): void {
  if (state.value) state.value = step(state.value);
}

export const learnPayment = (payment: Payment): void => change((known) => withPayment(known, payment));
export const learnConversation = (conversation: Conversation): void =>
  change((known) => withConversation(known, conversation));

// --- The feed -------------------------------------------------------------------------------------------------------

const feed = new Feed({
  bootstrap: api.bootstrap,
  sync: api.sync,
  open: (since) => new WebSocket(`${location.origin.replace("http", "ws")}/v1/stream?since=${since}`),
  last: () => state.value?.feed_seq ?? null,
  restart: begin,
  apply: take,
  live: (is) => (live.value = is),
});

function begin(answer: Bootstrap): void {
  batch(() => {
    state.value = fromBootstrap(answer);
    session.value = "in";
    setSandbox(answer.sandbox);
  });
  language.adopt(answer.me.locale);
}

function take(updates: readonly Update[]): void {
  batch(() => {
    change((known) => updates.reduce(apply, known));
    if (updates.some((update) => isStale(state.value!, update))) void feed.restart().catch(() => undefined);
    for (const { kind, payload } of updates) if (kind === "message") outbox.drop((payload as Message).client_id);
  });
  reread(updates);
}

/** What a feed does not carry whole is read again when it says that something there moved. */
const REREAD: Record<string, () => Promise<void>> = {
  purchase: () => Promise.resolve(void purchaseNews.value++),
  dispute: () => Promise.resolve(void purchaseNews.value++), // It may be of one.
  payment: async () => {
    const limits = await api.limits();
    change((known) => ({ ...known, limits }));
    if (state.value?.sandbox) setSandbox(await api.sandbox()); // Somebody else may have moved the clock.
  },
};

export async function rereadFriends(): Promise<void> {
  const friends = await api.friends();
  change((known) => ({ ...known, friends }));
}

function reread(updates: readonly Update[]): void {
  const kinds = new Set(updates.map(({ kind }) => kind));
  for (const [kind, read] of Object.entries(REREAD)) if (kinds.has(kind)) void read().catch(() => undefined);
}

export function setSandbox(sandbox: Sandbox | null): void {
  clock.sandbox_ms = (sandbox?.offset_seconds ?? 0) * 1000;
  change((known) => ({ ...known, sandbox }));
  tick();
}

const flush = (): void =>
  void outbox.flush(
    ({ conversation_id, client_id, body }) => api.say(conversation_id, client_id, body),
    (message) => change((known) => withMessages(known, message.conversation_id, [message])),
  );

/** Start the app: find out who is here, and stay true from then on. */
export function start(): void {
  onSignedOut.run = signedOut;
  setInterval(tick, 1000);
  setInterval(flush, 5000);
  addEventListener("online", () => {
    online.value = true;
    wake();
  });
  addEventListener("offline", () => (online.value = false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
  effect(() => {
    if (live.value) flush();
  });
  void feed.start();
}

const wake = (): void => {
  if (session.value === "in") void feed.connect().then(flush);
};

const owner = computed(() => state.value?.me.id);
let letGo = (): void => undefined;
effect(() => {
  letGo();
  letGo = owner.value ? outbox.keepOutbox(owner.value) : () => undefined;
});

function signedOut(): void {
  feed.stop();
  language.forget();
  batch(() => {
    session.value = "out";
    state.value = null;
  });
}

/** After a sign-in: everything is read afresh, so that nothing of whoever was here before remains. */
export async function signedIn(): Promise<void> {
  feed.stop();
  state.value = null;
  await feed.start();
}

export async function signOut(): Promise<void> {
  await api.endSession("current").catch(() => undefined);
  signedOut();
}

// --- Conversations --------------------------------------------------------------------------------------------------

/** The newest page, once; then older ones as asked. */
export async function readHistory(conversation: Id): Promise<void> {
  const known = state.value?.histories[conversation] ?? NO_HISTORY;
  if (known.complete) return;
  const before = known.read ? known.messages[0]?.seq : undefined;
  const page = await api.history(conversation, before);
  change((now) =>
    withMessages(withPayments(now, page.payments), conversation, page.messages, { read: true, complete: !page.more }),
  );
}

export function say(conversation_id: Id, body: string): void {
  outbox.add({ client_id: uuid7(), conversation_id, body, at: new Date(clock.now()).toISOString() });
  flush();
}

export function sayAgain(client_id: Id): void {
  outbox.again(client_id);
  flush();
}

/** Tell the server what was seen, and believe it at once. What is our own was seen when it was written. */
export async function read(conversation: Conversation): Promise<void> {
  if (conversation.unread === 0) return;
  learnConversation({ ...conversation, read_seq: conversation.last_seq, unread: 0 });
  await api.markRead(conversation.id, conversation.last_seq).catch(() => undefined);
}

export async function conversationWith(person: Id): Promise<Conversation> {
  const known = conversations.value.find((one) => one.person.id === person);
  if (known) return known;
  const opened = await api.openConversation(person);
  learnConversation(opened);
  return opened;
}

// --- Problems -------------------------------------------------------------------------------------------------------

/** A problem in the reader's words. A code without words gives the reference by which we can find it. */
export function words(error: unknown, params: Record<string, string | number> = {}): string {
  if (error instanceof NoAnswer) return told("problem.no_answer")!;
  if (!(error instanceof Problem)) throw error;
  return (
    told(`problem.${error.code}`, { ...plainFacts(error), ...params }) ??
    told("problem.generic", { request: error.requestId })!
  );
}

/** Facts that a sentence can hold. `n` is what a plural turns on: tries left, or minutes to wait. */
const plainFacts = ({ facts, requestId }: Problem): Record<string, string | number> => ({
  request: requestId,
  n: Number(facts.tries_left ?? Math.ceil(Number(facts.retry_after_seconds ?? 0) / 60)),
  ...Object.fromEntries(
    Object.entries(facts).filter((pair): pair is [string, string | number] =>
      ["string", "number"].includes(typeof pair[1]),
    ),
  ),
});
