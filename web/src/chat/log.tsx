import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Conversation } from "../lib/api/types.ts";
import { now } from "../lib/clock.ts";
import { draftsIn } from "../lib/feed/outbox.ts";
import type { History } from "../lib/feed/state.ts";
import { t } from "../lib/i18n/index.ts";
import { me, readHistory } from "../lib/store.ts";
import { longDay } from "../lib/when.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";
import { Bubble, DraftBubble } from "./bubble.tsx";
import { lines, type Line } from "./lines.ts";
import { PaymentBubble } from "./payment-bubble.tsx";

const NEAR_PX = 80;

export function Log({ conversation, history }: { conversation: Conversation; history: History }) {
  const waiting = useMemo(() => draftsIn(conversation.id), [conversation.id]).value;
  const shown = useMemo(() => lines(history.messages), [history.messages]);
  const lastMine = history.messages.findLast((message) => message.sender_id === me.value.id)?.id;
  const { box, atEnd, toEnd, onScroll } = useScroll(history, waiting.length);
  return (
    <div class="log-box">
      <div
        class="log"
        role="log"
        aria-label={t("chat.log", { name: conversation.person.name })}
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
      >
        <div class="log-lines">
          {!history.complete && <Older conversation={conversation} />}
          {shown.length + waiting.length === 0 && (
            <p class="log-empty">{t("chat.empty", { name: conversation.person.name })}</p>
          )}
          {shown.map((line) => (
            <One
              key={line.key}
              line={line}
              conversation={conversation}
              status={line.kind === "message" && line.message.id === lastMine && !waiting.length}
            />
          ))}
          {waiting.map((draft) => (
            <DraftBubble key={draft.client_id} draft={draft} />
          ))}
        </div>
      </div>
      {!atEnd && <IconButton class="to-end" name="arrow-down" label={t("chat.newest")} onClick={toEnd} />}
    </div>
  );
}

function One({ line, conversation, status }: { line: Line; conversation: Conversation; status: boolean }) {
  if (line.kind === "day") return <p class="day">{longDay(line.at, now.value)}</p>;
  const { message, ends } = line;
  const mine = message.sender_id === me.value.id;
  if (message.ref_id) return <PaymentBubble paymentId={message.ref_id} mine={mine} at={message.at} />;
  return (
    <Bubble
      message={message}
      mine={mine}
      ends={ends}
      sender={conversation.person.name}
      readSeq={status ? conversation.their_read_seq : null}
    />
  );
}

/** Comes into sight when somebody scrolls up, and reads on by itself; the button is for those who do not scroll. */
function Older({ conversation }: { conversation: Conversation }) {
  const task = useTask();
  const box = useRef<HTMLDivElement>(null);
  const load = () => void task.run(() => readHistory(conversation.id));
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) load();
    });
    watcher.observe(box.current!);
    return () => watcher.disconnect();
  });
  return (
    <div class="older" ref={box}>
      <Button kind="quiet" busy={task.busy} onClick={load}>
        {t("app.load_older")}
      </Button>
    </div>
  );
}

/** Stay at the end when we are at the end; stay where we are when older messages come in above. */
function useScroll(history: History, waiting: number) {
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const stuck = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const oldest = history.messages[0]?.id;
  const before = useRef(oldest);

  const toEnd = () => {
    box.current!.scrollTop = box.current!.scrollHeight;
  };
  const onScroll = () => {
    if (!box.current) return; // A last scroll is told when the conversation has been left already.
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    stuck.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    setAtEnd(stuck.current);
  };
  useLayoutEffect(() => {
    const element = box.current!;
    if (before.current !== oldest && !stuck.current) element.scrollTop += element.scrollHeight - height.current;
    before.current = oldest;
    height.current = element.scrollHeight;
  }, [oldest]);
  useLayoutEffect(() => {
    if (waiting) stuck.current = true;
  }, [waiting]);
  // A payment's bubble grows while one looks at it, and the keyboard makes the window small: the end stays in sight.
  useLayoutEffect(() => {
    const element = box.current!;
    const keep = () => {
      if (stuck.current) toEnd();
      height.current = element.scrollHeight;
    };
    keep();
    const watcher = new ResizeObserver(keep);
    watcher.observe(element);
    watcher.observe(element.firstElementChild!);
    return () => watcher.disconnect();
  }, []);
  return { box, atEnd, toEnd, onScroll };
}
