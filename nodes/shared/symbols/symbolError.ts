/** A text that makes no symbol, or samples that make no sheet. Never carries a url or a lattice. */
export class SymbolError extends Error {
	override readonly name = 'SymbolError';

	/**
	 * @param message what is wrong
	 * @param description what the user does next
	 */
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}

	/** The same error, with the place where it happened before its message. */
	at(place: string): SymbolError {
		return new SymbolError(`${place}: ${this.message}`, this.description);
	}
}
