import { Icon, type IconName } from "../../ui/icon.tsx";
import type { Delivery, Endpoint } from "./calls.ts";
import { t } from "./words.ts";

type Known = Endpoint["state"] | Delivery["state"];

const LOOKS: Record<Known, [tone: string, icon: IconName]> = {
  enabled: ["ok", "check"],
  paused: ["wait", "hourglass"],
  disabled: ["bad", "circle-x"],
  delivered: ["ok", "check"],
  pending: ["wait", "clock"],
  dead: ["bad", "circle-x"],
};

/** A state as everywhere: an icon and a word on a tint. */
export function State({ state }: { state: Known }) {
  const [tone, icon] = LOOKS[state];
  return (
    <span class={`chip ${tone}`}>
      <Icon name={icon} size={14} />
      {t(`dev.state_${state}`)}
    </span>
  );
}

/** How an attempt ended: a status, or why there was none. */
export const ending = ({ status, error }: { status: number | null; error: string | null }): string =>
  status === null ? (error ? t(`dev.error_${error}` as "dev.error_timed_out") : "") : String(status);
