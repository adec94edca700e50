import { EventEmitter, once } from 'node:events';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const CREDENTIAL = `
exports.ProbeApi = class {
	constructor() {
		this.name = 'probeApi';
		this.displayName = 'Probe API';
		this.properties = [
			{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
			{ displayName: 'Secret', name: 'secret', type: 'string', default: '' },
			{ displayName: 'Region', name: 'region', type: 'string', default: 'north' },
			{
				displayName: 'Access Token', name: 'accessToken', type: 'hidden', default: '',
				typeOptions: { expirable: true },
			},
		];
		this.authenticate = {
			type: 'generic',
			properties: {
				headers: { authorization: '={{ "Bearer " + $credentials.accessToken }}' },
				qs: { region: '={{ $credentials.region }}' },
			},
		};
		this.test = {
			request: { baseURL: '={{ $credentials.baseUrl }}', url: '/data' },
			rules: [{
				type: 'responseSuccessBody',
				properties: { key: 'bearer', value: undefined, message: 'No such field' },
			}],
		};
	}
	async preAuthentication({ baseUrl, secret }) {
		const { token } = await this.helpers.httpRequest({
			url: baseUrl + '/token', qs: { secret }, json: true,
		});
		return { accessToken: token, secret, undeclared: 'stored, but never seen by a node' };
	}
};
`;

const NODE = `
const { createReadStream } = require('node:fs');
const { NodeOperationError } = require('n8n-workflow');

const act = {
	async request(i) {
		const credentials = await this.getCredentials('probeApi', i);
		const { id, name } = this.getNode().credentials.probeApi;
		const json = await this.helpers.httpRequestWithAuthentication.call(
			this, 'probeApi',
			{ url: credentials.baseUrl + this.getNodeParameter('path', i), json: true },
			{ credentialsDecrypted: { id, name, type: 'probeApi', data: credentials } },
		);
		return { json };
	},
	async credential(i) {
		return { json: await this.getCredentials('probeApi', i) };
	},
	async buffer() {
		const content = Buffer.from([0, 1, 2, 255]);
		return { json: {}, binary: { data: await this.helpers.prepareBinaryData(content, 'a.bin', 'application/octet-stream') } };
	},
	async stream(i) {
		const content = createReadStream(this.getNodeParameter('path', i));
		return { json: {}, binary: { data: await this.helpers.prepareBinaryData(content, 'b.bin', 'application/octet-stream') } };
	},
	async hint() {
		this.addExecutionHints({ message: 'Look here', location: 'outputPane' });
		this.logger.warn('from the logger');
		console.debug('from the console');
		return { json: {} };
	},
	async fail(i) {
		if (this.getNodeParameter('path', i) === 'bad') {
			throw new NodeOperationError(this.getNode(), 'Bad item', { itemIndex: i });
		}
		return { json: { good: true } };
	},
};

exports.Probe = class {
	constructor() {
		this.description = {
			displayName: 'Probe', name: 'probe', group: ['transform'], version: 1,
			description: 'Does one thing for each item', defaults: { name: 'Probe' },
			inputs: ['main'], outputs: ['main', 'main'], outputNames: ['Even', 'Odd'],
			credentials: [{ name: 'probeApi', required: false }],
			properties: [
				{ displayName: 'Action', name: 'action', type: 'string', default: '', required: true },
				{ displayName: 'Path', name: 'path', type: 'string', default: '/data' },
			],
		};
	}
	async execute() {
		const outputs = [[], []];
		for (let i = 0; i < this.getInputData().length; i++) {
			try {
				const item = await act[this.getNodeParameter('action', i)].call(this, i);
				outputs[i % 2].push({ ...item, pairedItem: { item: i } });
			} catch (error) {
				if (!this.continueOnFail()) throw error;
				outputs[0].push({ json: { error: error.message }, error, pairedItem: { item: i } });
			}
		}
		return outputs;
	}
};
`;

const TRIGGER = `
exports.ProbeTrigger = class {
	constructor() {
		this.description = {
			displayName: 'Probe Trigger', name: 'probeTrigger', group: ['trigger'], version: 1,
			description: 'Counts its polls', defaults: { name: 'Probe Trigger' }, polling: true,
			inputs: [], outputs: ['main'],
			credentials: [{ name: 'probeApi', required: false }],
			properties: [{ displayName: 'Path', name: 'path', type: 'string', default: '' }],
		};
	}
	async poll() {
		const state = this.getWorkflowStaticData('node');
		if (this.getMode() === 'manual') return [[{ json: { sample: true } }]];
		const { region } = await this.getCredentials('probeApi');
		state.polls = (state.polls ?? 0) + 1;
		const path = this.getNodeParameter('path');
		if (path === 'fail') throw new Error('Poll failed');
		return path === 'nothing' ? null : [[{ json: { polls: state.polls, region } }]];
	}
};
`;

/** Writes a built package with a credential that refreshes itself, a node and a polling trigger. */
export async function writeProbePackage(): Promise<{ root: string; remove(): Promise<void> }> {
	const root = await mkdtemp(join(tmpdir(), 'wechat-marketcode-probe-'));
	const files = {
		'dist/ProbeApi.credentials.js': CREDENTIAL,
		'dist/Probe.node.js': NODE,
		'dist/ProbeTrigger.node.js': TRIGGER,
		'package.json': JSON.stringify({
			name: 'n8n-nodes-probe',
			version: '1.0.0',
			n8n: {
				nodes: ['dist/Probe.node.js', 'dist/ProbeTrigger.node.js'],
				credentials: ['dist/ProbeApi.credentials.js'],
			},
		}),
	};
	await mkdir(join(root, 'dist'));
	for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
	// The node imports n8n-workflow, which an installed package finds beside itself.
	const installed = resolve(__dirname, '../../node_modules');
	await symlink(installed, join(root, 'node_modules'), 'junction');
	return { root, remove: () => rm(root, { recursive: true }) };
}

export interface ProbeServer {
	url: string;
	/** The secrets for which a token was asked, in order. */
	tokenRequests: string[];
	/** Refuses every token issued so far. */
	revokeTokens(): void;
	/** Resolves when a client has begun to wait for an answer that never comes. */
	waiting: Promise<unknown>;
	/** Resolves when that client has given up. */
	abandoned: Promise<unknown>;
	close(): Promise<void>;
}

/** `/token?secret=` issues tokens, `/data` answers those who have one, `/never` doesn't answer. */
export async function startProbeServer(): Promise<ProbeServer> {
	const tokenRequests: string[] = [];
	let valid = new Set<string>();
	const unanswered = new EventEmitter();

	const answer = (request: IncomingMessage, response: ServerResponse) => {
		const { pathname, searchParams } = new URL(request.url ?? '', 'http://probe');
		const send = (status: number, body: object) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (pathname === '/never') {
			response.on('close', () => unanswered.emit('abandoned'));
			unanswered.emit('waiting');
		} else if (pathname === '/token') {
			tokenRequests.push(searchParams.get('secret') ?? '');
			const token = `${searchParams.get('secret')}-${tokenRequests.length}`;
			valid.add(token);
			send(200, { token });
		} else {
			const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
			const region = searchParams.get('region');
			send(valid.has(bearer) ? 200 : 401, region === 'nowhere' ? {} : { bearer, region });
		}
	};
	const server = createServer(answer);
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		tokenRequests,
		revokeTokens: () => {
			valid = new Set();
		},
		waiting: once(unanswered, 'waiting'),
		abandoned: once(unanswered, 'abandoned'),
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
