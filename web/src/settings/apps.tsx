import { useEffect, useState } from "preact/hooks";
import { caps } from "../apps/caps.ts";
import * as api from "../lib/api/calls.ts";
import type { Connection, Id, ShownGrant } from "../lib/api/types.ts";
import { t, type Params } from "../lib/i18n/index.ts";
import * as when from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";

/** What you let businesses charge; nothing is shown to whoever let none. */
export function GrantsSection() {
  const [grants, setGrants] = useState<readonly ShownGrant[]>([]);
  useEffect(() => {
    api.approvals().then(
      (answer) => setGrants(answer.data),
      () => undefined,
    );
  }, []);
  const stop = async (id: Id) => {
    await api.declineApproval(id);
    setGrants((known) => known.filter((one) => one.id !== id));
  };
  if (grants.length === 0) return null;
  return (
    <section>
      <h2>{t("grants.title")}</h2>
      <ul class="list">
        {grants.map((one) => (
          <Line
            key={one.id}
            name={one.business}
            what={one.says}
            lines={caps(one)}
            words="grants.stop"
            params={{ business: one.business }}
            onEnd={() => stop(one.id)}
          />
        ))}
      </ul>
    </section>
  );
}

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
          <Line
            key={one.id}
            name={one.app_name}
            what={one.last_used_at ? t("apps.last_used", { when: when.dayAndTime(one.last_used_at) }) : t("apps.never_used")}
            lines={one.scopes.map((scope) => t(`apps.scope_${scope}`))}
            words="apps.disconnect"
            params={{ app: one.app_name }}
            onEnd={() => drop(one.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  name: string;
  what: string;
  lines: string[];
  words: "apps.disconnect" | "grants.stop";
  params: Params;
  onEnd: () => Promise<void>;
}

/** Somebody who was let in, for what, and the way to end it. */
function Line({ name, what, lines, words, params, onEnd }: LineProps) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  return (
    <li class="line let-in">
      <span class="line-text">
        <b dir="auto">{name}</b>
        <small dir="auto">{what}</small>
        {lines.map((line) => (
          <small key={line}>{line}</small>
        ))}
      </span>
      <span class="line-actions">
        <Button busy={task.busy} onClick={() => setAsking(true)} aria-label={t(`${words}_what`, params)}>
          {t(words)}
        </Button>
      </span>
      {asking && (
        <Question
          title={t(`${words}_title`, params)}
          yes={t(words)}
          danger
          onYes={() => {
            setAsking(false);
            void task.run(onEnd);
          }}
          onNo={() => setAsking(false)}
        >
          {t(`${words}_hint`)}
        </Question>
      )}
    </li>
  );
}
