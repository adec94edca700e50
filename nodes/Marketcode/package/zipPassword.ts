import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { textIn } from '../../shared/n8n/parameters';

/** Of operations that look into ZIPs. */
export const zipPasswordParameter = {
	displayName: 'ZIP Password',
	name: 'password',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description: 'Opens encrypted ZIPs. An expression can give each item its own.',
} satisfies INodeProperties;

/** That parameter as it was entered: it may begin or end with a space. */
export function zipPasswordIn(context: IExecuteFunctions, itemIndex: number): string | undefined {
	const value = context.getNodeParameter('password', itemIndex);
	const hasSpaces = typeof value === 'string' && value.trim() !== value;
	return (hasSpaces ? value : textIn(value, 'ZIP Password')) || undefined;
}
