// vite.config.ts -- builds web/dist: hashed names, and a .gz beside each file.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** All files are served compressed, so that is done once, here. */
function compress(): Plugin {
	const folder = (dir: string): void => {
		for (const entry of readdirSync(dir, { withFileTypes: true })) {
			const path = join(dir, entry.name);
			if (entry.isDirectory()) folder(path);
			else if (!path.endsWith(".gz"))
				writeFileSync(`${path}.gz`,
				    gzipSync(readFileSync(path), { level: 9 }));
		}
	};
	return { name: "compress", apply: "build",
		closeBundle: () => folder("dist") };
}

export default defineConfig({
	base: "./",
	esbuild: { jsx: "automatic", jsxImportSource: "preact" },
	// No data: URI, no preload code: the page's CSP stays as strict as it is.
	build: { target: "es2021", assetsInlineLimit: 0, modulePreload: false },
	plugins: [compress()],
});
