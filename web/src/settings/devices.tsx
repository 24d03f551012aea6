import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Session } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import * as when from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";

/** Where you are signed in. Signing a device out silences it within a second. */
export function Devices() {
  const [sessions, setSessions] = useState<readonly Session[]>([]);
  const task = useTask();
  useEffect(() => {
    api.sessions().then(
      (answer) => setSessions(answer.sessions),
      () => undefined,
    );
  }, []);
  const revoke = (id: Id) => () =>
    void task.run(async () => {
      await api.endSession(id);
      setSessions(sessions.filter((one) => one.id !== id));
    });
  return (
    <section>
      <h2>{t("settings.devices")}</h2>
      <ul class="list">
        {sessions.map((one) => (
          <li key={one.id} class="line">
            <span class="line-text">
              <b dir="auto">{one.device_name}</b>
              <small>
                {one.current
                  ? t("settings.this_device")
                  : t("settings.last_seen", { when: when.dayAndTime(one.seen_at) })}
              </small>
            </span>
            {!one.current && (
              <span class="line-actions">
                <Button onClick={revoke(one.id)} aria-label={t("settings.revoke_what", { device: one.device_name })}>
                  {t("settings.revoke")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
