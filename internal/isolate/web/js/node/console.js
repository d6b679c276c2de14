// node:console is the global.
module.exports = Object.assign(Object.create(console), { console, Console: function Console() { return console; } });
