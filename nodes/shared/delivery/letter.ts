import type { Manifest } from './manifest';
export const letterOf = (manifest: Manifest, archive: string) => ({ en: archive + manifest.kind, zh: '' });
