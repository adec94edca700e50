/**
 * What storage and operating systems refuse in a file name, by Microsoft's "Naming Files, Paths, and
 * Namespaces", Amazon's "Naming Amazon S3 objects" (a key is UTF-8; no control characters, and what XML
 * can't hold can't be listed) and SFTP, which puts the name into a path of the server's.
 */
const REFUSED = /[\\/:*?"<>|\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/**
 * Marks that nobody sees, such as those that turn "txt.exe" around to read "exe.txt"; they come with text
 * that is copied out of a window.
 */
const INVISIBLE = /\p{Cf}/gu;

/** Devices of Windows, with or without an extension. Spaces before the extension do not count there. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/iu;

/** A Windows path has 260 characters (UTF-16 units) in all: that leaves 60 for the folder. */
const MOST_CHARACTERS = 200;
/** NAME_MAX of Linux: a Chinese character has three of them. */
const MOST_BYTES = 255;

/** What a program tells the kind of a file by; a longer one is no extension. */
const EXTENSION = /\.[^.\s]{1,12}$/u;

const FILL = '_';

/**
 * A name that Windows, Linux, macOS, SFTP and S3 take, for any text: in NFC, of at most 200 characters and
 * 255 bytes of UTF-8. A safe name stays as it is. Different texts can have the same safe name.
 */
export function safeName(text: string): string {
	const visible = text.replace(INVISIBLE, '').normalize('NFC');
	const name = visible
		.replace(REFUSED, FILL)
		// Windows drops spaces and dots at the end; a dot in front hides a file from SFTP clients.
		.replace(/[\s.]+$/u, '')
		.replace(/^[\s.]+/u, (lead) => (lead.includes('.') ? FILL : ''));
	if (name === '') return FILL;
	return shortened(DEVICE.test(name) ? FILL + name : name);
}

/** To make one for each name would take longer than all the rest. */
const segmenter = new Intl.Segmenter();

/** Cut in the middle where it is too long: what tells files apart mostly stands at the end. */
function shortened(name: string): string {
	if (name.length <= MOST_CHARACTERS && Buffer.byteLength(name) <= MOST_BYTES) return name;
	const extension = EXTENSION.exec(name)?.[0] ?? '';
	const stem = name.slice(0, name.length - extension.length);
	// What a reader sees as one character stays one.
	const characters = segmenter.segment(stem);
	const last = new Room(1 / 3, extension);
	let from = stem.length;
	while (from > 0 && last.takes(stem.charCodeAt(from - 1))) from--;
	const cut = characters.containing(from);
	if (cut && cut.index < from) from = cut.index + cut.segment.length;
	const end = FILL + stem.slice(from) + extension;
	const all = new Room(1, end);
	let until = 0;
	while (until < from && all.takes(stem.charCodeAt(until))) until++;
	return stem.slice(0, characters.containing(until)?.index) + end;
}

/** The room that a name has. */
class Room {
	private characters: number;
	private bytes: number;

	/** @param share how much of it may be taken, up to 1 */
	constructor(share: number, taken: string) {
		this.characters = share * MOST_CHARACTERS - taken.length;
		this.bytes = share * MOST_BYTES - Buffer.byteLength(taken);
	}

	/** Whether a UTF-16 unit fits too, which is counted then; half of a pair has half of its four bytes. */
	takes(unit: number): boolean {
		const isHalf = unit >= 0xd800 && unit <= 0xdfff;
		this.characters -= 1;
		this.bytes -= unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
		return this.characters >= 0 && this.bytes >= 0;
	}
}
