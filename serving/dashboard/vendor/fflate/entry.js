import { strToU8, zipSync } from 'fflate';
globalThis.fflate = { strToU8, zipSync };
