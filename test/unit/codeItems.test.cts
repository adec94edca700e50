import type { PickedRow } from '../../nodes/shared/codePackage/picked';
import { NOT_VERIFIED } from '../../nodes/shared/codePackage/verify';
import type { CheckedText } from '../../nodes/shared/delivery/checked';
import { codeItems } from '../../nodes/shared/delivery/content/codeItems';
import { csvOf } from './formats.cts';
import { planned } from './packages.cts';

const CODES = 50_000;

async function* oneSegment(): AsyncGenerator<CheckedText, void, void> {
	const rows = Array.from({ length: CODES }, (_, index): PickedRow => {
		return { index, code: String(index), url: `P.URL.CN/0${index}`, lattice: '01' };
	});
	yield {
		segment: planned({ start: 0, end: CODES - 1 }),
		parts: [],
		picked: { rows, spaced: undefined },
		layout: undefined,
		findings: NOT_VERIFIED,
		identity: '',
		urls: undefined,
		warnings: [],
	};
}

it('n8n gets its turn while the items of a segment are made', async () => {
	let turns = 0;
	let isDone = false;
	const turn = () => {
		turns++;
		if (!isDone) setImmediate(turn);
	};
	setImmediate(turn);
	const order = { applicationId: '7', plan: { segments: [], problems: [] } };
	const job = { order, settings: { format: csvOf(['code', 'index', 'url']) } };
	const { items } = await codeItems(job, 0, oneSegment());
	isDone = true;
	expect(items).toHaveLength(CODES);
	expect(turns).toBeGreaterThan(CODES / 2_000);
});
