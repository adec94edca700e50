/** What the tests tie codes to, as WeChat is told. */
export const ACTIVITY = {
	activity_name: 'Spring 2026',
	product_brand: 'Brand',
	product_title: 'Green Tea',
	product_code: '4006381333931',
	wxa_appid: 'wx0123456789abcdef',
	wxa_path: 'pages/scan/index?from=box',
	wxa_type: 0,
};

/** The same as parameters of Code: Activate. */
export const ACTIVITY_PARAMETERS = {
	activityName: ACTIVITY.activity_name,
	productBrand: ACTIVITY.product_brand,
	productTitle: ACTIVITY.product_title,
	productCode: ACTIVITY.product_code,
	wxaAppid: ACTIVITY.wxa_appid,
	wxaPath: ACTIVITY.wxa_path,
	wxaType: ACTIVITY.wxa_type,
};
