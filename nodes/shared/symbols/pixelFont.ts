/** Columns and rows of a glyph. */
export const GLYPH = { width: 5, height: 7 } as const;

/**
 * The printable ASCII characters from the space on, each with seven rows from top to bottom, of five dots
 * each: a digit of base 32, its highest bit on the left.
 */
const GLYPHS = (
	'0000000 4444404 aaa0000 aavavaa 4fke5u4 oo248j3 8kk8ljd 4480000 2488842 8422248 0ale4la 044v440 ' +
	'0000c48 000v000 00000cc 01248g0 ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ' +
	'ehhehhe ehhf12c 0cc0cc0 0cc0c48 248g842 00v0v00 8421248 eh12404 eh1dlle ehhvhhh uhhuhhu ehggghe ' +
	'sihhhis vgguggv vggvggg ehgjhhf hhhvhhh e44444e 722222c hikokih ggggggv hrllhhh hhpljhh ehhhhhe ' +
	'uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla hha4ahh hha4444 v1248gv e88888e ' +
	'0g84210 e22222e 4ah0000 000000v 8420000 00e1fhf ggmphhu 00eggge 11djhhf 00ehvge 698s888 0fhhf1e ' +
	'ggmphhh 40c444e 20622ic ggikoki c44444e 00qllhh 00mphhh 00ehhhe 00uhugg 00dhf11 00mpggg 00ege1u ' +
	'88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 00hhf1e 00v248v 2448442 4444444 8442448 08l2000'
).split(' ');

const UNKNOWN = 'vhhhhhv';

/** The rows of a character's glyph, each with bits 4 (left) to 0 (right); a box for what is not ASCII. */
export function glyphOf(character: string): number[] {
	const known = character === '×' ? 'x' : character;
	const glyph = GLYPHS[known.charCodeAt(0) - 0x20] ?? UNKNOWN;
	return [...glyph].map((row) => parseInt(row, 32));
}
