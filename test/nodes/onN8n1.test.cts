import { runOn } from './n8nMajor.cts';

// Before the tests below are loaded: their worlds ask for it.
runOn(1);

/** What has to do with tokens, stored credentials, errors of requests and outputs, once more on n8n 1. */
describe.each([
	'cancel',
	'tokens',
	'otherTokens',
	'componentRefresh',
	'credentialTest',
	'failover',
	'handoverOutputs',
	'handoverPasswords',
	'retries',
	'secrets',
	'storedCredential',
])('on n8n 1: %s', (name) => {
	jest.requireActual(`./${name}.test.cts`);
});
