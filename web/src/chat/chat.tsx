import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Conversation, Id } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { back, go } from "../lib/route.ts";
import { NO_HISTORY } from "../lib/feed/state.ts";
import { read, readHistory, state } from "../lib/store.ts";
import { twoPanes } from "../shell/wide.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";
import { Lost } from "../shell/lost.tsx";
import { Composer } from "./composer.tsx";
import { Log } from "./log.tsx";

export function Chat({ conversationId }: { conversationId: Id }) {
  const conversation = state.value!.conversations[conversationId];
  if (!conversation) return <Lost />;
  return <Open conversation={conversation} />;
}

function Open({ conversation }: { conversation: Conversation }) {
  const history = state.value!.histories[conversation.id] ?? NO_HISTORY;
  const { run, failed } = useReading(conversation, history.read);
  return (
    <div class="chat">
      <ChatBar conversation={conversation} />
      {history.read ? (
        <Log conversation={conversation} history={history} />
      ) : (
        <div class="log-wait">
          {failed ? (
            <Button onClick={run}>{t("app.try_again")}</Button>
          ) : (
            <p class="loading" role="status">
              {t("app.loading")}
            </p>
          )}
        </div>
      )}
      <Composer conversation={conversation} />
    </div>
  );
}

/** Read the newest page when it is missing, and say what was seen while somebody looks. */
function useReading(conversation: Conversation, isRead: boolean) {
  const [failed, setFailed] = useState(false);
  const run = () => {
    setFailed(false);
    readHistory(conversation.id).catch(() => setFailed(true));
  };
  useEffect(() => {
    if (!isRead) run();
  }, [conversation.id, isRead]);
  useEffect(() => {
    const look = () => {
      if (isRead && document.visibilityState === "visible") void read(conversation);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [conversation, isRead]);
  return { run, failed };
}

function ChatBar({ conversation: { person } }: { conversation: Conversation }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const block = () => {
    setAsking(false);
    void task.run(async () => {
      await api.block(person.id);
      toast(t("chat.blocked", { name: person.name }));
      go("/people");
    });
  };
  return (
    <header class="bar">
      {!twoPanes.value && <IconButton name="chevron-left" label={t("app.back")} onClick={back} />}
      <Avatar person={person} size={38} />
      <div class="bar-who">
        <h1 dir="auto">{person.name}</h1>
        <small>
          <bdi>@{person.handle}</bdi>
        </small>
      </div>
      <span class="bar-space" />
      <Menu label={t("chat.menu", { name: person.name })}>
        <button type="button" role="menuitem" class="danger-text" onClick={() => setAsking(true)}>
          {t("chat.block", { name: person.name })}
        </button>
      </Menu>
      {asking && (
        <Question
          title={t("chat.block_title", { name: person.name })}
          yes={t("people.block")}
          danger
          onYes={block}
          onNo={() => setAsking(false)}
        >
          {t("chat.block_hint")}
        </Question>
      )}
    </header>
  );
}
