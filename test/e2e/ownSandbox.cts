import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import type { CredentialReference } from './client.cts';
import { sandboxCredential, storeCredential, type Lab } from './n8nLab.cts';

/** A WeChat of a suite's own: the templates name applications that the lab's may have given out. */
interface OwnSandbox {
	sandbox: Sandbox;
	credential: CredentialReference;
}

/** Starts the suite's sandbox before its tests and ends it after them. */
export function useOwnSandbox(lab: () => Lab): () => OwnSandbox {
	let sandbox: Sandbox | undefined;
	let own: OwnSandbox | undefined;
	beforeAll(async () => {
		const { client } = lab();
		sandbox = await startSandbox();
		const name = `Templates ${sandbox.url}`;
		const data = sandboxCredential(sandbox);
		own = { sandbox, credential: await storeCredential(client, name, data) };
	});
	// Also after a start that failed: a server that is left running would keep the tests from ending.
	afterAll(() => sandbox?.stop());
	return () => {
		if (own === undefined) throw new Error('the sandbox has not started');
		return own;
	};
}
