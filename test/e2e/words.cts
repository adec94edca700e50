import type { Language } from './templates.cts';

const count = (codes: number) => codes.toLocaleString('en');

/** What `npm run n8n` tells. Names of fields are n8n's, so they are English in every language. */
const EN = {
	open: 'Open   ',
	signIn: 'Sign in',
	password: 'password',
	sandbox: '(a sandbox; nothing leaves this machine)',
	codes: 'Codes  ',
	ready: (id: string, codes: number) => `application ${id}: ${count(codes)} codes, ready`,
	applied: 'Those that you apply for are ready at once.',
	credentials:
		'Stored credentials, chosen in the workflows; and what to enter to make one yourself:',
	toRun: (name: string, trigger: string) =>
		`To run "${name}", do there what its notes say, press the button beside ${trigger}, then run this once in a shell:`,
	active: (id: string) => `(the first 10,000 codes of application ${id} are active for it)`,
	asShown: '(as Apply for Codes shows it)',
	stop: 'Stop with Ctrl-C. What arrives is shown below.',
	stopping: 'stopping …',
	leftOut: (name: string, why: string) =>
		`${name} is left out; what needs it will not run to its end. ${why}`,
	file: (name: string, bytes: number) => `SFTP: ${name} has arrived, ${bytes} bytes`,
	keyFile: (file: string) => `the text of ${file}`,
	files: (folder: string) => `files arrive in ${folder}`,
	noLogin: 'no User, no Password, SSL/TLS off, Disable STARTTLS on',
	mails: (folder: string) => `mails are shown here and kept in ${folder}`,
	mail: (to: string, subject: string, files: string, file: string) =>
		`Mail to ${to}: ${subject} (attachments: ${files || 'none'}; ${file})`,
	noPassword: 'no Password',
	look: 'look into it:',
};

const ZH: typeof EN = {
	open: '打开   ',
	signIn: '登录   ',
	password: '密码',
	sandbox: '（模拟的微信，数据不会离开本机）',
	codes: '码     ',
	ready: (id, codes) => `申请单 ${id}：${count(codes)} 个码，已生成`,
	applied: '新申请的码立即生成完毕。',
	credentials: '以下凭证已存好，并已在工作流里选好；如要自己新建，请照此填写：',
	toRun: (name, trigger) =>
		`要运行“${name}”，请先照其中便签所写填好，再点 ${trigger} 旁的按钮，然后在命令行里运行一次下面的命令：`,
	active: (id) => `（为此已激活申请单 ${id} 的前 10,000 个码）`,
	asShown: '（Apply for Codes 显示的 application_id）',
	stop: '按 Ctrl-C 结束。收到的内容显示在下面。',
	stopping: '正在结束 …',
	leftOut: (name, why) => `${name} 没有启动，需要它的工作流无法运行到底。${why}`,
	file: (name, bytes) => `SFTP：收到 ${name}，${bytes} 字节`,
	keyFile: (file) => `填文件 ${file} 的内容`,
	files: (folder) => `文件存放在 ${folder}`,
	noLogin: 'User 和 Password 留空，SSL/TLS 关闭，Disable STARTTLS 打开',
	mails: (folder) => `邮件显示在这里，并保存在 ${folder}`,
	mail: (to, subject, files, file) =>
		`发给 ${to} 的邮件：${subject}（附件：${files || '无'}；${file}）`,
	noPassword: 'Password 留空',
	look: '查看内容：',
};

export type Words = typeof EN;

export const WORDS: Record<Language, Words> = { en: EN, 'zh-CN': ZH };
