import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { decodePackage, decryptPackage } from '../shared/codePackage/decrypt';
import { PackageError } from '../shared/codePackage/errors';
import { csvHead } from '../shared/codePackage/format';
import {
	LONE_SEGMENT,
	type AcrossSegments,
	type SeenPackages,
	joined,
	segmentText,
	uncheckedText,
	type SegmentText,
} from '../shared/codePackage/output';
import {
	isCut,
	planSegments,
	type Plan,
	type PlannedSegment,
} from '../shared/codePackage/segments';
import { storeFile } from '../shared/n8n/files';
import { addHint } from '../shared/n8n/hints';
import { inOrder } from '../shared/n8n/inOrder';
import { applyCodeDownload, type Application } from '../shared/wechat/calls';
import type { WechatClient } from '../shared/wechat/client';
import { WechatError } from '../shared/wechat/errors';
import { SHARED_NAMES, type FileNameParts, type FileNames } from '../shared/n8n/fileName';
import type { Settings } from './settings';

/** A finished application, and what it takes to download and open its packages. */
export interface Source {
	readonly client: WechatClient;
	readonly application: Application;
	/** Undefined: packages stay encrypted. */
	readonly key: Buffer | undefined;
}

/** What the items of one execution have to know of each other. */
export interface Run {
	readonly packages: SeenPackages;
	readonly fileNames: FileNames;
}

/** A segment's part of a file, and what is to be said of it. */
interface CheckedText extends SegmentText {
	readonly warnings: readonly string[];
}

/**
 * Downloads the wanted codes of an application into files.
 *
 * @returns an item a file, in the order of the codes
 * @throws PackageError, WechatError; no file is handed on then
 */
export async function filesOf(
	context: IExecuteFunctions,
	itemIndex: number,
	source: Source,
	settings: Settings,
	run: Run,
): Promise<INodeExecutionData[]> {
	const { application } = source;
	const plan = planOf(application, settings);
	const files = settings.isSingle ? [plan.segments] : plan.segments.map((segment) => [segment]);
	const { names, areShared } = run.fileNames.claim(
		settings.fileName,
		files.map(partsOf(application)),
		`${application.application_id} ${settings.output}`,
	);
	const { format } = settings;
	const head = settings.head && format ? csvHead(format, settings.head) : Buffer.alloc(0);
	const across = run.packages.of(application.application_id);
	const texts = checkedTexts(source, plan, settings, across);
	const items: INodeExecutionData[] = [];
	const warnings: string[] = [];
	for (const [position, segments] of files.entries()) {
		const fileName = names[position] ?? '';
		const told = { count: 0, warnings: [...plan.problems] };
		const chunks = chunksOf(texts, segments.length, head, told);
		const { binary, bytes, sha256 } = await storeFile(context, chunks, fileName, settings.mimeType);
		const { code_start, code_end, segment } = partsOf(application)(segments);
		items.push({
			json: {
				application_id: application.application_id,
				isv_application_id: application.isv_application_id,
				status: application.status,
				code_start,
				code_end,
				code_count: told.count,
				segment: segment ?? null,
				segments: application.code_generate_list.length,
				indexes_from: across.origin ?? null,
				file_name: fileName,
				bytes,
				sha256,
				warnings: told.warnings,
			},
			binary: { [settings.binaryPropertyName]: binary },
			pairedItem: { item: itemIndex },
		});
		warnings.push(...told.warnings);
	}
	addHint(context, warnings[0]);
	addHint(context, cutHint(plan, settings));
	addHint(context, areShared ? SHARED_NAMES : undefined);
	run.packages.keep(application.application_id, across);
	return items;
}

function planOf(application: Application, settings: Settings): Plan {
	const list = application.code_generate_list.map((segment) => ({
		start: segment.code_start,
		end: segment.code_end,
	}));
	const { segments, problems } = planSegments(list, settings.range);
	if (problems.length > 0 && settings.verify === 'fail') {
		throw new PackageError(
			`Codes of application ${application.application_id} are missing: ${problems.join('; ')}`,
			'Nothing was downloaded. Run the node again later; if it stays so, ask WeChat and name the application ID.',
		);
	}
	// Encrypted, a segment can only be handed on whole.
	return settings.isEncrypted
		? { segments: segments.map((segment) => ({ ...segment, wanted: segment.bounds })), problems }
		: { segments, problems };
}

const partsOf =
	({ application_id }: Application) =>
	(segments: readonly PlannedSegment[]): FileNameParts => ({
		application_id,
		code_start: segments.at(0)?.wanted.start ?? 0,
		code_end: segments.at(-1)?.wanted.end ?? 0,
		segment: segments.length === 1 ? segments[0]?.segment : undefined,
	});

/** Takes the next segments and gives their parts of one file; adds up what is to be said of it. */
async function* chunksOf(
	texts: AsyncGenerator<CheckedText, void, void>,
	segments: number,
	head: Buffer,
	told: { count: number; warnings: string[] },
): AsyncGenerator<Buffer, void, void> {
	if (head.length > 0) yield head;
	for (let position = 0; position < segments; position++) {
		const next = await texts.next();
		if (next.done) throw new Error('There are fewer segments than were planned');
		const { text, count, warnings } = next.value;
		told.count += count;
		told.warnings.push(...warnings);
		yield joined(text, { isFirst: position === 0, isLast: position === segments - 1 });
	}
}

/** Downloads, opens and checks segments, several at once; gives them in order. */
async function* checkedTexts(
	source: Source,
	plan: Plan,
	settings: Settings,
	across: AcrossSegments,
): AsyncGenerator<CheckedText, void, void> {
	const placeOf = ({ segment, bounds }: PlannedSegment) =>
		`Application ${source.application.application_id}, segment ${segment} (codes ${bounds.start}–${bounds.end})`;
	const texts = inOrder(plan.segments, settings.concurrency, async (segment) => {
		try {
			return await fetchText(source, segment, settings);
		} catch (error) {
			throw placed(error, placeOf(segment));
		}
	});
	for await (const text of texts) {
		const problems = settings.verify === 'off' ? [] : across.next(text);
		if (problems.length > 0 && settings.verify === 'fail') {
			throw new PackageError(
				`${placeOf(text.segment)}: ${problems.join('; ')}`,
				'Nothing was handed on. Run the node again; if it stays so, ask WeChat and name the application ID.',
			);
		}
		const isLone =
			settings.verify !== 'off' &&
			plan.segments.length === 1 &&
			text.findings.indexesFrom === 'segment';
		const warnings = [...text.findings.problems, ...problems, ...(isLone ? [LONE_SEGMENT] : [])];
		yield {
			...text,
			warnings: warnings.map((warning) => `Segment ${text.segment.segment}: ${warning}`),
		};
	}
}

async function fetchText(
	{ client, application, key }: Source,
	segment: PlannedSegment,
	{ format, verify }: Settings,
): Promise<SegmentText> {
	const base64 = await applyCodeDownload(client, application.application_id, {
		code_start: segment.bounds.start,
		code_end: segment.bounds.end,
	});
	const encrypted = decodePackage(base64);
	return key
		? segmentText(decryptPackage(encrypted, key), segment, format, verify)
		: uncheckedText(encrypted, segment);
}

const placed = (error: unknown, place: string): unknown =>
	error instanceof PackageError || error instanceof WechatError ? error.at(place) : error;

function cutHint(plan: Plan, settings: Settings): string | undefined {
	const { range } = settings;
	const first = plan.segments.at(0)?.wanted.start ?? 0;
	const last = plan.segments.at(-1)?.wanted.end ?? 0;
	if (range && settings.isEncrypted && (first !== range.start || last !== range.end)) {
		return `Encrypted packages can't be cut: the files hold codes ${first}–${last}.`;
	}
	return plan.segments.some(isCut)
		? `Codes ${first}–${last} were cut out of ${plan.segments.length} downloaded segment(s).`
		: undefined;
}
