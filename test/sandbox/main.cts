import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from './sandbox.cts';

const USAGE = `A WeChat marketcode server on this machine, for trying the nodes without an account.

  npm run sandbox -- [--port 8080] [--generation-seconds 10]

  --port                where it listens on 127.0.0.1; 0 = any free port
  --generation-seconds  how long an application that you apply for takes until it is FINISH`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '8080' },
			'generation-seconds': { type: 'string', default: '10' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const sandbox = await startSandbox({
		port: Number(values.port),
		generationMs: Number(values['generation-seconds']) * 1000,
	});
	console.log(introduction(sandbox));
	const stop = () => {
		console.log('Sandbox stopped.');
		void sandbox.stop();
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

function introduction(sandbox: Sandbox): string {
	const { url, account, tokenServer } = sandbox;
	const finished = sandbox.addApplication({ codeCount: 150_000 });
	const unfinished = sandbox.addApplication({ codeCount: 10_000, finishAfterMs: 60_000 });
	const tokenRequest = JSON.stringify({
		grant_type: 'client_credential',
		appid: account.appId,
		secret: account.appSecret,
	});
	return `Sandbox ${url} (Ctrl-C stops it)

In the credential (all invented, good here only):
  Host          Custom
  Base URL      ${url}
  AppID         ${account.appId}
  AppSecret     ${account.appSecret}
  Package key   ${account.packageKey}
  Token server  ${tokenServer.url}   ${tokenServer.headerName}: ${tokenServer.headerValue}

Applications:
  ${finished.applicationId}  ${finished.codeCount} codes, FINISH       (external ID ${finished.isvApplicationId})
  ${unfinished.applicationId}  ${unfinished.codeCount} codes, FINISH in 60 s (external ID ${unfinished.isvApplicationId})

Try it:
  curl -s -X POST ${url}/cgi-bin/stable_token -d '${tokenRequest}'
  curl -s -X POST '${url}/intp/marketcode/applycodequery?access_token=ACCESS_TOKEN' -d '{"application_id":${finished.applicationId}}'

What it has seen: ${url}/_sandbox/requests`;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
