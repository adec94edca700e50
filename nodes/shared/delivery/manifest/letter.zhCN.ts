import {
	SUMS_CHECKS,
	countedIn,
	lengthChecks,
	listedFiles,
	mayCountAnew,
	type Counted,
	type Travel,
} from './letterFacts';
import type { Manifest } from './manifest';
import { grouped, timeOf } from './words';

/** The letter to the printer in Chinese. */
export const letterZhCN = (manifest: Manifest, travel: Travel): string =>
	[
		greeting(manifest),
		order(manifest),
		files(manifest, travel),
		checks(manifest, travel),
		content(manifest),
		qrCode(manifest),
		...microCode(manifest),
		firstPrints(travel),
		report(),
	]
		.map((block) => block.join('\n'))
		.join('\n\n')
		.concat('\n');

function greeting({ isv_application_id, totals, compared, output }: Manifest): string[] {
	const of = isv_application_id === null ? '' : `订单 ${isv_application_id} 的`;
	const unlike = compared === 'application' ? '每个码都不相同，' : '';
	const printed = output === 'encrypted' ? '' : `${unlike}一码只印一次，请勿重复印刷。`;
	return [
		'您好！',
		'',
		`现交付${of}码文件：共 ${grouped(totals.code_count)} 个码，${grouped(totals.files)} 个文件。${printed}`,
		'上机前的注意事项和印后需要回报的内容如下。',
	];
}

const order = (manifest: Manifest): string[] => [
	'【订单】',
	...(manifest.isv_application_id === null ? [] : [`订单号：${manifest.isv_application_id}`]),
	...(manifest.application_id === null ? [] : [`申请单号：${manifest.application_id}`]),
	`生成时间：${timeOf(manifest.created)}`,
	`码数：${grouped(manifest.totals.code_count)} 个（序号 ${manifest.code_start} 至 ${manifest.code_end}）`,
	`文件：${grouped(manifest.totals.files)} 个，共 ${grouped(manifest.totals.bytes)} 字节`,
];

function files(manifest: Manifest, { isTogether }: Travel): string[] {
	const { listed, left } = listedFiles(manifest);
	const packed = (name: string | undefined) => (name === undefined ? '' : `，在 ${name} 中`);
	return [
		'【文件清单】',
		...(isTogether ? ['以下文件都在同一个 ZIP 里：'] : []),
		...listed.map(
			({ name, code_count, code_start, code_end, archive }) =>
				`${name}：${grouped(code_count)} 个码，序号 ${code_start} 至 ${code_end}${packed(archive?.name)}`,
		),
		...(left > 0 ? [`其余 ${grouped(left)} 个文件见 manifest.json`] : []),
	];
}

function checks(manifest: Manifest, { archive, isTogether }: Travel): string[] {
	const lengths = lengthChecks(manifest);
	const password =
		archive === 'zipPassword'
			? 'ZIP 已加密（AES-256）：可用 7-Zip、WinZip、WinRAR、Keka 打开，Windows 资源管理器打不开。解压密码另行发送，不在本邮件中。'
			: '';
	return [
		'【收到后请先核对】',
		...(archive === 'none'
			? ['SHA256SUMS 里是每个文件的校验值。在文件所在的文件夹中执行：', ...SUMS_CHECKS]
			: [
					'1. ZIP 旁边的 SHA256SUMS 里是 ZIP 发出时的校验值。解压之前，先在该文件夹中执行：',
					...SUMS_CHECKS,
					`2. 把${isTogether ? ' ZIP 解压到' : '所有 ZIP 解压到同一个'}新建的空文件夹。${password}`,
				]),
		...(isTogether
			? [
					'3. 从 ZIP 中解压出的 SHA256SUMS 里是每个文件的校验值：请在解压后的文件夹中用同样的方法再核对一次。',
				]
			: []),
		...(lengths.length === 0
			? []
			: [
					'以下命令列出不足或超过 28 个字符的行，正常时无任何输出；请在只有这些文件的文件夹中执行：',
					...lengths,
				]),
		'如有文件缺失或校验不一致，请勿上机印刷，并与我们联系。',
	];
}

const content = (manifest: Manifest): string[] => [
	'【文件内容】',
	...kind(manifest),
	...indexes(manifest),
];

function indexes(manifest: Manifest): string[] {
	const counted = countedIn(manifest);
	return [...(counted ? [formula(counted)] : []), ...(mayCountAnew(manifest) ? [ANEW] : [])];
}

const ANEW = '请勿回报列中的序号：列中的序号可能按每一段重新计数。';

function formula({ less, hasColumn, name, at, index, ...counted }: Counted): string {
	const unit = counted.unit === 'page' ? '页' : '行';
	const column = hasColumn ? '有序号列时看该列，没有时为：' : '';
	return `码的序号：${column}所在文件的首个序号 + ${unit}号 − ${less}。例如 ${name} 第 ${at} ${unit}的序号是 ${index}。`;
}

const ENCODINGS = {
	utf8: 'UTF-8 无 BOM',
	utf8Bom: 'UTF-8 带 BOM',
	utf16le: 'UTF-16 LE',
} as const;

const encodingOf = ({ encoding, line_ending }: Manifest): string => {
	const ends = { lf: 'LF', crlf: 'CRLF' };
	return [
		...(encoding === null ? [] : [`编码 ${ENCODINGS[encoding]}`]),
		...(line_ending === null ? [] : [`换行符 ${ends[line_ending]}`]),
	].join('，');
};

const ONLY_THE_URL =
	'只有 url（形如 P.URL.CN/…）印成二维码，共 28 个字符，空格也是码的一部分（首尾的空格也算），请勿去除空格。';

function kind(manifest: Manifest): string[] {
	switch (manifest.output) {
		case 'urlList':
			return [
				`文本文件，一行一个码（${encodingOf(manifest)}）。`,
				'每行正好 28 个字符，空格也算：请勿去除行首行尾的空格，去掉空格的码无法使用。',
			];
		case 'csv':
			return [...csv(manifest), ONLY_THE_URL];
		case 'jsonLines':
			return [`JSON Lines，一行一个码（${encodingOf(manifest)}）。`, ONLY_THE_URL];
		case 'package':
			return [
				'微信原始码包的文本，一行一个码，共四列：点阵（由 0 和 1 组成）、码、序号、url。',
				ONLY_THE_URL,
			];
		case 'pdf':
			return [
				'PDF，一页一个标签，按码的顺序排列。请按 100% 原尺寸输出，不要缩放，不要选“适合页面”。',
			];
		case 'encrypted':
			return [
				'微信下发的加密码包原文件：AES-128-CBC，PKCS#7 填充，密钥同时作为 IV。密钥另行发送，不在本邮件中。',
			];
	}
}

function csv(manifest: Manifest): string[] {
	const { delimiter, header } = manifest;
	const names = { ',': '逗号', ';': '分号', '\t': '制表符（Tab）' };
	const between = Object.entries(names).find(([character]) => character === delimiter);
	return [
		`CSV 文件（${encodingOf(manifest)}），以${between?.[1] ?? delimiter ?? '逗号'}分隔，引号规则按 RFC 4180。`,
		header ? `首行为列名：${header.join('、')}` : '没有列名行，第一行就是码。',
		'导入时请把每一列都设为“文本”。不要用 Excel 双击打开：像数字或公式的码会被改坏。',
	];
}

function qrCode({ qr_code, output }: Manifest): string[] {
	const { version, error_correction, characters, quiet_zone_modules } = qr_code;
	return [
		'【二维码规格】',
		...(output === 'pdf' ? ['标签上如有二维码，按以下规格制作：'] : []),
		`QR 码版本 ${version}（25 × 25 模块），纠错等级 ${error_correction}，字母数字模式。`,
		`内容：原样的 ${characters} 个字符，全部大写，含空格，前面不加 http://。`,
		`静区：四周各留白 ${quiet_zone_modules} 个模块。`,
	];
}

function microCode({ micro_code, output }: Manifest): string[][] {
	if (micro_code === null || ['urlList', 'encrypted'].includes(output)) return [];
	const { modules_a_side, smallest_print_mm } = micro_code;
	return [
		[
			'【微型码规格】（仅当设计稿中使用时）',
			`微信微型码，${modules_a_side} × ${modules_a_side} 模块，最小印刷尺寸 ${smallest_print_mm} mm × ${smallest_print_mm} mm。`,
		],
	];
}

const firstPrints = ({ proofCodes }: Travel): string[] => [
	'【批量印刷前】',
	...(proofCodes > 0
		? [
				'样张（PDF，不在 SHA256SUMS 中）上是本次交付的部分真码，请像码文件一样保管。请按 100% 原尺寸打印，逐个扫描。',
			]
		: []),
	'请先按成品尺寸、用成品材料打样，并用微信“扫一扫”扫描首批印样，每一个都能识别后再批量印刷。产品页面要等我们激活后才能打开。',
];

const report = (): string[] => [
	'【印完后请回报】',
	'- 已印的卷，以及每卷的首个和最后一个序号',
	'- 废码：印坏作废的和未印的序号，如 20017, 20020-20025（不写千位分隔符，不补零）；没有废码写 none',
	'我们据此激活对应的码。',
	'',
	'谢谢！',
];
