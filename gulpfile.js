const { execFile } = require('node:child_process');
const { readdir, readFile, rm, writeFile } = require('node:fs/promises');
const path = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const tsc = (...options) =>
	promisify(execFile)(process.execPath, [require.resolve('typescript/bin/tsc'), ...options]).catch(
		(error) => {
			throw new Error(error.stdout || error.message);
		},
	);

/**
 * What the compiler writes and nobody needs, so that the tarball is 4 % smaller: four spaces instead of tabs,
 * `exports.x = void 0;` before x is assigned, and `(0, module_1.x)()` for `module_1.x()`, which keeps from x a `this`
 * that no function of ours looks at.
 */
const shrink = async () => {
	const names = await readdir('dist', { recursive: true });
	for (const name of names.filter((it) => it.endsWith('.js'))) {
		const file = path.join('dist', name);
		const text = await readFile(file, 'utf8');
		const tabs = (spaces) => '\t'.repeat(spaces.length / 4);
		const indented = text.replace(/^(?: {4})+/gm, tabs);
		const assigned = indented.replace(/^(?:exports\.\w+ = )+void 0;\n/gm, '');
		await writeFile(file, assigned.replace(/\(0, (\w+_1\.\w+)\)(?=\()/g, '$1'));
	}
};

const compile = async () => {
	await tsc();
	await shrink();
};

/** Not to be published: each file ends in the map by which coverage is told of the source. */
const compileMapped = () => tsc('--inlineSourceMap');

/** The one source that needs a package which users don't get, so that its published file has to hold it. */
const BUNDLED = {
	source: 'nodes/shared/symbols/qrCode.ts',
	library: 'node_modules/lean-qr/index.mjs',
	license: 'node_modules/lean-qr/LICENSE',
};

const bundle = async () => {
	const license = await readFile(BUNDLED.license, 'utf8');
	const { metafile } = await esbuild.build({
		entryPoints: [BUNDLED.source],
		outfile: `dist/${BUNDLED.source.replace(/\.ts$/, '.js')}`,
		allowOverwrite: true,
		bundle: true,
		// Nearly all of it is the library's, which nobody reads here.
		minify: true,
		// A second copy of our own errors would not be an instance of the first.
		external: ['./symbolError'],
		format: 'cjs',
		platform: 'neutral',
		target: 'es2022',
		banner: { js: `/*\nThis file holds lean-qr:\n\n${license.trim()}\n*/` },
		metafile: true,
		logLevel: 'error',
	});
	const bundled = Object.keys(metafile.inputs).sort().join(', ');
	const wanted = [BUNDLED.library, BUNDLED.source].sort().join(', ');
	if (bundled !== wanted) throw new Error(`Bundled ${bundled} instead of ${wanted}`);
};

/** n8n looks for an icon where the compiled class says: `../../icons` seen from its folder in dist. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));

/** The codex tells n8n's node panel under which category and words a node is found. */
const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

const build = (compiled) => series(clean, parallel(series(compiled, bundle), icons, codex));

exports.clean = clean;
exports.default = build(compile);
exports.mapped = build(compileMapped);
