import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);
const PREFIX = "lucide:";

/**
 * `import check from "lucide:check"` gives the shapes of that one icon, so that only icons in use are shipped;
 * as data, not markup, so that no HTML is ever parsed from a string (the page demands Trusted Types).
 */
export function lucide(): Plugin {
  return {
    name: "lucide",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const svg = readFileSync(require.resolve(`lucide-static/icons/${id.slice(PREFIX.length + 1)}.svg`), "utf8");
      return `export default ${JSON.stringify(shapes(svg))}`;
    },
  };
}

function shapes(svg: string): [string, Record<string, string>][] {
  const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1);
  return [...inside.matchAll(/<(\w+)\s([^>]*?)\/>/g)].map(([, tag, attributes]) => [
    tag!,
    Object.fromEntries([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!])),
  ]);
}
