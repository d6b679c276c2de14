// node:perf_hooks.
exports.performance = performance;
exports.PerformanceObserver = class PerformanceObserver { observe() {} disconnect() {} };
