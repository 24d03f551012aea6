import { useId, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { now } from "../lib/clock.ts";
import { t } from "../lib/i18n/index.ts";
import { save } from "../lib/save.ts";
import { online, words } from "../lib/store.ts";
import { Choice } from "../settings/choice.tsx";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";
import { month, whyNot, type Choice as Which, type Period } from "./periods.ts";

type Form = "pdf" | "csv";

/** A statement to take away: of which days, and as what. */
export function StatementSheet({ onClose }: { onClose: () => void }) {
  const [which, setWhich] = useState<Which>("this_month");
  const [own, setOwn] = useState<Period>(() => month(now.value, 0));
  const [making, setMaking] = useState<Form | null>(null);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const period = which === "custom" ? own : month(now.value, which === "this_month" ? 0 : 1);
  const why = online.value ? whyNot(period) : "offline";
  const take = (form: Form) => () => {
    setProblem("");
    if (why) return setProblem(t(`statement.why_${why}`));
    setMaking(form);
    void task.run(async () => {
      save(await api.statement(period, form));
      toast(t("statement.saved"));
      onClose();
    });
  };
  return (
    <Sheet title={t("statement.title")} onClose={onClose} size="card">
      <div class="stack statement">
        <p class="muted">{t("statement.hint")}</p>
        <Choice
          label={t("statement.period")}
          options={[
            ["this_month", t("statement.this_month")],
            ["last_month", t("statement.last_month")],
            ["custom", t("statement.custom")],
          ]}
          value={which}
          onChoose={(one) => {
            setWhich(one);
            setProblem("");
          }}
        />
        {which === "custom" && (
          <div class="row">
            <DayField label={t("statement.from")} value={own.from} onDay={(from) => setOwn({ ...own, from })} />
            <DayField label={t("statement.to")} value={own.to} onDay={(to) => setOwn({ ...own, to })} />
          </div>
        )}
        <p class="error" role="alert">
          {problem || (why && why !== "missing" ? t(`statement.why_${why}`) : "")}
        </p>
        <p class="hint" role="status">
          {task.busy ? t("statement.making") : ""}
        </p>
        <div class="row">
          <Button icon="download" onClick={take("csv")} busy={task.busy && making === "csv"} aria-disabled={why !== null}>
            {t("statement.csv")}
          </Button>
          <Button
            kind="copper"
            icon="download"
            onClick={take("pdf")}
            busy={task.busy && making === "pdf"}
            aria-disabled={why !== null}
          >
            {t("statement.pdf")}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

function DayField({ label, value, onDay }: { label: string; value: string; onDay: (day: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="date" min="2000-01-01" value={value} onInput={(event) => onDay(event.currentTarget.value)} />
    </div>
  );
}
