import { createCipheriv } from 'node:crypto';
const { SegmentReader } = require('/work/main/dist/nodes/shared/codePackage/reader.js');
const { newSeed } = require('/work/main/dist/nodes/shared/codePackage/fingerprints.js');
const { rowWriter } = require('/work/main/dist/nodes/shared/delivery/format.js');
const { Envelope } = require('/work/main/dist/nodes/shared/wechat/envelope.js');
import { startSandbox } from './sandbox/sandbox.cts';
void (async () => {
	const sandbox = await startSandbox();
	const app = sandbox.addApplication({ codeCount: 50_000 });
	const plain = sandbox.plainPackage(app.applicationId, 0, 49_999);
	const key = Buffer.from('0123456789abcdef');
	const c = createCipheriv('aes-128-cbc', key, key);
	const b64 = Buffer.from(Buffer.concat([c.update(plain), c.final()]).toString('base64'));
	const json = Buffer.concat([Buffer.from('{"errcode":0,"errmsg":"ok","buffer":"'), b64, Buffer.from('"}')]);
	await sandbox.stop();
	global.gc?.();
	const start = process.memoryUsage().rss;
	let peak = 0;
	const seed = newSeed();
	for (let i = 1; i <= 120; i++) {
		const readers = [0, 1, 2, 3].map(() => ({ r: new SegmentReader({ segment: { segment: 1, bounds: { start: 0, end: 49_999 }, wanted: { start: 0, end: 49_999 } }, key, seed, verify: 'fail', writer: rowWriter({ columns: ['url'], delimiter: ',', lineEnding: '\n' }), isBase64: true }), e: new Envelope('buffer') }));
		for (let at = 0; at < json.length; at += 65536) {
			for (const { r, e } of readers) { const p = e.push(Buffer.from(json.subarray(at, at + 65536))); if (p.length) r.write(p); }
			await new Promise((d) => setImmediate(d));
			peak = Math.max(peak, process.memoryUsage().rss);
		}
		for (const { r } of readers) r.end();
		if ([2, 6, 15, 30, 60, 120].includes(i)) { const m = process.memoryUsage(); console.log(i * 4, 'segments', 'peak', ((peak - start) / 1e6).toFixed(0), 'ab', (m.arrayBuffers / 1e6).toFixed(0), 'heap', (m.heapUsed / 1e6).toFixed(0)); }
	}
})();
