import { jsonParse, UserError } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

interface CredentialRow {
	type: string;
	/** As entered, with expressions unresolved. */
	data: ICredentialDataDecryptedObject;
}

/** The credentials table: what is put in and what is read are copies, never the same object. */
export class CredentialStore {
	private readonly rows = new Map<string, CredentialRow>();
	private writesToFail = 0;

	/** @returns the new row's id */
	add(type: string, data: ICredentialDataDecryptedObject): string {
		const id = String(this.rows.size + 1);
		this.rows.set(id, { type, data: throughJson(data) });
		return id;
	}

	/** @throws UserError when there is no such credential */
	row(id: string): CredentialRow {
		const row = this.rows.get(id);
		if (!row) throw new UserError(`No credential with id "${id}"`);
		return throughJson(row);
	}

	/** @throws UserError when there is no such credential, or it is of another type */
	read(id: string | null, type: string): ICredentialDataDecryptedObject {
		const row = this.row(id ?? '');
		if (row.type !== type) throw new UserError(`Credential "${id}" is a ${row.type}, no ${type}`);
		return row.data;
	}

	/** Lets that many of the next writes fail. */
	failWrites(times: number): void {
		this.writesToFail = times;
	}

	/** @throws UserError as `read` does, or where a write was to fail */
	write(id: string | null, type: string, data: ICredentialDataDecryptedObject): void {
		this.read(id, type);
		if (this.writesToFail > 0) {
			this.writesToFail--;
			throw new UserError('SQLITE_BUSY: database is locked');
		}
		this.rows.set(id ?? '', { type, data: throughJson(data) });
	}
}

/** n8n stores a credential as encrypted JSON: what JSON can't hold, such as undefined, is lost. */
function throughJson<T extends object>(value: T): T {
	return jsonParse<T>(JSON.stringify(value));
}
