import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { requiredText } from '../../shared/n8n/parameters';
import { ticketToCode } from '../../shared/wechat/calls';
import { openClient, type OperationOption } from '../operation';

export const option: OperationOption = {
	name: 'Exchange Ticket',
	value: 'exchangeTicket',
	action: 'Exchange code ticket',
	description: 'Find out which code a user scanned',
};

export const description: INodeProperties[] = [
	{
		displayName: 'OpenID',
		name: 'openid',
		type: 'string',
		default: '',
		required: true,
		description: 'Of the user who scanned, in the mini program that opened',
	},
	{
		displayName: 'Code Ticket',
		name: 'codeTicket',
		type: 'string',
		// Not a password: it is the input of each run and good for one exchange.
		default: '',
		required: true,
		description: 'The code_ticket that the mini program got from the scan; it can be used once',
	},
];

/** Exchanges a scan's ticket for the code that was scanned, and what it is tied to. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const openid = requiredText(context.getNodeParameter('openid', itemIndex), 'OpenID');
	const code_ticket = requiredText(
		context.getNodeParameter('codeTicket', itemIndex),
		'Code Ticket',
	);
	const client = await openClient(context, itemIndex);
	const activation = await ticketToCode(client, { openid, code_ticket });
	return [[{ json: { openid, ...activation }, pairedItem: { item: itemIndex } }]];
}
