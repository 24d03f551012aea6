import { useId } from "preact/hooks";

interface Props<Value extends string> {
  label: string;
  options: [Value, string][];
  value: Value;
  onChoose: (value: Value) => void;
}

/** A few values of which one holds. */
export function Choice<Value extends string>({ label, options, value, onChoose }: Props<Value>) {
  const name = useId();
  return (
    <section>
      <fieldset class="choice">
        <legend>{label}</legend>
        <div class="segments">
          {options.map(([one, word]) => (
            <label key={one} lang={one === "en" || one === "fr" ? one : undefined}>
              <input type="radio" name={name} checked={one === value} onChange={() => onChoose(one)} />
              <span>{word}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}
