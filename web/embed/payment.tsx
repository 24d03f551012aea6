/** One payment in somebody else's page. What it shows is read from the server, again and again; nothing is believed
 * that the page around it says, and it is told nothing but a size. */
import { signal } from "@preact/signals";
import { render } from "preact";
import "../src/styles/tokens.css";
import "./payment.css";
import type { Payment } from "../src/lib/api/types.ts";
import { clock } from "../src/lib/clock.ts";
import { locale, t } from "../src/lib/i18n/index.ts";
import { heading } from "../src/lib/payment.ts";
import { says } from "../src/lib/says.ts";
import { Amount } from "../src/ui/amount.tsx";
import { Chip, Sentence } from "../src/ui/chip.tsx";
import { Icon } from "../src/ui/icon.tsx";
import { Mark } from "../src/ui/mark.tsx";

const SOON_MS = 1_500;
const LATER_MS = 15_000;
const MOVING = new Set(["created", "step_up", "debiting", "crediting", "debit_unknown", "credit_unknown"]);

interface Shown {
  payment: Payment;
  sandbox_seconds: number;
}

const ticket = location.hash.slice(1);
const shown = signal<Payment | null>(null);
const over = signal(false);

function Bubble() {
  if (over.value) return <p class="muted">{t("embed.over")}</p>;
  const payment = shown.value;
  if (!payment) return <p class="muted">{t("app.loading")}</p>;
  const said = says(payment);
  const confirm = said?.actions.includes("step_up") ?? false;
  return (
    <article class="pay" aria-label={heading(payment)}>
      <p class="pay-verb">
        <span dir="auto">{heading(payment)}</span>
        <Mark size={18} />
      </p>
      <Amount minor={payment.amount_minor} currency={payment.currency} />
      {payment.note && (
        <p class="pay-note" dir="auto">
          {payment.note}
        </p>
      )}
      {said && (
        <div aria-live="polite">
          <Chip said={said} />
          <Sentence pieces={said.sentence} />
        </div>
      )}
      {/* Our own window, never theirs: there the person sees whose page it is, and confirms by PIN or passkey. */}
      <a class={confirm ? "button copper" : "open"} href={`/receipt/${payment.id}`} target="_blank" rel="noopener">
        {confirm && <Icon name="lock-keyhole" size={16} />}
        {t(confirm ? "embed.confirm" : "embed.open")}
      </a>
    </article>
  );
}

async function look(): Promise<void> {
  const sent = Date.now();
  const response = await fetch("/v1/embed/payment", {
    headers: { Authorization: `Bearer ${ticket}` },
    credentials: "omit",
  });
  clock.observe(response.headers.get("Date"), sent, Date.now());
  if (response.status === 401) {
    over.value = true;
    return;
  }
  if (!response.ok) return;
  const found = (await response.json()) as Shown;
  clock.sandbox_ms = found.sandbox_seconds * 1000;
  shown.value = found.payment;
}

async function follow(): Promise<void> {
  while (!over.value) {
    if (!document.hidden) await look().catch(() => undefined);
    const wait_ms = MOVING.has(shown.value?.state ?? "created") ? SOON_MS : LATER_MS;
    await new Promise((wake) => setTimeout(wake, wait_ms));
  }
  parent.postMessage({ type: "tuppence.close" }, "*");
}

const asked = new URLSearchParams(location.search).get("lang");
if (asked === "fr" || asked === "en") locale.value = asked;
const body = document.getElementById("payment")!;
render(<Bubble />, body);
// Neither message tells anything that the page around does not know.
new ResizeObserver(() => parent.postMessage({ type: "tuppence.size", height: body.offsetHeight }, "*")).observe(body);
void follow();
