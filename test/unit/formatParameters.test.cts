import { readTextFormat } from '../../nodes/shared/delivery/parameters/format';
import type { TextOutput } from '../../nodes/shared/delivery/format/format';
import { ParameterError } from '../../nodes/shared/n8n/errors';
import { columnsOf, csvOf } from './formats.cts';

/** What the node makes of its options. */
const read = (options: Readonly<Record<string, unknown>>, output: TextOutput = 'csv') =>
	readTextFormat(output, (name, fallback) => (name in options ? options[name] : fallback));

const custom = (...column: unknown[]) => ({ customColumns: { column } });

function errorOf(options: Readonly<Record<string, unknown>>, output?: TextOutput): ParameterError {
	try {
		read(options, output);
	} catch (error) {
		if (error instanceof ParameterError) return error;
		throw error;
	}
	throw new Error('It was read');
}

describe('readTextFormat', () => {
	it('leaves the lattice out unless it is asked for', () => {
		expect(read({})).toEqual(csvOf(['code', 'index', 'url']));
		expect(read({ columns: ['lattice', 'url'] }).columns).toEqual(columnsOf(['lattice', 'url']));
	});

	it('reads every option of CSV', () => {
		const options = { delimiter: '\t', header: false, lineEnding: 'crlf', encoding: 'utf16le' };
		expect(read(options)).toEqual(
			csvOf(['code', 'index', 'url'], {
				delimiter: '\t',
				hasHeader: false,
				lineEnding: 'crlf',
				encoding: 'utf16le',
			}),
		);
	});

	it('gives a URL List its url only, whatever the options of CSV are', () => {
		const options = { columns: ['code'], delimiter: 'x', header: 'x', ...custom({ source: 'x' }) };
		const rest = { lineEnding: 'crlf', encoding: 'utf8Bom' } as const;
		expect(read({ ...options, ...rest }, 'urlList')).toEqual(
			csvOf(['url'], { output: 'urlList', hasHeader: false, ...rest }),
		);
	});

	it('keeps JSON Lines UTF-8 with LF, whatever the options of CSV are', () => {
		const options = { delimiter: 'x', header: 'x', lineEnding: 'crlf', encoding: 'utf16le' };
		expect(read(options, 'jsonLines')).toEqual(
			csvOf(['code', 'index', 'url'], { output: 'jsonLines', hasHeader: false }),
		);
	});

	it('takes the custom columns instead, where there are any', () => {
		const columns = ['lattice'];
		expect(read({ columns, customColumns: {} }).columns).toEqual(columnsOf(['lattice']));
		expect(read({ columns, ...custom() }).columns).toEqual(columnsOf(['lattice']));
		const chosen = custom(
			{ source: 'url', header: ' QR_Code ' },
			{ source: 'constant', header: 'SKU', value: ' 批次 1 ' },
			{ source: 'constant', header: 'EAN', value: 6901234567892 },
			{ source: 'rowNumber', header: '', value: 'left over' },
		);
		for (const output of ['csv', 'jsonLines'] as const) {
			expect(read({ columns, ...chosen }, output).columns).toEqual([
				{ source: 'url', header: 'QR_Code', value: '' },
				{ source: 'constant', header: 'SKU', value: ' 批次 1 ' },
				{ source: 'constant', header: 'EAN', value: '6901234567892' },
				{ source: 'rowNumber', header: 'rowNumber', value: '' },
			]);
		}
	});

	it.each([
		[{ columns: [] }, 'No columns are chosen'],
		[{ columns: ['sku'] }, 'Columns has a value that it does not offer'],
		[{ delimiter: '|' }, 'Delimiter has a value that it does not offer'],
		[{ encoding: 'gbk' }, 'Encoding has a value that it does not offer'],
		[{ lineEnding: 'cr' }, 'Line Ending has a value that it does not offer'],
		[
			custom({ source: 'url' }, { source: 'sku' }),
			'The Source of custom column 2 has a value that it does not offer',
		],
		[custom('url'), 'The Source of custom column 1 has a value that it does not offer'],
		[custom({ source: 'url', header: {} }), 'The Header of custom column 1 is not text'],
		[custom({ source: 'constant', value: ' ' }), 'The Value of custom column 1 is missing'],
		[custom({ source: 'constant' }), 'The Value of custom column 1 is missing'],
		[custom({ source: 'constant', value: [] }), 'The Value of custom column 1 is not text'],
	])('refuses %j', (options, message) => {
		expect(errorOf(options).message).toBe(message);
		expect(errorOf(options).description).toMatch(/\.$/);
	});

	describe('refuses two columns of the same name', () => {
		const twice = custom(
			{ source: 'code' },
			{ source: 'url', header: 'Same' },
			{ source: 'constant', header: 'same', value: 'x' },
		);
		const message = 'Columns 2 and 3 of the file have the same name';

		it('where the file names them', () => {
			expect(errorOf(twice).message).toBe(message);
			expect(errorOf(twice, 'jsonLines').message).toBe(message);
			expect(errorOf({ columns: ['url', 'code', 'url'] }).message).toBe(
				'Columns 1 and 3 of the file have the same name',
			);
		});

		it('but not without a header', () => {
			expect(read({ ...twice, header: false }).columns).toHaveLength(3);
		});
	});
});
