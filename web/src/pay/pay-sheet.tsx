import { useState } from "preact/hooks";
import { conversationWith, cards, learnPayment, me, online, state, words } from "../lib/store.ts";
import { Problem } from "../lib/api/problem.ts";
import type { Id } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { formatMoney, parseMoney } from "../lib/money.ts";
import { go } from "../lib/route.ts";
import { open, type PayDraft } from "../shell/sheets.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { Question, Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { AmountInput, Keypad } from "./amount-input.tsx";
import { FundingRow } from "./funding.tsx";
import { fulfil, retrying } from "./intention.ts";
import { payCards, whyNot } from "./rules.ts";
import { Terms } from "./terms.tsx";
import { whyWords } from "./why.ts";

const NOTE_LENGTH_MAX = 280;

export function PaySheet({ draft, onClose }: { draft: PayDraft; onClose: () => void }) {
  const { payee } = draft;
  const { limits } = state.value!;
  const { currency } = limits;
  const [text, setText] = useState(draft.amount ?? "");
  const [note, setNote] = useState(draft.note ?? "");
  const [chosen, setChosen] = useState<Id | null>(null);
  const [problem, setProblem] = useState("");
  const [asking, setAsking] = useState(false);
  const [id] = useState(uuid7); // One sheet, one intention: a refused send wrote nothing, so its id is still free.
  const usable = payCards(cards.value);
  const card =
    usable.find((one) => one.id === chosen) ?? usable.find((one) => one.last4 !== draft.declined?.last4) ?? usable[0];
  const minor = parseMoney(text, currency);
  const why = whyNot({ minor, typed: text !== "", limits, card, online: online.value });
  const amount = minor === null ? "" : formatMoney(minor, currency, region.value);

  const task = useTask((error) => {
    if (error instanceof Problem && error.code === "looks_like_a_duplicate") setAsking(true);
    else setProblem(words(error, { name: payee.name }));
  });
  const send = (duplicate_ok: boolean) => {
    setProblem("");
    setAsking(false);
    if (why || !minor || !card) return;
    const ask = {
      payee_id: payee.id,
      amount_minor: minor,
      currency,
      note: note.trim(),
      card_id: card.id,
      duplicate_ok,
    };
    void task.run(async () => {
      const payment = await fulfil({ id, owner: me.value.id, ask });
      learnPayment(payment);
      onClose();
      go(`/c/${(await conversationWith(payee.id)).id}`);
      if (payment.can.includes("step_up")) open({ kind: "confirm", payment: payment.id });
    });
  };
  return (
    <Sheet title={<PayeeTitle draft={draft} />} onClose={onClose} closable={!task.busy}>
      <form
        class="pay-sheet"
        onSubmit={(event) => {
          event.preventDefault();
          if (why?.why === "card") open({ kind: "add-card" });
          else send(false);
        }}
      >
        <AmountInput text={text} onText={setText} currency={currency} />
        <Terms payee={payee} minor={why ? null : minor} limits={limits} />
        <input
          class="note"
          dir="auto"
          maxLength={NOTE_LENGTH_MAX}
          placeholder={t("pay.note")}
          aria-label={t("pay.note")}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
          autocomplete="off"
        />
        <FundingRow cards={usable} card={card} onChoose={setChosen} choosing={draft.declined !== undefined} />
        <Keypad text={text} onText={setText} />
        <div class="pay-end">
          <p class="error" role="alert">
            {problem}
          </p>
          {retrying.value && (
            <p class="hint" role="status">
              {t("pay.retrying")}
            </p>
          )}
          <button
            type="submit"
            class="button copper big"
            aria-disabled={(why !== null && why.why !== "card") || task.busy}
            aria-busy={task.busy}
          >
            {task.busy ? t("pay.sending") : why ? whyWords(why, currency) : t("pay.cta", { name: payee.name, amount })}
          </button>
        </div>
      </form>
      {asking && (
        <Question
          title={t("pay.duplicate_title")}
          yes={t("pay.duplicate_yes")}
          no={t("pay.duplicate_no")}
          onYes={() => send(true)}
          onNo={() => setAsking(false)}
        >
          {t("pay.duplicate", { amount, name: payee.name })}
        </Question>
      )}
    </Sheet>
  );
}

function PayeeTitle({ draft: { payee } }: { draft: PayDraft }) {
  return (
    <span class="payee">
      <Avatar person={payee} size={30} />
      <span>
        <span class="heard">{t("pay.title", { name: "" })}</span>
        <bdi>{payee.name}</bdi>
        <small>@{payee.handle}</small>
      </span>
    </span>
  );
}
