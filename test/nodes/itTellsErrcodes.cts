import type { INodeParameters } from 'n8n-workflow';
import { speedUpClock } from './fastClock.cts';
import type { Operation } from './operation.cts';

/** What the user reads: a part of the meaning, and of what to do. */
const TEXTS: Readonly<Record<number, readonly [meaning: string, fix: string]>> = {
	[-1]: ['WeChat is busy', 'in a few minutes'],
	40001: ['rejects the access token', 'stable_token'],
	40014: ['malformed', 'Check the token'],
	40097: ['rejects an argument', 'Check the values that the node sends'],
	40164: ["not on the account's allowlist: 203.0.113.9", 'IP allowlist'],
	41001: ['access token is missing', 'Check the authentication'],
	42001: ['has expired', 'Run the node again'],
	42007: ['authorisation has changed', 'authorise the third-party platform again'],
	43002: ['POST', 'report this as a fault of this node'],
	44002: ['empty request', 'report this as a fault of this node'],
	45009: ['daily quota', 'Wait until tomorrow'],
	45011: ['Too many calls within a minute', 'Wait a minute'],
	47001: ['could not read the request', 'report this as a fault of this node'],
	48001: ['may not use marketcode', 'Apply for marketcode'],
	48004: ['banned', 'notices in the admin console'],
	50002: ['restricted', 'notices in the admin console'],
	61003: ['not authorised', 'permission set 46'],
	61004: ['not registered for the third-party platform', 'IP allowlist'],
	61007: ['Permission set 46 is missing', 'authorise the third-party platform again'],
	80300: ['no such application', 'Check the application ID'],
	80301: ["another account's", 'Choose the credential of the account'],
	80302: ['overlaps one that is active already', 'codes are all inactive'],
	80303: ['does not recognise the code', '9 or the url with its 28 characters'],
	80304: ['not activated', 'Activate the range'],
	80305: ['could not activate the range', 'AppID of the mini program and the path'],
	80306: ['outside the application', 'Check the application ID'],
	80308: ['not generated yet', 'later'],
	80313: ['no package key', 'Ask the WeChat contact'],
	89503: ["waits for an administrator's confirmation", 'in the message that WeChat sent'],
};

/** What every marketcode call may be answered with. */
const ANY_CALL = [
	-1, 40001, 40014, 40097, 40164, 41001, 42001, 42007, 43002, 44002, 45009, 45011, 47001, 48001,
	48004, 50002, 61003, 61004, 61007, 89503,
];

const ERRMSG = 'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, no rid: 6f-a1-b2';

/**
 * Declares a test for each errcode that any call may be answered with, and for those of this call: the
 * error's message says what it means, its description what to do, and with continue on fail the item
 * has errcode, errmsg and rid.
 */
export function itTellsErrcodes(
	operation: Operation,
	call: string,
	ofThisCall: readonly number[],
	parameters: () => INodeParameters,
): void {
	describe(`${call} answered with an errcode`, () => {
		let slowDown = () => {};
		beforeEach(() => {
			slowDown = speedUpClock(200);
		});
		afterEach(() => slowDown());

		it.each([...ANY_CALL, ...ofThisCall])('%d: what it means and what to do', async (errcode) => {
			const [meaning, fix] = TEXTS[errcode] ?? [];
			const fault = { kind: 'errcode', errcode, errmsg: ERRMSG } as const;
			operation.lab.sandbox.inject({ call, times: Infinity, ...fault });
			const item = await operation.errorItem(parameters());
			expect(item).toEqual({
				error: expect.stringContaining(meaning ?? 'no such text'),
				message: expect.stringContaining(fix ?? 'no such text'),
				details: { errcode, errmsg: ERRMSG, rid: '6f-a1-b2' },
			});
			expect(item.error).toContain(`(errcode ${errcode})`);
			expect(item.message).toContain(`WeChat said: errcode ${errcode}, ${ERRMSG}`);
		});

		it('ends the workflow as a NodeApiError with the same texts', async () => {
			const fault = { kind: 'errcode', errcode: 48001, errmsg: ERRMSG } as const;
			operation.lab.sandbox.inject({ call, ...fault });
			const { message, description, error } = await operation.fail(parameters());
			expect(message).toBe('This account may not use marketcode (errcode 48001)');
			expect(description).toContain(ERRMSG);
			expect(error).toMatchObject({ name: 'NodeApiError', context: { itemIndex: 0 } });
			expect(operation.lab.sandbox.count(call)).toBe(1);
		});
	});
}
