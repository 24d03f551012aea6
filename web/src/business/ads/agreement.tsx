import { useMemo, useState } from "preact/hooks";
import * as api from "../../lib/api/calls.ts";
import { Problem } from "../../lib/api/problem.ts";
import type { BankAccount, Id } from "../../lib/api/types.ts";
import { locale } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { toast } from "../../ui/toast.tsx";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { named } from "./order.tsx";
import { t } from "./words.ts";

interface Props {
  bank: BankAccount;
  onAgreed: (mandate: Id) => Promise<void>;
  onClose: () => void;
}

/** The owner of a bank account reads what may be taken from it, whole, and agrees. */
export function Agreement({ bank, onAgreed, onClose }: Props) {
  const language = locale.value;
  const read = useRead(() => api.mandateWords(bank.id, language));
  const [ticked, setTicked] = useState(false);
  const [problem, setProblem] = useState("");
  const id = useMemo(uuid7, [read.told?.version]); // one intention: asked again as it was, it is the same mandate
  const task = useTask((error) => {
    setProblem(words(error));
    if (error instanceof Problem && error.code === "words_outdated") read.again();
  });
  const agree = (event: Event) => {
    event.preventDefault();
    if (!read.told) return;
    if (!ticked) return setProblem(t("ads.agree_first"));
    const { version } = read.told;
    setProblem("");
    void task.run(async () => {
      const said = { bank_account_id: bank.id, business_id: null, scope: "standing", amount_minor: null } as const;
      const mandate = await api.agreeToMandate(id, { ...said, version, language });
      await onAgreed(mandate.id);
      toast(t("ads.agreed", { account: named(bank) }));
      onClose();
    });
  };
  return (
    <Sheet title={t("ads.agree_title", { account: named(bank) })} onClose={onClose} size="card" closable={!task.busy}>
      {read.told ? (
        <form class="stack" onSubmit={agree} noValidate>
          <blockquote class="ads-mandate" dir="auto">
            {read.told.words}
          </blockquote>
          <p class="muted">{t("ads.agree_how")}</p>
          <label class="ads-tick">
            <input type="checkbox" checked={ticked} onChange={(event) => setTicked(event.currentTarget.checked)} />
            <span>{t("ads.i_agree")}</span>
          </label>
          <p class="error" role="alert">
            {problem}
          </p>
          <Button type="submit" kind="copper" busy={task.busy}>
            {t("ads.agree")}
          </Button>
        </form>
      ) : (
        <Waiting read={read} />
      )}
    </Sheet>
  );
}
