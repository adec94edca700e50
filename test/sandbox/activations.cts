import { randomBytes } from 'node:crypto';
import { codeAt } from './codes.cts';
import { WechatError } from './errmsgs.cts';
import type { Account, Application, Fields } from './types.cts';

/** What a range of codes was tied to; both bounds inclusive. */
export interface Activation {
	readonly activity_name: string;
	readonly product_brand: string;
	readonly product_title: string;
	readonly product_code: string;
	readonly wxa_appid: string;
	readonly wxa_path: string;
	readonly wxa_type: number;
	readonly code_start: number;
	readonly code_end: number;
}

interface Ticket {
	readonly application: Application;
	readonly index: number;
	readonly openid: string;
}

/** The activated ranges and the tickets of scans. */
export class Activations {
	private readonly ranges = new Map<Application, Activation[]>();
	private readonly tickets = new Map<string, Ticket>();

	/** Throws 80302 if a code of the range is active already. */
	add(application: Application, activation: Activation): void {
		const ranges = this.ranges.get(application) ?? [];
		const overlaps = ranges.some(
			({ code_start, code_end }) =>
				code_start <= activation.code_end && activation.code_start <= code_end,
		);
		if (overlaps) throw new WechatError(80302);
		this.ranges.set(application, [...ranges, activation]);
	}

	/** The answer of codeactivequery. Throws 80306 outside the application, 80304 if not active. */
	describe(application: Application, index: number): Fields {
		if (index >= application.codeCount) throw new WechatError(80306);
		const activation = this.ranges
			.get(application)
			?.find(({ code_start, code_end }) => code_start <= index && index <= code_end);
		if (!activation) throw new WechatError(80304);
		return {
			code: codeAt(application.applicationId, index, application.form).code,
			application_id: BigInt(application.applicationId),
			isv_application_id: application.isvApplicationId,
			...activation,
		};
	}

	/** 32 hex digits, as a mini program gets them when this user scans this code; good once. */
	issueTicket(ticket: Ticket): string {
		const value = randomBytes(16).toString('hex');
		this.tickets.set(value, ticket);
		return value;
	}

	/** Uses a ticket up. Throws 40097 if it is unknown, used, another user's or another account's. */
	redeem(value: string, openid: string, account: Account): Ticket {
		const ticket = this.tickets.get(value);
		if (ticket?.openid !== openid || ticket.application.account !== account) {
			throw new WechatError(40097);
		}
		this.tickets.delete(value);
		return ticket;
	}

	clear(): void {
		this.ranges.clear();
		this.tickets.clear();
	}
}
