import { SeenPackages } from '../codePackage/across';
import { FileNames } from './names/fileName';

/** What the items of one execution have to know of each other. */
export interface Run {
	readonly packages: SeenPackages;
	readonly fileNames: FileNames;
}

export const newRun = (): Run => ({ packages: new SeenPackages(), fileNames: new FileNames() });
