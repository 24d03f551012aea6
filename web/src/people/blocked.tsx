import * as api from "../lib/api/calls.ts";
import type { Profile } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { rereadFriends, state } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";
import { PersonLine } from "./person-line.tsx";

/** Whom you blocked. Nobody else ever learns it. */
export function Blocked() {
  const { blocked } = state.value!.friends;
  if (blocked.length === 0) return null;
  return (
    <section>
      <h2>{t("people.blocked")}</h2>
      <ul class="list">
        {blocked.map((one) => (
          <One key={one.id} person={one} />
        ))}
      </ul>
    </section>
  );
}

function One({ person }: { person: Profile }) {
  const task = useTask();
  const unblock = () =>
    void task.run(async () => {
      await api.unblock(person.id);
      await rereadFriends();
    });
  return (
    <li>
      <PersonLine person={person}>
        <Button busy={task.busy} onClick={unblock}>
          {t("people.unblock")}
        </Button>
      </PersonLine>
    </li>
  );
}
