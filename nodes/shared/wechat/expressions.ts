import type { ICredentialDataDecryptedObject, IDataObject, INodeProperties } from 'n8n-workflow';
import { parseObject, textField } from './answer';
import { toCredential } from './credentials';
import { noToken } from './wechatErrors';

/** The hidden field that says which fields are expressions. */
const FIELD = 'expressions';

/** What a user can enter, n8n's own fields among it; those that are not displayed are no error. */
const ENTERED = [
	...Object.keys(toCredential({})).filter((name) => !name.startsWith('accessToken')),
	'allowedHttpRequestDomains',
	'allowedDomains',
];

/**
 * A hidden field that n8n resolves along with the others: to a JSON object of those fields that are
 * expressions, as they were entered. A credential is resolved before we see it, and n8n 1 stores it like
 * that when it stores a token: with the values of the item that was first.
 */
export const expressionsField: INodeProperties = {
	displayName: 'Expressions',
	name: FIELD,
	type: 'hidden',
	typeOptions: { password: true },
	// $rawParameter holds the fields as they were entered, and throws for one that is not displayed. An n8n
	// that does not have it gives $self as it was entered; later ones resolve that. Their parsers want
	// catch to have a parameter.
	default: `={{ JSON.stringify(Object.fromEntries(${JSON.stringify(ENTERED)}.map((name) => { try { return [name, $rawParameter["&" + name]]; } catch (error) { return [name, $self[name]]; } }).filter((field) => String(field[1]).startsWith("=")))) }}`,
};

/**
 * The fields that are expressions, as they were entered: stored like this, they stay what they were. None
 * where no token is stored.
 *
 * @throws WechatError if n8n does not say which they are, or one that must be stored is among them
 */
export function asEntered(data: ICredentialDataDecryptedObject): IDataObject {
	if (data.authentication === 'authorizerToken') return {};
	const text = data[FIELD];
	const entered = parseObject(typeof text === 'string' ? text : '');
	if (entered === undefined) {
		throw noToken(
			"This n8n does not tell which of the credential's fields are expressions",
			'Storing a token could then give one merchant the token of another. Update n8n, or hand in tokens with Authentication: Authorizer Access Token.',
		);
	}
	// The field takes no expression: n8n 2 strips one of its = and leaves the rest as text.
	const refreshToken = textField(data, 'authorizerRefreshToken');
	const isExpression = 'authorizerRefreshToken' in entered || refreshToken.startsWith('{{');
	if (data.authentication === 'componentRefresh' && isExpression) {
		throw noToken(
			'The authorizer refresh token in the credential is an expression',
			'WeChat may exchange it, and n8n has to store the new one in its place: enter the token itself, in one credential a merchant.',
		);
	}
	// What is undefined is not stored: the field keeps its default, the expression above.
	const fields: IDataObject = { [FIELD]: undefined };
	for (const name of Object.keys(entered)) fields[name] = textField(entered, name);
	return fields;
}
