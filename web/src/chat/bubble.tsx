import type { Message } from "../lib/api/types.ts";
import { drop, type Draft } from "../lib/feed/outbox.ts";
import { t, told } from "../lib/i18n/index.ts";
import { offerIn } from "../games/offer-in.ts";
import { sayAgain } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Icon } from "../ui/icon.tsx";

interface Props {
  message: Message;
  mine: boolean;
  ends: boolean;
  sender: string;
  /** How far the other has read, on the last message of mine; null elsewhere. */
  readSeq: number | null;
}

export function Bubble({ message, mine, ends, sender, readSeq }: Props) {
  const isRead = readSeq !== null && readSeq >= message.seq;
  return (
    <div class={`said ${mine ? "mine" : "theirs"} ${ends ? "ends" : ""}`}>
      <span class="heard">{mine ? t("chat.you") : sender}: </span>
      <p class="bubble" dir="auto">
        {message.body}
      </p>
      {message.body && <OfferLink body={message.body} />}
      {(ends || readSeq !== null) && (
        <small class="tick">
          <time dateTime={message.at}>{when.time(message.at)}</time>
          {readSeq !== null && (
            <>
              <Icon name={isRead ? "check-check" : "check"} size={14} />
              {t(isRead ? "chat.read" : "chat.sent")}
            </>
          )}
        </small>
      )}
    </div>
  );
}

/** A game's offer that somebody sent: the way to it, where the address is ours. */
function OfferLink({ body }: { body: string }) {
  const offer = offerIn(body, location.origin);
  return offer ? (
    <a class="button copper" href={offer}>
      {t("chat.see_offer")}
    </a>
  ) : null;
}

/** Written here and not yet acknowledged. */
export function DraftBubble({ draft }: { draft: Draft }) {
  return (
    <div class="said mine ends">
      <p class="bubble waiting" dir="auto">
        {draft.body}
      </p>
      {draft.refused ? (
        <small class="tick bad">
          <Icon name="circle-alert" size={14} />
          {t("chat.refused", { why: told(`problem.${draft.refused}`) ?? "" })}
          <button type="button" class="link" onClick={() => sayAgain(draft.client_id)}>
            {t("chat.resend")}
          </button>
          <button type="button" class="link" onClick={() => drop(draft.client_id)}>
            {t("chat.discard")}
          </button>
        </small>
      ) : (
        <small class="tick">
          <Icon name="clock" size={14} />
          {t("chat.sending")}
        </small>
      )}
    </div>
  );
}
