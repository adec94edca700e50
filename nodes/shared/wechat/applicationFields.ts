import type { IDataObject } from 'n8n-workflow';
import { codeCountOf, type Application, type ApplicationIds } from './calls';

/** The fields of an item about an application: WeChat's own, its code count, its times in ISO 8601. */
export function applicationFields(application: Application): IDataObject {
	const { code_generate_list, create_time, update_time } = application;
	return {
		...idFields(application),
		status: application.status,
		code_count: codeCountOf(application),
		segments: code_generate_list.length,
		code_generate_list: code_generate_list.map((segment) => ({ ...segment })),
		create_time: create_time ?? null,
		create_time_iso: isoTime(create_time),
		update_time: update_time ?? null,
		update_time_iso: isoTime(update_time),
	};
}

/** The IDs of an application in an item; null for the one that WeChat did not tell. */
export const idFields = ({
	application_id,
	isv_application_id,
}: ApplicationIds): { application_id: string | null; isv_application_id: string | null } => ({
	application_id: application_id ?? null,
	isv_application_id: isv_application_id ?? null,
});

const isoTime = (seconds: number | undefined): string | null =>
	seconds === undefined ? null : new Date(seconds * 1000).toISOString();

/** An application's status, in words for an error. */
export const statusInWords = (status: string): string =>
	status === '' ? 'WeChat sends no status' : `its status is ${status}`;
