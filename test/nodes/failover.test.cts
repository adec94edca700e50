import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEngine, workflowOf, type Engine } from '../engine/engine.cts';
import { n8nMajor } from './n8nMajor.cts';
import { byId } from './world.cts';

// WeChat's own hosts can't be had here. A proxy that n8n is told to use sees which of them a request
// wants, and cuts the connection before anything is sent.
const asked: string[] = [];
let proxy: Server;
let engine: Engine;
const environment = process.env.HTTPS_PROXY;

beforeAll(async () => {
	proxy = createServer();
	proxy.on('connect', ({ url }, socket) => {
		asked.push(String(url));
		socket.destroy();
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const { port } = proxy.address() as AddressInfo;
	process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
	engine = await startEngine({ n8n: n8nMajor() });
});

afterAll(async () => {
	if (environment === undefined) delete process.env.HTTPS_PROXY;
	else process.env.HTTPS_PROXY = environment;
	await engine.stop();
	proxy.close();
});

beforeEach(() => asked.splice(0));

const run = async (credential: Record<string, string>) => {
	const { id } = engine.addCredential('wechatMarketcodeApi', credential);
	const parameters = { application: byId('700000001'), output: 'encrypted' };
	return await engine.run(workflowOf('marketcodeDownload', parameters, { credentialId: id }));
};

describe('a host that can not be reached', () => {
	it.each([
		['a call', { authentication: 'authorizerToken', authorizerAccessToken: 'TOKEN_OF_A_MERCHANT' }],
		['a token', { authentication: 'appSecret', appId: 'wx0123456789abcdef', appSecret: 'SECRET' }],
	])('is left for api2 after the second try for %s', async (_what, credential) => {
		const result = await run(credential);
		expect(asked).toEqual([
			'api.weixin.qq.com:443',
			'api.weixin.qq.com:443',
			'api2.weixin.qq.com:443',
			'api2.weixin.qq.com:443',
		]);
		expect(result.error?.message).toBe('WeChat could not be reached');
	});

	it('stays the one that the user chose', async () => {
		await run({
			authentication: 'authorizerToken',
			authorizerAccessToken: 'TOKEN_OF_A_MERCHANT',
			host: 'https://hk.api.weixin.qq.com',
		});
		expect(new Set(asked)).toEqual(new Set(['hk.api.weixin.qq.com:443']));
	});
});
