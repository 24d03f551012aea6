import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { FriendRequest, Profile } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { go } from "../lib/route.ts";
import { conversationWith, rereadFriends, state } from "../lib/store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { useTask } from "../ui/task.ts";
import { Blocked } from "./blocked.tsx";
import { handleIn } from "./handle.ts";
import { PersonLine } from "./person-line.tsx";
import { YourLink } from "./your-link.tsx";

export function People() {
  const { friends, incoming, outgoing } = state.value!.friends;
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("people.title")}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        {incoming.length > 0 && (
          <section>
            <h2>{t("people.incoming")}</h2>
            <ul class="list">
              {incoming.map((request) => (
                <Incoming key={request.id} request={request} />
              ))}
            </ul>
          </section>
        )}
        <AddByHandle />
        <section>
          <h2>{t("people.friends")}</h2>
          {friends.length === 0 && <p class="muted padded">{t("people.no_friends")}</p>}
          <ul class="list">
            {friends.map((friend) => (
              <Friend key={friend.id} friend={friend} />
            ))}
          </ul>
        </section>
        {outgoing.length > 0 && (
          <section>
            <h2>{t("people.outgoing")}</h2>
            <ul class="list">
              {outgoing.map(({ id, person }) => (
                <li key={id}>
                  <PersonLine person={person}>
                    <span class="chip wait">{t("people.waiting")}</span>
                  </PersonLine>
                </li>
              ))}
            </ul>
          </section>
        )}
        <YourLink />
        <Blocked />
      </div>
    </div>
  );
}

function Friend({ friend }: { friend: Profile }) {
  const task = useTask();
  const talk = () => void task.run(async () => go(`/c/${(await conversationWith(friend.id)).id}`));
  return (
    <li>
      <PersonLine person={friend}>
        <IconButton
          name="message-circle"
          label={`${t("people.message")}: ${friend.name}`}
          onClick={talk}
          aria-busy={task.busy}
        />
      </PersonLine>
    </li>
  );
}

function Incoming({ request: { id, person } }: { request: FriendRequest }) {
  const task = useTask();
  const answer = (how: "accept" | "decline") => () =>
    void task.run(async () => {
      await api.answerFriend(id, how);
      await rereadFriends();
    });
  return (
    <li>
      <PersonLine person={person}>
        <Button onClick={answer("decline")}>{t("people.decline")}</Button>
        <Button kind="copper" busy={task.busy} onClick={answer("accept")}>
          {t("people.accept")}
        </Button>
      </PersonLine>
    </li>
  );
}

function AddByHandle() {
  const [text, setText] = useState("");
  const handle = handleIn(text);
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        if (handle) go(`/add/${encodeURIComponent(handle)}`);
      }}
    >
      <Field
        label={t("people.add")}
        placeholder={t("people.add_hint")}
        value={text}
        onValue={setText}
        autocapitalize="none"
        spellcheck={false}
        autocomplete="off"
      />
      <Button type="submit" aria-disabled={!handle}>
        {t("people.find")}
      </Button>
    </form>
  );
}
