import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowJson } from '../engine/engine.cts';

const ENGLISH = resolve(__dirname, '../../docs/workflows');
const CHINESE = resolve(__dirname, '../../docs/zh-CN/workflows');

const templatesIn = (folder: string) => readdirSync(folder).filter((it) => it.endsWith('.json'));

const read = (folder: string, file: string): WorkflowJson =>
	JSON.parse(readFileSync(join(folder, file), 'utf8'));

const found = (pattern: RegExp, text: string) => (text.match(pattern) ?? []).sort();

/** What n8n computes in a text, and the names of the fields in a JSON text; a letter in one language. */
const machineParts = (text: string) =>
	found(/\{\{.*?\}\}|"\w+":/gs, text.replaceAll('$json.letter.zh', '$json.letter.en'));

/** The words of a Code node: an object at its top, a word a line. */
const WORDS = /^const words = \{$.*?^\};$/ms;
const wordsOf = (code: string) => WORDS.exec(code)?.[0] ?? '';

/** What has to be the same in both languages: the code below the words, their names, and what is set into them. */
const codeParts = (code: string) => [
	code.replace(WORDS, '').replaceAll(/^\s*\/\/ .*$/gm, '// a comment'),
	found(/^\t\w+: |\(.*?\) => |\$\{\w+\}|', '/gm, wordsOf(code)),
];

/** Words for people, by node type and parameter: what of them has to be the same in both languages. */
const TEXTS: Record<string, Record<string, (text: string) => unknown>> = {
	'n8n-nodes-base.stickyNote': { content: () => 'a note' },
	'n8n-nodes-base.emailSend': { subject: machineParts, text: machineParts, html: machineParts },
	'n8n-nodes-base.code': { jsCode: codeParts },
	'n8n-nodes-base.respondToWebhook': { responseBody: machineParts },
	'n8n-nodes-base.postgres': { query: (sql) => sql.replace(/^--.*$/gm, '-- a comment') },
};

function withoutWords({ parameters, ...node }: INode): object {
	const texts = Object.entries(TEXTS[node.type] ?? {});
	const alike = texts.filter(([name]) => typeof parameters[name] === 'string');
	const changed = alike.map(([name, same]) => [name, same(String(parameters[name]))]);
	return { ...node, parameters: { ...parameters, ...Object.fromEntries(changed) } };
}

const codesOf = ({ nodes }: WorkflowJson) =>
	nodes
		.filter(({ type }) => type === 'n8n-nodes-base.code')
		.map(({ parameters }) => String(parameters['jsCode']));

/** What n8n computes outside of Code nodes. */
const expressionsOf = ({ nodes }: WorkflowJson) =>
	nodes.filter(({ type }) => type !== 'n8n-nodes-base.code').map((it) => JSON.stringify(it));

const isNote = ({ type }: INode) => type === 'n8n-nodes-base.stickyNote';
const contentOf = ({ parameters }: { parameters: INodeParameters }) => String(parameters.content);

it('each template has a Chinese twin of the same file name, and no twin is left over', () => {
	expect(templatesIn(CHINESE)).toEqual(templatesIn(ENGLISH));
});

it.each([
	['', ENGLISH],
	['zh-CN/', CHINESE],
])('docs/%srecipes.md names each template as it is called in n8n', (folder, templates) => {
	const recipes = readFileSync(resolve(ENGLISH, `../${folder}recipes.md`), 'utf8');
	const rows = templatesIn(templates).map(
		(file) => `[${file}](workflows/${file}) (${read(templates, file).name})`,
	);
	expect(rows.filter((row) => !recipes.includes(row))).toEqual([]);
});

it('no SQL begins with a comment: n8n 1 then gives no item, and a loop ends after its first turn', () => {
	const folders = [ENGLISH, CHINESE];
	const nodes = folders.flatMap((folder) =>
		templatesIn(folder).flatMap((file) => read(folder, file).nodes),
	);
	const queries = nodes.flatMap(({ parameters }) => parameters['query'] ?? []).map(String);
	expect(queries).not.toEqual([]);
	expect(queries.filter((query) => /^\s*(--|\/\*)/.test(query))).toEqual([]);
});

it('no expression names a Code node where n8n 1 can run the template: by default that gives null there', () => {
	const templates = templatesIn(ENGLISH).map((file) => read(ENGLISH, file));
	const ofN8n2 = ({ nodes }: WorkflowJson) =>
		nodes.some(({ type }) => type === 'n8n-nodes-base.dataTable');
	const named = (template: WorkflowJson) =>
		template.nodes
			.filter(({ type }) => type === 'n8n-nodes-base.code')
			.map(({ name }) => `$('${name}')`)
			.filter((reference) => expressionsOf(template).some((text) => text.includes(reference)));
	expect(templates.filter(ofN8n2).flatMap(named)).not.toEqual([]);
	expect(templates.filter((it) => !ofN8n2(it)).flatMap(named)).toEqual([]);
});

describe.each(templatesIn(CHINESE))('the Chinese %s', (file) => {
	const english = read(ENGLISH, file);
	const chinese = read(CHINESE, file);
	const notes = chinese.nodes.filter(isNote).map(contentOf);
	const originals = english.nodes.filter(isNote).map(contentOf);

	it('does the same as the English one: only words for people differ', () => {
		expect({ ...chinese, nodes: chinese.nodes.map(withoutWords) }).toEqual({
			...english,
			name: chinese.name,
			nodes: english.nodes.map(withoutWords),
		});
	});

	it('speaks Chinese in its name and in every note, under a heading', () => {
		expect(chinese.name).toMatch(/^Marketcode：.*\p{Script=Han}/u);
		for (const note of notes) expect(note).toMatch(/^## .+\n\n.*\p{Script=Han}/su);
		expect(JSON.stringify(english)).not.toMatch(/\p{Script=Han}/u);
	});

	it('speaks politely to its reader', () => {
		expect(JSON.stringify(chinese)).not.toContain('你');
	});

	it('speaks Chinese in each word of its code, which n8n can read', () => {
		for (const code of codesOf(chinese)) {
			expect(() => new Script(`async () => {${code}}`)).not.toThrow();
			const words = wordsOf(code).split('\n').slice(1, -1);
			for (const word of words) expect(word).toMatch(/^\t\w+: .*\p{Script=Han}/u);
		}
	});

	it.each([
		['names of nodes and buttons', /\*\*[A-Z][^*]*\*\*/g],
		['fields and expressions', /`[^`]+`/g],
		['numbers', /\d+(?:[,:]\d+)*/g],
	])('tells in its notes the same %s', (_what, pattern) => {
		const told = (note: string) => found(pattern, note);
		expect(notes.map(told)).toEqual(originals.map(told));
	});
});
