import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import type { CredentialReference } from './client.cts';
import { sandboxCredential, storeCredential, type Lab } from './n8nLab.cts';

/** A WeChat of a suite's own: the templates name applications that the lab's may have given out. */
export interface OwnSandbox {
	sandbox: Sandbox;
	credential: CredentialReference;
}

/** Starts the suite's sandbox before its tests and ends it after them. */
export function useOwnSandbox(lab: () => Lab): () => OwnSandbox {
	let own: OwnSandbox | undefined;
	beforeAll(async () => {
		const sandbox = await startSandbox();
		const name = `Templates ${sandbox.url}`;
		const data = sandboxCredential(sandbox);
		own = { sandbox, credential: await storeCredential(lab().client, name, data) };
	});
	afterAll(() => own?.sandbox.stop());
	return () => {
		if (own === undefined) throw new Error('the sandbox has not started');
		return own;
	};
}
