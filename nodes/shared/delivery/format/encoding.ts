/** How characters become bytes. */
export const ENCODINGS = ['utf8', 'utf8Bom', 'utf16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const BYTE_ORDER_MARK = '\ufeff';

/** Bytes that an ASCII character takes. */
export const asciiBytes = (encoding: Encoding): 1 | 2 => (encoding === 'utf16le' ? 2 : 1);

export const encoded = (text: string, encoding: Encoding): Buffer =>
	Buffer.from(text, encoding === 'utf16le' ? 'utf16le' : 'utf8');

/** What begins a file: EF BB BF, FF FE, or nothing. */
export const markOf = (encoding: Encoding): Buffer =>
	encoded(encoding === 'utf8' ? '' : BYTE_ORDER_MARK, encoding);
