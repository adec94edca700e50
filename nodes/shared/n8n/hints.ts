import type { IExecuteFunctions } from 'n8n-workflow';

/** n8n shows hints of up to this many characters. */
const HINT_CHARACTERS = 120;

/** Shows a hint above the node's output; nothing if there is none. */
export function addHint(context: IExecuteFunctions, message: string | undefined): void {
	if (message === undefined) return;
	const isLong = message.length > HINT_CHARACTERS;
	const text = isLong ? `${message.slice(0, HINT_CHARACTERS - 1)}…` : message;
	// Older versions of n8n have no hints.
	context.addExecutionHints?.({ message: text, location: 'outputPane' });
}
