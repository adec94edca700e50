import type { INodeExecutionData } from 'n8n-workflow';
import { ParameterError } from '../../n8n/errors';
import { generatePassword } from '../archive/password';
import type { HandoverSettings } from '../parameters/handover';

/** The passwords of an item's archives. */
export class Passwords {
	private readonly made: { file_name: string; password: string }[] = [];

	/**
	 * @param archives how many there will be
	 * @throws ParameterError if passwords are given, but neither one nor as many as archives
	 */
	constructor(
		private readonly handover: HandoverSettings,
		archives: number,
	) {
		const given = handover.passwords?.length ?? 1;
		if (given === 1 || given === archives) return;
		throw new ParameterError(
			`${given} passwords are given for ${archives} ${archives === 1 ? 'archive' : 'archives'}`,
			'Give one for all, or a list with one for each archive, in the order of the files.',
		);
	}

	/**
	 * The password of an archive.
	 *
	 * @param at 0-based place of the archive
	 * @returns undefined: it has none
	 */
	of(at: number, fileName: string): string | undefined {
		const { archive, passwords } = this.handover;
		if (archive !== 'zipPassword') return undefined;
		if (passwords) return passwords.length === 1 ? passwords[0] : passwords[at];
		const password = generatePassword();
		this.made.push({ file_name: fileName, password });
		return password;
	}

	/** An item for each password that was made here. */
	items(itemIndex: number): INodeExecutionData[] {
		return this.made.map((json) => ({ json, pairedItem: { item: itemIndex } }));
	}
}
