import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { t } from "../lib/i18n/index.ts";
import { decimal } from "../lib/money.ts";
import { go, type Route } from "../lib/route.ts";
import { conversationWith, state, words } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";

/** /pay/{handle}?amount=1200: opens the conversation with the sheet filled in. Paying still takes a tap. */
export function PayDoorway({ to }: { to: Extract<Route, { screen: "pay" }> }) {
  const [problem, setProblem] = useState("");
  useEffect(() => {
    enter(to).catch((error: unknown) => setProblem(words(error)));
  }, []);
  return (
    <div class="empty">
      <h1 class="heard">{t("nav.chats")}</h1>
      <p role="status">{problem || t("app.loading")}</p>
    </div>
  );
}

async function enter({ handle, amount, note }: Extract<Route, { screen: "pay" }>): Promise<void> {
  const { person: payee, relation } = await api.person(handle);
  if (relation !== "friends") return go(`/add/${handle}`, { replace: true });
  const conversation = await conversationWith(payee.id);
  go(`/c/${conversation.id}`, { replace: true });
  const { currency } = state.value!.limits;
  const given = amount !== null && /^\d{1,9}$/.test(amount) ? { amount: decimal(Number(amount), currency) } : {};
  open({ kind: "pay", draft: { payee, note, ...given } });
}
