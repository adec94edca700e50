import { startEngine, workflowOf, type Engine } from './engine.cts';
import { startProbeServer, writeProbePackage, type ProbeServer } from './probe.cts';

let engine: Engine;
let server: ProbeServer;
let probePackage: Awaited<ReturnType<typeof writeProbePackage>>;

beforeAll(async () => {
	probePackage = await writeProbePackage();
	server = await startProbeServer();
	engine = await startEngine({ packageRoot: probePackage.root });
});

afterAll(async () => {
	await engine.stop();
	await server.close();
	await probePackage.remove();
});

const items = (...values: object[]) => values.map((value) => ({ json: { ...value } }));

const addProbe = (data: Record<string, string> = {}) =>
	engine.addCredential('probeApi', { baseUrl: server.url, secret: 's', ...data }).id;
const nodeWith = (action: string, credentialId: string) =>
	workflowOf('n8n-nodes-probe.probe', { action }, { credentialType: 'probeApi', credentialId });
const requestWith = (credentialId: string) => nodeWith('request', credentialId);
const newTokenRequests = async (work: () => Promise<unknown>) => {
	const before = server.tokenRequests.length;
	await work();
	return server.tokenRequests.slice(before);
};

it('get a token only while there is none, and keep it over runs', async () => {
	const workflow = requestWith(addProbe());
	expect(await newTokenRequests(() => engine.run(workflow))).toEqual(['s']);
	expect(await newTokenRequests(() => engine.run(workflow))).toEqual([]);
	const result = await engine.run(workflow);
	expect(result.output('Node')[0]?.json).toMatchObject({
		bearer: expect.stringMatching(/^s-/),
		region: 'north',
	});
});

it('get a new token on HTTP 401, which is stored as well', async () => {
	const credentialId = addProbe({ accessToken: 'stale' });
	const workflow = requestWith(credentialId);
	expect(await newTokenRequests(() => engine.run(workflow))).toEqual(['s']);
	server.revokeTokens();
	expect(await newTokenRequests(() => engine.run(workflow))).toEqual(['s']);
	expect(await newTokenRequests(() => engine.run(workflow))).toEqual([]);
	expect(engine.storedCredential(credentialId).accessToken).toBe(
		`s-${server.tokenRequests.length}`,
	);
});

it('are resolved for each item, and never stored resolved', async () => {
	const credentialId = addProbe({ secret: '={{ $json.merchant }}' });
	const asked = await newTokenRequests(() =>
		engine.run(requestWith(credentialId), {
			input: items({ merchant: 'm1' }, { merchant: 'm2' }),
		}),
	);
	expect(asked).toEqual(['m1']);
	expect(engine.storedCredential(credentialId)).toMatchObject({
		secret: '={{ $json.merchant }}',
		accessToken: expect.stringMatching(/^m1-/),
	});
});

it('reach the node with defaults and without what the type does not declare', async () => {
	const credentialId = addProbe();
	await engine.run(requestWith(credentialId));
	const result = await engine.run(nodeWith('credential', credentialId));
	expect(Object.keys(result.output('Node')[0]?.json ?? {}).sort()).toEqual([
		'accessToken',
		'allowedHttpRequestDomains',
		'baseUrl',
		'region',
		'secret',
	]);
	expect(engine.storedCredential(credentialId)).toHaveProperty('undeclared');
});

it('are copies wherever they come out', async () => {
	const data = { baseUrl: 'here' };
	const { id } = engine.addCredential('probeApi', data);
	data.baseUrl = 'there';
	engine.storedCredential(id).baseUrl = 'nowhere';
	expect(engine.storedCredential(id)).toEqual({ baseUrl: 'here' });
});

it('limit their own requests to the domains that the user allows', async () => {
	const limits = { allowedHttpRequestDomains: 'domains', allowedDomains: 'elsewhere.example' };
	const result = await engine.run(requestWith(addProbe(limits)));
	expect(result.error?.message).toContain('Domain not allowed');
});

it('that do not exist are an error', async () => {
	const result = await engine.run(requestWith('x'));
	expect(result.error?.message).toContain('"x"');
});

describe('the test of a credential', () => {
	it('passes with a stored token or after having got one', async () => {
		const id = addProbe();
		const ok = { status: 'OK', message: expect.any(String) };
		expect(
			await newTokenRequests(async () => expect(await engine.testCredential(id)).toEqual(ok)),
		).toEqual(['s']);
		expect(
			await newTokenRequests(async () => expect(await engine.testCredential(id)).toEqual(ok)),
		).toEqual([]);
	});

	it('fails on a value that its rules name', async () => {
		const id = addProbe({ region: 'nowhere' });
		expect(await engine.testCredential(id)).toEqual({ status: 'Error', message: 'No such field' });
	});

	it('fails on an expression that needs an item', async () => {
		const id = addProbe({ secret: '={{ $json.merchant }}' });
		expect(await engine.testCredential(id)).toMatchObject({ status: 'Error' });
	});

	it('fails when the service cannot be reached, and says why', async () => {
		const id = addProbe({ baseUrl: 'http://127.0.0.1:1' });
		expect(await engine.testCredential(id)).toMatchObject({
			status: 'Error',
			message: 'ECONNREFUSED',
		});
	});
});
