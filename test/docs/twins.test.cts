import {
	CHINESE,
	blocksIn,
	commandsIn,
	englishPages,
	headingsIn,
	pages,
	tablesIn,
	targetsIn,
	textOf,
	twinOf,
} from './guides.cts';

const levelsIn = (page: string): number[] => headingsIn(textOf(page)).map(({ level }) => level);

/** No test runs them: at least they are the same in both languages. */
const powerShellIn = (page: string): string[] =>
	blocksIn(textOf(page))
		.filter(({ language }) => language === 'powershell')
		.map(({ text }) => text);

/** The pictures that a page shows; one that has words of ours is made in both languages. */
const filesIn = (page: string): string[] =>
	targetsIn(textOf(page))
		.filter((target) => /\.(png|svg)$/.test(target))
		.map((target) => target.replace(/^(\.\.\/|docs\/)+/, '').replace('.zh-CN.png', '.png'))
		.sort();

describe('each guide is in English and in Chinese', () => {
	it('none is missing', () => {
		expect(pages.filter((page) => page.startsWith(CHINESE))).toEqual(
			englishPages.map(twinOf).sort(),
		);
	});

	it.each(englishPages)('and both have the same parts: %s', (page) => {
		const twin = twinOf(page);
		expect(levelsIn(twin)).toEqual(levelsIn(page));
		expect(tablesIn(textOf(twin))).toEqual(tablesIn(textOf(page)));
		expect(commandsIn(textOf(twin))).toEqual(commandsIn(textOf(page)));
		expect(powerShellIn(twin)).toEqual(powerShellIn(page));
		expect(filesIn(twin)).toEqual(filesIn(page));
	});

	it.each(englishPages)('and both lead to each other at once: %s', (page) => {
		const twin = twinOf(page);
		const isReadme = page === 'README.md';
		expect(targetsIn(textOf(page))[0]).toBe(isReadme ? twin : twin.replace(/^docs\//, ''));
		expect(targetsIn(textOf(twin))[0]).toBe(
			isReadme ? '../../README.md' : page.replace(/^docs/, '..'),
		);
	});
});
