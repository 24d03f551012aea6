import { useEffect, useState } from "preact/hooks";
import { SCOPE_ICONS } from "../apps/consent.tsx";
import * as api from "../lib/api/calls.ts";
import type { Connection, Id } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import * as when from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";

/** The apps that you let in; nothing is shown to whoever let none in. */
export function AppsSection() {
  const [connections, setConnections] = useState<readonly Connection[]>([]);
  useEffect(() => {
    api.connections().then(
      (answer) => setConnections(answer.connections),
      () => undefined,
    );
  }, []);
  const drop = async (id: Id) => {
    await api.disconnect(id);
    setConnections((known) => known.filter((one) => one.id !== id));
  };
  if (connections.length === 0) return null;
  return (
    <section>
      <h2>{t("apps.title")}</h2>
      <ul class="list">
        {connections.map((one) => (
          <AppLine key={one.id} connection={one} onDrop={() => drop(one.id)} />
        ))}
      </ul>
    </section>
  );
}

function AppLine({ connection, onDrop }: { connection: Connection; onDrop: () => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const { app_name: app, last_used_at } = connection;
  return (
    <li class="line">
      <span class="line-text">
        <b dir="auto">{app}</b>
        <small>
          {last_used_at ? t("apps.last_used", { when: when.dayAndTime(last_used_at) }) : t("apps.never_used")}
        </small>
        {connection.scopes.map((scope) => (
          <small key={scope} class="app-scope">
            <Icon name={SCOPE_ICONS[scope]} size={14} /> {t(`apps.scope_${scope}`)}
          </small>
        ))}
      </span>
      <span class="line-actions">
        <Button busy={task.busy} onClick={() => setAsking(true)} aria-label={t("apps.disconnect_what", { app })}>
          {t("apps.disconnect")}
        </Button>
      </span>
      {asking && (
        <Question
          title={t("apps.disconnect_title", { app })}
          yes={t("apps.disconnect")}
          danger
          onYes={() => {
            setAsking(false);
            void task.run(onDrop);
          }}
          onNo={() => setAsking(false)}
        >
          {t("apps.disconnect_hint")}
        </Question>
      )}
    </li>
  );
}
