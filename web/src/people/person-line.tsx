import type { ComponentChildren } from "preact";
import type { Profile } from "../lib/api/types.ts";
import { Avatar } from "../ui/avatar.tsx";

export function PersonLine({ person, children }: { person: Profile; children?: ComponentChildren }) {
  return (
    <div class="line person">
      <Avatar person={person} size={44} />
      <span class="line-text">
        <b dir="auto">{person.name}</b>
        <small>
          <bdi>@{person.handle}</bdi>
        </small>
      </span>
      <span class="line-actions">{children}</span>
    </div>
  );
}
