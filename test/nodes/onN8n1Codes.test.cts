import { runOn } from './n8nMajor.cts';

// Before the tests below are loaded: their worlds ask for it.
runOn(1);

/** What is done with codes when they are back from the printer, once more on n8n 1. */
describe.each(['activatePartly', 'backFromPrinter'])('on n8n 1: %s', (name) => {
	jest.requireActual(`./${name}.test.cts`);
});
