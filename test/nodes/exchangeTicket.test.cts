import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll } from './activity.cts';
import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { speedUpClock } from './fastClock.cts';
import { useOperation } from './operation.cts';

const exchange = useOperation('code', 'exchangeTicket');
const { lab } = exchange;

let applicationId = '';
beforeEach(async () => {
	({ applicationId } = lab.application());
	await activateAll(lab, applicationId);
	lab.sandbox.clearRequests();
});

const scan = (openid = 'user-1') => ({
	openid,
	codeTicket: lab.sandbox.issueTicket('user-1', applicationId, 1_234),
});

describe('Code: Exchange Ticket', () => {
	it('gives the code that was scanned and what it is tied to, but not the ticket', async () => {
		const [item] = await exchange.items(scan());
		expect(item).toEqual({
			openid: 'user-1',
			code: lab.sandbox.code(applicationId, 1_234).code,
			application_id: applicationId,
			isv_application_id: `sandbox-${applicationId}`,
			...ACTIVITY,
			code_start: 0,
			code_end: 2_999,
		});
	});

	it('exchanges one ticket an item', async () => {
		const input = [scan(), scan()];
		const parameters = { openid: '={{ $json.openid }}', codeTicket: '={{ $json.codeTicket }}' };
		expect(await exchange.items(parameters, { input })).toHaveLength(2);
		expect(lab.sandbox.count('tickettocode')).toBe(2);
	});

	it.each([
		['used before', async (used: object) => void (await exchange.items({ ...used })), {}],
		["another user's", async () => {}, { openid: 'user-2' }],
		['invented', async () => {}, { codeTicket: 'no-such-ticket' }],
	])('is an error for a ticket that is %s (40097)', async (_what, prepare, change) => {
		const ticket = scan();
		await prepare(ticket);
		const { message, description } = await exchange.fail({ ...ticket, ...change });
		expect(message).toBe('WeChat rejects an argument (errcode 40097)');
		expect(description).toContain('it can be used once only');
	});

	it.each([
		['OpenID', { openid: '={{ $json.missing }}' }],
		['Code Ticket', { codeTicket: '={{ "  " }}' }],
	])('is an error without %s, before any request', async (label, change) => {
		const { message, description } = await exchange.fail({ ...scan(), ...change });
		expect(message).toBe(`${label} is missing`);
		expect(description).toContain('expression');
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['the connection is reset', { kind: 'reset' }],
		['WeChat is busy', { kind: 'errcode', errcode: -1 }],
	] as const)('is tried again when %s', async (_what, fault) => {
		const slowDown = speedUpClock(50);
		lab.sandbox.inject({ call: 'tickettocode', ...fault });
		expect(await exchange.items(scan())).toHaveLength(1);
		slowDown();
	});

	it('says that a ticket is good once, if it was used up by an exchange whose answer was lost', async () => {
		const slowDown = speedUpClock(50);
		lab.sandbox.inject({ call: 'tickettocode', kind: 'cut' });
		const { description } = await exchange.fail(scan());
		expect(description).toContain('it can be used once only');
		expect(description).toContain('An earlier try ended without an answer');
		slowDown();
	});

	it('shows neither ticket nor user in an error, even if WeChat quotes them', async () => {
		const { openid, codeTicket } = scan('user-of-a-phone');
		const errmsg = `invalid ticket ${codeTicket} of ${openid} rid: 1-2-3`;
		lab.sandbox.inject({ call: 'tickettocode', kind: 'errcode', errcode: 40097, errmsg });
		const parameters = { openid: '={{ $json.openid }}', codeTicket: '={{ $json.codeTicket }}' };
		const input = [{ openid, codeTicket }];
		const { description, error, result } = await exchange.fail(parameters, { input });
		expect(description).toContain('errcode 40097, invalid ticket *** of *** rid: 1-2-3');
		expect(JSON.stringify([error, result.logs])).not.toContain(codeTicket);
	});
});

itTellsErrcodes(exchange, 'tickettocode', [80301, 80304], () => scan());
