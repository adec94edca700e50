import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { ensurePackage, type Progress } from './install.cts';
import { freePort } from './n8n.cts';

interface S3Server {
	/** What a user enters into n8n's S3 credential. */
	credential: {
		endpoint: string;
		region: string;
		accessKeyId: string;
		secretAccessKey: string;
		forcePathStyle: boolean;
	};
	/** Name of an empty bucket. */
	bucket: string;
	read(key: string): Promise<Buffer>;
	stop(): Promise<void>;
}

/** Starts an S3-compatible server on loopback, which is kept in the cache folder like n8n. */
export async function startS3Server(progress: Progress): Promise<S3Server> {
	const bucket = 'codes';
	const installed = await ensurePackage('s3rver', '3.7.1', progress);
	const folder = await mkdtemp(path.join(tmpdir(), 's3-'));
	const port = await freePort();
	const endpoint = `http://127.0.0.1:${port}`;
	const script = path.join(installed, 'bin', 's3rver.js');
	const where = ['-s', '-a', '127.0.0.1', '-p', String(port), '-d', folder];
	const args = [script, ...where, '--configure-bucket', bucket];
	const child = spawn(process.execPath, args, { stdio: 'ignore' });
	const isReady = () =>
		axios.get(`${endpoint}/${bucket}`).then(
			() => true,
			() => false,
		);
	while (!(await isReady())) {
		if (child.exitCode !== null) throw new Error(`s3rver ended with ${child.exitCode}`);
		await sleep(50);
	}
	return {
		credential: {
			endpoint,
			region: 'us-east-1',
			accessKeyId: 'S3RVER',
			secretAccessKey: 'S3RVER',
			forcePathStyle: true,
		},
		bucket,
		read: async (key) => {
			const url = `${endpoint}/${bucket}/${encodeURIComponent(key)}`;
			return Buffer.from((await axios.get(url, { responseType: 'arraybuffer' })).data);
		},
		stop: async () => {
			const gone = once(child, 'exit');
			child.kill();
			await gone;
			await rm(folder, { recursive: true, force: true });
		},
	};
}
