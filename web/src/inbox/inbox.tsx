import type { Conversation, Message } from "../lib/api/types.ts";
import { now } from "../lib/clock.ts";
import { isolate, region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { route } from "../lib/route.ts";
import { paid } from "../lib/payment.ts";
import { says } from "../lib/says.ts";
import { conversations, me, state } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";

/** `aside`: beside another screen, which then has the page's first heading. */
export function Inbox({ aside = false }: { aside?: boolean }) {
  const Heading = aside ? "h2" : "h1";
  return (
    <div class="inbox">
      <header class="bar">
        <Mark size={34} />
        <Heading>{t("app.name")}</Heading>
        <span class="bar-space" />
        <a class="icon-button" href="/people" aria-label={t("inbox.invite")} title={t("inbox.invite")}>
          <Icon name="user-plus" size={22} />
        </a>
      </header>
      {state.value === null ? <Skeleton /> : conversations.value.length ? <List /> : <Empty />}
    </div>
  );
}

/** Wide and nothing chosen yet. */
export function Pick() {
  return (
    <div class="empty">
      <Mark size={72} />
      <h1>{t("inbox.pick")}</h1>
      <p class="muted">{t("inbox.pick_hint")}</p>
    </div>
  );
}

function List() {
  return (
    <ul class="list">
      {conversations.value.map((one) => (
        <li key={one.id}>
          <Line conversation={one} />
        </li>
      ))}
    </ul>
  );
}

function Line({ conversation }: { conversation: Conversation }) {
  const { id, person, last_message: last, unread } = conversation;
  const here = route.value.screen === "chat" && route.value.conversation === id;
  return (
    <a class="line" href={`/c/${id}`} aria-current={here ? "page" : undefined}>
      <Avatar person={person} size={44} />
      <span class="line-text">
        <b dir="auto">{person.name}</b>
        <small dir="auto">{last ? preview(last) : ""}</small>
      </span>
      <span class="line-end">
        {last && <time dateTime={last.at}>{when.brief(last.at, now.value)}</time>}
        {unread > 0 && (
          <b class="badge" title={t("inbox.unread", { n: unread })}>
            <span aria-hidden="true">{unread}</span>
            <span class="heard">{t("inbox.unread", { n: unread })}</span>
          </b>
        )}
      </span>
    </a>
  );
}

function preview(message: Message): string {
  const payment = message.ref_id ? state.value!.payments[message.ref_id] : undefined;
  if (message.kind === "text") {
    const text = message.body ?? "";
    return message.sender_id === me.value.id ? t("inbox.you", { text }) : text;
  }
  if (!payment) return "";
  const amount = formatMoney(payment.amount_minor, payment.currency, region.value);
  const verb = paid(payment)
    ? t(payment.viewer === "payer" ? "inbox.you_paid" : "inbox.paid_you", { amount })
    : isolate(amount);
  return `${verb} · ${says(payment)?.word ?? ""}`;
}

function Skeleton() {
  return (
    <div role="status" aria-label={t("app.loading")}>
      {[1, 2, 3].map((n) => (
        <div key={n} class="line skeleton" aria-hidden="true">
          <span class="avatar" />
          <span class="line-text">
            <b />
            <small />
          </span>
        </div>
      ))}
    </div>
  );
}

function Empty() {
  return (
    <div class="empty">
      <Icon name="message-circle" size={32} />
      <p class="title">{t("inbox.empty")}</p>
      <p class="muted">{t("inbox.empty_hint")}</p>
      <a class="button plain" href="/people">
        {t("inbox.invite")}
      </a>
    </div>
  );
}
