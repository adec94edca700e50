/** A square symbol: its black and white modules. */
export interface Modules {
	/** Modules a side, without quiet zone. */
	readonly side: number;
	/** `side` × `side` of them, row by row from the upper left corner; 1 is black. */
	readonly cells: Uint8Array;
}
