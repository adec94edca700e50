import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, commandsIn, pages, textOf } from './guides.cts';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));

const PRINTER = 'test/programs/printer.programs.cts';

/** Where a command of the guides runs that is no script of ours: a file, and what it has of the command. */
const RUN_ELSEWHERE: Readonly<Record<string, readonly [file: string, part: string]>> = {
	'npm ci': ['.ci/run', 'npm ci'],
	'sha256sum -c SHA256SUMS': [PRINTER, "block('sha256sum')"],
	'7z t NAME.zip': [PRINTER, "block('7z t')"],
	'7z x -ocodes NAME.zip': [PRINTER, "block('7z t')"],
	[`tr -d '\\r' < passwords.txt | while IFS= read -r line || [ -n "$line" ]; do 7z x -ocodes -p"${'$'}{line#*: }" "${'$'}{line%%: *}" < /dev/null; done`]:
		[PRINTER, "block('passwords.txt')"],
	'wc -l roll_*.txt': [PRINTER, "block('wc -l')"],
	[`LC_ALL=C awk '{sub(/\\r$/,"")} length != 28 || /[^0-9A-Z $%*+.\\/:-]/' roll_*.txt`]: [
		PRINTER,
		"block('uniq -d')",
	],
	'LC_ALL=C sort roll_*.txt | LC_ALL=C uniq -d': [PRINTER, "block('uniq -d')"],
	"grep -nE ' [[:space:]]?$' roll_*.txt | head -1": [PRINTER, "block('grep -nE')"],
	"grep -nHF -- 'P.URL.CN/0ABCDEFGHIJKLMNOPQR' roll_*.txt": [PRINTER, "block('grep -nHF')"],
	'7z t marketcode_700000001_0-149999.zip': ['test/programs/archive.programs.cts', "'7z', 't'"],
	'7z x marketcode_700000001_0-149999.zip': ['test/programs/archive.programs.cts', "'7z', 'x'"],
	[`key=$(printf %s "$PACKAGE_KEY" | od -An -tx1 | tr -d ' \\n')`]: [
		'test/programs/docs.programs.cts',
		'PACKAGE_KEY',
	],
	'openssl enc -d -aes-128-cbc -K "$key" -iv "$key" -in marketcode_700000001_0-49999.bin -out codes.txt':
		['test/programs/docs.programs.cts', 'openssl'],
	[`curl -s -X POST http://127.0.0.1:8080/_sandbox/faults -H 'Content-Type: application/json' -d '{"call":"applycodedownload","kind":"rowMissing"}'`]:
		['test/programs/docs.programs.cts', "'curl'"],
	[`curl -sS -X POST https://n8n.example.com/webhook/marketcode-printed -H 'X-Printer-Key: YOUR-KEY' -H 'Content-Type: application/json' -d '{"application_id":"700000001","roll":18,"waste":"340017, 340020-340025"}'`]:
		['test/programs/docs.programs.cts', "'curl -sS'"],
};

/** What no test runs, and why. */
const BY_HAND: Readonly<Record<string, string>> = {
	'npm pack': 'npm run scan packs, into a folder of its own',
	'mkdir -p ~/.n8n/nodes': "the user's own n8n",
	'npm install --omit=peer --prefix ~/.n8n/nodes ./n8n-nodes-wechat-marketcode-0.1.0.tgz':
		'asks the registry about n8n-workflow, where tests stay on the machine',
	'docker cp n8n-nodes-wechat-marketcode-0.1.0.tgz n8n:/home/node/.n8n/': 'Docker',
	'docker exec -w /home/node/.n8n n8n mkdir -p nodes': 'Docker',
	'docker exec -w /home/node/.n8n n8n npm install --omit=peer --prefix nodes ./n8n-nodes-wechat-marketcode-0.1.0.tgz':
		'Docker',
	'docker restart n8n': 'Docker',
};

const isKnown = (command: string): boolean => command in RUN_ELSEWHERE || command in BY_HAND;

/** The script that a command of npm's runs; undefined if it runs none. */
const scriptOf = (command: string): string | undefined =>
	/^npm (?:run )?(start|test|(?<=run )[\w:]+)(?= |$)/.exec(command)?.[1];

const commands = new Set(pages.flatMap((page) => commandsIn(textOf(page))));

describe('commands of the guides', () => {
	it.each([...commands])('%s', (command) => {
		const script = scriptOf(command);
		if (script === undefined) expect(isKnown(command)).toBe(true);
		else expect(Object.keys(scripts)).toContain(script);
	});

	it.each(Object.entries(RUN_ELSEWHERE))('%s runs where the list says', (command, [file, part]) => {
		expect(textOf(file)).toContain(part);
		expect([...commands]).toContain(command);
	});

	it.each(Object.keys(BY_HAND))('%s is still in a guide', (command) => {
		expect([...commands]).toContain(command);
	});

	it.each(pages)('between the words are scripts, too: %s', (page) => {
		const named = [...textOf(page).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
		expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
	});

	it('and CONTRIBUTING.md has a row for each folder of tests', () => {
		const folders = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => `test/${name}`);
		const rows = [...textOf('CONTRIBUTING.md').matchAll(/^\| `(test\/[^`]+)`/gm)];
		expect(rows.map(([, folder]) => folder).sort()).toEqual(folders.sort());
	});

	it('and CONTRIBUTING.md has a row for each script', () => {
		const rows = [...textOf('CONTRIBUTING.md').matchAll(/^\| `(npm [^`]+)`/gm)];
		const described = rows.map(([, command = '']) => scriptOf(command));
		const inner = ['jest'];
		expect(described.concat(inner)).toEqual(expect.arrayContaining(Object.keys(scripts)));
	});
});
