import { sleep, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { Characters } from '../../shared/delivery/readBack/characters';
import { fileChunks } from '../../shared/n8n/binaryFiles';
import { ParameterError } from '../../shared/n8n/errors';
import { oneOf, requiredText, textIn } from '../../shared/n8n/parameters';

/** Each becomes an item at least. */
const MOST_SOUGHT = 100_000;
const LONGEST_ENTRY = 64 * 1024;

/** Items that are read in one go: a few milliseconds, with expressions. */
const ITEMS_AT_ONCE = 100;

const PLACES = ['list', 'items', 'file'] as const;

/** The parameters that say what is looked for. */
export const soughtParameters: INodeProperties[] = [
	{
		displayName: 'Codes From',
		name: 'codesFrom',
		type: 'options',
		options: [
			{ name: 'Field of Items', value: 'items', description: 'A field of the input items' },
			{ name: 'File', value: 'file', description: 'A text file, one code a line' },
			{ name: 'List', value: 'list', description: 'Entered here, one code a line' },
		],
		default: 'list',
		description: 'Where the codes are that are looked for',
	},
	{
		displayName: 'Code List',
		name: 'codeList',
		type: 'string',
		typeOptions: { rows: 5 },
		default: '',
		required: true,
		placeholder: 'e.g. HTTP://P.URL.CN/…',
		hint: 'One a line: URLs of 28 characters, codes of 9 characters, or what a scanner read',
		description:
			'Spaces belong to URLs. An expression can give a list, too; one that differs from item to item is asked for each.',
		displayOptions: { show: { codesFrom: ['list'] } },
	},
	{
		displayName: 'Code Field',
		name: 'codeField',
		type: 'string',
		default: 'url',
		required: true,
		hint: 'The name of the field that holds a code, or a list of them',
		description: 'URLs of 28 characters, codes of 9 characters, or what a scanner read. Text only.',
		displayOptions: { show: { codesFrom: ['items'] } },
	},
	{
		displayName: 'List Binary Field',
		name: 'listBinaryField',
		type: 'string',
		default: 'scans',
		required: true,
		hint: 'The name of the input binary field that holds the list',
		description:
			'A text file with one code a line: URLs of 28 characters, codes of 9 characters, or what a scanner read',
		displayOptions: { show: { codesFrom: ['file'] } },
	},
];

/** A text that is looked for. */
export interface Sought {
	readonly text: string;
	/** The input item that it is from. */
	readonly itemIndex: number;
}

/**
 * What the parameters above say is looked for, in its order. Texts are as they were entered: spaces at the ends
 * belong to them.
 *
 * @param deliveryField the binary field of the files to look in
 * @returns at least one
 * @throws ParameterError if there is none, or more than `MOST_SOUGHT`
 */
export async function soughtIn(
	context: IExecuteFunctions,
	deliveryField: string,
): Promise<Sought[]> {
	const sought: Sought[] = [];
	const add = (texts: readonly string[], itemIndex: number): void => {
		for (const text of texts) sought.push({ text, itemIndex });
		if (sought.length > MOST_SOUGHT) {
			throw new ParameterError(
				`More than ${MOST_SOUGHT} codes are looked for`,
				'Look for them in several runs. For whole rolls, Result: Range takes only the first and the last code of each.',
			);
		}
	};
	const from = oneOf(PLACES, context.getNodeParameter('codesFrom', 0), 'Codes From');
	if (from === 'list') await readList(context, add);
	if (from === 'items') await readItems(context, add);
	if (from === 'file') await readFiles(context, deliveryField, add);
	if (sought.length > 0) return sought;
	throw new ParameterError(
		'There are no codes to look for',
		'Enter them in Code List, or choose in Codes From where they are. If it is an expression or a field, it gives nothing for any item.',
	);
}

type Add = (texts: readonly string[], itemIndex: number) => void;

async function readList(context: IExecuteFunctions, add: Add): Promise<void> {
	const { codeList } = context.getNode().parameters;
	const isExpression = typeof codeList === 'string' && codeList.startsWith('=');
	const seen = new Set<string>();
	for (const itemIndex of context.getInputData().keys()) {
		const texts = entriesOf(context.getNodeParameter('codeList', itemIndex, ''), 'Code List');
		// Most expressions give all items the same list.
		const key = texts.join('\n');
		if (!seen.has(key)) add(texts, itemIndex);
		if (!isExpression) return;
		seen.add(key);
		if (itemIndex % ITEMS_AT_ONCE === 0) await sleep(0);
	}
}

async function readItems(context: IExecuteFunctions, add: Add): Promise<void> {
	const field = requiredText(context.getNodeParameter('codeField', 0), 'Code Field');
	for (const [itemIndex, { json }] of context.getInputData().entries()) {
		add(entriesOf(json[field], `Code Field (${field})`), itemIndex);
		if (itemIndex % ITEMS_AT_ONCE === 0) await sleep(0);
	}
}

async function readFiles(
	context: IExecuteFunctions,
	deliveryField: string,
	add: Add,
): Promise<void> {
	const listField = context.getNodeParameter('listBinaryField', 0);
	const field = requiredText(listField, 'List Binary Field');
	if (field === deliveryField) {
		throw new ParameterError(
			'List Binary Field and Input Binary Field are the same',
			'One holds the codes that are looked for, the other the files to look in: give the two different names.',
		);
	}
	for (const [itemIndex, { binary = {} }] of context.getInputData().entries()) {
		if (!(field in binary)) continue;
		for await (const text of textsIn(fileChunks(context, itemIndex, field))) {
			add(entriesOf(text, 'The list'), itemIndex);
		}
	}
}

/** A file's text in pieces that end with a line, or with the file. */
async function* textsIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, void> {
	const characters = new Characters();
	let text = '';
	for await (const chunk of chunks) {
		text += characters.push(chunk);
		const end = text.lastIndexOf('\n') + 1;
		yield text.slice(0, end);
		text = text.slice(end);
		if (text.length > LONGEST_ENTRY) {
			throw new ParameterError(
				'The list is no text with one code a line',
				'Pass it on as a text file (UTF-8 or UTF-16), not packed. Of a spreadsheet, read the items with Extract from File and choose Codes From: Field of Items.',
			);
		}
	}
	yield text + characters.end();
}

/** No url and no code has a tab or a line end. */
const BETWEEN = /[\t\r\n]+/;

/** @throws ParameterError if it is no text */
function entriesOf(value: unknown, label: string): string[] {
	if (Array.isArray(value)) return value.flatMap((own: unknown) => entriesOf(own, label));
	const isText = typeof value === 'string' && !value.includes('[object Object]');
	const text = isText ? value.replace(/^\ufeff/, '') : textIn(value, label);
	return text.split(BETWEEN).filter((own) => own.trim() !== '');
}
