import express, { type Express, type Request, type Response } from 'express';
import { writeAnswer } from './alterations.cts';
import { callName, CALLS } from './calls.cts';
import { Connection } from './connection.cts';
import { WechatError } from './errmsgs.cts';
import type { Fault } from './faults.cts';
import { PlainAnswer, type Incoming, type IncomingHandler } from './incoming.cts';
import { parseObject, writeObject } from './json.cts';
import type { State } from './state.cts';
import type { Fields, RequestRecord } from './types.cts';

const WEB_PAGE = '<html><head><title>Sandbox</title></head><body>A page, no JSON.</body></html>';
const JSON_TYPE = 'application/json; charset=UTF-8';

/** Adds the WeChat calls to an express app. */
export function serveCalls(app: Express, state: State): void {
	app.use(express.text({ type: () => true, limit: '1mb' }));
	for (const [path, handle] of CALLS) {
		const call = callName(path);
		app.all(path, (request, response) => serve(state, call, handle, request, response));
	}
	app.use((_request, response) => {
		response.type('json').send(writeObject({ ...new WechatError(40066).fields() }));
	});
}

async function serve(
	state: State,
	call: string,
	handle: IncomingHandler,
	request: Request,
	response: Response,
): Promise<void> {
	const { body, bodyError } = readBody(request);
	const forced = body.force_refresh === true;
	const record: RequestRecord = {
		call,
		method: request.method,
		at: Date.now(),
		body,
		...(call === 'stable_token' && { forced }),
		sentBytes: 0,
		aborted: false,
	};
	state.requests.push(record);
	const connection = new Connection(response, record);
	const faults = state.faults.take({ call, body, forced });

	const incoming = { ...readHead(request), state, body, bodyError, faults };
	const answer = replacement(faults) ?? answerOf(handle, incoming);
	for (const fault of faults) {
		// What it answers then is for nobody.
		if (fault.kind === 'late') setTimeout(() => answerOf(handle, incoming), fault.ms).unref();
	}
	const { signal } = state.released;
	for (const fault of faults) if (fault.kind === 'slow') await connection.wait(fault.ms, signal);
	if (connection.isGone) return;
	if (answer === 'reset') return connection.reset();
	if (!(answer instanceof PlainAnswer)) record.errcode = Number(answer.errcode ?? 0);
	await connection.deliver(written(answer, faults), faults);
}

function readBody(request: Request): Pick<Incoming, 'body' | 'bodyError'> {
	const text: unknown = request.body;
	try {
		return { body: parseObject(typeof text === 'string' ? text : ''), bodyError: undefined };
	} catch (error) {
		if (error instanceof WechatError) return { body: {}, bodyError: error };
		throw error;
	}
}

function readHead(request: Request): Pick<Incoming, 'method' | 'ip' | 'query' | 'header'> {
	const { searchParams } = new URL(request.originalUrl, 'http://sandbox');
	return {
		method: request.method,
		ip: (request.socket.remoteAddress ?? '').replace('::ffff:', ''),
		query: (name) => searchParams.get(name) ?? undefined,
		header: (name) => request.get(name),
	};
}

/** What is answered instead of making the call. */
function replacement(faults: readonly Fault[]): Fields | PlainAnswer | 'reset' | undefined {
	for (const fault of faults) {
		switch (fault.kind) {
			case 'errcode':
				return { ...new WechatError(fault.errcode, fault.errmsg).fields() };
			case 'http':
				return new PlainAnswer(fault.status, `HTTP ${fault.status}`);
			case 'html':
				return new PlainAnswer(200, WEB_PAGE, 'text/html');
			case 'reset':
			case 'late':
				return 'reset';
		}
	}
	return undefined;
}

function answerOf(handle: IncomingHandler, incoming: Incoming): Fields | PlainAnswer {
	try {
		return handle(incoming);
	} catch (error) {
		if (error instanceof WechatError) return { ...error.fields() };
		throw error;
	}
}

function written(answer: Fields | PlainAnswer, faults: readonly Fault[]): PlainAnswer {
	if (answer instanceof PlainAnswer) return answer;
	return new PlainAnswer(200, writeAnswer(answer, faults), JSON_TYPE);
}
