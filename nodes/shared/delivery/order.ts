import type { IDataObject } from 'n8n-workflow';
import type { Plan, PlannedSegment } from '../codePackage/segments';

/** What is to be handed on of one item. */
export interface Order {
	/** Undefined if nobody said whose codes these are. */
	readonly applicationId: string | undefined;
	/** The ID that the application's owner gave it, if it is known. */
	readonly isvApplicationId: string | undefined;
	/** The account whose codes these are, if it is known. */
	readonly appId: string | undefined;
	readonly plan: Plan;
	/** A segment as errors name it. */
	readonly placeOf: (segment: PlannedSegment) => string;
	/** A segment as the item's warnings name it; empty where there is one only. */
	readonly labelOf: (segment: PlannedSegment) => string;
	/** What an item says besides what is known of its file. */
	readonly fieldsOf: (segments: readonly PlannedSegment[]) => IDataObject;
}
