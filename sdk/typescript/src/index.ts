export { Tuppence, type Charge, type Event, type GameQuote, type Grant, type Options, type Payment, type Sold } from "./client.ts";
export { BadSignature, NoAnswer, Refused } from "./errors.ts";
export { newId } from "./ids.ts";
export { verify, type WebhookEvent } from "./webhooks.ts";
