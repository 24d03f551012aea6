import { setSandbox } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { Copyable, Curl } from "./copy.tsx";
import type { PageProps } from "./developers.tsx";
import { t } from "./words.ts";

const STEPS = [
  ["dev.hour", 3600],
  ["dev.day", 86_400],
  ["dev.three_days", 3 * 86_400],
  ["dev.month", 30 * 86_400],
] as const;

/** The sandbox's clock: one for everybody, forward only. */
export function ClockPage({ calls }: PageProps) {
  const read = useRead(calls.clock);
  const task = useTask();
  const advance = (seconds: number) => () =>
    void task.run(async () => {
      const moved = await calls.advance(seconds);
      read.set(moved);
      setSandbox({ sandbox: true, now: moved.now, offset_seconds: moved.offset_seconds });
    });
  if (!read.told) return <Waiting read={read} />;
  return (
    <>
      <section class="padded">
        <h2>{t("dev.clock")}</h2>
        <p class="amount">
          <time dateTime={read.told.now}>{when.dayAndTime(read.told.now)}</time>
        </p>
        <p class="muted">{t("dev.clock_about")}</p>
        <div class="row">
          {STEPS.map(([key, seconds]) => (
            <Button key={key} busy={task.busy} onClick={advance(seconds)}>
              {t(key)}
            </Button>
          ))}
        </div>
      </section>
      <section class="padded">
        <Copyable text="tuppence clock advance 3d" label={t("dev.command")} />
        <Curl method="POST" path="/test/clocks/sandbox/advance" body={{ advance_seconds: 259_200 }} />
      </section>
    </>
  );
}
