/** The package ships types for its ECMAScript module only; this is its CommonJS face. */
declare module 'flatted' {
	export function parse<Value>(text: string): Value;
}
