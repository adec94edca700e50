import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import { LoggerProxy } from 'n8n-workflow';
import type { ScopedLogger } from './logs.cts';

interface ServiceClass<T> {
	new (...dependencies: never[]): T;
}

/** What is used of the container in which n8n-core keeps its services. */
export interface ServiceContainer {
	get<T>(type: ServiceClass<T>): T;
	set<T>(type: ServiceClass<T>, instance: T): void;
	reset(): void;
}

// Several copies of these two may be installed; only n8n-core's own hold its services.
const requireOfCore = createRequire(require.resolve('n8n-core'));
const { Container }: { Container: ServiceContainer } = requireOfCore('@n8n/di');
const { Logger }: { Logger: ServiceClass<ScopedLogger> } = requireOfCore('@n8n/backend-common');

let running = false;

/**
 * Sets n8n-core's services up: logging to `logger`, binary data in filesystem mode, everything that
 * is written in a temporary folder.
 *
 * @returns the services, where binary files go, and the function that ends it all and removes the folder
 * @throws Error while others run in this process: n8n-core has one set of services only
 */
export async function startServices(logger: ScopedLogger): Promise<{
	services: ServiceContainer;
	binaryFolder: string;
	stopServices: () => Promise<void>;
}> {
	if (running) throw new Error('An engine runs in this process already: stop it first');
	running = true;
	const folder = await mkdtemp(join(tmpdir(), 'wechat-marketcode-engine-'));
	// For a process that ends without stopping: by an exception, or process.exit.
	const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', removeAtExit);
	const userFolder = process.env.N8N_USER_FOLDER;
	process.env.N8N_USER_FOLDER = folder;

	Container.reset();
	Container.set(Logger, logger);
	LoggerProxy.init(logger);
	const binaryData = Container.get(BinaryDataConfig);
	binaryData.mode = 'filesystem';
	binaryData.localStoragePath = join(folder, 'binary');
	await Container.get(BinaryDataService).init();

	return {
		services: Container,
		binaryFolder: binaryData.localStoragePath,
		async stopServices() {
			Container.reset();
			if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
			else process.env.N8N_USER_FOLDER = userFolder;
			await rm(folder, { recursive: true, force: true });
			process.off('exit', removeAtExit);
			running = false;
		},
	};
}
