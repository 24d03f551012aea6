import * as api from "../lib/api/calls.ts";
import { clock, now } from "../lib/clock.ts";
import { t } from "../lib/i18n/index.ts";
import { setSandbox, state } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { nextFriday } from "./friday.ts";

const DAY_SECONDS = 86_400;

/** Always there in a sandbox, never in a live house, so that nobody takes one for the other. */
export function SandboxBar() {
  const task = useTask();
  if (!state.value?.sandbox) return null;
  const move = (to: Parameters<typeof api.moveClock>[0]) => () =>
    void task.run(async () => setSandbox(await api.moveClock(to)));
  return (
    <div class="sandbox" aria-busy={task.busy}>
      <p>
        <Icon name="flask-conical" size={16} />
        <b>{t("sandbox.bar")}</b>
        <a href="/banks">{t("sandbox.banks")}</a>
        <time dateTime={new Date(now.value).toISOString()}>{when.dayAndTime(now.value)}</time>
      </p>
      <div class="row">
        <button type="button" class="button small" onClick={move({ advance_seconds: DAY_SECONDS })}>
          {t("sandbox.day")}
        </button>
        <button type="button" class="button small" onClick={() => void move({ to: nextFriday(clock.now()) })()}>
          {t("sandbox.friday")}
        </button>
      </div>
    </div>
  );
}
