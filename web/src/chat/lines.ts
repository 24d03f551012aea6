/** What a conversation shows, line by line: day marks between days, runs of one sender held together. Pure. */
import type { Id, Message } from "../lib/api/types.ts";
import { dayOf } from "../lib/when.ts";

export type Line =
  | { kind: "day"; key: string; at: string }
  | {
      kind: "message";
      key: Id;
      message: Message;
      /** Ends a run: the next is another sender, day or kind, or much later. */ ends: boolean;
    };

const RUN_MS = 5 * 60_000;

export function lines(messages: readonly Message[]): Line[] {
  return messages.flatMap((message, index): Line[] => {
    const before = messages[index - 1];
    const line: Line = { kind: "message", key: message.id, message, ends: !runsOn(message, messages[index + 1]) };
    const newDay = !before || dayOf(before.at) !== dayOf(message.at);
    return newDay ? [{ kind: "day", key: `day ${dayOf(message.at)} ${message.id}`, at: message.at }, line] : [line];
  });
}

function runsOn(message: Message, next: Message | undefined): boolean {
  if (!next || next.sender_id !== message.sender_id || next.kind !== message.kind) return false;
  return dayOf(next.at) === dayOf(message.at) && Date.parse(next.at) - Date.parse(message.at) < RUN_MS;
}
