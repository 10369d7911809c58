// What an endpoint needs to know before a profile is recorded; loads nothing else.
export { isProfileFormat, PROFILE_FORMATS, type ProfileFormat } from './formats.ts';
export { SVG_SCRIPT_HASH } from './render/svg/script.ts';
