import type { Clock } from './clock.cts';
import { codesOfLength, indexOf } from './codes.cts';
import { WechatError } from './errmsgs.cts';
import { changedForm, type PackageForm } from './form.cts';
import type { Account, Application, ApplicationSettings, Fields, Segment } from './types.cts';

const SEGMENT_SIZE = 50_000;
const FIRST_ID = 700_000_001;
/** What a status other than FINISH is called is not documented; this is the sandbox's word. */
export const UNFINISHED = 'GENERATING';

/** What an application is like unless its own settings say otherwise. */
export interface ApplicationDefaults {
	readonly form: PackageForm;
	readonly sparseAnswers: boolean;
}

/** The applications of all accounts. */
export class Applications {
	private readonly byId = new Map<string, Application>();

	constructor(
		private readonly clock: Clock,
		private readonly defaults: ApplicationDefaults,
	) {}

	/** Throws if an id is taken, or the settings ask for what can't be. */
	add(settings: ApplicationSettings, account: Account): Application {
		const applicationId = settings.applicationId ?? this.freeId();
		const isvApplicationId = settings.isvApplicationId ?? `sandbox-${applicationId}`;
		if (!/^\d+$/.test(applicationId) || this.byId.has(applicationId)) {
			throw new Error(`Application id ${applicationId} is taken or no decimal number`);
		}
		if (this.findByIsvId(isvApplicationId, account)) {
			throw new Error(`The account has an application ${isvApplicationId} already`);
		}
		if (!Number.isInteger(settings.codeCount) || settings.codeCount < 1) {
			throw new Error('codeCount must be a whole number from 1');
		}
		const form = changedForm(this.defaults.form, settings.form ?? {});
		if (settings.codeCount > codesOfLength(form.codeLength)) {
			throw new Error(`There are fewer codes of ${form.codeLength} characters`);
		}
		const now = this.clock.now();
		const application: Application = {
			account,
			applicationId,
			isvApplicationId,
			codeCount: settings.codeCount,
			segmentSize: settings.segmentSize ?? SEGMENT_SIZE,
			indexesFrom: settings.indexesFrom ?? 'application',
			createdAt: now,
			finishAt: now + (settings.finishAfterMs ?? 0),
			packageExpired: settings.packageExpired ?? false,
			form,
			sparseAnswers: settings.sparseAnswers ?? this.defaults.sparseAnswers,
		};
		this.byId.set(applicationId, application);
		return application;
	}

	all(): Application[] {
		return [...this.byId.values()];
	}

	/** Throws a plain Error: for the sandbox's own users, who know what they have added. */
	get(applicationId: string): Application {
		const application = this.byId.get(applicationId);
		if (!application) throw new Error(`The sandbox has no application ${applicationId}`);
		return application;
	}

	/** Throws 80300 if there is none, 80301 if it is another account's. */
	require(applicationId: string, account: Account): Application {
		const application = this.byId.get(applicationId);
		if (!application) throw new WechatError(80300);
		return requireOwn(application, account);
	}

	findByIsvId(isvApplicationId: string, account: Account): Application | undefined {
		return this.all().find(
			(application) =>
				application.account === account && application.isvApplicationId === isvApplicationId,
		);
	}

	/** The application that a code or url belongs to, with its index there. Throws 80303, 80301. */
	locate(field: 'code' | 'url', text: string, account: Account): [Application, number] {
		for (const application of this.all()) {
			const index = indexOf(application, field, text);
			if (index !== undefined) return [requireOwn(application, account), index];
		}
		throw new WechatError(80303);
	}

	isFinished(application: Application): boolean {
		return application.finishAt <= this.clock.now();
	}

	/** The answer of applycodequery. */
	describe(application: Application): Fields {
		const finished = this.isFinished(application);
		const status = finished ? 'FINISH' : UNFINISHED;
		const code_generate_list = finished ? segmentsOf(application) : [];
		if (application.sparseAnswers) return { status, code_generate_list };
		return {
			status,
			application_id: BigInt(application.applicationId),
			isv_application_id: application.isvApplicationId,
			code_generate_list,
			create_time: Math.floor(application.createdAt / 1000),
			update_time: Math.floor((finished ? application.finishAt : application.createdAt) / 1000),
		};
	}

	clear(): void {
		this.byId.clear();
	}

	private freeId(): string {
		let id = FIRST_ID;
		while (this.byId.has(id.toString())) id++;
		return id.toString();
	}
}

function requireOwn(application: Application, account: Account): Application {
	if (application.account !== account) throw new WechatError(80301);
	return application;
}

/** The segments in which an application's packages come, in order. */
export function segmentsOf({ codeCount, segmentSize }: Application): Segment[] {
	return Array.from({ length: Math.ceil(codeCount / segmentSize) }, (_, segment) => ({
		code_start: segment * segmentSize,
		code_end: Math.min((segment + 1) * segmentSize, codeCount) - 1,
	}));
}
