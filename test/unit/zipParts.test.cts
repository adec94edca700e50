import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../nodes/shared/symbols/crc32';
import { generatePassword } from '../../nodes/shared/delivery/archive/password';
import { inPieces } from '../../nodes/shared/delivery/archive/through';

describe('the CRC-32', () => {
	it('is that of zlib, whatever pieces the bytes come in', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
				const ours = pieces.reduce((crc, piece) => crc32(piece, crc), 0);
				expect(ours).toBe(zlibCrc32(Buffer.concat(pieces)));
			}),
		);
	});
});

describe('a generated password', () => {
	const passwords = Array.from({ length: 2_000 }, generatePassword);

	it('has 20 letters and digits that nobody mistakes for one another', () => {
		for (const password of passwords) expect(password).toMatch(/^[2-9A-HJ-NP-Za-km-z]{20}$/);
	});

	it('is never the same, and uses each of its 57 characters about as often', () => {
		expect(new Set(passwords).size).toBe(passwords.length);
		const counts = new Map<string, number>();
		for (const letter of passwords.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
		const expected = (passwords.length * 20) / 57;
		expect(counts.size).toBe(57);
		// 702 each are expected; the standard deviation is 26.
		for (const count of counts.values()) {
			expect(Math.abs(count - expected)).toBeLessThan(200);
		}
	});
});

it('pieces are the same bytes, 64 KB at most and never empty', () => {
	for (const length of [0, 1, 65_536, 65_537, 200_000]) {
		const chunk = Buffer.alloc(length, 'abc');
		const pieces = [...inPieces(chunk)];
		expect(Buffer.concat(pieces).equals(chunk)).toBe(true);
		for (const piece of pieces) {
			expect(piece.length).toBeGreaterThan(0);
			expect(piece.length).toBeLessThanOrEqual(65_536);
		}
	}
});
