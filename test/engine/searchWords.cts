/** What users who have never heard of this package type to find it, in both scripts. */
export const SEARCH_WORDS = [
	'微信',
	'微信一物一码',
	'一物一码',
	'二维码',
	'营销码',
	'yiwuyima',
	'wechat',
	'weixin',
	'marketcode',
	'qr code',
	'unique item',
	'unique item code',
	'serialization',
] as const;
