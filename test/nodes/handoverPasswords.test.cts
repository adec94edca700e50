import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import { NODES, handedOn, runNode, saidBut, unpacked, type NodeName } from './handover.cts';
import { useLab } from './lab.cts';

const lab = useLab();

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

/** 4 rolls of 300 codes at most. */
const ROLLS = { output: 'urlList', files: 'perCount', codesPerFile: 300 };
const WITH_PASSWORD = { archive: 'zipPassword', manifest: true, proofCodes: 3 };

/** A password comes by an expression: one that is typed in stands in the workflow anyway. */
const run = async (
	node: NodeName,
	options: INodeParameters,
	input: IDataObject[] = [{}],
	parameters: INodeParameters = ROLLS,
) => await runNode(lab, node, application, { ...parameters, options }, { input });

const textsOf = (passwords: readonly IDataObject[]) =>
	passwords.map(({ password }) => String(password));

describe.each(NODES)('passwords made by %s', (node) => {
	it.each(['file', 'delivery'])('open their archives, each its own (%s)', async (archivePer) => {
		const result = await run(node, { ...WITH_PASSWORD, archivePer });
		const { files, passwords } = await handedOn(lab, result);
		expect(passwords).toEqual(
			files.map(({ name }) => ({ file_name: name, password: expect.any(String) })),
		);
		for (const [at, { content }] of files.entries()) {
			for (const [of, password] of textsOf(passwords).entries()) {
				const opened = unpacked(content, password);
				if (of === at) expect((await opened).length).toBeGreaterThan(0);
				else await expect(opened).rejects.toThrow();
			}
		}
		const items = result.output('Node', 1);
		expect(items.map(({ pairedItem, binary }) => [pairedItem, binary])).toEqual(
			items.map(() => [{ item: 0 }, undefined]),
		);
	});

	it('have 20 characters, and no two are the same', async () => {
		const parameters = { ...ROLLS, codesPerFile: 20 };
		const { passwords } = await handedOn(
			lab,
			await run(node, { archive: 'zipPassword' }, [{}, {}], parameters),
		);
		expect(passwords).toHaveLength(100);
		const texts = textsOf(passwords);
		for (const text of texts) expect(text).toMatch(/^[2-9A-HJ-NP-Za-km-z]{20}$/);
		expect(new Set(texts).size).toBe(100);
		// All characters are drawn: of 2,000 none of the 56 is left out but once in 10^14.
		expect(new Set(texts.join('')).size).toBeGreaterThan(50);
	});

	it('are nowhere but on their output', async () => {
		for (const archivePer of ['file', 'delivery']) {
			const result = await run(node, { ...WITH_PASSWORD, archivePer });
			const { files, manifest, proof, passwords } = await handedOn(lab, result);
			const said = [
				saidBut(result, 1),
				manifest?.text,
				manifest?.sums,
				JSON.stringify(manifest?.json),
				proof?.svg,
				proof?.pdf.toString('latin1'),
				...files.map(({ name, content }) => name + content.toString('latin1')),
				...(await lab.world.engine.storedFiles()),
			].join();
			const texts = textsOf(passwords);
			expect(texts).toHaveLength(archivePer === 'file' ? 4 : 1);
			expect(texts.filter((text) => said.includes(text))).toEqual([]);
			expect(JSON.stringify(result.run.data)).toContain(texts[0]);
		}
	});

	it('come for each item, which they name', async () => {
		const result = await run(node, { archive: 'zipPassword', archivePer: 'delivery' }, [{}, {}]);
		const { files, passwords } = await handedOn(lab, result);
		expect(result.output('Node', 1).map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
		for (const [at, { content }] of files.entries()) {
			expect((await unpacked(content, textsOf(passwords)[at])).length).toBe(6);
		}
	});

	it.each(['none', 'zip'])('are none with the archive %s', async (archive) => {
		const result = await run(node, { archive, password: 'not used' });
		await handedOn(lab, result);
		expect(result.run.data.resultData.runData.Node?.[0]?.data?.main).toHaveLength(1);
	});
});

describe.each(NODES)('passwords given to %s', (node) => {
	const given = ['one p4ss', ' two 红茶 ', 'three"\\', 'four😀'];

	it('are one for all', async () => {
		const options = { ...WITH_PASSWORD, password: '={{ $json.words }}' };
		const result = await run(node, options, [{ words: given[1] }]);
		const { files, passwords } = await handedOn(lab, result);
		expect(passwords).toEqual([]);
		expect(files).toHaveLength(4);
		for (const { content } of files) {
			expect(await unpacked(content, given[1])).toHaveLength(1);
		}
	});

	it('are a list, one for each archive, in the order of the files', async () => {
		const options = { ...WITH_PASSWORD, password: '={{ $json.words }}' };
		const { files, passwords } = await handedOn(lab, await run(node, options, [{ words: given }]));
		expect(passwords).toEqual([]);
		for (const [at, { content }] of files.entries()) {
			expect(await unpacked(content, given[at])).toHaveLength(1);
			await expect(unpacked(content, given[(at + 1) % 4])).rejects.toThrow();
		}
	});

	it.each([
		['file', given],
		['delivery', given.slice(0, 1)],
	])('are in nothing that leaves (%s)', async (archivePer, words) => {
		const options = { ...WITH_PASSWORD, archivePer, password: '={{ $json.words }}' };
		const result = await run(node, options, [{ words }]);
		const { manifest, proof, files } = await handedOn(lab, result);
		const { Node } = result.run.data.resultData.runData;
		const said = [
			JSON.stringify([Node, result.logs]),
			JSON.stringify([manifest, proof?.svg, proof?.json, files.map(({ json }) => json)]),
		].join();
		const quoted = words.map((word) => JSON.stringify(word).slice(1, -1));
		expect(quoted.filter((word) => said.includes(word))).toEqual([]);
	});

	it('may be typed in, spaces too, and leave by no output either', async () => {
		const result = await run(node, { ...WITH_PASSWORD, password: given[1] ?? '' });
		const { files } = await handedOn(lab, result);
		for (const { content } of files) expect(await unpacked(content, given[1])).toHaveLength(1);
		const [task] = result.run.data.resultData.runData.Node ?? [];
		expect(JSON.stringify([task?.data, task?.hints])).not.toContain(given[1]);
	});

	it.each([
		['file', given.slice(1), '3 passwords are given for 4 archives'],
		['file', [...given, 'five'], '5 passwords are given for 4 archives'],
		['delivery', given, '4 passwords are given for 1 archive'],
		['file', [], 'Password is not text'],
		['file', '', 'Password is not text'],
		['file', null, 'Password is not text'],
		['file', undefined, 'Password is not text'],
		['file', 12345678, 'Password is not text'],
		['file', [...given.slice(1), ''], 'Password is not text'],
		['file', [...given.slice(1), 4], 'Password is not text'],
	])('are refused in plain words (%s: %j)', async (archivePer, words, message) => {
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
			const options = { ...WITH_PASSWORD, archivePer, password: '={{ $json.words }}' };
			const parameters = { ...ROLLS, options };
			const input: IDataObject[] = [words === undefined ? {} : { words }];
			const result = await runNode(lab, node, application, parameters, { input, onError });
			const isGoingOn = onError === 'continueRegularOutput';
			const [item] = result.output('Node');
			expect(isGoingOn ? item?.json.error : result.error?.message).toBe(message);
			expect(isGoingOn ? item?.json.message : result.error?.description).toMatch(
				/for each archive/,
			);
			expect(result.output('Node', 1)).toEqual([]);
			const { Node } = result.run.data.resultData.runData;
			const said = JSON.stringify([Node, result.error, result.logs]);
			expect(given.slice(1, 3).filter((word) => said.includes(word))).toEqual([]);
			expect(lab.requests('applycodedownload')).toEqual([]);
		}
	});
});
