import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

export const CHINESE = 'docs/zh-CN/';

/** For maintainers and for n8n's reviewers, who read English. */
const ENGLISH_ONLY = ['docs/architecture.md', 'docs/verification.md'];

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every page that a reader may be sent to, by its path from the root. */
export const pages: readonly string[] = [
	'README.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('.md'))
		.map((path) => `docs/${path.replaceAll('\\', '/')}`),
].sort();

/** The pages that exist in both languages, in English. */
export const englishPages: readonly string[] = pages.filter(
	(path) =>
		path === 'README.md' ||
		(path.startsWith('docs/') && !path.startsWith(CHINESE) && !ENGLISH_ONLY.includes(path)),
);

export const twinOf = (path: string): string => CHINESE + path.replace(/^docs\//, '');

/** A fenced block: its language, and its lines without the indentation of the fence. */
interface Block {
	readonly language: string;
	readonly text: string;
}

const FENCED = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

export function blocksIn(markdown: string): Block[] {
	return [...markdown.matchAll(FENCED)].map(([, indent = '', language = '', text = '']) => ({
		language,
		text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
	}));
}

/** The only block of a guide in this language that has this in it. Throws if there is no such one. */
export function blockIn(page: string, part: string, language = 'bash'): string {
	const blocks = blocksIn(textOf(page)).filter(
		(block) => block.language === language && block.text.includes(part),
	);
	const [block, ...others] = blocks;
	if (!block || others.length > 0) throw new Error(`${page} has ${blocks.length} such blocks`);
	return block.text;
}

const withoutBlocks = (markdown: string): string => markdown.replaceAll(FENCED, '');

const withoutCode = (markdown: string): string => markdown.replaceAll(/`[^`\n]+`/g, '');

interface Heading {
	readonly level: number;
	readonly text: string;
	/** What stands behind the # of a link to it. */
	readonly anchor: string;
}

/** The headings with their anchors, as GitHub makes them. */
export function headingsIn(markdown: string): Heading[] {
	const seen = new Map<string, number>();
	return [...withoutBlocks(markdown).matchAll(/^(#{1,6}) +(.+?) *$/gm)].map(
		([, marks = '', text = '']) => {
			const slug = slugOf(text);
			const times = seen.get(slug) ?? 0;
			seen.set(slug, times + 1);
			return { level: marks.length, text, anchor: times === 0 ? slug : `${slug}-${times}` };
		},
	);
}

/** What stands below a heading, up to the next one of its level or above; empty if there is no such heading. */
export function sectionOf(markdown: string, heading: string): string {
	const lines = withoutBlocks(markdown).split('\n');
	const marks = (line: string | undefined) => /^#+(?= )/.exec(line ?? '')?.[0].length ?? Infinity;
	const from = lines.findIndex((line) => line.replace(/^#+ +/, '') === heading && marks(line) < 7);
	if (from < 0) return '';
	const rest = lines.slice(from + 1);
	const to = rest.findIndex((line) => marks(line) <= marks(lines[from]));
	return rest.slice(0, to < 0 ? undefined : to).join('\n');
}

/** Letters and digits of any script, hyphens and underscores stay; spaces become hyphens. */
const slugOf = (heading: string): string =>
	heading
		.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
		.replaceAll(' ', '-');

/** Where links, pictures and link definitions lead. */
export function targetsIn(markdown: string): string[] {
	const text = withoutCode(withoutBlocks(markdown));
	const inline = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
	const defined = [...text.matchAll(/^ *\[[^\]]+\]: +(\S+)$/gm)];
	return [...inline, ...defined].map(([, target = '']) => target);
}

/** For each table, the number of its cells by row. */
export function tablesIn(markdown: string): number[][] {
	const tables: number[][] = [];
	let isWithin = false;
	for (const line of withoutBlocks(markdown).split('\n')) {
		const isRow = /^ *\|/.test(line);
		if (isRow && !isWithin) tables.push([]);
		if (isRow) tables.at(-1)?.push(line.replaceAll('\\|', '').split('|').length - 2);
		isWithin = isRow;
	}
	return tables;
}

/** The commands of a page's bash blocks: what stands on a line, or between && on it. */
export const commandsIn = (markdown: string): string[] =>
	blocksIn(markdown)
		.filter(({ language }) => language === 'bash')
		.flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, '').split('\n'))
		.flatMap((line) => line.split(' && '))
		.map((command) => command.trim())
		.filter((command) => command !== '');
