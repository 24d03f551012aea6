import type { Id } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { heading } from "../lib/payment.ts";
import { face, says } from "../lib/says.ts";
import { cards, state } from "../lib/store.ts";
import { LimitBar } from "../settings/limits.tsx";
import { Amount } from "../ui/amount.tsx";

const SHOWN_MOST = 4;

/** Beside a wide conversation: the two of you, what you can still send, and where money comes and goes. */
export function Context({ conversationId }: { conversationId: Id }) {
  const conversation = state.value!.conversations[conversationId];
  if (!conversation) return null;
  return (
    <>
      <Between id={conversationId} name={conversation.person.name} />
      <section>
        <h2>{t("settings.limits")}</h2>
        {state.value!.limits.windows.map((window) => (
          <LimitBar key={window.name} window={window} currency={state.value!.limits.currency} />
        ))}
      </section>
      <section>
        <h2>{t("context.cards")}</h2>
        <Cards />
      </section>
    </>
  );
}

function Between({ id, name }: { id: Id; name: string }) {
  const payments = Object.values(state.value!.payments)
    .filter((payment) => payment.conversation_id === id)
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, SHOWN_MOST);
  return (
    <section>
      <h2>{t("context.you_and", { name })}</h2>
      {payments.length === 0 && <p class="muted">{t("context.nothing")}</p>}
      <ul class="plain">
        {payments.map((payment) => (
          <li key={payment.id}>
            <a class="between" href={`/receipt/${payment.id}`}>
              <span class="grow">
                {heading(payment)}
                <small>{says(payment)?.word}</small>
              </span>
              <Amount minor={payment.amount_minor} currency={payment.currency} class="figure" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Cards() {
  const pays = cards.value.find((card) => card.pays);
  const receives = cards.value.find((card) => card.receives);
  if (!pays && !receives) return <p class="muted">{t("card.none")}</p>;
  return (
    <div class="muted">
      {pays && <p>{t("card.pays_with", { card: face(pays) })}</p>}
      {receives && <p>{t("card.receives_on", { card: face(receives) })}</p>}
    </div>
  );
}
