/** A step that the bytes of a package flow through. */
export interface Stage {
	/** What a further piece gives, possibly nothing yet; good until the next call. */
	push(chunk: Buffer): Buffer;
	/** What is left when there are no more pieces. */
	end(): Buffer;
}

/** What to do about a package that arrived damaged. */
export const ASK_AGAIN =
	'Run the node again, with a fresh download. If it stays so, download a single segment and send WeChat its application ID and range.';
