import { parse } from 'csv-parse/sync';
import { useLab } from './lab.cts';
import { PRINT_VENDORS, headersOf, parametersOf, sourcesOf } from './printVendors.cts';

const lab = useLab();

it.each(PRINT_VENDORS)('the node makes files for $program with these settings', async (vendor) => {
	const application = lab.application({ codeCount: 100, segmentSize: 100 });
	const { files } = await lab.download(application, parametersOf(vendor));
	const rows = lab.rows(application, 0, 99);
	expect(files).toHaveLength(1);
	const [file = Buffer.alloc(0)] = files;
	if (vendor.output === 'urlList') {
		expect(file.toString()).toBe(rows.map(({ url }) => `${url}\r\n`).join(''));
		return;
	}
	const expected = rows.map(({ code, index, url }, at) => {
		const values: Readonly<Record<string, string>> = {
			code,
			index,
			url,
			rowNumber: String(at + 1),
			fileNumber: '1',
		};
		return sourcesOf(vendor).map((source) => values[source]);
	});
	const { delimiter } = vendor;
	expect(parse(file, { bom: true, delimiter })).toEqual([headersOf(vendor), ...expected]);
});
