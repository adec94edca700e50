import { parseArgs } from 'node:util';
import { DELIMITERS } from './form.cts';
import { startSandbox, type PackageForm, type Sandbox } from './sandbox.cts';

const USAGE = `A WeChat marketcode server on this machine, for trying the nodes without an account.

  npm run sandbox -- [--port 8080] [--generation-seconds 10] [--lattice 361] [--delimiter tab] [--sparse]

  --port                where it listens on 127.0.0.1; 0 = any free port
  --generation-seconds  how long an application that you apply for takes until it is FINISH
  --lattice             how many characters 0/1 of a micro code stand in each row of a package
  --delimiter           what stands between the columns of a package: tab, spaces or comma
  --sparse              applycodequery answers no ids and no times`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '8080' },
			'generation-seconds': { type: 'string', default: '10' },
			lattice: { type: 'string', default: '361' },
			delimiter: { type: 'string', default: 'tab' },
			sparse: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const delimiter = DELIMITERS.find((name) => name === values.delimiter);
	if (!delimiter) throw new Error(`--delimiter is one of ${DELIMITERS.join(', ')}`);
	const sandbox = await startSandbox({
		port: Number(values.port),
		generationMs: Number(values['generation-seconds']) * 1000,
		form: { latticeWidth: Number(values.lattice), delimiter },
		sparseAnswers: values.sparse,
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
  Host             Custom
  Custom Base URL  ${url}
  AppID            ${account.appId}
  AppSecret        ${account.appSecret}
  Package Key      ${account.packageKey}
  Token server     ${tokenServer.url}   ${tokenServer.headerName}: ${tokenServer.headerValue}

Applications:
  ${finished.applicationId}  ${finished.codeCount} codes, FINISH       (external ID ${finished.isvApplicationId})
  ${unfinished.applicationId}  ${unfinished.codeCount} codes, FINISH in 60 s (external ID ${unfinished.isvApplicationId})

Packages: ${describe(finished.form)}

Try it:
  curl -s -X POST ${url}/cgi-bin/stable_token -d '${tokenRequest}'
  curl -s -X POST '${url}/intp/marketcode/applycodequery?access_token=ACCESS_TOKEN' -d '{"application_id":${finished.applicationId}}'

What it has seen: ${url}/_sandbox/requests`;
}

function describe({ columns, delimiter, latticeWidth, codeLength }: PackageForm): string {
	const widths = {
		lattice: ` (${latticeWidth})`,
		code: ` (${codeLength})`,
		index: '',
		url: ' (28)',
	};
	const names = columns.map((column) => column + widths[column]);
	return `${names.join(', ')}; delimiter ${delimiter}`;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
