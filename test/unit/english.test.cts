import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Chinese characters and punctuation, full-width forms included. */
const CHINESE = /[\p{Script_Extensions=Han}\uFF00-\uFFEF]/u;

/** What may have Chinese in it, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
	'nodes/shared/delivery/manifest/letter.zhCN.ts': 'the letter to a printer in China is content',
	'nodes/Marketcode/code/ranges.ts': 'the comma that a Chinese keyboard types between indexes',
	'nodes/shared/symbols/sheetText.ts': 'the ranges of the characters that are drawn wide',
};

/** The words under which the node panel finds a node are in the language of who searches. */
const withoutAliases = (codex: string): string =>
	JSON.stringify({ ...JSON.parse(codex), alias: undefined });

const shipped = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => {
			const file = join(entry.parentPath, entry.name);
			const path = file.slice(ROOT.length + 1).replaceAll('\\', '/');
			const text = readFileSync(file, 'utf8');
			return { path, text: path.endsWith('.node.json') ? withoutAliases(text) : text };
		}),
);

/** Chinese, written out or as an escape. */
function hasChinese(text: string): boolean {
	const readable = text.replace(/\\u\{?([\da-f]{4,6})\}?/gi, (_, code: string) =>
		String.fromCodePoint(Number.parseInt(code, 16)),
	);
	return CHINESE.test(readable);
}

describe('what n8n shows of the package is English', () => {
	it('in every source but those that are not the interface', () => {
		const chinese = shipped.filter(({ text }) => hasChinese(text)).map(({ path }) => path);
		expect(chinese.sort()).toEqual(Object.keys(ALLOWED).sort());
	});

	it.each(['package.json', 'README.md'])('in %s', (file) => {
		// npm shows both beside the package. A link to a Chinese guide is named in Chinese.
		const text = readFileSync(join(ROOT, file), 'utf8');
		const unlinked = text.replace(/\[[^\]]*\]\(docs\/zh-CN\/[^)]*\)/g, '');
		expect(unlinked.split('\n').filter(hasChinese)).toEqual([]);
	});

	it.each(['一', '微信', '\\u5fae', '、', '，', '：', '。'])('%s is seen as Chinese', (text) => {
		expect(hasChinese(text)).toBe(true);
	});

	it.each(['an index – 0…', '“quoted”', '25 × 25', '¥'])('%s is not', (text) => {
		expect(hasChinese(text)).toBe(false);
	});
});
