import { useState } from "preact/hooks";
import { region } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { decimal, parseMoney } from "../../lib/money.ts";
import { words } from "../../lib/store.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Field } from "../../ui/field.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { t as frame } from "../words.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import type { Given } from "./ads.tsx";
import type { Campaign } from "./calls.ts";
import { runs } from "./says.ts";
import { t } from "./words.ts";

/** Campaigns with what they spent and may spend; start, stop, change, make. */
export function Campaigns({ ads, account, business }: Given) {
  const read = useRead(() => ads.campaigns(account.id));
  const [open, setOpen] = useState<Campaign | "new" | null>(null);
  const task = useTask();
  const mayPlan = business.role !== "analyst";
  const turn = (one: Campaign) =>
    void task.run(async () => learn(await ads.setCampaign(account.id, one.id, { ...wanted(one), running: !one.running })));
  const campaigns = read.told;
  if (!campaigns) return <Waiting read={read} />;
  const learn = (one: Campaign) => {
    const known = campaigns.some(({ id }) => id === one.id);
    read.set(known ? campaigns.map((it) => (it.id === one.id ? one : it)) : [...campaigns, one]);
  };
  return (
    <>
      {campaigns.length === 0 && <p class="padded muted">{t("ads.no_campaigns")}</p>}
      <ul class="list">
        {campaigns.map((one) => (
          <li key={one.id} class="line ads-campaign">
            <span class="line-text">
              <b dir="auto">{one.name}</b>
              <small>
                {t("ads.spent")} <Amount minor={one.spent_minor} currency={account.currency} />
                {" · "}
                {t("ads.today")} <Amount minor={one.spent_today_minor} currency={account.currency} />
              </small>
              <Chip said={runs(one.delivery)} />
            </span>
            {mayPlan && (
              <span class="line-actions">
                <Button onClick={() => setOpen(one)} aria-label={t("ads.change_what", { name: one.name })}>
                  {t("ads.change")}
                </Button>
                <Button
                  onClick={() => turn(one)}
                  aria-label={t(one.running ? "ads.stop_what" : "ads.start_what", { name: one.name })}
                >
                  {t(one.running ? "ads.stop" : "ads.start")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {mayPlan && (
        <div class="padded">
          <Button kind="copper" onClick={() => setOpen("new")}>
            {t("ads.new_campaign")}
          </Button>
        </div>
      )}
      {open && (
        <Edit
          known={open === "new" ? null : open}
          currency={account.currency}
          onSave={async (id, body) => learn(await ads.setCampaign(account.id, id, body))}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

type Wanted = Pick<Campaign, "name" | "running" | "budget_minor" | "daily_cap_minor" | "starts_at" | "ends_at">;

const wanted = ({ name, running, budget_minor, daily_cap_minor, starts_at, ends_at }: Campaign): Wanted => ({
  name,
  running,
  budget_minor,
  daily_cap_minor,
  starts_at,
  ends_at,
});

interface EditProps {
  known: Campaign | null;
  currency: string;
  onSave: (id: string, body: Wanted) => Promise<void>;
  onClose: () => void;
}

function Edit({ known, currency, onSave, onClose }: EditProps) {
  const [id] = useState(() => known?.id ?? uuid7());
  const [name, setName] = useState(known?.name ?? "");
  const [budget, setBudget] = useState(shown(known?.budget_minor, currency));
  const [cap, setCap] = useState(shown(known?.daily_cap_minor, currency));
  const [problem, setProblem] = useState<{ name?: string; budget?: string; cap?: string; other?: string }>({});
  const task = useTask((error) => setProblem({ other: words(error) }));
  const submit = (event: Event) => {
    event.preventDefault();
    const limits = { budget_minor: read(budget, currency), daily_cap_minor: read(cap, currency) };
    const wrong = {
      ...(name.trim() ? {} : { name: frame("business.needs_name") }),
      ...(limits.budget_minor === undefined ? { budget: t("ads.needs_amount") } : {}),
      ...(limits.daily_cap_minor === undefined ? { cap: t("ads.needs_amount") } : {}),
    };
    setProblem(wrong);
    if (Object.keys(wrong).length) return;
    void task.run(async () => {
      const { budget_minor = null, daily_cap_minor = null } = limits;
      const base = known ? wanted(known) : { running: true, starts_at: null, ends_at: null };
      await onSave(id, { ...base, name: name.trim(), budget_minor, daily_cap_minor });
      onClose();
    });
  };
  return (
    <Sheet
      title={known ? t("ads.change_what", { name: known.name }) : t("ads.new_campaign")}
      size="card"
      onClose={onClose}
    >
      <form class="form stack" onSubmit={submit} noValidate>
        <Field label={t("ads.name")} error={problem.name} value={name} onValue={setName} maxLength={60} autocomplete="off" />
        <Field
          label={t("ads.daily_cap")}
          hint={t("ads.cap_hint")}
          error={problem.cap}
          value={cap}
          onValue={setCap}
          inputMode="decimal"
          autocomplete="off"
        />
        <Field
          label={t("ads.budget")}
          hint={t("ads.budget_hint")}
          error={problem.budget}
          value={budget}
          onValue={setBudget}
          inputMode="decimal"
          autocomplete="off"
        />
        {problem.other && (
          <p class="error" role="alert">
            {problem.other}
          </p>
        )}
        <Button kind="copper" type="submit" busy={task.busy}>
          {t("ads.save")}
        </Button>
      </form>
    </Sheet>
  );
}

/** An amount as one types it; empty for none. */
export function shown(minor: number | null | undefined, currency: string): string {
  return minor == null ? "" : new Intl.NumberFormat(region.value, { useGrouping: false }).format(decimal(minor, currency));
}

/** What was typed: null for nothing, undefined for what is no amount above zero. */
export function read(text: string, currency: string): number | null | undefined {
  if (!text.trim()) return null;
  return parseMoney(text, currency) || undefined;
}
