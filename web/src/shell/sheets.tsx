/** The sheets that lie over the screen, the last one on top: one that interrupts another gives way to it again. */
import { signal } from "@preact/signals";
import type { CardFace, Dispute, Id, Payment, Profile, Reportable } from "../lib/api/types.ts";
import { StatementSheet } from "../activity/statement-sheet.tsx";
import { AddBank } from "../banks/add-bank.tsx";
import { ConfirmBank } from "../banks/confirm-bank.tsx";
import { AddCard } from "../cards/add-card.tsx";
import { PaySheet } from "../pay/pay-sheet.tsx";
import { ConfirmSheet } from "../pay/confirm-sheet.tsx";
import { AnswerSheet, ReportSheet } from "../receipt/report-sheet.tsx";
import { SetPin } from "../settings/set-pin.tsx";

export interface PayDraft {
  payee: Profile;
  /** As typed, so "20" or "20.5". */
  amount?: string;
  note?: string;
  /** The card that was declined: choose among the others. */
  declined?: CardFace;
}

export type Open =
  | { kind: "pay"; draft: PayDraft }
  | { kind: "confirm"; payment: Id }
  | { kind: "add-card"; bankToo?: boolean }
  | { kind: "add-bank" }
  | { kind: "confirm-bank"; bank: Id }
  | { kind: "report"; payment: Payment; reasons: Reportable["reasons"] }
  | { kind: "answer-report"; dispute: Dispute }
  | { kind: "set-pin" }
  | { kind: "statement" };

const stack = signal<readonly Open[]>([]);

export const open = (sheet: Open): void => {
  stack.value = [...stack.value, sheet];
};

const close = (sheet: Open) => () => {
  stack.value = stack.value.filter((one) => one !== sheet);
};

export function Sheets() {
  return (
    <>
      {stack.value.map((sheet, depth) => (
        <One key={`${depth} ${sheet.kind}`} sheet={sheet} onClose={close(sheet)} />
      ))}
    </>
  );
}

function One({ sheet, onClose }: { sheet: Open; onClose: () => void }) {
  switch (sheet.kind) {
    case "pay":
      return <PaySheet draft={sheet.draft} onClose={onClose} />;
    case "confirm":
      return <ConfirmSheet paymentId={sheet.payment} onClose={onClose} />;
    case "add-card":
      return <AddCard bankToo={sheet.bankToo} onClose={onClose} />;
    case "add-bank":
      return <AddBank onClose={onClose} />;
    case "confirm-bank":
      return <ConfirmBank bankId={sheet.bank} onClose={onClose} />;
    case "report":
      return <ReportSheet payment={sheet.payment} reasons={sheet.reasons} onClose={onClose} />;
    case "answer-report":
      return <AnswerSheet dispute={sheet.dispute} onClose={onClose} />;
    case "set-pin":
      return <SetPin onClose={onClose} />;
    case "statement":
      return <StatementSheet onClose={onClose} />;
  }
}
