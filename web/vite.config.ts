import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { lucide } from "./build/lucide.ts";
import { precache } from "./build/precache.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [lucide(), precache()],
  resolve: { alias: { "@says": here("../docs/design/what-a-payment-says.json") } },
  build: {
    outDir: here("../src/tuppence/http/static"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "safari17.5", "firefox120"], // The first with light-dark().
    // An inlined asset would be a data: URL, which the content security policy has no reason to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { app: here("index.html"), sw: here("src/sw.ts") },
      // The worker's address must stay the same from release to release: browsers look there for the next one.
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // What everybody loads is one file, however many parts are loaded later: together it packs best.
        codeSplitting: { groups: [{ name: "shell", test: /\/src\/shell\// }] },
      },
    },
  },
  server: {
    fs: { allow: [here("..")] },
    // `npx vite` beside a running `tuppence serve`: the page comes from here, the data from there.
    proxy: { "/v1": { target: process.env.TUPPENCE_SERVER ?? "http://localhost:8000", ws: true } },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
