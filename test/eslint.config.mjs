// n8n's own configuration (../eslint.config.mjs) is for code that runs inside n8n Cloud and must stay
// unchanged; tests and tools run on a developer's machine and may use Node itself.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	js.configs.recommended,
	{
		files: ['**/*.cts'],
		extends: [tseslint.configs.recommended],
	},
	{
		files: ['gulpfile.js'],
		extends: [tseslint.configs.recommended],
		rules: { '@typescript-eslint/no-require-imports': 'off' },
		languageOptions: { globals: { process: 'readonly', require: 'readonly', exports: 'writable' } },
	},
);
