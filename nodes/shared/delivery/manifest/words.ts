/** A number for people: 20,000. */
export const grouped = (number: number): string => number.toLocaleString('en-US');

/** A manifest's time for people: 2026-01-31 08:00 UTC. */
export const timeOf = (created: string): string =>
	`${created.slice(0, 10)} ${created.slice(11, 16)} UTC`;
