import { openLab, type Lab } from './n8nLab.cts';
import { whereN8n } from './matrix.cts';
import { aiToolSuite } from './suites/aiTool.cts';
import { cancelSuite } from './suites/cancel.cts';
import { codesToPostgresSuite } from './suites/codesToPostgres.cts';
import { credentialSuite } from './suites/credential.cts';
import { editorSuite } from './suites/editor.cts';
import { ledgerSuite } from './suites/ledger.cts';
import { nightlyDownloadSuite } from './suites/nightlyDownload.cts';
import { nodePanelSuite } from './suites/nodePanel.cts';
import { orderToPrinterSuite } from './suites/orderToPrinter.cts';
import { outcomesSuite } from './suites/outcomes.cts';
import { packageSuite } from './suites/package.cts';
import { proofPanelSuite } from './suites/proofPanel.cts';
import { scanWebhookSuite } from './suites/scanWebhook.cts';
import { storageSuite } from './suites/storage.cts';
import { templatesSuite } from './suites/templates.cts';
import { tokenSuite } from './suites/token.cts';
import { triggerSuite } from './suites/trigger.cts';
import { webhookSuite } from './suites/webhook.cts';

// One n8n for all of it: its start costs more than any test. A suite leaves the sandbox without faults.
describe('in the whole n8n', () => {
	let opening: Promise<Lab> | undefined;
	let opened: Lab | undefined;

	const lab = (): Lab => {
		if (opened === undefined) throw new Error('n8n has not started');
		return opened;
	};

	beforeAll(async () => {
		opening = openLab({ progress: (line) => process.stderr.write(`${line}\n`) });
		opened = await opening;
	}, 900_000);

	afterEach(() => lab().sandbox.clearFaults());

	afterAll(async () => {
		// Also one that came too late: it would outlive the tests.
		const late = await opening?.catch(() => undefined);
		await late?.close();
	}, 120_000);

	describe('the package', () => packageSuite(lab));
	describe('the credential', () => credentialSuite(lab));
	describe('the editor', () => editorSuite(lab));
	describe('the node panel', () => nodePanelSuite(lab));
	describe('the proof', () => proofPanelSuite(lab));
	describe('a webhook', () => webhookSuite(lab));
	describe('the trigger', () => triggerSuite(lab));
	describe('the token', () => tokenSuite(lab));
	describe('an application that fails or is not finished', () => outcomesSuite(lab));
	describe('storage', () => storageSuite(lab));
	describe('the workflow templates', () => templatesSuite(lab));
	describe('order-to-printer.json', () => orderToPrinterSuite(lab));
	describe('codes-to-postgres.json', () => codesToPostgresSuite(lab));
	describe('nightly-download.json', () => nightlyDownloadSuite(lab));
	whereN8n('creates data tables', 'ledger-data-table.json', () =>
		describe('ledger-data-table.json', () => ledgerSuite(lab, 'data-table')),
	);
	describe('ledger-postgres.json', () => ledgerSuite(lab, 'postgres'));
	describe('scan-webhook.json', () => scanWebhookSuite(lab));
	describe('the AI tool', () => aiToolSuite(lab));
	describe('Stop', () => cancelSuite(lab));
});
