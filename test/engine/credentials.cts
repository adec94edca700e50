import { setImmediate as nextTurn } from 'node:timers/promises';
import { getAdditionalKeys, type PackageDirectoryLoader } from 'n8n-core';
import {
	getCredentialOwnRequestAllowedDomains,
	ICredentialsHelper,
	isExpression,
	NodeHelpers,
	UnexpectedError,
	UserError,
	Workflow,
} from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	ICredentialType,
	IExecuteData,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeParameters,
	INodeProperties,
	INodeTypes,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { CredentialStore } from './credentialStore.cts';
import type { N8nMajor } from './n8n1.cts';

/** The node that n8n puts in place where a credential is resolved outside of an execution. */
const NODE_OUTSIDE_OF_RUNS: INode = {
	id: 'outside',
	name: '',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/**
 * Does to a credential what n8n's own CredentialsHelper does, that of 2.40 or that of 1.123: the tests
 * of a token that heals and persists itself are only worth something if this agrees with n8n.
 *
 * Left out, because no credential of this package uses it: OAuth, inherited credential types,
 * overwrites, external secrets.
 */
export class CredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly store: CredentialStore,
		private readonly nodeTypes: INodeTypes,
		private readonly n8n: N8nMajor,
	) {
		super();
	}

	getParentTypes(typeName: string): string[] {
		return this.typeOf(typeName).extends ?? [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(typeName: string): INodeProperties[] {
		return this.typeOf(typeName).properties;
	}

	/** Puts a credential into a request, by the type's function or by its declared properties. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeOf(typeName);
		if (authenticate === undefined) return requestOptions;
		if (typeof authenticate === 'function') return await authenticate(credentials, requestOptions);
		if (!workflow || !node) {
			throw new UnexpectedError('A declared authentication needs the workflow and the node');
		}
		const resolve = (text: string) =>
			isExpression(text)
				? String(
						workflow.expression.getSimpleParameterValue(node, text, 'internal', {
							$credentials: credentials,
						}) || '',
					)
				: text;
		for (const [part, values] of Object.entries(authenticate.properties)) {
			const resolved = Object.entries<string>(values).map(([key, value]) => [
				resolve(key),
				resolve(value),
			]);
			const before: unknown = Reflect.get(requestOptions, part);
			const after = Object.assign({}, before, Object.fromEntries(resolved));
			Object.assign(requestOptions, { [part]: after });
		}
		return requestOptions;
	}

	/**
	 * Runs the type's preAuthentication if its expirable property is empty, or always when a request
	 * was answered with HTTP 401 (`expired`), and stores what it returns.
	 *
	 * @returns `credentials`, changed in place, or undefined when nothing was done
	 */
	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		expired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication, properties } = this.typeOf(typeName);
		const expirable = properties.find(
			({ type, typeOptions }) => type === 'hidden' && typeOptions?.expirable === true,
		)?.name;
		if (expirable === undefined || preAuthentication === undefined) return undefined;
		if (credentials[expirable] !== '' && !expired) return undefined;

		const restricted = this.n8n === 1 ? helpers : restrictedTo(credentials, helpers);
		const output = await preAuthentication.call(restricted, credentials);
		if (output[expirable] === undefined || !node.credentials) return undefined;
		const details = node.credentials[typeName];
		if (!details) throw new UserError(`Node "${node.name}" has no credential "${typeName}"`);
		if (this.n8n === 1) {
			// Until the July of n8n 2, all that preAuthentication was given is stored, resolved as it is.
			await this.updateCredentials(details, typeName, Object.assign(credentials, output));
		} else {
			await this.persist(details, typeName, expirable, output);
		}
		return Object.assign(credentials, output);
	}

	async runPreAuthentication(): Promise<undefined> {
		throw new UnexpectedError('OAuth credentials are not part of this engine');
	}

	/**
	 * A credential as a node sees it: declared properties only, with their defaults, and expressions
	 * resolved for the item that `resolveValues` names.
	 */
	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		nodeCredentials: INodeCredentialsDetails,
		typeName: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolveValues?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = await this.read(nodeCredentials, typeName);
		if (raw) return stored;
		return this.resolve(additionalData, stored, typeName, mode, executeData, resolveValues);
	}

	/** The second half of `getDecrypted`, for data that isn't stored, such as that of a credential test. */
	resolve(
		additionalData: IWorkflowExecuteAdditionalData,
		stored: ICredentialDataDecryptedObject,
		typeName: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		resolveValues?: ICredentialsExpressionResolveValues,
	): ICredentialDataDecryptedObject {
		const properties = this.getCredentialsProperties(typeName);
		const values: INodeParameters =
			NodeHelpers.getNodeParameters(
				properties,
				stored as INodeParameters,
				true,
				false,
				null,
				null,
			) ?? {};
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		const resolved = resolveValues
			? resolveValues.workflow.expression.getParameterValue(
					values,
					resolveValues.runExecutionData,
					resolveValues.runIndex,
					resolveValues.itemIndex,
					resolveValues.node.name,
					resolveValues.connectionInputData,
					mode,
					keys,
					executeData,
					false,
					values,
				)
			: this.workflowOutsideOfRuns().expression.getComplexParameterValue(
					NODE_OUTSIDE_OF_RUNS,
					values,
					mode,
					keys,
					undefined,
					undefined,
					values,
				);
		// Resolving keeps the shape: the object that went in comes out, with other leaves.
		return resolved as ICredentialDataDecryptedObject;
	}

	async updateCredentials(
		nodeCredentials: INodeCredentialsDetails,
		typeName: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		await nextTurn();
		this.store.write(nodeCredentials.id, typeName, data);
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new UnexpectedError('OAuth credentials are not part of this engine');
	}

	async getCredentials(): Promise<ICredentials> {
		throw new UnexpectedError('OAuth credentials are not part of this engine');
	}

	/** A stored expression is never overwritten by a value that was resolved for one item. */
	private async persist(
		details: INodeCredentialsDetails,
		typeName: string,
		expirable: string,
		output: object,
	): Promise<void> {
		const stored = await this.read(details, typeName);
		const changes = Object.entries(output).filter(
			([key]) => key === expirable || !isExpression(stored[key]),
		);
		this.store.write(details.id, typeName, { ...stored, ...Object.fromEntries(changes) });
	}

	/** n8n's database answers in a later turn of the event loop: races that n8n has are to exist here. */
	private async read(
		{ id }: INodeCredentialsDetails,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.store.read(id, typeName);
		await nextTurn();
		return data;
	}

	/** @throws UnrecognizedCredentialTypeError for a type that the package doesn't have */
	typeOf(typeName: string): ICredentialType {
		return this.loader.getCredential(typeName).type;
	}

	private workflowOutsideOfRuns(): Workflow {
		const { nodeTypes } = this;
		return new Workflow({
			nodes: [NODE_OUTSIDE_OF_RUNS],
			connections: {},
			active: false,
			nodeTypes,
		});
	}
}

/** The domains that the user allows the credential hold for the requests of its preAuthentication. */
function restrictedTo(
	credentials: ICredentialDataDecryptedObject,
	{ helpers }: IHttpRequestHelper,
): IHttpRequestHelper {
	return {
		helpers: {
			httpRequest: async (requestOptions) => {
				const allowedDomains = getCredentialOwnRequestAllowedDomains(credentials);
				if (allowedDomains !== undefined && requestOptions.allowedDomains !== undefined) {
					throw new UserError('Both the credential and its authentication restrict domains');
				}
				return await helpers.httpRequest(
					allowedDomains === undefined ? requestOptions : { ...requestOptions, allowedDomains },
				);
			},
		},
	};
}
