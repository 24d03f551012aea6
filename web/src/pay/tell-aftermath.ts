import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { learnPayment, me } from "../lib/store.ts";
import { toast } from "../ui/toast.tsx";
import { aftermath } from "./intention.ts";

/** The page died while a payment was under way: say what became of it. One that was sent shows itself in its chat. */
export async function tellAftermath(): Promise<void> {
  const after = await aftermath(me.value.id);
  if (after && "sent" in after) learnPayment(after.sent);
  if (!after || !("notSent" in after)) return;
  const { amount_minor, currency } = after.notSent;
  toast(t("payment.not_sent_check", { amount: formatMoney(amount_minor, currency, region.value) }), "bad");
}
