import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Profile } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { back, go } from "../lib/route.ts";
import { conversationWith, rereadFriends, state, words } from "../lib/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";

/** /add/{handle}: who that is, and what the two of you can do next. */
export function Add({ handle }: { handle: string }) {
  const [person, setPerson] = useState<Profile | null>(null);
  const [problem, setProblem] = useState("");
  // What they are to you may change while you look: read again whenever your friends do.
  const { friends } = state.value!;
  useEffect(() => {
    api.person(handle).then(setPerson, (error: unknown) => setProblem(words(error)));
  }, [handle, friends]);
  return (
    <div class="screen">
      <header class="bar">
        <IconButton name="chevron-left" label={t("app.back")} onClick={back} />
        <h1>{t("people.add")}</h1>
      </header>
      <div class="empty">
        {person ? (
          <>
            <Avatar person={person} size={96} />
            <p class="title" dir="auto">
              {person.name}
            </p>
            <p class="muted">
              <bdi>@{person.handle}</bdi>
            </p>
            <Next person={person} />
          </>
        ) : (
          <p role="status">{problem || t("app.loading")}</p>
        )}
      </div>
    </div>
  );
}

function Next({ person }: { person: Profile }) {
  const task = useTask();
  const ask = () =>
    void task.run(async () => {
      await api.askFriend(uuid7(), person.handle);
      await rereadFriends();
    });
  const accept = () =>
    void task.run(async () => {
      const request = state.value!.friends.incoming.find((one) => one.person.id === person.id);
      if (request) await api.answerFriend(request.id, "accept");
      await rereadFriends();
    });
  const talk = () => void task.run(async () => go(`/c/${(await conversationWith(person.id)).id}`));
  switch (person.relation) {
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
        <Button kind="copper" busy={task.busy} onClick={accept}>
          {t("people.accept")}
        </Button>
      );
    default:
      return (
        <Button kind="copper" icon="user-plus" busy={task.busy} onClick={ask}>
          {t("people.ask")}
        </Button>
      );
  }
}
