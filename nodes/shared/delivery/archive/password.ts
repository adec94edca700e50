import { randomInt } from 'crypto';

/** Letters and digits that nobody mistakes for one another when reading a password out: no 0 O 1 l I. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const CHARACTERS = 20;

/** A random password of 20 letters and digits: 116 bits, without 0, O, 1, l and I. */
export function generatePassword(): string {
	return Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
