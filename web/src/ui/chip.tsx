import type { Piece, Said } from "../lib/says.ts";
import { Icon, isIcon } from "./icon.tsx";

/** A state: an icon and a word on a tint, never a colour alone. */
export function Chip({ said }: { said: Pick<Said, "icon" | "tone" | "word"> }) {
  return (
    <span class={`chip ${said.tone}`}>
      {isIcon(said.icon) && <Icon name={said.icon} size={15} />}
      {said.word}
    </span>
  );
}

export function Sentence({ pieces, class: name = "sentence" }: { pieces: readonly Piece[]; class?: string }) {
  return <p class={name}>{pieces.map(({ text, strong }) => (strong ? <strong>{text}</strong> : text))}</p>;
}
