/** What a proof sheet shows. */
export interface SheetFacts {
	readonly applicationId: string | null;
	/** The order. */
	readonly isvApplicationId: string | null;
	/** ISO 8601, UTC. */
	readonly created: string;
	/** Of the delivery. */
	readonly codeCount: number;
	/** Of the delivery; `files` may be the first of them only. */
	readonly fileCount: number;
	readonly files: readonly SheetFile[];
	/** 1 to `MOST_SAMPLES`. */
	readonly samples: readonly Sample[];
}

interface SheetFile {
	readonly name: string;
	readonly codeCount: number;
	/** Hexadecimal. */
	readonly sha256: string;
}

export interface Sample {
	/** Where it is not known: words for the code's place, such as "line 17". */
	readonly index: number | string;
	/** 28 characters, as in the package. */
	readonly url: string;
	/** Characters 0 and 1; without one, or where its width is no square, there is no micro code. */
	readonly lattice?: string | undefined;
}

/** More do not fit on one page in true size. */
export const MOST_SAMPLES = 60;

/** A4, ISO 216; lengths of the sheet are in mm. */
export const SHEET = { width: 210, height: 297, margin: 12 } as const;

/** Side of a QR code's module. */
export const SHEET_MODULE = 0.5;

/** Side of a micro code; of 19 × 19 modules then each is as large as the QR code's. */
export const SHEET_MICRO_CODE = 9.5;

export const grouped = (count: number): string => count.toLocaleString('en-US');
