import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Asking, AskingApp, Scope } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { me, signOut, words } from "../lib/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { useTask } from "../ui/task.ts";

const SCOPE_ICONS: Record<Scope, IconName> = {
  "profile:read": "users",
  "payments:read": "receipt-text",
  "payments:send": "send",
};

/** /oauth/authorize: another app asks for something. Who it is, what it wants in plain words, and yes or no. */
export function Consent({ query }: { query: string }) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  useEffect(() => {
    api.lookAtAuthorization(query).then(
      (found) => (found.redirect_to ? leave(found.redirect_to) : setAsking(found)),
      (error: unknown) => setProblem(words(error)),
    );
  }, [query]);
  const answer = (allow: boolean) => () =>
    void task.run(async () => leave((await api.answerAuthorization(query, allow)).redirect_to));
  const app = asking?.app;
  if (!app) return <Untold problem={problem} />;
  return (
    <div class="ask scroll">
      <div class="ask-card">
        <Heading app={app} />
        <p>{t("apps.wants", { app: app.name })}</p>
        <Scopes scopes={asking.scopes} has={asking.has} />
        <p class="muted">{t("apps.you_can_stop")}</p>
        <You />
        {problem && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        <div class="ask-actions">
          <Button kind="copper" class="wide" busy={task.busy} onClick={answer(true)}>
            {t("apps.allow")}
          </Button>
          <Button class="wide" onClick={answer(false)}>
            {t("apps.deny")}
          </Button>
        </div>
        <p class="muted small">{t("apps.returns_to", { host: app.returns_to })}</p>
      </div>
    </div>
  );
}

function Heading({ app }: { app: AskingApp }) {
  return (
    <header>
      <Mark size={48} />
      <h1 dir="auto">{t("apps.asks", { app: app.name })}</h1>
      <p class="muted">
        {t("apps.by", { business: app.business })} · <bdi>{new URL(app.home_url).host}</bdi>
      </p>
    </header>
  );
}

function Scopes({ scopes, has }: { scopes: readonly Scope[]; has: readonly Scope[] }) {
  return (
    <ul class="list ask-scopes">
      {scopes.map((scope) => (
        <li key={scope} class="line">
          <Icon name={SCOPE_ICONS[scope]} />
          <span class="line-text">
            <b>{t(`apps.scope_${scope}`)}</b>
            <small>{has.includes(scope) ? t("apps.has_already") : t(`apps.about_${scope}`)}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** As whom one would say yes; somebody else may be sitting here. */
export function You() {
  const task = useTask();
  return (
    <div class="ask-you">
      <Avatar person={me.value} size={36} />
      <span dir="auto">{t("apps.as_you", { name: me.value.name })}</span>
      <Button kind="quiet" busy={task.busy} onClick={() => void task.run(signOut)}>
        {t("apps.not_you")}
      </Button>
    </div>
  );
}

/** Nothing can be asked: while it is looked at, and when the request is not to be trusted. */
export function Untold({ problem }: { problem: string }) {
  return (
    <div class="empty">
      <h1 class={problem ? "" : "heard"}>{t(problem ? "apps.untrusted" : "app.name")}</h1>
      <p role="status">{problem || t("app.loading")}</p>
      {problem && (
        <a class="button plain" href="/">
          {t("app.home")}
        </a>
      )}
    </div>
  );
}

/** Back to where the app waits; our own address goes, so that "back" does not ask again. */
function leave(address: string): void {
  location.replace(address);
}
