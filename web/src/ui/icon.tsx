/** The icons in use, all of the Lucide family. A picture beside words: hidden from screen readers. */
import { h } from "preact";
import arrowDown from "lucide:arrow-down";
import arrowRightLeft from "lucide:arrow-right-left";
import ban from "lucide:ban";
import check from "lucide:check";
import checkCheck from "lucide:check-check";
import chevronLeft from "lucide:chevron-left";
import chevronRight from "lucide:chevron-right";
import circleAlert from "lucide:circle-alert";
import circleSlash from "lucide:circle-slash";
import circleX from "lucide:circle-x";
import clock from "lucide:clock";
import clockAlert from "lucide:clock-alert";
import cloudOff from "lucide:cloud-off";
import copy from "lucide:copy";
import creditCard from "lucide:credit-card";
import deleteKey from "lucide:delete";
import download from "lucide:download";
import ellipsis from "lucide:ellipsis";
import flaskConical from "lucide:flask-conical";
import hourglass from "lucide:hourglass";
import inbox from "lucide:inbox";
import keyRound from "lucide:key-round";
import landmark from "lucide:landmark";
import lockKeyhole from "lucide:lock-keyhole";
import messageCircle from "lucide:message-circle";
import octagonX from "lucide:octagon-x";
import receiptText from "lucide:receipt-text";
import rotateCw from "lucide:rotate-cw";
import searchCheck from "lucide:search-check";
import send from "lucide:send";
import settings from "lucide:settings";
import share from "lucide:share";
import undo2 from "lucide:undo-2";
import userPlus from "lucide:user-plus";
import users from "lucide:users";
import x from "lucide:x";

const ICONS = {
  "arrow-down": arrowDown,
  "arrow-right-left": arrowRightLeft,
  ban,
  check,
  "check-check": checkCheck,
  "chevron-left": chevronLeft,
  "chevron-right": chevronRight,
  "circle-alert": circleAlert,
  "circle-slash": circleSlash,
  "circle-x": circleX,
  clock,
  "clock-alert": clockAlert,
  "cloud-off": cloudOff,
  copy,
  "credit-card": creditCard,
  delete: deleteKey,
  download,
  ellipsis,
  "flask-conical": flaskConical,
  hourglass,
  inbox,
  "key-round": keyRound,
  landmark,
  "lock-keyhole": lockKeyhole,
  "message-circle": messageCircle,
  "octagon-x": octagonX,
  "receipt-text": receiptText,
  "rotate-cw": rotateCw,
  "search-check": searchCheck,
  send,
  settings,
  share,
  "undo-2": undo2,
  "user-plus": userPlus,
  users,
  x,
};

export type IconName = keyof typeof ICONS;
export const isIcon = (name: string): name is IconName => name in ICONS;

/** These point somewhere, so they turn round where text runs from right to left. */
const DIRECTED = new Set<IconName>(["chevron-left", "chevron-right", "send", "undo-2"]);

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return <Glyph shapes={ICONS[name]} size={size} directed={DIRECTED.has(name)} />;
}

export type Shapes = readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[];

/** An icon that is not one of those, for parts that are loaded later: `import chart from "lucide:chart-line"`. */
export function Glyph({ shapes, size = 20, directed = false }: { shapes: Shapes; size?: number; directed?: boolean }) {
  return (
    <svg
      class={directed ? "icon directed" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      {shapes.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
