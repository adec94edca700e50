/** The sandbox's clock: real time, moved forward by tests that can't wait two hours. */
export class Clock {
	private offset = 0;

	/** Milliseconds since 1970. */
	now(): number {
		return Date.now() + this.offset;
	}

	advance(seconds: number): void {
		this.offset += seconds * 1000;
	}

	reset(): void {
		this.offset = 0;
	}
}
