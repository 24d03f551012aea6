import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Tie } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { back, go } from "../lib/route.ts";
import { conversationWith, rereadFriends, state, words } from "../lib/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";

/** /add/{handle}: who that is, and what the two of you can do next. */
export function Add({ handle }: { handle: string }) {
  const [tie, setTie] = useState<Tie | null>(null);
  const [problem, setProblem] = useState("");
  // What they are to you may change while you look: read again whenever your friends do.
  const { friends } = state.value!;
  useEffect(() => {
    api.person(handle).then(setTie, (error: unknown) => setProblem(words(error)));
  }, [handle, friends]);
  return (
    <div class="screen">
      <header class="bar">
        <IconButton name="chevron-left" label={t("app.back")} onClick={back} />
        <h1>{t("people.add")}</h1>
      </header>
      <div class="empty">
        {tie ? (
          <>
            <Avatar person={tie.person} size={96} />
            <p class="title" dir="auto">
              {tie.person.name}
            </p>
            <p class="muted">
              <bdi>@{tie.person.handle}</bdi>
            </p>
            <Next tie={tie} onTie={setTie} />
          </>
        ) : (
          <p role="status">{problem || t("app.loading")}</p>
        )}
      </div>
    </div>
  );
}

function Next({ tie: { person, relation, request_id, blocked }, onTie }: { tie: Tie; onTie: (tie: Tie) => void }) {
  const task = useTask();
  const become = (what: () => Promise<Tie>) => () =>
    void task.run(async () => {
      onTie(await what());
      await rereadFriends();
    });
  const unblock = become(() => api.unblock(person.id).then(() => api.person(person.handle)));
  const talk = () => void task.run(async () => go(`/c/${(await conversationWith(person.id)).id}`));
  if (blocked) return <Button onClick={unblock}>{t("people.unblock")}</Button>;
  switch (relation) {
    case "you":
      return <p class="muted">{t("people.yourself")}</p>;
    case "friends":
      return (
        <Button kind="copper" icon="message-circle" busy={task.busy} onClick={talk}>
          {t("people.message")}
        </Button>
      );
    case "asked":
      return <p class="muted">{t("people.asked", { name: person.name })}</p>;
    case "asks_you":
      return (
        <Button kind="copper" busy={task.busy} onClick={become(() => api.answerFriend(request_id!, "accept"))}>
          {t("people.accept")}
        </Button>
      );
    case "none":
      return (
        <Button
          kind="copper"
          icon="user-plus"
          busy={task.busy}
          onClick={become(() => api.askFriend(uuid7(), person.handle))}
        >
          {t("people.ask")}
        </Button>
      );
  }
}
