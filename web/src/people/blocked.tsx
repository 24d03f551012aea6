import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Profile } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { Button } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";
import { PersonLine } from "./person-line.tsx";

/** Whom you blocked. Nobody else ever learns it. */
export function Blocked() {
  const [blocked, setBlocked] = useState<readonly Profile[]>([]);
  const task = useTask();
  useEffect(() => {
    api.blocks().then(
      (answer) => setBlocked(answer.blocked),
      () => undefined,
    );
  }, []);
  const unblock = (id: Id) => () =>
    void task.run(async () => {
      await api.unblock(id);
      setBlocked(blocked.filter((one) => one.id !== id));
    });
  if (blocked.length === 0) return null;
  return (
    <section>
      <h2>{t("people.blocked")}</h2>
      <ul class="list">
        {blocked.map((one) => (
          <li key={one.id}>
            <PersonLine person={one}>
              <Button onClick={unblock(one.id)}>{t("people.unblock")}</Button>
            </PersonLine>
          </li>
        ))}
      </ul>
    </section>
  );
}
