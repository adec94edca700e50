import type { IExecuteFunctions } from 'n8n-workflow';
import { textIn } from '../../shared/n8n/parameters';

/** The parameter `password` as it was entered: it may begin or end with a space. */
export function zipPasswordIn(context: IExecuteFunctions, itemIndex: number): string | undefined {
	const value = context.getNodeParameter('password', itemIndex);
	const hasSpaces = typeof value === 'string' && value.trim() !== value;
	return (hasSpaces ? value : textIn(value, 'ZIP Password')) || undefined;
}
