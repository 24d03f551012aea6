import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { BankHabits, SandboxAccount, SandboxBank, SandboxLine } from "../lib/api/types.ts";
import { now } from "../lib/clock.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { state, words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";

/** What the banks' own customers would see. Read when it is opened, and after the clock was moved. */
export function Banks() {
  const [banks, setBanks] = useState<readonly SandboxBank[] | null>(null);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const load = () =>
    void task.run(async () => {
      setProblem("");
      setBanks((await api.sandboxBanks()).banks);
    });
  useEffect(load, [state.value?.sandbox?.offset_seconds]);
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("banks.title")}</h1>
        <IconButton name="rotate-cw" label={t("banks.refresh")} disabled={task.busy} onClick={load} />
      </header>
      <div class="scroll" tabIndex={0}>
        <p class="muted padded">{t("banks.about")}</p>
        {problem && (
          <div class="padded" role="alert">
            <p>{problem}</p>
            <Button onClick={load}>{t("app.try_again")}</Button>
          </div>
        )}
        {banks === null && !problem && (
          <p class="loading" role="status">
            {t("app.loading")}
          </p>
        )}
        {banks?.map((bank) => (
          <section key={bank.name}>
            <h2>{bank.name}</h2>
            <Habits habits={bank.habits} />
            {bank.accounts.map((account) => (
              <Account key={account.id} account={account} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

/** When it posts, and what goes wrong at it. */
function Habits({ habits }: { habits: BankHabits }) {
  const only = habits.posting.length === 1;
  const posts = habits.posting.map(({ when: late, percent }) =>
    only ? t(`banks.posts_${late}`) : `${t(`banks.posts_${late}`)} (${percent} %)`,
  );
  const troubles = habits.troubles.map(({ what, permille }) => `${t(`banks.trouble_${what}`)} ${permille} ‰`);
  return (
    <p class="muted padded">
      {t("banks.posts", { when: posts.join(", ") })}
      {troubles.length > 0 && ` ${t("banks.troubles", { what: troubles.join(", ") })}`}
      {habits.down_until && ` ${t("banks.down", { time: when.dayAndTime(habits.down_until) })}`}
    </p>
  );
}

function Account({ account }: { account: SandboxAccount }) {
  const number = account.number;
  return (
    <details class="account">
      <summary>
        <span>
          {account.label}
          <small>
            {t(account.kind === "card" ? "banks.card" : "banks.account", { number })}
            {account.closed && ` · ${t("banks.closed")}`}
          </small>
        </span>
        <span class="number">
          {money(account.balance_minor)}
          {account.coming_minor !== 0 && <small>{t("banks.coming", { amount: money(account.coming_minor) })}</small>}
        </span>
      </summary>
      {account.lines.length === 0 && <p class="muted">{t("banks.nothing")}</p>}
      <ul>
        {account.lines.map((line, place) => (
          <li key={place}>
            <span>
              {t(`banks.what_${line.what}`)}
              <small>{detail(line)}</small>
            </span>
            <span class={`number ${line.code || line.undone ? "void" : ""}`}>{money(line.amount_minor)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What counts at once: there is no later day on which it can be spent. */
const TAKES = new Set<SandboxLine["what"]>(["debit", "purchase"]);

/** When, and what became of it. */
function detail(line: SandboxLine): string {
  const later = Date.parse(line.posts_at) > now.value && !line.code && !line.undone && !TAKES.has(line.what);
  return [
    when.dayAndTime(line.at),
    line.code && t("banks.refused", { code: line.code }),
    line.undone && t("banks.undone"),
    later && t("banks.from", { time: when.dayAndTime(line.posts_at) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

const money = (minor: number): string => formatMoney(minor, state.value!.limits.currency, region.value);
