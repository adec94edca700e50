/** WeChat, as far as a download needs it, in a process of its own: started by bench.cts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json } from 'node:stream/consumers';
import {
	answerChunks,
	answerLength,
	boundsOf,
	expectedOf,
	type ApplicationPlan,
	type Bounds,
	type Expected,
} from './packages.cts';

/** What the server tells when it is ready. */
export interface ServerReady {
	readonly url: string;
	/** By application; of those that are small enough to be gone through twice. */
	readonly expected: Readonly<Record<number, Expected>>;
}

type Body = Partial<Bounds> & { readonly application_id?: number };

const MOST_EXPECTED_SEGMENTS = 24;

const OK = { errcode: 0, errmsg: 'ok' };
const NO_APPLICATION = { errcode: 80300, errmsg: 'no such application' };
const NO_SEGMENT = { errcode: 80310, errmsg: 'no such segment' };
const UNKNOWN_CALL = { errcode: 40066, errmsg: 'invalid url' };

class Application {
	private readonly answers = new Map<number, Buffer>();
	private readonly bounds: readonly Bounds[];

	constructor(private readonly plan: ApplicationPlan) {
		this.bounds = boundsOf(plan);
		if (!plan.madeBefore) return;
		for (const bounds of this.bounds)
			this.answers.set(bounds.code_start, Buffer.concat([...answerChunks(plan.lattice, bounds)]));
	}

	query(): object {
		return {
			...OK,
			status: 'FINISH',
			application_id: this.plan.applicationId,
			isv_application_id: `bench-${this.plan.applicationId}`,
			code_generate_list: this.bounds,
			create_time: 1_700_000_000,
			update_time: 1_700_000_060,
		};
	}

	async download({ code_start, code_end }: Body, response: ServerResponse): Promise<void> {
		const bounds = this.bounds.find(
			(listed) => listed.code_start === code_start && listed.code_end === code_end,
		);
		if (!bounds) return sendJson(response, NO_SEGMENT);
		const made = this.answers.get(bounds.code_start);
		const length = made?.length ?? answerLength(this.plan.lattice, bounds);
		response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length });
		if (made) return void response.end(made);
		// Piece by piece, so that the answers under way take turns and none is ever there as a whole.
		await pipeline(Readable.from(answerChunks(this.plan.lattice, bounds)), response);
	}
}

function sendJson(response: ServerResponse, answer: object): void {
	response.setHeader('Content-Type', 'application/json');
	response.end(JSON.stringify(answer));
}

async function answer(
	applications: ReadonlyMap<number, Application>,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const body = (await json(request)) as Body;
	const { pathname } = new URL(request.url ?? '', 'http://bench');
	const call = pathname.slice(pathname.lastIndexOf('/') + 1);
	if (call === 'stable_token')
		return sendJson(response, { access_token: 'BENCH_TOKEN', expires_in: 7200 });
	const application = applications.get(Number(body.application_id));
	if (!application) return sendJson(response, NO_APPLICATION);
	if (call === 'applycodequery') return sendJson(response, application.query());
	if (call === 'applycodedownload') return await application.download(body, response);
	sendJson(response, UNKNOWN_CALL);
}

async function main(plans: readonly ApplicationPlan[]): Promise<void> {
	const applications = new Map(plans.map((plan) => [plan.applicationId, new Application(plan)]));
	const small = plans.filter(({ segments }) => segments <= MOST_EXPECTED_SEGMENTS);
	const expected = Object.fromEntries(small.map((plan) => [plan.applicationId, expectedOf(plan)]));
	const server = createServer((request, response) => {
		answer(applications, request, response).catch(() => response.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port');
	const ready: ServerReady = { url: `http://127.0.0.1:${address.port}`, expected };
	process.send?.(ready);
}

// Nobody is left to serve when the benchmark has ended, however it did.
process.once('disconnect', () => process.exit());
void main(JSON.parse(process.argv[2] ?? '[]'));
