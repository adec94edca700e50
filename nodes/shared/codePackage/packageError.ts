/** A package, a key or a range that can't be used. Never carries a code, a key or package text. */
export class PackageError extends Error {
	override readonly name = 'PackageError';

	/**
	 * @param message what is wrong, and where
	 * @param description what the user does next
	 */
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}

	/** The same error, with the place where it happened before its message. */
	at(place: string): PackageError {
		return new PackageError(`${place}: ${this.message}`, this.description);
	}
}
