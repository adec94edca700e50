import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT, headingsIn, pages, targetsIn, textOf } from './guides.cts';

const anchorsIn = (markdown: string): string[] => headingsIn(markdown).map(({ anchor }) => anchor);

/** The links of a page that lead nowhere. */
function brokenIn(page: string, markdown: string): string[] {
	return targetsIn(markdown)
		.filter((target) => !/^(https?|mailto):/.test(target))
		.filter((target) => {
			const [path = '', anchor] = decodeURI(target).split('#');
			const file = path === '' ? page : posix.join(posix.dirname(page), path);
			if (file.startsWith('../') || !existsSync(join(ROOT, file))) return true;
			return anchor !== undefined && !anchorsIn(textOf(file)).includes(anchor);
		});
}

describe('links', () => {
	it.each(pages)('lead somewhere: %s', (page) => {
		expect(brokenIn(page, textOf(page))).toEqual([]);
	});

	it.each(['[a](nowhere.md)', '![a](images/none.png)', '[a](#no-such)', '[b]: none.md'])(
		'that lead nowhere are seen: %s',
		(link) => {
			expect(brokenIn('docs/x.md', `# Title\n\n${link}\n`)).toHaveLength(1);
		},
	);

	it('in code are none', () => {
		const markdown = 'a `[a](none.md)`\n\n```md\n[a](none.md)\n```\n';
		expect(brokenIn('docs/x.md', markdown)).toEqual([]);
	});
});

// Anchors that GitHub has made of headings like ours.
it.each([
	['ZIP and passwords', 'zip-and-passwords'],
	["WeChat's limits", 'wechats-limits'],
	['Manifest, checksums, letter', 'manifest-checksums-letter'],
	['Code: Get Activation', 'code-get-activation'],
	['每卷 20,000 个码，送到印刷厂的 SFTP', '每卷-20000-个码送到印刷厂的-sftp'],
	['Verify Delivery：核对交付', 'verify-delivery核对交付'],
	['The `url` of a_b', 'the-url-of-a_b'],
	['[Linked](x.md) text', 'linked-text'],
])('the anchor of "%s" is %s', (heading, anchor) => {
	expect(anchorsIn(`## ${heading}\n`)).toEqual([anchor]);
});

it('headings of the same text have numbered anchors', () => {
	expect(anchorsIn('# A\n\n## A\n\n## A\n')).toEqual(['a', 'a-1', 'a-2']);
});

describe('the README', () => {
	const readme = textOf('README.md');

	it('has less than 150 lines', () => {
		expect(readme.split('\n').length).toBeLessThan(150);
	});

	it('is in English, and leads to the Chinese pages first', () => {
		expect(readme).not.toMatch(/\p{Script=Han}/u);
		expect(targetsIn(readme)[0]).toBe('docs/zh-CN/README.md');
	});

	it('leads to every guide', () => {
		const targets = targetsIn(readme).map((target) => target.split('#')[0]);
		const guides = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
		expect(guides.filter((guide) => !targets.includes(guide))).toEqual([]);
	});
});
