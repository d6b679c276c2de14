// node:process is the global.
module.exports = process;
