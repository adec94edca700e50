import { byId, createWorld } from '../nodes/world.cts';

/** Downloads 12 MB of codes with n8n's engine, and prints how that ended as JSON. */
async function main(): Promise<void> {
	const world = await createWorld();
	try {
		const { applicationId } = world.sandbox.addApplication({
			codeCount: 30_000,
			segmentSize: 10_000,
		});
		const application = byId(applicationId);
		const result = await world.run('marketcodeDownload', { application });
		const { message, description } = result.error ?? {};
		const handedOn = result.output('Node').length;
		console.log(JSON.stringify({ message, description, handedOn, all: JSON.stringify(result) }));
	} finally {
		await world.end();
	}
}

void main();
