import type { AllHTMLAttributes, ComponentChildren } from "preact";
import { useId } from "preact/hooks";

type Passed =
  | "autocapitalize"
  | "autocomplete"
  | "autofocus"
  | "dir"
  | "inputMode"
  | "maxLength"
  | "placeholder"
  | "required"
  | "spellcheck";

interface Props extends Pick<AllHTMLAttributes<HTMLInputElement>, Passed> {
  type?: "text" | "password";
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  value: string;
  onValue: (value: string) => void;
}

/** A labelled input; its hint and its error are read with it. */
export function Field({ label, hint, error, value, onValue, type = "text", ...rest }: Props) {
  const [id, below] = [useId(), useId()];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        type={type as "text"} // The typings tie each type to its own attributes; these two share all of ours.
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? below : undefined}
      />
      {(error || hint) && (
        <p id={below} class={error ? "error" : "hint"}>
          {error || hint}
        </p>
      )}
    </div>
  );
}
