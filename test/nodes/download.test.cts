import { createHash } from 'node:crypto';
import { createWorld, byExternalId, byId, filesOf, type World } from './world.cts';

let world: World;
beforeAll(async () => {
	world = await createWorld();
});
afterAll(async () => await world.end());
beforeEach(() => {
	world.sandbox.clearRequests();
	world.sandbox.clearFaults();
});

const download = async (...args: [Parameters<World['run']>[1], Parameters<World['run']>[2]?]) =>
	await world.run('marketcodeDownload', ...args);

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('Marketcode Download', () => {
	it('hands on every segment of an application, byte for byte and in order', async () => {
		const { applicationId, isvApplicationId } = world.sandbox.addApplication({
			codeCount: 30_000,
			segmentSize: 10_000,
		});
		const result = await download({ application: byId(applicationId) });
		expect(result.error).toBeUndefined();
		const items = result.output('Node');
		const files = await filesOf(world, items);
		expect(files).toHaveLength(3);
		files.forEach((file, n) => {
			const [start, end] = [n * 10_000, n * 10_000 + 9_999];
			const expected = world.sandbox.plainPackage(applicationId, start, end);
			expect(file.equals(expected)).toBe(true);
			expect(items[n]?.json).toEqual({
				application_id: applicationId,
				isv_application_id: isvApplicationId,
				status: 'FINISH',
				code_start: start,
				code_end: end,
				code_count: 10_000,
				segment: n + 1,
				segments: 3,
				indexes_from: 'application',
				compared: 'application',
				file: n + 1,
				files: 3,
				lattice_width: 361,
				file_name: `marketcode_${applicationId}_${start}-${end}.txt`,
				bytes: expected.length,
				sha256: sha256(expected),
				warnings: [],
			});
			expect(items[n]?.binary?.data).toMatchObject({
				fileName: `marketcode_${applicationId}_${start}-${end}.txt`,
				mimeType: 'text/plain',
			});
			expect(items[n]?.pairedItem).toEqual({ item: 0 });
		});
	});

	it('finds an application by its external ID', async () => {
		const { applicationId } = world.sandbox.addApplication({
			codeCount: 10_000,
			isvApplicationId: 'order-1',
		});
		const result = await download({ application: byExternalId('order-1') });
		expect(result.output('Node')[0]?.json.application_id).toBe(applicationId);
	});
});
