/** Every call that this app makes, one line each: the only place where paths of the API are written. */
import { call, download, query } from "./client.ts";
import type * as T from "./types.ts";

type Id = T.Id;
const at = encodeURIComponent;

export interface Newcomer {
  id: Id;
  handle: string;
  name: string;
  password: string;
  locale: string;
}

export type SendAsk = Omit<T.SendBody, "card_id" | "duplicate_ok"> & { card_id: Id; duplicate_ok?: boolean };

/** What the browser's WebAuthn call gave, for the server to verify. */
type Credential = Record<string, unknown>;

const device = { transport: "cookie", device_name: deviceName() } as const;

function deviceName(): string {
  const agent = globalThis.navigator?.userAgent ?? "";
  const find = (names: string[]) => names.find((name) => agent.includes(name));
  const browser = find(["Edg", "Firefox", "Chrome", "Safari"])?.replace("Edg", "Edge") ?? "Browser";
  const system = find(["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
  return system ? `${browser}, ${system}` : browser;
}

// People and sessions
export const signUp = (who: Newcomer) => call<T.SignedIn>("POST", "/v1/people", { ...who, ...device });
export const signIn = (handle: string, password: string) =>
  call<T.SignedIn>("POST", "/v1/sessions", { handle, password, ...device });
export const signInOptions = () =>
  call<{ options: PublicKeyCredentialRequestOptionsJSON }>("POST", "/v1/sessions/passkey/options", {});
export const signInWithPasskey = (credential: Credential) =>
  call<T.SignedIn>("POST", "/v1/sessions/passkey", { credential, ...device });
export const sessions = () => call<{ sessions: T.Session[] }>("GET", "/v1/sessions");
export const endSession = (id: Id | "current") => call<void>("DELETE", `/v1/sessions/${id}`);
export const passkeys = () => call<{ passkeys: T.Passkey[] }>("GET", "/v1/passkeys");
export const passkeyOptions = () =>
  call<{ options: PublicKeyCredentialCreationOptionsJSON }>("POST", "/v1/passkeys/options", {});
export const addPasskey = (credential: Credential) =>
  call<T.Passkey>("POST", "/v1/passkeys", { credential, name: device.device_name });
export const removePasskey = (id: Id) => call<void>("DELETE", `/v1/passkeys/${id}`);
export const changeMe = (change: { name?: string; locale?: string }) => call<T.Me>("PATCH", "/v1/me", change);
export const setPin = (pin: string, password: string) => call<void>("PUT", "/v1/me/pin", { pin, password });

// Apps
export const lookAtAuthorization = (query: string) => call<T.Asking>("POST", "/v1/authorizations/look", { query });
export const answerAuthorization = (query: string, allow: boolean) =>
  call<{ redirect_to: string }>("POST", "/v1/authorizations", { query, allow });
export const connections = () => call<{ connections: T.Connection[] }>("GET", "/v1/connections");
export const approvals = () => call<{ data: T.ShownGrant[] }>("GET", "/v1/approvals");
export const approval = (id: Id) => call<T.ShownGrant>("GET", `/v1/approvals/${id}`);
export const approvalOptions = (id: Id) =>
  call<{ options: PublicKeyCredentialRequestOptionsJSON }>("POST", `/v1/approvals/${id}/options`, {});
export const approve = (id: Id, card_id: Id, proof: { pin: string } | { passkey: Credential }) =>
  call<T.ShownGrant>("POST", `/v1/approvals/${id}/approve`, { card_id, ...proof });
export const declineApproval = (id: Id) => call<T.ShownGrant>("DELETE", `/v1/approvals/${id}`);
export const disconnect = (id: Id) => call<void>("DELETE", `/v1/connections/${id}`);

// Disputes
export const reportable = (payment: Id) => call<T.Reportable>("GET", `/v1/payments/${payment}/disputes`);
export const report = (id: Id, body: Pick<T.ReportBody, "payment_id" | "reason" | "says">) =>
  call<T.Dispute>("PUT", `/v1/disputes/${id}`, body);
export const withdrawDispute = (id: Id) => call<T.Dispute>("POST", `/v1/disputes/${id}/withdraw`, {});
export const answerDispute = (id: Id, says: string) => call<T.Dispute>("POST", `/v1/disputes/${id}/answer`, { says });

// Friends
export const person = (handle: string) => call<T.Tie>("GET", `/v1/people/${at(handle)}`);
export const friends = () => call<T.Friends>("GET", "/v1/friends");
export const askFriend = (id: Id, handle: string) => call<T.Tie>("PUT", `/v1/friend-requests/${id}`, { handle });
export const answerFriend = (id: Id, answer: "accept" | "decline") =>
  call<T.Tie>("POST", `/v1/friend-requests/${id}/${answer}`);
export const block = (id: Id) => call<void>("PUT", `/v1/blocks/${id}`);
export const unblock = (id: Id) => call<void>("DELETE", `/v1/blocks/${id}`);

// Conversations and sync
export const bootstrap = () => call<T.Bootstrap>("GET", "/v1/sync/bootstrap");
export const sync = (since: number) => call<T.SyncPage>("GET", `/v1/sync${query({ since, limit: 200 })}`);
export const openConversation = (person_id: Id) => call<T.Conversation>("POST", "/v1/conversations", { person_id });
export const history = (conversation: Id, before_seq?: number) =>
  call<T.HistoryPage>("GET", `/v1/conversations/${conversation}/messages${query({ before_seq, limit: 50 })}`);
export const say = (conversation: Id, client_id: Id, body: string) =>
  call<T.Message>("POST", `/v1/conversations/${conversation}/messages`, { client_id, body });
export const markRead = (conversation: Id, seq: number) =>
  call<void>("PUT", `/v1/conversations/${conversation}/read`, { seq });

// Cards
export const cardTicket = () => call<T.CardTicket>("POST", "/v1/card-tickets", { purpose: "add" });
export const adoptCard = (id: Id, token: string) => call<T.Card>("PUT", `/v1/cards/${id}`, { token });
export const changeCard = (id: Id, change: { pays?: true; receives?: true }) =>
  call<T.Card>("PATCH", `/v1/cards/${id}`, change);
export const removeCard = (id: Id) => call<void>("DELETE", `/v1/cards/${id}`);
export const cards = () => call<{ cards: T.Card[] }>("GET", "/v1/cards");

// Bank accounts
export const addBank = (id: Id, told: T.AddBankBody) => call<T.BankAccount>("PUT", `/v1/bank-accounts/${id}`, told);
export const confirmBank = (id: Id, amounts_minor: [number, number]) =>
  call<T.BankAccount>("POST", `/v1/bank-accounts/${id}/confirm`, { amounts_minor });
export const changeBank = (id: Id, receives: boolean) =>
  call<T.BankAccount>("PATCH", `/v1/bank-accounts/${id}`, { receives });
export const removeBank = (id: Id) => call<void>("DELETE", `/v1/bank-accounts/${id}`);
export const mandates = () => call<{ mandates: T.Mandate[] }>("GET", "/v1/mandates");
export const mandateWords = (bank_account_id: Id, language: string) =>
  call<T.MandateWords>("GET", `/v1/mandate-words${query({ bank_account_id, scope: "standing", language })}`);
export const agreeToMandate = (id: Id, told: T.AgreeBody) => call<T.Mandate>("PUT", `/v1/mandates/${id}`, told);
export const revokeMandate = (id: Id) => call<void>("DELETE", `/v1/mandates/${id}`);
export const receiving = () => call<{ ways: T.ReceivingWay[] }>("GET", "/v1/receiving");
export const bankStatement = (id: Id) =>
  call<{ lines: T.BankStatementLine[] }>("GET", `/v1/sandbox/bank-accounts/${id}/statement`);

// Payments
export const send = (id: Id, ask: SendAsk) => call<T.Payment>("PUT", `/v1/payments/${id}`, ask);
export const payment = (id: Id) => call<T.Payment>("GET", `/v1/payments/${id}`);
export const payments = (filter: "all" | "sent" | "received", cursor?: string) =>
  call<T.PaymentPage>("GET", `/v1/payments${query({ filter, limit: 30, cursor })}`);
export const act = (id: Id, verb: "cancel" | "accept" | "decline" | "arrived" | "not-arrived") =>
  call<T.Payment>("POST", `/v1/payments/${id}/${verb}`);
export const stepUp = (id: Id, proof: { pin: string } | { passkey: Credential }) =>
  call<T.Payment>("POST", `/v1/payments/${id}/step-up`, proof);
export const stepUpOptions = (id: Id) =>
  call<{ options: PublicKeyCredentialRequestOptionsJSON }>("POST", `/v1/payments/${id}/step-up/options`, {});
export const limits = () => call<T.Limits>("GET", "/v1/limits");
export const quote = (payee_id: Id, amount_minor: number, currency: string) =>
  call<T.Quote>("GET", `/v1/quote${query({ payee_id, amount_minor, currency })}`);

// Files to take away
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const statement = ({ from, to }: { from: string; to: string }, format: "pdf" | "csv") =>
  download(`/v1/statements${query({ from, to, format, zone })}`, `tuppence-statement-${from}-${to}.${format}`);
export const receipt = (id: Id) =>
  download(`/v1/payments/${id}/receipt${query({ zone })}`, `tuppence-receipt-${id}.pdf`);
export const proof = (id: Id) => download(`/v1/payments/${id}/proof`, `tuppence-proof-${id}.json`);

// Sandbox
export const sandboxBanks = () => call<{ banks: T.SandboxBank[] }>("GET", "/v1/sandbox/banks");
export const sandbox = () => call<T.Sandbox>("GET", "/v1/sandbox");
export const moveClock = (move: { advance_seconds: number } | { to: T.Instant }) =>
  call<T.Sandbox>("POST", "/v1/sandbox/clock", move);
