// n8n's own configuration (../eslint.config.mjs) is for code that runs inside n8n Cloud and must stay
// unchanged; tests and tools run on a developer's machine and may use Node itself.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{
		...js.configs.recommended,
		files: ['**/*.cts', '**/*.js', '**/*.mjs'],
	},
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
	{
		// What n8n's configuration leaves to the authors: in shipped code nothing overrules the compiler.
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [tseslint.configs.base],
		linterOptions: { noInlineConfig: true },
		rules: {
			'@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/ban-ts-comment': 'error',
			'no-restricted-syntax': [
				'error',
				{ selector: '[definite=true]', message: 'Give it a value where it is declared.' },
			],
		},
	},
);
