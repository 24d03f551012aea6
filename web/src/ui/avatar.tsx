import type { Profile } from "../lib/api/types.ts";

/** Two letters on the person's own colour. The name always stands beside it, so it says nothing aloud. */
export function Avatar({ person, size = 40 }: { person: Pick<Profile, "name" | "hue">; size?: number }) {
  return (
    <span class="avatar" aria-hidden="true" style={{ "--hue": person.hue, "--size": `${size}px` }}>
      {initials(person.name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [words[0]!];
  return letters.map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();
}
