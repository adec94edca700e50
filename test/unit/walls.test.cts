import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
const MOST_LINES = 300;
/** With its parameters: what a user sees of it and what it does are read together. */
const MOST_LINES_OF_OPERATION = 120;

/** A file by its path from the root, with slashes, and what it imports, as written. */
interface Source {
	readonly path: string;
	readonly text: string;
	readonly imports: readonly string[];
}

const sources: Source[] = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
		.map((entry) => {
			const file = join(entry.parentPath, entry.name);
			const path = file.slice(ROOT.length + 1).replaceAll('\\', '/');
			const text = readFileSync(file, 'utf8');
			return { path, text, imports: importsOf(text) };
		}),
);

/** Everything that a text imports, re-exports, requires or names as the source of a type. */
function importsOf(text: string): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		const specifier = specifierOf(node);
		if (specifier)
			found.push(ts.isStringLiteralLike(specifier) ? specifier.text : '(an expression)');
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest));
	return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
	if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
	if (ts.isExternalModuleReference(node)) return node.expression;
	if (ts.isImportTypeNode(node)) {
		return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
	}
	const isImport =
		ts.isCallExpression(node) &&
		(node.expression.kind === ts.SyntaxKind.ImportKeyword ||
			(ts.isIdentifier(node.expression) && node.expression.text === 'require'));
	return isImport ? node.arguments[0] : undefined;
}

/** The room that a file is in: a folder of `nodes/shared`, a node's folder, or the credentials. */
function roomOf(path: string): string {
	const [top = '', folder = '', room = ''] = path.split('/');
	if (top !== 'nodes') return top;
	return folder === 'shared' ? `shared/${room}` : folder;
}

/** What a room may know besides itself; a new one of `shared` nothing, until it has a line here. */
function mayKnow(room: string): readonly string[] {
	switch (/^(shared\/|credentials$)/.test(room) ? room : 'nodes') {
		case 'shared/codePackage':
			return ['crypto'];
		case 'shared/wechat':
		case 'shared/n8n':
			return ['n8n-workflow', 'crypto'];
		case 'shared/symbols':
			return ['lean-qr'];
		case 'shared/delivery':
			return ['n8n-workflow', 'shared/codePackage', 'shared/symbols', 'shared/n8n'];
		case 'credentials':
			return ['n8n-workflow', 'shared/codePackage', 'shared/wechat'];
		case 'nodes':
			return [
				'n8n-workflow',
				'shared/codePackage',
				'shared/wechat',
				'shared/n8n',
				'shared/symbols',
				'shared/delivery',
			];
		default:
			return [];
	}
}

/** Encryption is the archive's trade and checksums are the handover's; the rest of delivery has neither. */
const isOfItsTrade = (path: string, known: string): boolean =>
	known === 'crypto' && /^nodes\/shared\/delivery\/(archive|handover)\//.test(path);

/** What a file imports that it may not know. */
const trespasses = ({ path, imports }: Source): string[] =>
	imports
		.map((specifier) =>
			specifier.startsWith('.') ? roomOf(posix.join(dirname(path), specifier)) : specifier,
		)
		.filter((known) => known !== roomOf(path) && !mayKnow(roomOf(path)).includes(known))
		.filter((known) => !isOfItsTrade(path, known))
		.map((known) => `${path} knows ${known}`);

describe('the walls between the rooms', () => {
	it('are those of all files', () => {
		const rooms = new Set(sources.map(({ path }) => roomOf(path)));
		for (const room of ['codePackage', 'wechat', 'n8n', 'delivery']) {
			expect(rooms).toContain(`shared/${room}`);
		}
		expect(rooms).toContain('credentials');
		expect(rooms).toContain('MarketcodeDownload');
		expect(sources.flatMap(({ imports }) => imports)).toContain('n8n-workflow');
	});

	it('stand', () => {
		expect(sources.flatMap(trespasses)).toEqual([]);
	});

	it.each([
		['nodes/shared/codePackage/a.ts', "import { sleep } from 'n8n-workflow';", 'n8n-workflow'],
		['nodes/shared/codePackage/a.ts', "import type { A } from '../n8n/a';", 'shared/n8n'],
		['nodes/shared/codePackage/a.ts', "import { a } from '../delivery/a';", 'shared/delivery'],
		['nodes/shared/codePackage/a.ts', "import { a } from '../symbols/a';", 'shared/symbols'],
		['nodes/shared/codePackage/a.ts', "import { readFileSync } from 'fs';", 'fs'],
		['nodes/shared/wechat/a.ts', "export * from '../codePackage/a';", 'shared/codePackage'],
		['nodes/shared/wechat/a.ts', "import type { A } from '../delivery/a';", 'shared/delivery'],
		['nodes/shared/wechat/a.ts', "import axios from 'axios';", 'axios'],
		['nodes/shared/n8n/a.ts', "import type { A } from '../delivery/a';", 'shared/delivery'],
		[
			'nodes/shared/symbols/a.ts',
			"import type { A } from '../codePackage/a';",
			'shared/codePackage',
		],
		['nodes/shared/symbols/a.ts', "import { sleep } from 'n8n-workflow';", 'n8n-workflow'],
		['nodes/shared/delivery/a.ts', "import type { A } from '../wechat/a';", 'shared/wechat'],
		['nodes/shared/delivery/a.ts', "import { a } from '../../Marketcode/a';", 'Marketcode'],
		['nodes/shared/delivery/a.ts', "import { createHash } from 'crypto';", 'crypto'],
		['nodes/shared/delivery/archive/a.ts', "import '../../wechat/a';", 'shared/wechat'],
		['nodes/shared/n8n/a.ts', "const b = await import('../wechat/b');", 'shared/wechat'],
		[
			'nodes/Marketcode/a.ts',
			"import b = require('../MarketcodeDownload/b');",
			'MarketcodeDownload',
		],
		['nodes/Marketcode/code/a.ts', "const b = require('../../Other/b');", 'Other'],
		['nodes/Marketcode/a.ts', "let a: import('crypto').Hash;", 'crypto'],
		['nodes/Marketcode/a.ts', 'const b = require(name);', '(an expression)'],
		['nodes/Marketcode/a.ts', "import { b } from '../../test/b';", 'test'],
		['nodes/shared/new/a.ts', "import { a } from '../wechat/a';", 'shared/wechat'],
		['credentials/A.credentials.ts', "import '../nodes/shared/n8n/a';", 'shared/n8n'],
		['credentials/A.credentials.ts', "import '../nodes/Marketcode/a';", 'Marketcode'],
	])('are seen to be crossed: %s with %s', (path, text, known) => {
		const source = { path, text, imports: importsOf(text) };
		expect(trespasses(source)).toEqual([`${path} knows ${known}`]);
	});

	it.each([
		['nodes/shared/codePackage/a.ts', "import { createHash } from 'crypto'; import './b';"],
		[
			'nodes/shared/delivery/a.ts',
			"import '../codePackage/a'; import '../n8n/a'; import '../symbols/a'; import 'n8n-workflow';",
		],
		['nodes/shared/delivery/archive/a.ts', "import 'crypto'; import '../../n8n/errors';"],
		['nodes/Marketcode/code/a.ts', "import '../router'; import '../../shared/wechat/calls';"],
		['nodes/Marketcode/a.ts', "import '../shared/delivery/a'; import '../shared/symbols/a';"],
		['credentials/A.credentials.ts', "import '../nodes/shared/wechat/credentials';"],
	])('have doors: %s with %s', (path, text) => {
		expect(trespasses({ path, text, imports: importsOf(text) })).toEqual([]);
	});
});

it('files of the input come in one way, which flows and refuses a model that has none', () => {
	const reading = sources.filter(({ text }) => /getBinary(DataBuffer|Stream)/.test(text));
	expect(reading.map(({ path }) => path)).toEqual(['nodes/shared/n8n/binaryFiles.ts']);
});

it.each([
	['file', MOST_LINES, /./],
	['operation', MOST_LINES_OF_OPERATION, /\.operation\.ts$/],
])('no %s is longer than %d lines', (_what, most, name) => {
	const measured = sources
		.filter(({ path }) => name.test(path))
		.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }));
	expect(measured).not.toEqual([]);
	expect(measured.filter(({ lines }) => lines > most)).toEqual([]);
});
