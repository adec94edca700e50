import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { outputOf } from '../client.cts';
import { sha256 } from '../expected.cts';
import { storeCredential, type Lab } from '../n8nLab.cts';
import { startS3Server } from '../s3Server.cts';
import { startSftpServer } from '../sftpServer.cts';
import { chain, download, manualTrigger, node, TRIGGER } from '../workflow.cts';

const SEGMENTS = 3;
/** n8n's SFTP upload takes about a second a megabyte. */
const SEGMENT_SIZE = 10_000;
const NODE = 'Marketcode Download';

/** The files go where users keep them, through n8n's own nodes. */
export function storageSuite(lab: () => Lab): void {
	/** Runs a download followed by a node that stores; gives what the download said of its files. */
	const store = async (name: string, storing: ReturnType<typeof node>): Promise<IDataObject[]> => {
		const { client, sandbox, credential } = lab();
		const { applicationId } = sandbox.addApplication({
			codeCount: SEGMENTS * SEGMENT_SIZE,
			segmentSize: SEGMENT_SIZE,
		});
		const steps = [manualTrigger(), download(applicationId, credential), storing];
		const { id } = await client.createWorkflow(chain(name, steps));
		const execution = await client.run(id, TRIGGER);
		expect(execution.data.resultData.error).toBeUndefined();
		const files = outputOf(execution, NODE).map(({ json }) => json);
		expect(files).toHaveLength(SEGMENTS);
		return files;
	};

	it('SFTP: a real OpenSSH server gets the very files', async () => {
		const server = await startSftpServer();
		try {
			const { client } = lab();
			const credential = await storeCredential(client, 'SFTP', server.credential, 'sftp');
			const upload = node(
				'Upload',
				'n8n-nodes-base.ftp',
				{
					protocol: 'sftp',
					operation: 'upload',
					path: `=${server.folder}/{{ $json.file_name }}`,
					binaryData: true,
					binaryPropertyName: 'data',
				},
				credential,
			);
			for (const { file_name, sha256: expected } of await store('SFTP', upload))
				expect(sha256(await readFile(path.join(server.folder, String(file_name))))).toBe(expected);
		} finally {
			await server.stop();
		}
	});

	it('Read/Write Files: the disk gets the very files', async () => {
		const folder = path.join(lab().n8n.userFolder, 'files');
		const write = node('Write', 'n8n-nodes-base.readWriteFile', {
			operation: 'write',
			fileName: `=${folder}/{{ $json.file_name }}`,
			dataPropertyName: 'data',
		});
		for (const { file_name, sha256: expected } of await store('Disk', write))
			expect(sha256(await readFile(path.join(folder, String(file_name))))).toBe(expected);
	});

	it('S3: a bucket gets the very files', async () => {
		const server = await startS3Server((line) => process.stderr.write(`${line}\n`));
		try {
			const { client } = lab();
			const credential = await storeCredential(client, 'S3', server.credential, 's3');
			const upload = node(
				'Upload',
				'n8n-nodes-base.s3',
				{
					resource: 'file',
					operation: 'upload',
					bucketName: server.bucket,
					fileName: '={{ $json.file_name }}',
					binaryPropertyName: 'data',
				},
				credential,
			);
			for (const { file_name, sha256: expected } of await store('S3', upload))
				expect(sha256(await server.read(String(file_name)))).toBe(expected);
		} finally {
			await server.stop();
		}
	});
}
