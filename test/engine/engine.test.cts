import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
	startEngine,
	workflowOf,
	type Engine,
	type OneNodeOptions,
	type WorkflowJson,
} from './engine.cts';
import { startProbeServer, writeProbePackage, type ProbeServer } from './probe.cts';

let engine: Engine;
let server: ProbeServer;
let probePackage: Awaited<ReturnType<typeof writeProbePackage>>;

beforeAll(async () => {
	jest.spyOn(console, 'debug').mockReturnValue();
	probePackage = await writeProbePackage();
	server = await startProbeServer();
	engine = await startEngine({ packageRoot: probePackage.root });
});

afterAll(async () => {
	await engine.stop();
	await server.close();
	await probePackage.remove();
});

const probe = (action: string, path = '/data', options: OneNodeOptions = {}) =>
	workflowOf('n8n-nodes-probe.probe', { action, path }, { credentialType: 'probeApi', ...options });

const items = (...values: object[]) => values.map((value) => ({ json: { ...value } }));

describe('a workflow', () => {
	it('runs with the items that it is given and resolves expressions for each', async () => {
		const workflow = probe('=credential', '/data', {});
		const { id } = engine.addCredential('probeApi', { region: '={{ $json.region }}' });
		const credentials = { probeApi: { id, name: 'Probe' } };
		const result = await engine.run(workflow, {
			input: items({ region: 'a' }, { region: 'b' }),
			credentials,
		});
		expect(result.status).toBe('success');
		expect(result.output('Node', 0)[0]).toMatchObject({
			json: { region: 'a' },
			pairedItem: { item: 0 },
		});
		expect(result.output('Node', 1)[0]?.json.region).toBe('b');
	});

	it('starts with one empty item', async () => {
		const result = await engine.run(probe('hint'));
		expect(result.output('Start')).toMatchObject([{ json: {} }]);
	});

	it('leaves the JSON that it was given as it was', async () => {
		const workflow = probe('hint');
		const before = structuredClone(workflow);
		await engine.run(workflow, { credentials: { probeApi: { id: '1', name: 'Probe' } } });
		expect(workflow).toEqual(before);
	});

	it('collects hints and logs', async () => {
		const result = await engine.run(probe('hint'));
		expect(result.hints('Node')).toEqual([{ message: 'Look here', location: 'outputPane' }]);
		expect(result.logs).toContainEqual(expect.stringContaining('from the logger'));
		expect(result.logs).toContainEqual(expect.stringContaining('from the console'));
	});

	it('tells its progress', async () => {
		const progress: string[] = [];
		await engine.run(probe('fail', 'bad'), {
			onProgress: ({ nodeName, status }) => progress.push(`${nodeName} ${status}`),
		});
		expect(progress).toEqual(['Start running', 'Start success', 'Node running', 'Node error']);
	});

	it('says which node type is missing', async () => {
		await expect(engine.run(workflowOf('n8n-nodes-base.ftp'))).rejects.toThrow(
			'n8n-nodes-base.ftp',
		);
		const withStandIn = await engine.run(workflowOf('n8n-nodes-base.ftp'), {
			nodeTypes: {
				'n8n-nodes-base.ftp': {
					description: {
						displayName: 'FTP',
						name: 'ftp',
						description: '',
						group: ['output'],
						version: 1,
						defaults: {},
						inputs: ['main'],
						outputs: ['main'],
						properties: [],
					},
					execute: async () => [items({ sent: true })],
				},
			},
		});
		expect(withStandIn.output('Node')[0]?.json).toEqual({ sent: true });
	});

	it('refuses to tell of a node that it does not have', async () => {
		const result = await engine.run(probe('hint'));
		expect(() => result.output('Nod')).toThrow('no node "Nod"');
	});
});

describe('errors', () => {
	it('end the workflow', async () => {
		const result = await engine.run(probe('fail', 'bad'));
		expect(result.status).toBe('error');
		expect(result.error?.message).toBe('Bad item');
		expect(result.nodeError('Node')?.message).toBe('Bad item');
		expect(result.output('Node')).toEqual([]);
	});

	it('are items of the regular output on request', async () => {
		const result = await engine.run(
			probe('fail', '={{ $json.path }}', { onError: 'continueRegularOutput' }),
			{ input: items({ path: 'bad' }, { path: 'good' }) },
		);
		expect(result.status).toBe('success');
		expect(result.output('Node', 0)[0]?.json).toEqual({ error: 'Bad item' });
		expect(result.output('Node', 1)[0]?.json).toEqual({ good: true });
	});

	it('go to the error output, behind the others, with the fields of their input item', async () => {
		const result = await engine.run(
			probe('fail', '={{ $json.path }}', { onError: 'continueErrorOutput' }),
			{ input: items({ path: 'good' }, { path: 'good' }, { path: 'bad' }) },
		);
		expect(result.output('Node', 0)).toHaveLength(1);
		expect(result.output('Node', 1)).toHaveLength(1);
		expect(result.output('Node', 2)[0]?.json).toMatchObject({ error: 'Bad item' });
	});

	it('of a workflow that cannot begin are in the result, too', async () => {
		const result = await engine.run(probe(''));
		expect(result.status).toBe('error');
		expect(result.error?.message).toContain('Action');
	});
});

describe('binary data', () => {
	it('lies in a file, whether it came as a buffer or as a stream', async () => {
		const source = join(probePackage.root, 'source.bin');
		const content = Buffer.alloc(3_000_000, 7);
		await writeFile(source, content);
		const result = await engine.run(probe('=stream', source));
		const binary = result.output('Node')[0]?.binary?.data;
		if (!binary) throw new Error('No binary data');
		expect(binary.id).toMatch(/^filesystem-v2:/);
		expect((await engine.readBinary(binary)).equals(content)).toBe(true);
		expect(await buffer(await engine.binaryStream(binary))).toHaveLength(content.length);

		const small = (await engine.run(probe('buffer'))).output('Node')[0]?.binary?.data;
		if (!small) throw new Error('No binary data');
		expect(small).toMatchObject({ fileName: 'a.bin', bytes: 4 });
		expect([...(await engine.readBinary(small))]).toEqual([0, 1, 2, 255]);
	});
});

describe('cancelling', () => {
	it('ends the requests of the node and the execution', async () => {
		const { id } = engine.addCredential('probeApi', { baseUrl: server.url, accessToken: 'any' });
		const stop = new AbortController();
		const running = engine.run(probe('request', '/never', { credentialId: id }), {
			signal: stop.signal,
		});
		await server.waiting;
		stop.abort();
		await server.abandoned;
		expect((await running).status).toBe('canceled');
	});

	it('before the start runs nothing', async () => {
		const result = await engine.run(probe('hint'), { signal: AbortSignal.abort() });
		expect(result.status).toBe('canceled');
		expect(result.hints('Node')).toEqual([]);
	});
});

describe('a polling trigger', () => {
	const trigger = (path = ''): WorkflowJson => ({
		nodes: [
			{
				id: 'poll',
				name: 'Poll',
				type: 'n8n-nodes-probe.probeTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { path },
			},
		],
		connections: {},
	});
	const credentials = () => ({ probeApi: engine.addCredential('probeApi', {}) });

	it('keeps its state from poll to poll, and stores it when items come out', async () => {
		const staticData = {};
		const poller = engine.startPolling(trigger(), { staticData, credentials: credentials() });
		expect(await poller.poll()).toMatchObject([[{ json: { polls: 1, region: 'north' } }]]);
		expect(await poller.poll()).toMatchObject([[{ json: { polls: 2 } }]]);
		expect(staticData).toEqual({ 'node:Poll': { polls: 2 } });

		const restarted = engine.startPolling(trigger(), { staticData, credentials: credentials() });
		expect(await restarted.poll()).toMatchObject([[{ json: { polls: 3 } }]]);
	});

	it('stores nothing when it has nothing or fails', async () => {
		const staticData = {};
		const options = { staticData, credentials: credentials() };
		expect(await engine.startPolling(trigger('nothing'), options).poll()).toBeNull();
		await expect(engine.startPolling(trigger('fail'), options).poll()).rejects.toThrow(
			'Poll failed',
		);
		expect(staticData).toEqual({});
	});

	it('fetches a sample in the editor, and hands on the items of a poll otherwise', async () => {
		const sample = await engine.run(trigger());
		expect(sample.output('Poll')).toMatchObject([{ json: { sample: true } }]);
		const polled = await engine.run(trigger(), { mode: 'trigger', input: items({ polls: 1 }) });
		expect(polled.output('Poll')).toMatchObject([{ json: { polls: 1 } }]);
	});
});

describe('an engine', () => {
	it('is the only one in its process', async () => {
		await expect(startEngine({ packageRoot: probePackage.root })).rejects.toThrow('already');
	});

	it('needs a built package', async () => {
		await engine.stop();
		const unbuilt = join(probePackage.root, 'package.json');
		const json = await readFile(unbuilt, 'utf8');
		await writeFile(unbuilt, json.replace('Probe.node.js', 'Missing.node.js'));
		await expect(startEngine({ packageRoot: probePackage.root })).rejects.toThrow('npm run build');
		await writeFile(unbuilt, json);
		engine = await startEngine({ packageRoot: probePackage.root });
		expect((await engine.run(probe('hint'))).status).toBe('success');
	});

	it('leaves nothing behind', async () => {
		const folder = process.env.N8N_USER_FOLDER ?? '';
		await access(folder);
		await engine.stop();
		await expect(access(folder)).rejects.toThrow('ENOENT');
		expect(process.env.N8N_USER_FOLDER).not.toBe(folder);
		engine = await startEngine({ packageRoot: probePackage.root });
	});
});
