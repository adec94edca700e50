import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import Ajv2020 from 'ajv/dist/2020';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { workflowOf, type RunResult } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import type { Lab } from './lab.cts';
import { byId, type RunNode } from './world.cts';

const schema: unknown = JSON.parse(
	readFileSync(join(__dirname, '../../docs/manifest.schema.json'), 'utf8'),
);
const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(Object(schema));
/** Both nodes hand on alike. */
export const NODES = ['Marketcode Download', 'Package: Decrypt'] as const;
export type NodeName = (typeof NODES)[number];

/** A file of an item, read back. */
export interface Named {
	readonly name: string;
	readonly content: Buffer;
}

/** What left the first output. */
export interface HandedOn {
	readonly files: readonly (Named & { readonly json: IDataObject })[];
	/** The field `manifest` and `sha256sums` of the manifest's item, and its fields. */
	readonly manifest: { json: IDataObject; text: string; sums: string } | undefined;
	readonly proof: { json: IDataObject; pdf: Buffer; svg: string } | undefined;
	readonly items: readonly INodeExecutionData[];
	readonly passwords: readonly IDataObject[];
	readonly result: RunResult;
}

/** Runs either node for an application of one segment; Marketcode Download also for one of several. */
export async function runNode(
	lab: Lab,
	node: NodeName,
	application: Application,
	parameters: INodeParameters,
	{ input = [{}], ...options }: RunNode = {},
): Promise<RunResult> {
	const { applicationId, isvApplicationId, codeCount } = application;
	if (node === 'Marketcode Download') {
		return await lab.run(
			{ application: byId(applicationId), ...parameters },
			{ input, ...options },
		);
	}
	const key = lab.sandbox.account.packageKey;
	const cipher = createCipheriv('aes-128-cbc', key, key);
	const plain = lab.sandbox.plainPackage(applicationId, 0, codeCount - 1);
	const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
	const ids = { application_id: applicationId, isv_application_id: isvApplicationId };
	const items = input.map((json) => ({
		json: { ...ids, code_start: 0, code_end: codeCount - 1, ...json },
		binary: { data: { data, mimeType: 'application/octet-stream' } },
	}));
	const chosen = { resource: 'package', operation: 'decrypt', ...parameters };
	const { credentialId = lab.credentialId, onError, signal } = options;
	const workflow = workflowOf('marketcode', chosen, { credentialId, onError });
	return await lab.world.engine.run(workflow, { input: items, signal });
}

/** Throws if the node fails. */
export async function handedOn(lab: Lab, result: RunResult): Promise<HandedOn> {
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const items = result.output('Node');
	const read = async ({ binary }: INodeExecutionData, field: string): Promise<Buffer> => {
		const file = binary?.[field];
		if (!file) throw new Error(`An item has no binary field ${field}`);
		return await lab.world.engine.readBinary(file);
	};
	const manifest = items.find(({ json }) => json.is_manifest);
	const proof = items.find(({ json }) => json.is_proof);
	const carriers = items.filter((item) => item !== manifest && item !== proof);
	return {
		files: await Promise.all(
			carriers.map(async (item) => ({
				name: item.binary?.data?.fileName ?? '',
				content: await read(item, 'data'),
				json: item.json,
			})),
		),
		manifest: manifest && {
			json: manifest.json,
			text: (await read(manifest, 'manifest')).toString(),
			sums: (await read(manifest, 'sha256sums')).toString(),
		},
		proof: proof && {
			json: proof.json,
			pdf: await read(proof, 'proof'),
			svg: (await read(proof, 'preview')).toString(),
		},
		items,
		passwords: result.output('Node', 1).map(({ json }) => json),
		result,
	};
}

/**
 * What is in a ZIP, in its order, as zip.js unpacks it.
 * @throws Error if the password is wrong
 */
export async function unpacked(archive: Buffer, password?: string): Promise<Named[]> {
	const zip = new ZipReader(new Uint8ArrayReader(archive), { password, checkSignature: true });
	const files: Named[] = [];
	for (const entry of await zip.getEntries()) {
		if (entry.directory) throw new Error('A folder in the archive');
		if (entry.encrypted !== (password !== undefined)) throw new Error('Encrypted or not?');
		const content = Buffer.from(await entry.getData(new Uint8ArrayWriter()));
		files.push({ name: entry.filename, content });
	}
	return files;
}

/** Names and contents alone; jest would compare Buffers byte by byte. */
export const plainly = (files: readonly Named[]): [string, string][] =>
	files.map(({ name, content }) => [name, content.toString('latin1')]);

/** All that a run says, on whatever way, but for one output of the node. */
export function saidBut(result: RunResult, passwordsOutput: number): string {
	const { runData } = result.run.data.resultData;
	const own = (runData.Node ?? []).map(({ data, ...task }) => [
		task,
		(data?.main ?? []).filter((_, output) => output !== passwordsOutput),
	]);
	const others = Object.entries(runData).filter(([name]) => name !== 'Node');
	return JSON.stringify([own, others, result.error, result.error?.stack, result.logs]);
}

/** The manifest's text as an object; throws if the schema does not take it. */
export function manifestIn({ manifest }: HandedOn) {
	const parsed: unknown = JSON.parse(manifest?.text ?? '');
	if (!isValid(parsed)) throw new Error(JSON.stringify(isValid.errors));
	return { ...Object(parsed) };
}
