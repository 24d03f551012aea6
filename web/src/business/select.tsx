import { useId } from "preact/hooks";

interface Props<Value extends string> {
  label: string;
  hint?: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onValue: (value: Value) => void;
}

/** One of many values. */
export function Select<Value extends string>({ label, hint, value, options, onValue }: Props<Value>) {
  const [id, below] = [useId(), useId()];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value as Value)}
        aria-describedby={hint ? below : undefined}
      >
        {options.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
      {hint && (
        <p id={below} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
