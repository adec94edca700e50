import type { PackageForm } from './form.cts';

/** A Service Account of the sandbox. An empty `packageKey` means that none was issued (80313). */
export interface Account {
	readonly appId: string;
	readonly appSecret: string;
	/** 16 ASCII characters. */
	readonly packageKey: string;
}

/** A merchant's authorisation of the third-party platform. The tokens change when it is refreshed. */
export interface Authorizer {
	readonly account: Account;
	accessToken: string;
	refreshToken: string;
	readonly permissionSets: readonly number[];
	/** Whether a refresh answers the same refresh token again; else the old one is dead. */
	readonly keepsRefreshToken: boolean;
	revoked: boolean;
}

export interface AuthorizerSettings {
	accessToken?: string;
	refreshToken?: string;
	/** Default: [46]; without 46 the marketcode calls answer 61007. */
	permissionSets?: readonly number[];
	/** Default: false, the strictest that a client may meet. */
	keepsRefreshToken?: boolean;
}

export interface ApplicationSettings {
	/** Default: the sandbox's own account. */
	account?: Account;
	codeCount: number;
	isvApplicationId?: string;
	/** A decimal uint64, may exceed 2^53. */
	applicationId?: string;
	/** Codes a segment, 50,000 by default. */
	segmentSize?: number;
	/** Time until the status is FINISH, 0 by default; Infinity = never. */
	finishAfterMs?: number;
	/** Where the index column counts from, 'application' by default. */
	indexesFrom?: 'application' | 'segment';
	/** Whether WeChat has dropped the package files (80309). */
	packageExpired?: boolean;
	/** What of its packages is written otherwise than the sandbox writes them by default. */
	form?: Partial<PackageForm>;
	/** Whether applycodequery answers no ids and no times, as public samples show; default false. */
	sparseAnswers?: boolean;
}

type Settled = Omit<ApplicationSettings, 'finishAfterMs' | 'packageExpired' | 'form'>;

export interface Application extends Readonly<Required<Settled>> {
	readonly form: PackageForm;
	/** Milliseconds since 1970 on the sandbox's clock. */
	readonly createdAt: number;
	/** Milliseconds since 1970 on the sandbox's clock; a test may move it. */
	finishAt: number;
	packageExpired: boolean;
}

/** Both bounds inclusive. */
export interface Segment {
	code_start: number;
	code_end: number;
}

/** One request that the sandbox has seen. */
export interface RequestRecord {
	/** Last part of the path: 'applycodedownload', 'stable_token', 'token-server' … */
	readonly call: string;
	readonly method: string;
	/** Milliseconds since 1970, real time. */
	readonly at: number;
	/** When the answer was sent, or the connection ended; real time. */
	endedAt?: number;
	/** The parsed JSON body; integers beyond 2^53 are bigint. `{}` if there was none. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Only for stable_token: whether the request forced a refresh. */
	readonly forced?: boolean;
	/** What was answered (0 = success); undefined if the answer was no WeChat JSON. */
	errcode?: number;
	/**
	 * Bytes of the answer's body that were handed to the socket, compressed if they were. The system's
	 * buffers take some MB more than a caller reads.
	 */
	sentBytes: number;
	/** Whether the caller hung up before it had the whole answer. */
	aborted: boolean;
}

/** Fields of a JSON object, in the order in which they are written. */
export type Fields = Record<string, unknown>;
