import { memoryIn, remember, storeMemory } from '../../nodes/MarketcodeTrigger/memory';
import { ParameterError } from '../../nodes/shared/n8n/errors';

const LISTS = '[["1","2"],[]]';
const empty = { finished: [], overdue: [], done: [] };

/** The memory as n8n's database gives it back. */
function stored(memory: ReturnType<typeof memoryIn>): unknown {
	const state = {};
	storeMemory(state, memory);
	return JSON.parse(JSON.stringify(state));
}

describe('the memory of the trigger', () => {
	it('is empty where n8n has stored nothing, or nothing of ours', () => {
		for (const state of [{}, { lastChecked: 5 }]) {
			expect(memoryIn(state, LISTS)).toEqual({
				finished: new Set(),
				overdue: new Set(),
				done: new Set(),
				unknown: new Set(),
				lists: LISTS,
			});
		}
	});

	it('comes back as it was stored', () => {
		const memory = memoryIn({}, LISTS);
		remember(memory.finished, {
			application_id: '1',
			isv_application_id: 'a',
			status: 'FINISH',
			code_generate_list: [],
			create_time: undefined,
			update_time: undefined,
		});
		memory.done.add('Application IDs 1');
		memory.overdue.add('2');
		memory.unknown.add('Application IDs 3');
		expect(memoryIn(stored(memory), LISTS)).toEqual(memory);
	});

	it('forgets what was unknown, and nothing else, when the lists are another text', () => {
		const memory = memoryIn({ ...empty, finished: ['1'], overdue: ['2'] }, LISTS);
		memory.unknown.add('Application IDs 3');
		const lists = '[["1"],[]]';
		expect(memoryIn(stored(memory), lists)).toEqual({ ...memory, unknown: new Set(), lists });
	});

	it('of an earlier version is read', () => {
		const earlier = { finished: ['1'], overdue: [], done: ['Application IDs 1'] };
		expect(memoryIn(earlier, LISTS)).toMatchObject({
			finished: new Set(['1']),
			done: new Set(['Application IDs 1']),
			unknown: new Set(),
		});
	});

	it.each<[string, unknown, RegExp]>([
		['text', 'x', /not an object/],
		['null', null, /not an object/],
		['list', [1], /not an object/],
		['lost finished', { overdue: [], done: [] }, /"finished" is not a list/],
		['lost overdue', { finished: [], done: [] }, /"overdue" is not a list/],
		['lost done', { finished: [], overdue: [] }, /"done" is not a list/],
		['object', { ...empty, done: {} }, /"done" is not a list/],
		['numbers', { ...empty, overdue: [1] }, /"overdue" is not a list/],
		['holes', { ...empty, finished: ['1', null] }, /"finished" is not a list/],
		['emptied finished', { ...empty, done: ['Application IDs 1'] }, /has lost what is in "done"/],
		['unknown', { ...empty, unknown: {}, lists: LISTS }, /"unknown" is not a list/],
	])('that is damaged (%s) is an error', (_what, state, description) => {
		const read = () => memoryIn(state, LISTS);
		expect(read).toThrow(ParameterError);
		expect(read).toThrow(
			expect.objectContaining({ description: expect.stringMatching(description) }),
		);
	});
});
