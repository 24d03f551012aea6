import type { Profile } from "../lib/api/types.ts";
import { initials } from "./initials.ts";

/** Two letters on the person's own colour. The name always stands beside it, so it says nothing aloud. */
export function Avatar({ person, size = 40 }: { person: Pick<Profile, "name" | "hue">; size?: number }) {
  return (
    <span class="avatar" aria-hidden="true" style={{ "--hue": person.hue, "--size": `${size}px` }}>
      {initials(person.name)}
    </span>
  );
}
