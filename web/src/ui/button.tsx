import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";

interface Props extends ButtonHTMLAttributes {
  kind?: "copper" | "plain" | "quiet" | "danger";
  icon?: IconName;
  busy?: boolean;
  children: ComponentChildren;
}

/** One copper button a screen: the action that matters. A busy one keeps its width and its focus. */
export function Button({ kind = "plain", icon, busy = false, type = "button", children, ...rest }: Props) {
  return (
    <button {...rest} type={type} class={`button ${kind} ${String(rest.class ?? "")}`} aria-busy={busy}>
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes {
  name: IconName;
  label: string;
}

export function IconButton({ name, label, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} class={`icon-button ${String(rest.class ?? "")}`} aria-label={label} title={label}>
      <Icon name={name} size={22} />
    </button>
  );
}
