import type { Fault } from './faults.cts';
import { FILL } from './body.cts';
import { jsonString, writeObject } from './json.cts';
import type { Fields } from './types.cts';

/** An answer as JSON, as the faults leave it. */
export function writeAnswer(fields: Fields, faults: readonly Fault[]): string {
	const altered = faults.reduce(alter, fields);
	const has = (kind: Fault['kind']) => faults.some((fault) => fault.kind === kind);
	const json = writeObject(altered, has('escapes') ? escapedString : jsonString);
	const doubled = faults.reduce(withDoubledErrcode, json);
	return has('escapedSlashes') ? doubled.replaceAll('/', '\\/') : doubled;
}

/** Fields that a fault is about may be absent before and after it. */
function alter(fields: Fields, fault: Fault): Fields {
	const { errcode, errmsg, buffer, ...others } = fields;
	switch (fault.kind) {
		case 'bufferFirst':
			return { buffer, ...others, errcode, errmsg };
		case 'missingErrcode':
			return 'buffer' in fields ? { ...others, buffer } : others;
		case 'doubledErrcode':
			return { errmsg, ...others, buffer };
		case 'noBuffer':
			return { errcode, errmsg, ...others };
		case 'emptyBuffer':
			return { ...fields, buffer: '' };
		case 'emptyList':
			return { ...fields, code_generate_list: [] };
		case 'list':
			return { ...fields, code_generate_list: fault.list };
		case 'status':
			return { ...fields, status: fault.status };
		case 'fields':
			return { ...fields, ...fault.fields };
		case 'huge':
			return { ...fields, [buffer === undefined ? 'errmsg' : 'buffer']: FILL };
		case 'numericStrings':
			return withValues(fields, numbersAsStrings);
		case 'omitZeros':
			return withValues(fields, withoutZeros);
		default:
			return fields;
	}
}

function withDoubledErrcode(json: string, fault: Fault): string {
	if (fault.kind !== 'doubledErrcode') return json;
	const members = [`"errcode":${fault.first}`, json.slice(1, -1), `"errcode":${fault.second}`];
	return `{${members.filter((member) => member !== '').join()}}`;
}

/** An object with its values changed; what becomes undefined is not written. */
function withValues(object: object, change: (value: unknown) => unknown): Fields {
	return Object.fromEntries(
		Object.entries(object).map(([name, value]: [string, unknown]) => [name, change(value)]),
	);
}

function numbersAsStrings(value: unknown): unknown {
	if (typeof value === 'number' || typeof value === 'bigint') return value.toString();
	if (Array.isArray(value)) return value.map(numbersAsStrings);
	return isObject(value) ? withValues(value, numbersAsStrings) : value;
}

/** The zeros in a list stay: without them it would be another list. */
function withoutZeros(value: unknown): unknown {
	if (value === 0 || value === 0n) return undefined;
	if (Array.isArray(value)) {
		return value.map((member: unknown) => (isObject(member) ? withoutZeros(member) : member));
	}
	return isObject(value) ? withValues(value, withoutZeros) : value;
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON string with every escape that a character may have, in turns with the plain character. */
function escapedString(text: string): string {
	if (text === FILL) return jsonString(text);
	const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
	return `"${units.map(escapedUnit).join('')}"`;
}

function escapedUnit(unit: number, at: number): string {
	const character = String.fromCharCode(unit);
	if (character === '/') return at % 2 === 0 ? '\\/' : '\\u002f';
	const isPlain = at % 3 === 0 && unit < 0x80;
	if (isPlain) return jsonString(character).slice(1, -1);
	const hex = unit.toString(16).padStart(4, '0');
	return `\\u${at % 3 === 1 ? hex : hex.toUpperCase()}`;
}
